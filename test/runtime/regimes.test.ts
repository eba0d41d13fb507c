// The adaptive precision keeps its budget: what its exact events cost stays below the share of the time that was allowed.
import { expect } from 'chai';
import { CONTROL, SLAB } from '../../runtime/layout.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { DrivenRuntime, WALL_NS } from '../support/driven-runtime.ts';

const OVERHEAD = 0.03;
const EVENT_COST_NS = 50;
/** Two events of a call are charged double, as among other code. */
const CALL_COST_NS = 2 * 2 * EVENT_COST_NS;

/** A loop of calls of `callNs` each for `seconds`, ticks coming as time passes. */
function calls(callNs: number, seconds: number) {
  const driven = new DrivenRuntime({ precision: 'adaptive', tickEachEvent: false });
  const { main } = driven;
  driven.main.runtime.arena.F[CONTROL.exactEventCostNs] = EVENT_COST_NS;
  main.runtime.start({ precision: 'adaptive', overhead: OVERHEAD, tickMs: 1, onlyThread: null });
  const count = Math.round((seconds * 1e9) / callNs);
  let ticked = 0;
  for (let i = 0; i < count; i++) {
    const handle = main.enter('a');
    driven.pass(callNs / WALL_NS);
    for (; ticked < Math.floor(driven.wallNs / WALL_NS); ticked++) main.runtime.tick();
    main.exit(handle);
  }
  const [thread] = driven.snapshot().threads;
  const [fn] = driven.snapshot().functions.filter(({ name }) => name === 'a');
  return { count, fn, regimeSwitches: thread.regimeSwitches, exactEvents: exactEventsOf(main.runtime) };
}

function exactEventsOf({ arena: { I, F }, slab }: Runtime): number {
  const unspent = Math.max(0, I[slab + SLAB.budget]);
  return F[(slab >> 1) + SLAB.exactEvents] + I[slab + SLAB.granted] - unspent;
}

describe('the budget of the adaptive precision', () => {
  it('is exact all the time where that costs a little less', () => {
    const { count, fn, regimeSwitches, exactEvents } = calls(CALL_COST_NS / (0.9 * OVERHEAD), 1);
    expect(regimeSwitches).to.equal(0);
    expect(exactEvents).to.equal(2 * count);
    expect(fn.selfWallNs).to.be.closeTo(1e9, 1e5);
  });

  for (const times of [1.2, 2, 20]) {
    it(`leaves most calls to the sampled regime where being exact would cost ${times} times as much`, () => {
      const { count, fn, regimeSwitches, exactEvents } = calls(CALL_COST_NS / (times * OVERHEAD), 2);
      expect(regimeSwitches).to.be.above(1);
      expect(fn.calls).to.equal(count);
      // 20 ms of budget are there at the start.
      expect(exactEvents * 2 * EVENT_COST_NS).to.be.within(1, OVERHEAD * (2e9 + 25e6));
    });
  }
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
