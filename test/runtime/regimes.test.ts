// The adaptive precision keeps its budget: what its exact events cost stays below the share of the time that was allowed.
import { expect } from 'chai';
import { CONTROL, REGIME_EXACT, SLAB } from '../../runtime/layout.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { DrivenRuntime, WALL_NS } from '../support/driven-runtime.ts';

const OVERHEAD = 0.03;
const EVENT_COST_NS = 50;
/** What is not spent of the budget is kept for so long, and as much is there at the start. */
const BUDGET_LASTS_NS = 5e6;
const TICK_NS = 1e6;
/** Two events of a call are charged double, as among other code. */
const CALL_COST_NS = 2 * 2 * EVENT_COST_NS;

interface Phase {
  /** What being exact all the time would cost, in units of the budget. */
  readonly times: number;
  readonly seconds: number;
}

/** A loop of calls, phase by phase, ticks coming as time passes. */
function calls(...phases: readonly Phase[]) {
  const driven = new DrivenRuntime({ precision: 'adaptive', tickEachEvent: false });
  const { main } = driven;
  driven.main.runtime.arena.F[CONTROL.exactEventCostNs] = EVENT_COST_NS;
  main.runtime.start({ precision: 'adaptive', overhead: OVERHEAD, tickMs: 1, onlyThread: null });
  let count = 0;
  let ticked = 0;
  const stays = new Stays(driven);
  for (const { times, seconds } of phases) {
    const callNs = CALL_COST_NS / (times * OVERHEAD);
    for (let left = Math.round((seconds * 1e9) / callNs); left > 0; left--) {
      count++;
      const handle = stays.watch(() => main.enter('a'));
      driven.pass(callNs / WALL_NS);
      for (; ticked < Math.floor(driven.wallNs / WALL_NS); ticked++) main.runtime.tick();
      stays.watch(() => main.exit(handle));
    }
  }
  const [thread] = driven.snapshot().threads;
  const [fn] = driven.snapshot().functions.filter(({ name }) => name === 'a');
  return { count, fn, regimeSwitches: thread.regimeSwitches, exactEvents: exactEventsOf(main.runtime), stays };
}

/** What the budget pays for in this time: exact events. */
const paidFor = (ns: number) => (OVERHEAD * ns) / (2 * EVENT_COST_NS);

/** The stays in the exact regime, found by looking at the regime before each event; the first one is from the start on. */
class Stays {
  /** Exact events of each. */
  readonly events = [0];
  /** The most events of any span of it above what this span pays for. */
  readonly ahead = [0];
  readonly #driven: DrivenRuntime;
  #isExact = true;
  #leastOwed = 0;

  constructor(driven: DrivenRuntime) {
    this.#driven = driven;
  }

  watch<T>(event: () => T): T {
    const { arena, slab } = this.#driven.main.runtime;
    const wasExact = this.#isExact;
    const result = event();
    this.#isExact = arena.I[slab + SLAB.regime] === REGIME_EXACT;
    const last = this.events.length - 1;
    if (wasExact) {
      const owed = this.events[last] - paidFor(this.#driven.wallNs);
      this.#leastOwed = Math.min(this.#leastOwed, owed);
      this.events[last]++;
      this.ahead[last] = Math.max(this.ahead[last], owed + 1 - this.#leastOwed);
    } else if (this.#isExact) {
      this.events.push(0);
      this.ahead.push(0);
      this.#leastOwed = -paidFor(this.#driven.wallNs);
    }
    return result;
  }
}

function exactEventsOf({ arena: { I, F }, slab }: Runtime): number {
  const unspent = Math.max(0, I[slab + SLAB.budget]);
  return F[(slab >> 1) + SLAB.exactEvents] + I[slab + SLAB.granted] - unspent;
}

describe('the budget of the adaptive precision', () => {
  it('is exact all the time where that costs a little less', () => {
    const { count, fn, regimeSwitches, exactEvents } = calls({ times: 0.9, seconds: 1 });
    expect(regimeSwitches).to.equal(0);
    expect(exactEvents).to.equal(2 * count);
    expect(fn.selfWallNs).to.be.closeTo(1e9, 1e5);
  });

  for (const times of [1.2, 2, 20]) {
    it(`leaves most calls to the sampled regime where being exact would cost ${times} times as much`, () => {
      const { count, fn, regimeSwitches, exactEvents } = calls({ times, seconds: 2 });
      expect(regimeSwitches).to.be.above(1);
      expect(fn.calls).to.equal(count);
      expect(exactEvents * 2 * EVENT_COST_NS).to.be.within(1, OVERHEAD * (2e9 + BUDGET_LASTS_NS + 5 * TICK_NS));
    });

    it(`has each stay last for one grant where being exact would cost ${times} times as much`, () => {
      const { exactEvents, stays } = calls({ times, seconds: 2 });
      const [first, ...others] = stays.events;
      // After the start there is a tick's budget for each stay; the event that finds it spent is one more.
      expect(first).to.equal(paidFor(BUDGET_LASTS_NS) + 1);
      expect(new Set(others.slice(0, -1))).to.deep.equal(new Set([paidFor(TICK_NS) + 1]));
      // Of 2000 ticks: what is waited in between doubles from 4 to 32.
      expect(others.length).to.be.within(2000 / 34, 2000 / 32 + 4);
      expect(
        stays.events.reduce((sum, events) => sum + events),
        'as the thread counts them',
      ).to.equal(exactEvents);
    });
  }

  it('is exceeded by two grants at most, the rest of one and the next, where a thread that has long been exact becomes fast', () => {
    const { stays } = calls({ times: 0.3, seconds: 0.5 }, { times: 50, seconds: 0.1 });
    const [first] = stays.events;
    expect(first, 'exact until it is fast').to.be.above(2 * ((0.5e9 * 0.3 * OVERHEAD) / CALL_COST_NS));
    expect(Math.max(...stays.ahead)).to.be.within(paidFor(BUDGET_LASTS_NS) / 2, 2 * paidFor(BUDGET_LASTS_NS) + 2);
  });
});

describe('a change from the sampled regime to the exact one', () => {
  it('leaves the time between the tick and the event that sees it to who spent it', () => {
    const driven = new DrivenRuntime({ precision: 'adaptive', tickEachEvent: false });
    const { main } = driven;
    const { F } = main.runtime.arena;
    driven.start(); // with a budget so small that each tick may change the regime
    const inner = () => {
      const handle = main.enter('b');
      driven.pass(0.5);
      main.runtime.tick();
      F[CONTROL.tickWallNs] = driven.wallNs;
      driven.pass(0.5);
      main.exit(handle);
    };
    const outer = main.enter('a');
    for (let i = 0; i < 200; i++) inner();
    main.exit(outer);
    const profile = driven.snapshot();
    const [a, b] = ['a', 'b'].map((name) => profile.functions.find((fn) => fn.name === name)!);
    expect(profile.threads[0].regimeSwitches).to.be.above(10);
    expect(a.selfWallNs).to.equal(0);
    expect(b.selfWallNs).to.be.within(199 * WALL_NS, 200 * WALL_NS); // what follows the last tick is of the next one
  });
});
