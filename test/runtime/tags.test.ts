// Tags: figures split by the tag in force, in every precision. Counts and times must add up to those of the same program
// without tags. The async context is the real one, so what lies behind an await is tested with real promises.
import { expect } from 'chai';
import fc from 'fast-check';
import { ASYNC_FUNCTION, type Activation } from '../../runtime/contract.ts';
import { createRuntime } from '../../runtime/instance.ts';
import { SLAB } from '../../runtime/layout.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import type { Profile } from '../../src/profile.ts';
import { type Call, forests, randomly } from '../support/call-forest.ts';
import { DrivenRuntime, type DrivenThread, PRECISIONS, WALL_NS, cellsOf } from '../support/driven-runtime.ts';
import { UNTAGGED } from '../../src/profile.ts';
import { byTag } from '../../src/statistics/breakdown.ts';

function only(driven: DrivenRuntime, tag: string): Record<string, string> {
  return cellsOf(takeSnapshot(driven.main.runtime, { tag }), { root: true });
}

/** Calls by `tag function`, of all tags. */
function callsByTag({ functions, tags }: Profile): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const fn of functions) {
    for (const part of byTag(fn)) if (part.tag !== UNTAGGED) calls[`${tags[part.tag].name} ${fn.name}`] = part.calls;
  }
  return calls;
}

/** An instrumented async function: `self` ticks, an await, `self` ticks again, then what `body` does. */
function asyncFunction(thread: DrivenThread, name: string, self: number, body: () => unknown = () => {}) {
  const { runtime, process } = thread;
  return async (): Promise<void> => {
    process.beforeEvent(runtime);
    const activation: Activation | null =
      runtime.state[0] === 0 ? null : runtime.activate(thread.site(name), ASYNC_FUNCTION);
    try {
      process.pass(self);
      process.beforeEvent(runtime);
      await runtime.suspend(activation, null);
      process.beforeEvent(runtime);
      runtime.resume(activation);
      process.pass(self);
      const result = body();
      process.beforeEvent(runtime);
      await runtime.suspend(activation, result);
      process.beforeEvent(runtime);
      runtime.resume(activation);
    } finally {
      process.beforeEvent(runtime);
      if (activation !== null) runtime.finish(activation);
    }
  };
}

for (const precision of PRECISIONS) {
  describe(`tags, ${precision}`, () => {
    let driven: DrivenRuntime;
    let main: DrivenThread;
    const withTag = <T>(tag: string, work: () => T): T => main.runtime.withTag(tag, work);
    const call = (name: string, self = 0, body: () => unknown = () => {}) => main.instrument(name, self, body)();

    beforeEach(() => {
      driven = new DrivenRuntime({ precision });
      ({ main } = driven);
      driven.start();
    });

    it('splits one function by the tag it was called under (F01)', () => {
      for (const tag of ['1', '2', '3']) withTag(tag, () => call('a', 2));
      expect(cellsOf(driven.snapshot())).to.deep.equal({ a: '3/3 6 6' });
      expect(only(driven, '1')).to.deep.equal({ a: '1/1 2 2', '(event loop)→a': '1/1 2 2' });
      expect(only(driven, '2')).to.have.property('a', '1/1 2 2');
      expect(only(driven, 'never used')).to.deep.equal({});
      expect(driven.snapshot().tags).to.deep.equal([
        { id: 0, name: '1', wallNs: 2 * WALL_NS, cpuNs: 500_000, calls: 1 },
        { id: 1, name: '2', wallNs: 2 * WALL_NS, cpuNs: 500_000, calls: 1 },
        { id: 2, name: '3', wallNs: 2 * WALL_NS, cpuNs: 500_000, calls: 1 },
      ]);
    });

    it('puts a standing tag on what has none of its own, from the next stack on', () => {
      call('a', 1);
      main.runtime.setStandingTag('file 1');
      expect(main.runtime.tagOf()).to.equal('file 1');
      call('a', 1, () => {
        main.runtime.setStandingTag('file 2');
        call('b', 1);
      });
      call('a', 1, () => call('b', 1));
      withTag('own', () => call('a', 1));
      main.runtime.setStandingTag(undefined);
      call('a', 1);
      const profile = driven.snapshot();
      expect(callsByTag(profile)).to.deep.equal({
        'file 1 a': 1,
        'file 1 b': 1,
        'file 2 a': 1,
        'file 2 b': 1,
        'own a': 1,
      });
      expect(cellsOf(profile)).to.have.property('a', '5/5 7 5');
    });

    it('keeps an async function under the standing tag that it was called under', async () => {
      const job = asyncFunction(main, 'a', 1, () => call('b', 1));
      main.runtime.setStandingTag('file 1');
      const first = job();
      main.runtime.setStandingTag('file 2');
      await Promise.all([first, job()]);
      expect(callsByTag(driven.snapshot())).to.deep.equal({
        'file 1 a': 1,
        'file 1 b': 1,
        'file 2 a': 1,
        'file 2 b': 1,
      });
    });

    it('records what runs under no tag under none', () => {
      call('a', 1);
      withTag('x', () => call('a', 1));
      call('a', 1);
      expect(cellsOf(driven.snapshot())).to.deep.equal({ a: '3/3 3 3' });
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 'x a': 1 });
    });

    it('gives callees the tag of their caller, also where it changes inside a call (F07)', () => {
      withTag('1', () =>
        call('a', 5, () => {
          call('c', 1);
          withTag('2', () => call('b', 4));
          call('c', 1);
        }),
      );
      expect(cellsOf(driven.snapshot())).to.deep.equal({
        a: '1/1 11 5',
        b: '1/1 4 4',
        c: '2/2 2 2',
        'a→b': '1/1 4 4',
        'a→c': '2/2 2 2',
      });
      expect(only(driven, '1')).to.deep.equal({
        a: '1/1 11 5',
        c: '2/2 2 2',
        'a→c': '2/2 2 2',
        '(event loop)→a': '1/1 11 5',
      });
      expect(only(driven, '2')).to.deep.equal({ b: '1/1 4 4', '(event loop)→b': '1/1 4 4' });
    });

    it('tells the tag in force', () => {
      const { runtime } = main;
      expect(runtime.tagOf()).to.equal(undefined);
      const seen = withTag('outer', () => [runtime.tagOf(), withTag('inner', () => runtime.tagOf()), runtime.tagOf()]);
      expect(seen).to.deep.equal(['outer', 'inner', 'outer']);
      expect(runtime.tagOf()).to.equal(undefined);
    });

    it('of two runtimes in one thread know nothing of each other', async () => {
      const other = createRuntime();
      const seen = () => [main.runtime.tagOf(), other.tagOf()];
      const found = withTag('ours', () => [
        seen(),
        other.withTag('theirs', () => [seen(), withTag('inner', seen), seen()]),
        seen(),
      ]);
      const nested = [['ours', 'theirs'], ['inner', 'theirs'], ['ours', 'theirs']]; // prettier-ignore
      expect(found).to.deep.equal([['ours', undefined], nested, ['ours', undefined]]);
      expect(await withTag('ours', async () => (await null, other.withTag('theirs', seen)))).to.deep.equal(nested[0]);
    });

    it('passes errors through and puts the tag before back', () => {
      const error = new Error('from the program');
      const thrower = () => call('b', 1, () => withTag('t', () => call('a', 1, () => expect.fail())));
      expect(thrower).to.throw('expect.fail()');
      expect(() => withTag('t', () => { throw error; })).to.throw(error); // prettier-ignore
      call('c', 1);
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 't a': 1 });
      expect(main.runtime.tagOf()).to.equal(undefined);
    });

    it('carries a tag over awaits and timers, and keeps concurrent ones apart', async () => {
      const work = asyncFunction(main, 'a', 1, () => call('b', 1));
      const later = asyncFunction(main, 'c', 1, async () => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        call('d', 1); // a stack of its own, whose tag the async context knows
      });
      await Promise.all([
        withTag('x', () => Promise.all([work(), later(), work()])),
        work(),
        withTag('y', async () => {
          await null;
          await work();
        }),
      ]);
      expect(callsByTag(driven.snapshot())).to.deep.equal({
        'x a': 2,
        'x b': 2,
        'x c': 1,
        'x d': 1,
        'y a': 1,
        'y b': 1,
      });
      const { functions } = driven.snapshot();
      expect(functions.find(({ name }) => name === 'a')).to.include({
        calls: 4,
        primitiveCalls: 4,
        resumes: 8,
        open: 0,
      });
    });

    it('an activation keeps the tag it was called under, whoever resumes it', () => {
      const { runtime } = main;
      const begin = () => {
        driven.beforeEvent(runtime);
        return runtime.activate(main.site('a'), ASYNC_FUNCTION);
      };
      const first = withTag('x', begin);
      runtime.suspend(first, null);
      const second = begin();
      runtime.suspend(second, null);
      withTag('y', () => {
        driven.beforeEvent(runtime);
        runtime.resume(first);
        call('b', 1);
        runtime.suspend(first, null);
        call('c', 1);
        runtime.resume(second);
        call('d', 1);
        runtime.finish(second!);
        call('c', 1);
      });
      runtime.finish(first!);
      call('e', 1);
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 'x a': 1, 'x b': 1, 'y c': 2 });
      expect(runtime.arena.I[runtime.slab + SLAB.sp]).to.equal(runtime.arena.I[runtime.slab + SLAB.stack]);
    });

    it('sees a tag that was set before the profiler was started', async () => {
      driven.stop();
      driven.clear();
      await withTag('x', async () => {
        call('a', 1);
        await null;
        driven.start();
        call('a', 1);
        await null;
        call('b', 1);
      });
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 'x a': 1, 'x b': 1 });
    });

    it('puts tags beyond maxTags under (other)', () => {
      driven.stop();
      driven.main.runtime.start({ precision, overhead: 1e-5, tickMs: 1, onlyThread: null, maxTags: 2 });
      for (const tag of ['p', 'q', 'r', 's', 'p']) withTag(tag, () => call('a', 1));
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 'p a': 2, 'q a': 1, '(other) a': 2 });
      expect(only(driven, '(other)')).to.have.property('a', '2/2 2 2');
      expect(only(driven, 'r')).to.deep.equal({});
    });

    it('clears one tag and nothing else', () => {
      const { runtime } = main;
      for (const tag of ['x', 'y']) withTag(tag, () => call('a', 1, () => call('b', 2)));
      call('a', 1);
      driven.beforeEvent(runtime);
      const dead = withTag('x', () => runtime.activate(main.site('c'), ASYNC_FUNCTION));
      runtime.suspend(dead, null);
      const alive = withTag('y', () => runtime.activate(main.site('c'), ASYNC_FUNCTION));
      runtime.suspend(alive, null);
      runtime.clearTag('x');
      const afterwards = {
        a: '2/2 4 2',
        b: '1/1 2 2',
        c: '1/1 0 0 open 1',
        'a→b': '1/1 2 2',
      };
      expect(cellsOf(driven.snapshot())).to.deep.equal(afterwards);
      expect(only(driven, 'x')).to.deep.equal({});
      runtime.resume(dead);
      runtime.finish(dead!);
      expect(cellsOf(driven.snapshot())).to.deep.equal(afterwards);
      withTag('x', () => call('a', 3));
      runtime.finish(alive!);
      expect(cellsOf(driven.snapshot())).to.include({ a: '3/3 7 5', c: '1/1 3 0' });
      expect(only(driven, 'x')).to.have.property('a', '1/1 3 3');
    });

    it('leaves nothing of functions that only the cleared tag had, nor of their stacks', () => {
      withTag('x', () => call('a', 2));
      withTag('y', () => call('b', 3));
      main.runtime.clearTag('x');
      for (const when of ['before the next event', 'after it']) {
        const { functions, stacks } = driven.snapshot();
        expect(
          functions.map(({ name }) => name),
          when,
        ).to.have.members(['(event loop)', 'b']);
        expect(
          stacks.map(({ fn }) => functions[fn].name),
          when,
        ).to.not.include('a');
        call('b');
      }
    });

    it('keeps the stacks of another tag that hung on the cleared one', () => {
      const worker = driven.thread();
      const inY = () => worker.runtime.withTag('y', () => worker.instrument('b', 3, () => {})());
      worker.runtime.withTag('x', () => worker.instrument('a', 2, inY)());
      main.runtime.clearTag('x');
      const { functions, stacks } = takeSnapshot(main.runtime); // the worker has not noticed yet
      const charged = stacks.filter(({ selfWallNs }) => selfWallNs > 0);
      expect(charged.map(({ fn, selfWallNs }) => [functions[fn].name, selfWallNs])).to.deep.equal([['b', 3 * WALL_NS]]);
    });

    it('clears a tag whose functions are open on another thread, which learns of it at its next event', () => {
      const worker = driven.thread();
      worker.runtime.withTag('x', () =>
        worker.instrument('a', 1, () => {
          worker.instrument('b', 1, () => {})();
          main.runtime.clearTag('x');
          expect(only(driven, 'x')).to.deep.equal({});
          driven.pass(5);
          worker.instrument('c', 1, () => {})();
        })(),
      );
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 'x c': 1 });
      expect(cellsOf(driven.snapshot(), { root: true })).to.deep.equal({ c: '1/1 1 1', '(event loop)→c': '1/1 1 1' });
    });

    it('forgets all tags with clear(), and gives their numbers to new ones', () => {
      withTag('x', () => call('a', 1));
      driven.clear();
      withTag('y', () => call('a', 1));
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 'y a': 1 });
      const used = main.runtime.arena.I[7];
      for (let i = 0; i < 2000; i++) {
        driven.clear();
        withTag(`request ${i}`, () => call('a', 1));
      }
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 'request 1999 a': 1 });
      expect(main.runtime.arena.I[7], 'words of the arena').to.equal(used);
    });

    it('keeps the tags of threads that ended and were folded', () => {
      const threads = 80; // more than are kept apart
      driven = new DrivenRuntime({ precision, arenaBytes: 32 << 20 });
      driven.start();
      for (let i = 1; i <= threads; i++) {
        const worker = driven.thread(`w${i}`, i);
        worker.runtime.withTag(i % 2 === 0 ? 'even' : 'odd', () => worker.instrument('a', 1, () => {})());
        worker.runtime.end();
      }
      expect(callsByTag(driven.snapshot())).to.deep.equal({ 'odd a': threads / 2, 'even a': threads / 2 });
    });

    it('names are kept up to 192 bytes, at a character', () => {
      const long = 'é'.repeat(100);
      withTag(long, () => call('a', 1));
      withTag(`${'é'.repeat(96)}x`, () => call('a', 1)); // the same as far as it is kept
      expect(driven.snapshot().tags.map(({ name, calls }) => [name, calls])).to.deep.equal([['é'.repeat(96), 2]]);
      expect(only(driven, long)).to.have.property('a', '2/2 2 2');
    });

    it('adds up to the program without tags, whatever is tagged', () => {
      const tags = fc.array(fc.constantFrom(null, null, 'x', 'y', 'z'), { minLength: 41, maxLength: 41 });
      const property = fc.property(forests(), tags, (forest, choices) => {
        const run = (tagged: boolean): Profile => {
          const each = new DrivenRuntime({ precision });
          let i = 0;
          const runAll = (calls: readonly Call[]): void => {
            for (const { name, self, children } of calls) {
              const tag = choices[i++];
              const body = () => each.main.instrument(name, self, () => runAll(children))();
              if (tagged && tag !== null) each.main.runtime.withTag(tag, body);
              else body();
            }
          };
          each.start();
          runAll(forest);
          each.stop();
          const { arena, slab } = each.main.runtime;
          expect(arena.I[slab + SLAB.sp], 'the stack is empty').to.equal(arena.I[slab + SLAB.stack]);
          return takeSnapshot(each.main.runtime);
        };
        const plain = run(false);
        const tagged = run(true);
        const figures = ({ functions, edges }: Profile) => [
          ...functions.map(({ name, calls, selfWallNs, selfCpuNs, open }) => ({
            name,
            calls,
            selfWallNs,
            selfCpuNs,
            open,
          })),
          ...edges.map(({ caller, callee, calls, selfWallNs }) => ({
            name: `${functions[caller].name}→${functions[callee].name}`,
            calls,
            selfWallNs,
          })),
        ];
        const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
        expect(figures(tagged).sort(byName)).to.deep.equal(figures(plain).sort(byName));
        for (const fn of tagged.functions) {
          const inTags = byTag(fn).reduce((sum, { calls }) => sum + calls, 0);
          expect(inTags, `${fn.name} under tags`).to.equal(fn.calls);
        }
      });
      fc.assert(property, randomly(60));
    });
  });
}
