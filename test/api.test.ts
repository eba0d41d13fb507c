// The public functions on this thread's own runtime, driven through the hooks as instrumented code would.
import { expect } from 'chai';
import { enter, exit, register, state } from '../runtime/index.ts';
import { SITE_STRIDE } from '../runtime/contract.ts';
import * as everycall from '../src/index.ts';
import { EverycallError, type FunctionStats, type Profile } from '../src/index.ts';
import { UNTAGGED } from '../src/profile.ts';
import { byTag } from '../src/statistics/breakdown.ts';

const { clear, clockInfo, isRunning, memoryUsage, print, profiled, run, snapshot, start, stop, tagOf, withTag } =
  everycall;

const NAMES = ['outer', 'inner'];
const base = register(
  'test/api.js',
  'v1',
  NAMES.length,
  JSON.stringify({ sites: NAMES.map((name, i) => [name, 1, i + 1, 0]), left: [['later', 9, 3, 0, 'eval']] }),
);

function call<T>(name: string, body: () => T): T {
  const handle = state[0] === 0 ? 0 : enter(base + NAMES.indexOf(name) * SITE_STRIDE);
  try {
    return body();
  } finally {
    if (handle !== 0) exit(handle);
  }
}
const inner = () => call('inner', () => 1);
const outer = () => call('outer', () => inner() + inner());

function statsOf(profile: Profile, name: string): FunctionStats | undefined {
  return profile.functions.find((fn) => fn.name === name && fn.file === 'test/api.js');
}

function refusal(action: () => unknown): EverycallError {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(EverycallError);
    return error as EverycallError;
  }
  throw new Error('was not refused');
}

/** The function's figures under tags. */
const taggedOf = (fn: FunctionStats) => byTag(fn).filter(({ tag }) => tag !== UNTAGGED);

describe('public API', () => {
  beforeEach(() => clear());
  afterEach(() => stop());

  it('has exactly these names', () => {
    expect(Object.keys(everycall).sort()).to.deep.equal([
      'COLUMN_IDS',
      'EverycallError',
      'FOLDED_THREADS',
      'OTHER_TAGS',
      'UNTAGGED',
      'budgetOf',
      'byTag',
      'byThread',
      'calleesOf',
      'callersOf',
      'callsOf',
      'checkBudget',
      'clear',
      'clockInfo',
      'compensate',
      'createRuntime',
      'diff',
      'differingSources',
      'figuresOf',
      'findFunction',
      'findFunctions',
      'groupBy',
      'isInstrumented',
      'isRecursive',
      'isRunning',
      'load',
      'matches',
      'memoryUsage',
      'merge',
      'packageOf',
      'parseBudget',
      'parseSort',
      'percentileNs',
      'print',
      'profiled',
      'register',
      'renderBudget',
      'run',
      'save',
      'select',
      'sharedSessions',
      'snapshot',
      'sortCalls',
      'sortFunctions',
      'start',
      'stop',
      'stripDirs',
      'tagOf',
      'timedCalls',
      'updateBudget',
      'withTag',
    ]);
  });

  describe('start() and stop()', () => {
    it('counts between them and nothing outside', () => {
      outer();
      start();
      expect(isRunning()).to.equal(true);
      outer();
      stop();
      expect(isRunning()).to.equal(false);
      outer();
      const profile = snapshot();
      expect(statsOf(profile, 'outer')!.calls).to.equal(1);
      expect(statsOf(profile, 'inner')!.calls).to.equal(2);
      expect(profile.sessions).to.have.length(1);
    });

    it('does nothing when already running, and keeps the options of the first start', () => {
      start({ precision: 'exact' });
      start({ precision: 'sampled' });
      inner();
      stop();
      stop();
      expect(snapshot().processes[0].precision).to.equal('exact');
      expect(statsOf(snapshot(), 'inner')!.calls).to.equal(1);
    });

    it('adds sessions up', () => {
      for (let i = 0; i < 3; i++) {
        start();
        inner();
        stop();
      }
      expect(statsOf(snapshot(), 'inner')!.calls).to.equal(3);
      expect(snapshot().sessions).to.have.length(3);
    });

    const bad: [unknown, RegExp][] = [
      [
        { precison: 'exact' },
        /start\(\) has no option 'precison'; expected one of precision, overhead, tickMs, threads/,
      ],
      [{ precision: 'fast' }, /expects 'precision' to be 'adaptive' or 'exact' or 'sampled', got 'fast'/],
      [{ overhead: 0 }, /expects 'overhead' to be a number above 0 and up to 1, got 0/],
      [{ overhead: NaN }, /got NaN/],
      [{ tickMs: 0.01 }, /expects 'tickMs' to be a number from 0.1 to 1000, got 0.01/],
      [{ threads: 1 }, /expects 'threads' to be 'all' or 'current', got 1/],
      [null, /expects an object of options, got null/],
      [[], /got \[\]/],
    ];
    for (const [options, message] of bad) {
      it(`refuses ${JSON.stringify(options)}`, () => {
        const error = refusal(() => start(options as object));
        expect(error.message).to.match(message);
        expect(error.code).to.equal('bad-option');
        expect(isRunning()).to.equal(false);
      });
    }
  });

  describe('clear()', () => {
    it('forgets everything while running and goes on', () => {
      start();
      outer();
      clear();
      expect(snapshot().functions.filter((fn) => fn.calls > 0)).to.deep.equal([]);
      inner();
      const profile = snapshot();
      expect(isRunning()).to.equal(true);
      expect(statsOf(profile, 'inner')!.calls).to.equal(1);
      expect(statsOf(profile, 'outer')).to.equal(undefined);
    });
  });

  describe('snapshot()', () => {
    it('is empty before any session, and says what was left uninstrumented', () => {
      const profile = snapshot();
      expect(profile.functions.filter((fn) => fn.calls > 0)).to.deep.equal([]);
      expect(profile.edges).to.deep.equal([]);
      expect(profile.notInstrumented).to.deep.include({
        name: 'later',
        file: 'test/api.js',
        line: 3,
        column: 0,
        kind: 'async',
        reason: 'eval',
      });
    });

    it('changes nothing: reading in the middle of a call leaves the same counts', () => {
      start();
      call('outer', () => {
        const { calls, open } = statsOf(snapshot(), 'outer')!;
        expect([calls, open]).to.deep.equal([1, 1]);
        snapshot();
        inner();
      });
      stop();
      const profile = snapshot();
      expect(statsOf(profile, 'outer')).to.include({ calls: 1, open: 0 });
      expect(statsOf(profile, 'inner')!.calls).to.equal(1);
    });

    it('shows one thread by its threadId, 0 too', () => {
      start();
      inner();
      expect(statsOf(snapshot({ thread: 0 }), 'inner')!.calls).to.equal(1);
      expect(snapshot({ thread: 4711 }).functions.filter((fn) => fn.calls > 0)).to.deep.equal([]);
    });

    it('refuses a thread that is no number, and unknown filters', () => {
      expect(refusal(() => snapshot({ thread: 'main' as never })).message).to.match(
        /'thread' to be a threadId.*'main'/,
      );
      expect(refusal(() => snapshot({ tag: 1 } as never)).message).to.match(/'tag' to be a tag, a string.*, got 1/);
      expect(refusal(() => snapshot({ fn: 1 } as never)).message).to.match(/no option 'fn'/);
    });

    it('is data: JSON and back is the same', () => {
      start();
      outer();
      stop();
      const profile = snapshot();
      expect(JSON.parse(JSON.stringify(profile))).to.deep.equal(profile);
    });
  });

  describe('run()', () => {
    it('gives the result and the profile of that span alone, and keeps what was there', async () => {
      start();
      inner();
      stop();
      const { result, profile } = await run(outer);
      expect(result).to.equal(2);
      expect(isRunning()).to.equal(false);
      expect(statsOf(profile, 'outer')!.calls).to.equal(1);
      expect(statsOf(profile, 'inner')!.calls).to.equal(2);
      expect(statsOf(snapshot(), 'inner')!.calls).to.equal(3);
      const { edges, functions } = profile;
      const names = edges.map(({ caller, callee }) => `${functions[caller].name}→${functions[callee].name}`);
      expect(names.sort()).to.deep.equal(['(event loop)→outer', 'outer→inner']);
    });

    it('counts nested runs: the inner end does not stop the outer', async () => {
      const { profile } = await run(async () => {
        await run(inner);
        expect(isRunning()).to.equal(true);
        inner();
      });
      expect(statsOf(profile, 'inner')!.calls).to.equal(2);
      expect(isRunning()).to.equal(false);
    });

    it('leaves a profiler running that was started by hand', async () => {
      start();
      await run(inner);
      expect(isRunning()).to.equal(true);
    });

    it('stops and passes the error on when the work throws', async () => {
      const failure = new Error('work');
      const caught = await run(() => call('inner', () => Promise.reject(failure))).catch((error: unknown) => error);
      expect(caught).to.equal(failure);
      expect(isRunning()).to.equal(false);
      expect(statsOf(snapshot(), 'inner')!.calls).to.equal(1);
    });
  });

  describe('profiled()', () => {
    it('passes this, arguments, result and errors through, running only inside', () => {
      const object = {
        factor: 3,
        times: profiled(function (this: { factor: number }, n: number) {
          expect(isRunning()).to.equal(true);
          inner();
          if (n < 0) throw new RangeError('negative');
          return this.factor * n;
        }),
      };
      expect(object.times(2)).to.equal(6);
      expect(() => object.times(-1)).to.throw(RangeError, 'negative');
      expect(isRunning()).to.equal(false);
      expect(statsOf(snapshot(), 'inner')!.calls).to.equal(2);
    });

    it('profiles an async function until it settles', async () => {
      const work = profiled(async () => {
        await null;
        inner();
        return isRunning();
      });
      const pending = work();
      expect(await pending).to.equal(true);
      await null;
      expect(isRunning()).to.equal(false);
    });

    it('profiles recursion once: the innermost end does not stop it', () => {
      const down = profiled((n: number): void => {
        inner();
        if (n > 0) down(n - 1);
        expect(isRunning()).to.equal(true);
      });
      down(3);
      expect(isRunning()).to.equal(false);
      expect(statsOf(snapshot(), 'inner')!.calls).to.equal(4);
    });
  });

  describe('print()', () => {
    it('writes the function table, the thread table and the drop line', () => {
      start();
      outer();
      stop();
      let text = '';
      print(snapshot(), { width: 100 }, (chunk) => (text += chunk));
      expect(text)
        .to.match(/outer/)
        .and.match(/main/)
        .and.match(/dropped/);
    });
  });

  describe('memoryUsage() and clockInfo()', () => {
    it('tell measured figures', () => {
      const { reservedBytes, usedBytes } = memoryUsage();
      expect(usedBytes).to.be.above(0).and.at.most(reservedBytes);
      const clock = clockInfo();
      expect(clock.wallCostNs).to.be.above(0);
      expect(clock.cpu).to.be.a('string');
      expect(clock.cpuResolutionNs).to.be.above(0);
    });
  });

  describe('withTag()', () => {
    it('records under the tag, and snapshot() and clear() know it', async () => {
      start();
      expect(withTag('a', () => [outer(), tagOf()])).to.deep.equal([2, 'a']);
      await withTag('b', async () => {
        await null;
        inner();
      });
      inner();
      expect(tagOf()).to.equal(undefined);
      const calls = (tag?: string) => statsOf(snapshot(tag === undefined ? {} : { tag }), 'inner')?.calls;
      expect([calls(), calls('a'), calls('b'), calls('c')]).to.deep.equal([4, 2, 1, undefined]);
      expect(taggedOf(statsOf(snapshot(), 'inner')!).map(({ calls }) => calls)).to.deep.equal([2, 1]);
      clear({ tag: 'a' });
      expect([calls(), calls('a'), calls('b')]).to.deep.equal([2, undefined, 1]);
    });

    it('takes the part of one tag out of the difference that run() gives', async () => {
      start();
      withTag('a', outer);
      const { profile } = await run(() => withTag('a', inner));
      const tagged = taggedOf(statsOf(profile, 'inner')!);
      expect(tagged).to.have.length(1);
      expect(tagged[0]).to.include({ calls: 1, primitiveCalls: 1 });
      expect(profile.tags.map(({ name, calls }) => [name, calls])).to.deep.equal([['a', 1]]);
    });

    it('refuses what is no tag, and no work', () => {
      expect(refusal(() => withTag(7 as never, inner)).message).to.equal(
        'withTag() expects a tag, a string that is not empty, got 7',
      );
      expect(refusal(() => withTag('', inner)).message).to.match(/got ''$/);
      expect(refusal(() => withTag('a', 'b' as never)).message).to.equal(
        "withTag() expects a function to run, got 'b'",
      );
      expect(refusal(() => clear({ tag: null } as never)).message).to.match(/clear\(\) expects 'tag' to be a tag/);
      for (const maxTags of [0, 4097, 1.5, '9']) {
        expect(refusal(() => start({ maxTags } as never)).message).to.match(
          /'maxTags' to be a whole number from 1 to 4096/,
        );
      }
    });
  });
});
