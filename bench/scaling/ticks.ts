// What one tick takes against the depth of the stack: the one thing that is O(depth), once a millisecond.
import { sharedNowNs, systemClock } from '../../runtime/clock.ts';
import { createDriven } from './driven.ts';
import { type Quartiles, quartilesOf } from '../statistics.ts';

export interface TickCost {
  readonly depth: number;
  /** The event on which it comes, and its return. */
  readonly tickNs: Quartiles;
}

const FUNCTIONS = 100;
const TICKS_A_BATCH = 20;

export function tickCosts(depths: readonly number[], batches: number): TickCost[] {
  const driven = createDriven();
  const { enter, exit, tick } = driven.runtime;
  const cpuNs = systemClock(sharedNowNs()).cpuNs!;
  const fns = driven.functions(FUNCTIONS + 1);
  const leaf = fns[FUNCTIONS];
  driven.start('sampled', 1);
  return depths.map((depth) => {
    const base = enter(fns[0]);
    for (let i = 1; i < depth; i++) enter(fns[i % FUNCTIONS]);
    const ns: number[] = [];
    for (let go = -5; go < batches; go++) {
      const began = cpuNs();
      for (let i = 0; i < TICKS_A_BATCH; i++) {
        driven.pass(1e6);
        tick();
        exit(enter(leaf));
      }
      if (go >= 0) ns.push((cpuNs() - began) / TICKS_A_BATCH);
    }
    exit(base); // and with it all above
    return { depth, tickNs: quartilesOf(ns) };
  });
}
