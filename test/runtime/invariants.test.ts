// What holds for every finished run (I1–I7 of the catalogue) and for every snapshot in the middle of one, on random
// forests in all three precisions, with simulated threads whose events interleave at random.
import { expect } from 'chai';
import fc from 'fast-check';
import { endThread } from '../../runtime/slab.ts';
import type { Profile } from '../../src/profile.ts';
import { type Call, forests, formatForest, parseForest, randomly } from '../support/call-forest.ts';
import { CPU_NS, DrivenRuntime, type DrivenThread, PRECISIONS, WALL_NS, tableOf } from '../support/driven-runtime.ts';
import { expectInvariants } from '../support/invariants.ts';
import { ReferenceProfiler, type Span, addTables } from '../support/reference-profiler.ts';
import { byThread } from '../../src/statistics/breakdown.ts';

type Step = { enter: string } | { pass: number } | 'exit';

/** The forest as a flat list of events, for interleaving. */
function stepsOf(forest: readonly Call[]): Step[] {
  return forest.flatMap(({ name, self, children }) => [
    { enter: name },
    { pass: self },
    ...stepsOf(children),
    'exit' as const,
  ]);
}

describe('parseForest()', () => {
  it('reads what formatForest() writes', () => {
    fc.assert(
      fc.property(forests(), (forest) => {
        expect(parseForest(formatForest(forest))).to.deep.equal(forest);
      }),
      randomly(100),
    );
  });

  it('refuses what is no forest', () => {
    for (const text of ['a', 'a[1](b[2]', 'a[1]) b[2]', 'a[x]'])
      expect(() => parseForest(text), text).to.throw(SyntaxError);
  });
});

for (const precision of PRECISIONS) {
  describe(`random forests, ${precision}`, () => {
    it('agree with the reference cell by cell, and I1 to I7 hold', () => {
      fc.assert(
        fc.property(forests(), (forest) => {
          const driven = new DrivenRuntime({ precision });
          const reference = new ReferenceProfiler();
          driven.start();
          reference.start();
          driven.main.run(forest);
          reference.run(forest, WALL_NS, CPU_NS);
          const statistics = driven.snapshot();
          expect(tableOf(statistics)).to.deep.equal(reference.table());
          expectInvariants(statistics);
          const durationOf = (call: Call): number => call.children.reduce((sum, c) => sum + durationOf(c), call.self);
          const inRoots = forest.reduce((sum, call) => sum + durationOf(call), 0);
          const self = statistics.functions.reduce((sum, fn) => sum + (fn.kind === 'root' ? 0 : fn.selfWallNs), 0);
          expect(self, 'I1').to.equal(inRoots * WALL_NS);
        }),
        randomly(150),
      );
    });

    it('keep counts, sums and order of times when ticks come at random instead of before each event', () => {
      const moments = fc.array(fc.boolean(), { minLength: 7, maxLength: 40 });
      fc.assert(
        fc.property(forests(), moments, (forest, ticks) => {
          const driven = new DrivenRuntime({ precision, tickEachEvent: false });
          const reference = new ReferenceProfiler();
          driven.start();
          reference.start();
          const open: { handle: number; span: Span | null }[] = [];
          stepsOf(forest).forEach((step, i) => {
            if (ticks[i % ticks.length]) driven.main.runtime.tick();
            if (step === 'exit') {
              const { handle, span } = open.pop()!;
              driven.main.exit(handle);
              reference.exit(span);
            } else if ('pass' in step) driven.pass(step.pass);
            else open.push({ handle: driven.main.enter(step.enter), span: reference.enter(step.enter) });
          });
          driven.pass(3);
          driven.stop();
          const statistics = driven.snapshot();
          expectInvariants(statistics);
          const counts = ([key, { calls, primitiveCalls }]: [string, { calls: number; primitiveCalls: number }]) => [
            key,
            `${calls}/${primitiveCalls}`,
          ];
          expect(Object.entries(tableOf(statistics)).map(counts).sort()).to.deep.equal(
            Object.entries(reference.table()).map(counts).sort(),
          );
          const self = statistics.functions.reduce((sum, fn) => sum + fn.selfWallNs, 0);
          expect(self, 'nothing of the session is lost').to.equal(driven.wallNs);
          expect(statistics.threads[0]).to.deep.include({ wallNs: driven.wallNs, cpuNs: driven.cpuNs });
        }),
        randomly(150),
      );
    });

    it('interleaved on several threads with start, stop, clear and reads from any of them: merged sums are exact', () => {
      const thread = fc.nat(3);
      const event = fc.oneof(
        { weight: 30, arbitrary: fc.record({ thread, do: fc.constant('step' as const) }) },
        { weight: 1, arbitrary: fc.record({ thread, do: fc.constantFrom('start' as const, 'stop' as const) }) },
        { weight: 1, arbitrary: fc.record({ thread, do: fc.constantFrom('clear' as const, 'read' as const) }) },
      );
      const plans = fc.array(forests(), { minLength: 4, maxLength: 4 });
      fc.assert(
        fc.property(plans, fc.array(event, { maxLength: 200, size: 'max' }), (forestOf, events) => {
          const driven = new DrivenRuntime({ precision });
          const threads = forestOf.map((forest, i) => ({
            driven: i === 0 ? driven.main : driven.thread(`worker ${i}`, i),
            reference: new ReferenceProfiler(),
            steps: stepsOf(forest),
            open: [] as { handle: number; span: Span | null }[],
          }));
          const each = (act: (reference: ReferenceProfiler) => void) => threads.forEach((t) => act(t.reference));
          driven.start();
          each((reference) => reference.start());
          const wallOf = (statistics: Profile) => withoutCpu(tableOf(statistics));
          const expected = () => addTables(threads.map((t) => t.reference.table()));
          for (const now of events) {
            const by = threads[now.thread];
            if (now.do === 'read') {
              const statistics = driven.snapshot(by.driven);
              expect(wallOf(statistics)).to.deep.equal(withoutCpu(expected()));
            } else if (now.do === 'step') {
              const step = by.steps.shift();
              if (step === undefined) continue;
              if (step === 'exit') {
                const { handle, span } = by.open.pop()!;
                by.driven.exit(handle);
                by.reference.exit(span);
              } else if ('pass' in step) {
                driven.pass(step.pass);
                each((reference) => reference.pass(step.pass * WALL_NS, step.pass * CPU_NS));
              } else by.open.push({ handle: by.driven.enter(step.enter), span: by.reference.enter(step.enter) });
            } else {
              driven[now.do](by.driven);
              each((reference) => reference[now.do as 'start']());
            }
          }
          driven.stop(threads[1].driven);
          each((reference) => reference.stop());
          for (const { driven: at } of threads) at.runtime.settle();
          const statistics = driven.snapshot(threads[2].driven);
          expect(wallOf(statistics)).to.deep.equal(withoutCpu(expected()));
          expectInvariants(statistics, 1);
          for (const [key, row] of Object.entries(tableOf(statistics))) {
            // A thread that noticed a stop late divides its CPU time by the wall's.
            expect(row.selfCpuNs, key).to.be.closeTo(row.selfWallNs / 4, 1);
            expect(row.totalCpuNs, key).to.be.closeTo(row.totalWallNs / 4, 1);
          }
        }),
        randomly(150),
      );
    });
  });
}

function withoutCpu(table: ReturnType<typeof tableOf>) {
  return Object.fromEntries(
    Object.entries(table).map(([key, row]) => [key, { ...row, selfCpuNs: 0, totalCpuNs: 0 }] as const),
  );
}

describe('simulated threads', () => {
  const driven = new DrivenRuntime();
  const named = (table: ReturnType<typeof tableOf>, key: string) =>
    table[key] && `${table[key].calls}/${table[key].primitiveCalls} ${table[key].totalWallNs / WALL_NS}`;

  it('D01 merges by name over twenty threads that run one after the other', () => {
    const runtime = new DrivenRuntime({ arenaBytes: 16 << 20 });
    runtime.start();
    let id = 1;
    for (const [name, self] of [
      ['a', 3],
      ['b', 2],
      ['a', 3],
      ['c', 1],
    ] as const) {
      for (let i = 0; i < 5; i++) {
        const worker = runtime.thread(`worker ${id}`, id++);
        worker.instrument(name, self, () => {})();
        worker.runtime.end();
      }
    }
    runtime.stop();
    runtime.main.instrument('f', 1, () => {})();
    const table = tableOf(runtime.snapshot());
    expect(['a', 'b', 'c', 'f'].map((key) => named(table, key))).to.deep.equal([
      '10/10 30',
      '5/5 10',
      '5/5 5',
      undefined,
    ]);
  });

  it('D02 and D03 count recursion per thread, and show each thread its own share', () => {
    driven.start();
    const workers = [driven.main, ...[1, 2, 3].map((id) => driven.thread(`worker ${id}`, id))];
    const r: (at: DrivenThread, n: number) => void = (at, n) =>
      at.instrument('r', n === 1 ? 6 : 4, () => n > 0 && r(at, n - 1))();
    for (const worker of workers) r(worker, 1);
    const statistics = driven.snapshot();
    const table = tableOf(statistics);
    expect([named(table, 'r'), named(table, 'r→r')]).to.deep.equal(['8/4 40', '4/0 16']);
    const threads = byThread(statistics.functions.find(({ name }) => name === 'r')!);
    expect(
      threads.map(({ calls, primitiveCalls, totalWallNs }) => [calls, primitiveCalls, totalWallNs / WALL_NS]),
    ).to.deep.equal(Array.from(workers, () => [2, 1, 10]));
    expect(threads.map(({ thread }) => statistics.threads[thread].threadId)).to.deep.equal([0, 1, 2, 3]);
  });

  it('D06 a thread that was already running at start() shows what it calls from then on', () => {
    const runtime = new DrivenRuntime();
    const worker = runtime.thread();
    const helper = worker.instrument('h', 1, () => {});
    worker.instrument('a', 5, () => {
      runtime.start();
      for (let i = 0; i < 10; i++) helper();
    })();
    expect(Object.keys(tableOf(runtime.snapshot()))).to.have.members(['h', '(event loop)→h']);
  });

  it('records only the thread it was told to', () => {
    const runtime = new DrivenRuntime();
    const worker = runtime.thread();
    runtime.main.runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: worker.runtime.serial });
    runtime.main.instrument('a', 1, () => {})();
    worker.instrument('b', 1, () => {})();
    runtime.stop();
    expect(Object.keys(tableOf(runtime.snapshot()))).to.have.members(['b', '(event loop)→b']);
  });

  for (const precision of PRECISIONS) {
    it(`keeps the totals of calls that are open when their thread ends, ${precision}`, () => {
      const runtime = new DrivenRuntime({ precision });
      const worker = runtime.thread();
      runtime.start();
      worker.enter('a'); // as at process.exit(): no finally will run
      runtime.pass(2);
      worker.enter('b');
      runtime.pass(3);
      worker.runtime.end();
      runtime.pass(50);
      const table = tableOf(runtime.snapshot());
      expect([named(table, 'a'), named(table, 'b'), named(table, 'a→b')]).to.deep.equal(['1/1 5', '1/1 3', '1/1 3']);
    });

    it(`keeps the totals of calls that are open when their thread is terminated, ${precision}`, () => {
      const runtime = new DrivenRuntime({ precision });
      const worker = runtime.thread('worker', 7);
      runtime.start();
      worker.enter('a');
      runtime.pass(2);
      worker.enter('b');
      runtime.pass(3);
      worker.exit(worker.enter('c')); // the last event before it dies
      endThread(runtime.main.runtime.arena, 1, 7);
      runtime.pass(50);
      const table = tableOf(runtime.snapshot());
      expect([named(table, 'a'), named(table, 'b'), named(table, 'a→b')]).to.deep.equal(['1/1 5', '1/1 3', '1/1 3']);
      expect(table.a.open).to.equal(1);
    });
  }
});
