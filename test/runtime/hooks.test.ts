// The hooks under abuse: lost exits, handles and sites that mean nothing, clocks that lie, depth, wrap-around of the tick
// word, modules that throw. Nothing throws, nothing shows a figure below zero or NaN, and what is meant stays right.
import { expect } from 'chai';
import fc from 'fast-check';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { CONTROL, FRAME, SLAB, TICKER_LIVE } from '../../runtime/layout.ts';
import { createRuntime } from '../../runtime/instance.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import type { Profile } from '../../src/profile.ts';
import { FOREST_NAMES, parseForest, randomly } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS, WALL_NS, cellsOf, parseCells } from '../support/driven-runtime.ts';

const BOGUS = [NaN, Infinity, -Infinity, -1, -0, 0.5, 1e9, -1e9, 2 ** 31, 2 ** 32, 2 ** 53, undefined, null, '', 'x'];

/** Every number of a profile, with where it is. */
function* numbersOf(value: unknown, path = ''): Generator<[string, number]> {
  if (typeof value === 'number') yield [path, value];
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* numbersOf(inner, `${path}.${key}`);
  }
}

function expectSaneFigures(statistics: Profile): void {
  for (const [path, value] of numbersOf(statistics)) {
    expect(Number.isFinite(value), `${path} is ${value}`).to.be.true;
    if (!/\.(parent|thread|tag)$/.test(path)) expect(value, path).to.be.at.least(0);
  }
}

for (const precision of PRECISIONS) {
  const started = () => {
    const driven = new DrivenRuntime({ precision });
    driven.start();
    return driven;
  };

  describe(`exit(), ${precision}`, () => {
    it('heals exits that were lost', () => {
      const driven = started();
      const { main } = driven;
      const a = main.enter('a');
      driven.pass(1);
      for (const name of ['b', 'c', 'b']) {
        main.enter(name);
        driven.pass(2);
      }
      main.exit(a);
      driven.pass(50);
      main.run(parseForest('d[3](a[1])'));
      expect(cellsOf(driven.snapshot())).to.deep.equal(
        parseCells(
          `a 2/2 8 2
           b 2/1 6 4
           c 1/1 4 2
           d 1/1 4 3
           a→b 1/1 6 2
           b→c 1/1 4 2
           c→b 1/0 2 2
           d→a 1/1 1 1`,
        ),
      );
    });

    it('does nothing for a handle that means nothing, or was used already', () => {
      const driven = started();
      const { main } = driven;
      const foreign = driven.thread();
      const handles = [...BOGUS, foreign.enter('z'), foreign.enter('z')] as number[];
      main.instrument('a', 1, () => {
        const b = main.enter('b');
        driven.pass(2);
        for (const handle of handles) main.runtime.exit(handle);
        for (let offset = 1; offset < FRAME.words; offset++) main.runtime.exit(b + offset);
        main.runtime.exit(b + FRAME.words); // as if of a frame above
        driven.pass(3);
        main.exit(b);
        main.exit(b);
        for (const handle of handles) main.runtime.exit(handle);
        driven.pass(1);
      })();
      driven.main.runtime.exit(main.runtime.arena.I[main.runtime.slab + SLAB.stack]);
      expect(cellsOf(driven.snapshot())).to.deep.include(
        parseCells(
          `a 1/1 7 2
           b 1/1 5 5
           a→b 1/1 5 5`,
        ),
      );
    });

    it('does nothing for any handle before the first start and after a stop', () => {
      const driven = new DrivenRuntime({ precision });
      const at = driven.main.runtime;
      const stack = at.arena.I[at.slab + SLAB.stack];
      for (const handle of [...BOGUS, stack, stack + 6] as number[]) at.exit(handle);
      driven.start();
      driven.main.enter('a');
      driven.stop();
      for (const handle of [stack, stack, ...BOGUS] as number[]) at.exit(handle);
      driven.start();
      driven.main.run(parseForest('b[2]'));
      expect(cellsOf(driven.snapshot())).to.deep.equal(parseCells('a 1/1 0 0 open 1\n b 1/1 2 2'));
    });
  });

  describe(`enter(), ${precision}`, () => {
    it('counts a site that means nothing under the overflow function and harms no other', () => {
      const driven = started();
      const { main } = driven;
      const bogus = BOGUS.filter((site) => typeof site === 'number') as number[];
      main.instrument('a', 1, () => {
        for (const site of bogus) main.runtime.exit(main.runtime.enter(site));
        main.run(parseForest('b[2]'));
      })();
      const statistics = driven.snapshot();
      expect(cellsOf(statistics)).to.deep.include(
        parseCells(
          `a 1/1 3 1
           b 1/1 2 2
           a→b 1/1 2 2`,
        ),
      );
      expect(statistics.dropped.siteCalls).to.equal(bogus.length);
      expectSaneFigures(statistics);
    });

    it('never throws, whatever it is given', () => {
      const driven = started();
      for (const site of BOGUS as number[]) {
        expect(() => driven.main.runtime.enter(site)).not.to.throw();
        expect(() => driven.main.runtime.enterModule(site)).not.to.throw();
        expect(() => driven.main.runtime.register(site as unknown as string, '', site, '')).not.to.throw();
      }
    });

    it('follows a recursion of 10,000 levels, and counts what is deeper than the stack', () => {
      // No tick before each event: the sampled regime walks the stack at every one, 20,000 times 8,000 frames here.
      const driven = new DrivenRuntime({ precision, maxFrames: 8000, tickEachEvent: false });
      driven.start();
      const { main } = driven;
      const handles: number[] = [];
      for (let depth = 0; depth < 10_000; depth++) handles.push(main.enter(depth === 0 ? 'a' : 'b'));
      driven.pass(7);
      main.runtime.tick();
      for (const handle of handles.reverse()) main.exit(handle);
      const c = main.enter('c');
      driven.pass(1);
      main.runtime.tick();
      main.exit(c);
      const statistics = driven.snapshot();
      expect(cellsOf(statistics, { root: true })).to.deep.include({
        a: '1/1 7 0',
        b: '9999/1 7 7',
        c: '1/1 1 1',
        '(event loop)→c': '1/1 1 1',
      });
      expect(statistics.dropped.deepCalls).to.equal(10_000 - (8000 - 1)); // the root takes one frame
      expect(statistics.functions.filter(({ kind }) => kind !== 'root').every(({ open }) => open === 0)).to.be.true;
    });
  });

  describe(`withoutCharge(), ${precision}`, () => {
    it('charges nobody with the time of its work, and gives back what it answers or throws', () => {
      const driven = started();
      const { runtime } = driven.main;
      const work = (answer: () => number) => () =>
        runtime.withoutCharge(() => {
          driven.pass(70);
          return answer();
        });
      driven.main.instrument('a', 1, () =>
        driven.main.instrument('b', 2, () => {
          expect(work(() => 42)()).to.equal(42);
          driven.pass(3);
          expect(
            work(() => {
              throw new Error('inside');
            }),
          ).to.throw('inside');
        })(),
      )();
      expect(cellsOf(driven.snapshot())).to.deep.equal(parseCells('a 1/1 6 1\n b 1/1 5 5\n a→b 1/1 5 5'));
    });
  });

  describe(`clocks that lie, ${precision}`, () => {
    const reading = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 5e6 }) },
      { weight: 2, arbitrary: fc.integer({ min: -5e6, max: 0 }) },
      { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
    );
    const action = fc.constantFrom('enter', 'enter', 'enter', 'exit', 'exit', 'tick', 'start', 'stop', 'clear', 'read');

    it('never show a figure that is NaN, infinite or below zero', () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(reading, reading, action), { maxLength: 80, size: 'max' }), (steps) => {
          let wall = 0;
          let cpu = 0;
          let wallNow = 0;
          let cpuNow = 0;
          const runtime = createRuntime({
            arenaBytes: 1 << 20,
            maxFrames: 100,
            clock: { wallNs: () => wallNow, cpuNs: () => cpuNow },
          });
          const { I, F } = runtime.arena;
          I[CONTROL.tickerState] = TICKER_LIVE;
          F[CONTROL.exactEventCostNs] = 50;
          const site = runtime.register('f.js', '', 2, '{"sites":[["a",1,1,0],["b",1,2,0]],"left":[]}');
          const handles: number[] = [];
          let calls = 0;
          const start = () => runtime.start({ precision, overhead: 1e-5, tickMs: 1, onlyThread: null });
          start();
          for (const [wallStep, cpuStep, act] of steps) {
            wallNow = wall + wallStep;
            cpuNow = cpu + cpuStep;
            if (Number.isFinite(wallNow)) wall = Math.max(0, wallNow);
            if (Number.isFinite(cpuNow)) cpu = Math.max(0, cpuNow);
            if (act === 'enter' && runtime.state[0] !== 0) {
              handles.push(runtime.enter(site + (handles.length % 2) * SITE_STRIDE));
              calls++;
            } else if (act === 'exit') runtime.exit(handles.pop() ?? 0);
            else if (act === 'tick') runtime.tick();
            else if (act === 'start') start();
            else if (act === 'stop') runtime.stop();
            else if (act === 'clear') {
              runtime.clear();
              calls = 0;
            } else expectSaneFigures(takeSnapshot(runtime));
          }
          wallNow = wall;
          cpuNow = cpu;
          const statistics = takeSnapshot(runtime);
          expectSaneFigures(statistics);
          expect(statistics.functions.reduce((sum, fn) => sum + fn.calls, 0)).to.equal(calls);
        }),
        randomly(100),
      );
    });

    it('go on as soon as they tell the truth again', () => {
      const driven = started();
      const { main } = driven;
      const truth = driven.wallNs;
      for (const lie of [NaN, Infinity, -Infinity, -5e9]) {
        driven.wallNs = lie;
        main.run(parseForest('x[0]'));
        main.runtime.stop();
        main.runtime.clear();
        driven.start();
      }
      driven.wallNs = truth + WALL_NS;
      driven.stop();
      driven.clear();
      driven.start();
      main.run(parseForest('a[3](b[2])'));
      expect(cellsOf(driven.snapshot())).to.deep.equal(parseCells('a 1/1 5 3\n b 1/1 2 2\n a→b 1/1 2 2'));
    });

    it('may lack CPU: its columns are null, not zero', () => {
      const runtime = createRuntime({ arenaBytes: 1 << 20, clock: { wallNs: () => 5, cpuNs: null } });
      const site = runtime.register('f.js', '', 1, '{"sites":[["a",1,1,0]],"left":[]}');
      runtime.start({ precision, overhead: 0.03, tickMs: 1, onlyThread: null });
      runtime.exit(runtime.enter(site));
      const { functions, edges, threads, processes } = takeSnapshot(runtime);
      expect(processes[0].clock.cpu).to.be.null;
      const recorded = [...functions, ...edges].filter(({ parts }) => parts.length > 0);
      expect(recorded).to.have.length(2);
      for (const row of recorded) expect([row.selfCpuNs, row.totalCpuNs]).to.deep.equal([null, null]);
      expect(threads[0].cpuNs).to.be.null;
    });
  });

  describe(`the tick word, ${precision}`, () => {
    it('wraps around to 1 without a tick going unseen', () => {
      for (const lastTick of [2 ** 31 - 12, 2 ** 31 - 3, 2 ** 31 - 2]) {
        const driven = new DrivenRuntime({ precision });
        const { I } = driven.main.runtime.arena;
        I[CONTROL.lastTick] = lastTick;
        driven.start();
        const seen = new Set<number>();
        for (let i = 0; i < 20; i++) {
          driven.main.run(parseForest('a[1](b[2])'));
          seen.add(I[CONTROL.tick]);
        }
        for (const tick of seen) expect(tick).to.be.within(1, 2 ** 31 - 2);
        expect(cellsOf(driven.snapshot())).to.deep.equal(parseCells('a 20/20 60 20\n b 20/20 40 40\n a→b 20/20 40 40'));
        driven.stop();
        expect(I[CONTROL.tick]).to.equal(0);
      }
    });

    it('is not moved while stopped', () => {
      const driven = new DrivenRuntime({ precision });
      driven.main.runtime.tick();
      driven.clear();
      expect(driven.main.runtime.isRunning()).to.be.false;
    });
  });

  describe(`enterModule(), ${precision}`, () => {
    const inModule = (driven: DrivenRuntime, name: string) => {
      driven.main.runtime.tick();
      return driven.main.runtime.state[0] === 0 ? 0 : driven.main.runtime.enterModule(driven.main.site(name));
    };

    it('is closed by the next job when the module throws', async () => {
      const driven = started();
      inModule(driven, 'm');
      driven.pass(1);
      inModule(driven, 'r'); // required by it, and throws
      driven.pass(2);
      driven.main.runtime.tick(); // the job that closes the frames is no event of ours
      await Promise.resolve();
      driven.pass(50);
      driven.main.run(parseForest('a[3]'));
      expect(cellsOf(driven.snapshot(), { root: true })).to.deep.equal(
        parseCells(
          `m 1/1 3 1
           r 1/1 2 2
           a 1/1 3 3
           (event loop)→m 1/1 3 1
           m→r 1/1 2 2
           (event loop)→a 1/1 3 3`,
        ),
      );
    });

    it('leaves a module that ended alone, and functions that run in the same job', async () => {
      const driven = started();
      const handle = inModule(driven, 'm');
      driven.pass(1);
      driven.main.exit(handle);
      driven.main.run(parseForest('a[2]'));
      await Promise.resolve();
      driven.main.run(parseForest('a[2]'));
      expect(cellsOf(driven.snapshot())).to.deep.equal(parseCells('m 1/1 1 1\n a 2/2 4 4'));
    });

    it('makes no job when it is called by instrumented code, whose own exit closes it', () => {
      const driven = started();
      driven.main.instrument('a', 1, () => {
        inModule(driven, 'm');
        driven.pass(2);
      })();
      driven.main.run(parseForest('b[1]'));
      expect(cellsOf(driven.snapshot())).to.deep.equal(parseCells('a 1/1 3 1\n m 1/1 2 2\n a→m 1/1 2 2\n b 1/1 1 1'));
    });
  });
}

describe('settle()', () => {
  it('counts in the share of calls that were timed exactly', () => {
    const driven = new DrivenRuntime({ precision: 'exact' });
    driven.main.runtime.arena.F[CONTROL.exactInnerNs] = 1; // as if calibrated
    driven.start();
    for (let i = 0; i < 100; i++) driven.main.run(parseForest('a[1]'));
    expect(driven.snapshot().processes[0].hookCost!.exactShare, 'while running').to.equal(1);
    driven.stop();
    expect(driven.snapshot().processes[0].hookCost!.exactShare, 'after stop').to.equal(1);
  });

  it('does not take the end of a sampled session for a change of regime', () => {
    const driven = new DrivenRuntime({ precision: 'sampled' });
    driven.start();
    driven.main.run(parseForest('a[1]'));
    driven.stop();
    expect(driven.snapshot().threads[0].regimeSwitches).to.equal(0);
  });
});

describe('createRuntime()', () => {
  it('reads an injected clock only where time is charged', () => {
    let readings = 0;
    const runtime: Runtime = createRuntime({
      arenaBytes: 1 << 20,
      clock: { wallNs: () => ++readings, cpuNs: null },
    });
    runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null });
    expect(readings).to.be.below(10);
    takeSnapshot(runtime);
    expect(readings).to.be.below(15);
  });

  it('does not mix an injected CPU clock with the CPU time the system knows of the thread', () => {
    const driven = new DrivenRuntime();
    const other = driven.thread();
    driven.start();
    driven.main.enter('a');
    driven.pass(1000, 0);
    const a = driven.snapshot(other).functions.find(({ name }) => name === FOREST_NAMES[0])!;
    expect(a).to.deep.include({ selfWallNs: 1000 * WALL_NS, selfCpuNs: 0 });
  });
});
