// What the hooks are found to cost, on a machine whose costs are known; and that finding it out leaves no trace.
import { expect } from 'chai';
import { attachTo, createRuntime } from '../../runtime/instance.ts';
import {
  CONTROL,
  EDGE,
  FUNCTION,
  REGIME_EXACT,
  REGIME_SAMPLED,
  SLAB,
  SLAB_CALIBRATION,
  SLAB_EDGES,
} from '../../runtime/layout.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { parseForest } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS } from '../support/driven-runtime.ts';
import { calibrated, CLOCK_NS, type Machine, type State } from './known-costs.ts';

/** What V8 is given to optimise the hooks, in each regime; of processor time, or four times as much of the wall's. */
const SAMPLED_NS = 4e6;
const EXACT_NS = 12e6;
/** Calls of a round, and rounds of each regime at most. */
const CALLS = 1000;
const MOST_ROUNDS = 2000;

/** The roundings of some thousand additions aside. */
function expectCosts(found: readonly number[], expected: readonly number[]): void {
  found.forEach((cost, i) => expect(cost, `cost ${i}`).to.be.closeTo(expected[i], 1e-3));
}

const UNKNOWN = [0, 0, 0, 0];
const USUAL_COSTS = [CLOCK_NS + 48, CLOCK_NS + 120, 20, 20];

describe('calibrate()', () => {
  describe('finds', () => {
    it('what a hook takes before and behind its reading of the clock, and in the sampled regime two halves', () => {
      expectCosts(calibrated().costs, USUAL_COSTS);
    });

    it('the least of all rounds, as V8 has not optimised the first ones', () => {
      expectCosts(calibrated({ coldCalls: 7 * CALLS }).costs, USUAL_COSTS);
    });

    it('no more than a few readings of the clock', () => {
      const dear = { outer: 50 * CLOCK_NS, inner: 50 * CLOCK_NS };
      const { costs } = calibrated({ sampled: dear, exact: dear });
      expectCosts(costs, [1.25 * CLOCK_NS, 1.75 * CLOCK_NS, CLOCK_NS / 8, CLOCK_NS / 8]);
    });

    it('a reading to take the least of what it ever took', () => {
      const dear = { outer: 5000, inner: 5000 };
      const held = [1.25 * 60, 1.75 * 60, 60 / 8, 60 / 8];
      const cheap: Record<string, Machine['readingNs']> = {
        'now and then': ({ readings }) => (Math.floor(readings / 300) % 3 === 0 ? 60 : 4000),
        'in the sampled regime': ({ regime }) => (regime === REGIME_SAMPLED ? 60 : 4000),
        'in the exact regime': ({ regime }) => (regime === REGIME_SAMPLED ? 4000 : 60),
      };
      for (const [when, readingNs] of Object.entries(cheap)) {
        const { costs } = calibrated({ sampled: dear, exact: dear, readingNs: readingNs! });
        costs.forEach((cost, i) => expect(cost, `${when}, cost ${i}`).to.be.closeTo(held[i], 1e-3));
      }
    });

    it('the same where a tag is in force', () => {
      const driven = new DrivenRuntime({ precision: 'exact' });
      const { runtime } = driven.main;
      runtime.setStandingTag('t');
      driven.start();
      driven.main.run(parseForest('a[1]'));
      driven.stop();
      expect(runtime.arena.I[runtime.slab + SLAB.tagging]).to.equal(1);
      expectCosts(calibrated({}, driven).costs, USUAL_COSTS);
    });

    it('them not to be nothing because empty calls are slow', () => {
      const { costs } = calibrated({
        readingNs: ({ sinceCall }) => (sinceCall === 1 ? 100 * CALLS : CLOCK_NS), // at the end of a loop of empty calls
      });
      // What is taken away is the fortieth part of a reading; the reading at a round's end adds a thousandth.
      const [taken, added] = [CLOCK_NS / 40, CLOCK_NS / CALLS];
      const half = 20 + (added - taken) / 2;
      expectCosts(costs, [CLOCK_NS + 48, CLOCK_NS + 120 + added - taken, half, half]);
    });

    it('nothing below nothing; and the one that tells that they are known, to be at least 1 ns', () => {
      const { costs } = calibrated({
        sampled: { outer: 0, inner: 0 },
        exact: { outer: -CLOCK_NS, inner: 0.5 - CLOCK_NS }, // readings within hooks take no time
        readingNs: ({ sinceCall }) => (sinceCall === 1 ? 100 * CALLS : CLOCK_NS),
      });
      expect(costs).to.deep.equal([1, 0, 0, 0]);
    });
  });

  describe('takes', () => {
    /** Besides, three times 20 goes at what a reading takes, of 102 readings, and rounds that were begun at the last moment. */
    function within(ns: number, { passedNs }: { readonly passedNs: number }): void {
      const besidesNs = 3 * 20 * 102 * CLOCK_NS;
      expect(passedNs - besidesNs).to.be.within(ns, ns * 1.1);
    }

    it('its time on the processor', () => {
      within((SAMPLED_NS + EXACT_NS) / 0.5, calibrated({ cpuShare: 0.5 }));
    });

    it('no more than four times as much where it does not get the processor', () => {
      within(4 * (SAMPLED_NS + EXACT_NS), calibrated({ cpuShare: 0 }));
    });

    it('as much of the wall time where no clock tells the time on the processor', () => {
      within(SAMPLED_NS + EXACT_NS, calibrated({ cpuShare: null }));
    });
  });

  describe('with a clock that', () => {
    const faults = {
      'stands still': () => 0,
      'goes backwards': (now: number) => -now,
      'gives NaN': () => NaN,
      'gives Infinity': () => Infinity,
      throws(): never {
        throw new RangeError('no time');
      },
    };
    const inSampledRounds = ({ regime, calls }: State) => regime === REGIME_SAMPLED && calls > 0;
    const inExactRounds = ({ regime, calls }: State) => regime === REGIME_EXACT && calls > 0;
    const behindThem = (state: State) => inExactRounds(state) && state.sinceCall > 10;

    for (const [what, tell] of Object.entries(faults)) {
      it(`${what} finds nothing, at once`, () => {
        const { costs, calls } = calibrated({ tell });
        expect(costs).to.deep.equal(UNKNOWN);
        expect(calls).to.equal(0);
      });

      it(`${what} at last finds nothing`, () => {
        const { costs, calls } = calibrated({
          tell: (now, state) => (behindThem(state) ? tell(now) : now),
        });
        expect(costs).to.deep.equal(UNKNOWN);
        expect(calls, 'rounds were there').to.be.above(2 * CALLS);
      });

      it(`${what} at a single reading of a round finds nothing, or what is possible`, () => {
        for (const within of [inSampledRounds, inExactRounds]) {
          let done = false;
          const once = (now: number, state: State) => {
            if (done || !within(state)) return now;
            done = true;
            return tell(now);
          };
          const { costs } = calibrated({ tell: once });
          for (const cost of costs) expect(cost).to.be.within(0, 1.75 * CLOCK_NS);
        }
      });
    }

    const lasting = [
      ['stands still', 'sampled', inSampledRounds],
      ['goes backwards', 'exact', inExactRounds],
    ] as const;
    for (const [what, regime, isIn] of lasting) {
      it(`${what} from the ${regime} rounds on ends nevertheless, and finds nothing`, () => {
        let readings = 0;
        const { costs, calls } = calibrated({
          tell(now, state) {
            if (readings++ > 1e5) throw new RangeError('it would go on for ever');
            return isIn(state) ? faults[what](now) : now;
          },
        });
        expect(costs).to.deep.equal(UNKNOWN);
        expect(readings).to.be.below(1e5);
        expect(calls).to.be.within(MOST_ROUNDS * CALLS, 2 * MOST_ROUNDS * CALLS);
      });
    }
  });

  describe('leaves no trace', () => {
    /** What a thread may have been through before; time passes, and the thread's own state with it. */
    const before: Record<string, (driven: DrivenRuntime) => void> = {
      'in a thread that has done nothing': () => {},
      'after a session'(driven) {
        driven.start();
        driven.main.run(parseForest('a[1](b[2] b[1](c[1]))'));
        driven.stop();
      },
      'after a session whose end the thread has not noticed, with functions open'(driven) {
        driven.start();
        driven.main.enter('a');
        driven.pass(1);
        driven.main.enter('b');
        driven.pass(1);
        driven.thread().runtime.stop();
      },
      'after a session with a tag'(driven) {
        driven.start();
        driven.main.runtime.withTag('t', () => driven.main.run(parseForest('a[1](b[2])')));
        driven.stop();
      },
      "at the end of the thread's stack"(driven) {
        driven.start();
        for (let depth = 0; depth < 100; depth++) driven.main.enter('a');
        driven.thread().runtime.stop();
      },
    };
    const after = (driven: DrivenRuntime) => {
      driven.start();
      driven.main.run(parseForest('a[1](b[2] c[1])'));
      driven.pass(1);
      driven.stop();
    };
    const faults: Record<string, Machine> = {
      'when it finds the costs': {},
      'when a clock that throws ends it': {
        tell: (now, { regime, calls, sinceCall }) => {
          if (regime === REGIME_EXACT && calls > 0 && sinceCall > 1) throw new RangeError('no time');
          return now;
        },
      },
    };

    it('but memory, once', () => {
      const driven = new DrivenRuntime({ precision: 'exact' });
      calibrated({}, driven);
      const used = driven.main.runtime.arena.I[CONTROL.nextFree];
      calibrated({}, driven);
      expect(driven.main.runtime.arena.I[CONTROL.nextFree]).to.equal(used);
    });

    for (const precision of PRECISIONS) {
      for (const [when, prepare] of Object.entries(before)) {
        for (const [how, machine] of Object.entries(faults)) {
          it(`${when}, ${precision}, ${how}`, () => {
            const driven = () => new DrivenRuntime({ precision, maxFrames: 64 });
            const [subject, reference] = [driven(), driven()];
            for (const each of [subject, reference]) prepare(each);
            const stateBefore = stateOf(subject);
            const { passedNs, calls } = calibrated(machine, subject);
            expect(calls).to.be.above(0);
            expect(stateOf(subject)).to.deep.equal(stateBefore);
            reference.wallNs += passedNs;
            expect(profileOf(subject)).to.deep.equal(profileOf(reference));
            for (const each of [subject, reference]) after(each);
            expect(profileOf(subject)).to.deep.equal(profileOf(reference));
          });
        }
      }
    }
  });
});

/** The words of the control block and of the thread's slab, but for the costs and for memory that is free; and the row it calls. */
function stateOf({ main: { runtime } }: DrivenRuntime) {
  const { arena, slab } = runtime;
  const { I, F } = arena;
  const fn = slab + SLAB_CALIBRATION;
  const control = I.slice(0, CONTROL.words);
  const own = I.slice(slab, slab + SLAB.words);
  for (const cost of [CONTROL.exactInnerNs, CONTROL.exactOuterNs, CONTROL.sampledInnerNs, CONTROL.sampledOuterNs]) {
    control.fill(0, 2 * cost, 2 * cost + 2);
  }
  control[CONTROL.nextFree] = 0;
  own[SLAB.freeDurations] = own[SLAB.freeDurationLines] = 0;
  const edges = [...rowsOfTable(arena, slab + SLAB_EDGES)].filter((edge) => I[edge + EDGE.callee] === fn);
  const figures = edges.flatMap((edge) => [...F.subarray((edge >> 1) + EDGE.calls, (edge + EDGE.words) >> 1)]);
  return {
    control,
    own,
    row: I.slice(fn, fn + FUNCTION.words),
    edgesHaveFigures: figures.some((figure) => figure !== 0),
  };
}

/** Without the costs themselves, and the dates, of which each runtime has its own. */
function profileOf(driven: DrivenRuntime): unknown {
  const left = (key: string, value: unknown) => (key === 'hookCost' || key.endsWith('AtMs') ? undefined : value);
  return JSON.parse(JSON.stringify(driven.snapshot(), left));
}

describe('start()', () => {
  const OPTIONS = { precision: 'exact', overhead: 0.03, tickMs: 1, onlyThread: null } as const;
  const SMALL = { arenaBytes: 1 << 20, maxFrames: 64 };
  const costOf = ({ arena }: Runtime) => arena.F[CONTROL.exactInnerNs];

  it('measures what the hooks cost, once a process', () => {
    const runtime = createRuntime(SMALL);
    expect(costOf(runtime)).to.equal(0);
    runtime.start(OPTIONS);
    runtime.stop();
    const { F } = runtime.arena;
    expect(costOf(runtime)).to.be.above(0);
    expect(F[CONTROL.exactEventCostNs]).to.be.at.least(20);
    F[CONTROL.exactInnerNs] = 12345;
    runtime.start(OPTIONS);
    runtime.stop();
    expect(costOf(runtime), 'once more').to.equal(12345);
    const thread = attachTo(runtime, { threadId: 7 });
    thread.start(OPTIONS);
    thread.stop();
    expect(costOf(runtime), 'another thread').to.equal(12345);
  });

  it('does not measure while a session runs', () => {
    const runtime = createRuntime(SMALL);
    runtime.start(OPTIONS);
    runtime.arena.F[CONTROL.exactInnerNs] = 0;
    runtime.start(OPTIONS);
    expect(costOf(runtime)).to.equal(0);
  });

  it('does not measure with an injected clock, whose readings may move it', () => {
    let now = 0;
    const runtime = createRuntime({ ...SMALL, clock: { wallNs: () => (now += 100) } });
    runtime.start(OPTIONS);
    expect(costOf(runtime)).to.equal(0);
    expect(now).to.be.below(100 * 100);
  });
});
