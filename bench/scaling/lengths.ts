// Ns a call against how long the program has run. Up to REAL_CALLS the calls are made; beyond, the words that a longer run
// would have moved are set to what they would be: counters, clock, tick word, sequence and walk words.
import { sharedNowNs, systemClock } from '../../runtime/clock.ts';
import { TICK } from '../../runtime/contract.ts';
import { CONTROL, EDGE, SLAB, SLAB_EDGES } from '../../runtime/layout.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { createDriven } from './driven.ts';
import type { Regime } from './regimes.ts';
import { type Quartiles, quartilesOf } from '../statistics.ts';

export interface LengthCost {
  readonly calls: number;
  readonly simulated: boolean;
  readonly hooksNs: Quartiles;
  /** Whether the counters then are exactly what they should be. */
  readonly countsAreExact: boolean;
}

const FUNCTIONS = 100;
const CALLS_A_BATCH = 100_000;
/** What a call takes in a simulated run, for clock and ticks. */
const SIMULATED_NS = 10;
const INT32 = 2 ** 31;

/** Measures where the number of calls made reaches each of the lengths. */
export function lengthCosts(
  regime: Regime,
  lengths: readonly number[],
  realCalls: number,
  batches: number,
): LengthCost[] {
  const driven = createDriven();
  const { runtime } = driven;
  const { arena, slab, enter, exit } = runtime;
  const { I, F } = arena;
  const fns = driven.functions(FUNCTIONS);
  const cpuNs = systemClock(sharedNowNs()).cpuNs!;
  driven.start(regime, 1);
  let made = 0;

  function play(): void {
    for (let i = 0; i < CALLS_A_BATCH; i++) exit(enter(fns[i % FUNCTIONS]));
  }

  /** With a tick, which is not timed. */
  function batch(): number {
    const began = cpuNs();
    play();
    const spent = cpuNs() - began;
    made += CALLS_A_BATCH;
    driven.pass(CALLS_A_BATCH * SIMULATED_NS);
    runtime.tick();
    return spent / CALLS_A_BATCH;
  }

  /** As if so many more calls had been made, of all functions alike. */
  function skip(calls: number): void {
    for (const edge of rowsOfTable(arena, slab + SLAB_EDGES)) F[(edge >> 1) + EDGE.calls] += calls / FUNCTIONS;
    driven.pass(calls * SIMULATED_NS);
    const ticks = Math.floor((calls * SIMULATED_NS) / 1e6);
    const tick = ((I[TICK] + ticks) % (INT32 - 2)) + 1;
    I[TICK] = I[CONTROL.lastTick] = tick;
    // In the exact regime each of the two events moves it by 2; where it wraps is inside what is measured.
    I[slab + SLAB.sequence] = regime === 'exact' ? INT32 - CALLS_A_BATCH : I[slab + SLAB.sequence] + ticks * 2;
    I[slab + SLAB.walk] += ticks;
    made += calls;
  }

  for (let i = 0; i < 20; i++) batch();
  return lengths.map((calls) => {
    while (made < Math.min(calls, realCalls)) batch();
    const simulated = calls > made + batches * CALLS_A_BATCH;
    if (simulated) skip(Math.floor((calls - made) / FUNCTIONS) * FUNCTIONS);
    const ns: number[] = [];
    for (let i = 0; i < batches; i++) ns.push(batch());
    let counted = 0;
    for (const edge of rowsOfTable(arena, slab + SLAB_EDGES)) counted += F[(edge >> 1) + EDGE.calls];
    return { calls, simulated, hooksNs: quartilesOf(ns), countsAreExact: counted === made };
  });
}
