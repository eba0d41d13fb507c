// Measures what the hooks cost, once a process, when the profiler is first started: raw figures contain it, reports
// subtract it (as php-spx does with its probes).
//
// It drives this thread's own hooks while the profiler is stopped, on a function row that no reader sees, and puts the
// slab back as it was. A second set of hooks would be tidier but costs the program: V8 compiles closures that exist
// twice without knowing their constants, and every event afterwards is up to 1.5 times as dear (measured, Node 20 and 24).
import type { Arena } from './arena.ts';
import type { Clock } from './clock.ts';
import {
  CALIBRATION_SITE,
  CONTROL,
  EDGE,
  FRAME,
  FUNCTION,
  NEVER_SEEN,
  REGIME_EXACT,
  REGIME_SAMPLED,
  SLAB,
  SLAB_CALIBRATION,
} from './layout.ts';
import { releaseDurations } from './durations.ts';
import { initFunction } from './figures.ts';
import type { ThreadHooks } from './hooks.ts';
import { isFinite, Math } from './primordials.ts';

const CALLS = 1000;
const FEWEST_ROUNDS = 12;
/** A clock that stands still or goes backwards would never let it end. */
const MOST_ROUNDS = 2000;
/**
 * Long enough for V8 to optimise what is measured, on its own thread meanwhile: a cold hook is ten times as dear. CPU time, as
 * on a busy machine such a span of wall time may hold no round in which the code was optimised and the thread kept its
 * processor; then the costs came out up to five times too large. But no more than LONGEST times that of wall time.
 */
const SAMPLED_DURATION_NS = 4e6;
const EXACT_DURATION_NS = 12e6;
const LONGEST = 4;
/** A sampled call takes less than this part of a clock reading, and an empty one less than this, once they are optimised. */
const CLOCKS_SAMPLED = 4;
const CLOCKS_BARE = 40;
/** An exact one reads the clock once before and once after its body; what is more than this was measured while V8 compiled. */
const CLOCKS_INNER = 1.25;
const CLOCKS_OUTER = 1.75;

/** The two hooks that are measured, of the thread that measures them. */
type Measured = Pick<ThreadHooks, 'enter' | 'exit'>;

/**
 * Fills in the control block's hook costs, or leaves them unknown: where the clock tells nothing, or the program's stack is at
 * its end. Call it while stopped. About 16 ms; never throws.
 */
export function calibrate(arena: Arena, slab: number, clock: Clock, hooks: Measured): void {
  const { I, F } = arena;
  const fn = slab + SLAB_CALIBRATION;
  // The root, or what is still open of a session whose end this thread has not come to know of.
  const top = I[slab + SLAB.sp];
  const topEdge = I[top + FRAME.edge];
  const slabBefore = I.slice(slab, slab + SLAB.words);
  const topBefore = I.slice(topEdge, topEdge + EDGE.words);
  try {
    measure(arena, slab, clock, hooks);
  } catch {
    // the program's stack is at its end: figures stay raw
  }
  releaseDurations(arena, slab, fn);
  const { freeDurations, freeDurationLines } = SLAB;
  const free = [I[slab + freeDurations], I[slab + freeDurationLines]];
  const edge = I[fn + FUNCTION.lastEdge];
  I.fill(0, fn, fn + FUNCTION.words);
  if (edge !== 0) F.fill(0, (edge >> 1) + EDGE.calls, (edge + EDGE.words) >> 1);
  I.set(topBefore, topEdge);
  I.set(slabBefore, slab);
  [I[slab + freeDurations], I[slab + freeDurationLines]] = free;
}

function measure(arena: Arena, slab: number, clock: Clock, hooks: Measured): void {
  const { I, F } = arena;
  const clockCostsNs = [leastClockCostNs(clock.wallNs)];
  if (!(clockCostsNs[0] > 0)) return; // it stands still, goes backwards or gives no numbers
  initFunction(I, slab + SLAB_CALIBRATION, CALIBRATION_SITE);
  I[slab + SLAB.epoch] = I[CONTROL.epoch];
  I[slab + SLAB.budget] = 0x3fffffff;
  I[slab + SLAB.tagging] = 0;
  F[(slab >> 1) + SLAB.lastWallNs] = clock.wallNs();
  F[(slab >> 1) + SLAB.lastSampleWallNs] = Infinity; // no sample is due
  F[(slab >> 1) + SLAB.cpuLastsNs] = Infinity; // its cost is bounded apart, see sessions.ts
  I[slab + SLAB.seen] = I[CONTROL.tick];
  I[slab + SLAB.regime] = REGIME_SAMPLED;
  const sampled = costOfCalls(arena, slab, clock, hooks, SAMPLED_DURATION_NS);
  clockCostsNs.push(leastClockCostNs(clock.wallNs));
  I[slab + SLAB.seen] = NEVER_SEEN;
  I[slab + SLAB.regime] = REGIME_EXACT;
  const exact = costOfCalls(arena, slab, clock, hooks, EXACT_DURATION_NS);
  clockCostsNs.push(leastClockCostNs(clock.wallNs));
  // What is measured while V8 still compiles can be far too much, so it is bounded by clock readings.
  const clockNs = Math.min(...clockCostsNs);
  const added = ({ probeNs, bareNs }: CallCost) => Math.max(0, probeNs - Math.min(bareNs, clockNs / CLOCKS_BARE));
  const sampledNs = Math.min(added(sampled), clockNs / CLOCKS_SAMPLED);
  const outerNs = Math.min(Math.max(0, added(exact) - exact.innerNs), CLOCKS_OUTER * clockNs);
  const innerNs = Math.min(Math.max(1, exact.innerNs), CLOCKS_INNER * clockNs);
  if (!(clockNs > 0 && isFinite(sampledNs + outerNs + innerNs))) return;
  F[CONTROL.exactOuterNs] = outerNs;
  // No clock is read inside a sampled call; half of its cost lies before its body and half behind.
  F[CONTROL.sampledInnerNs] = sampledNs / 2;
  F[CONTROL.sampledOuterNs] = sampledNs / 2;
  F[CONTROL.exactInnerNs] = innerNs; // last: says that all are there
}

/** What a reading costs: of many goes the least, as for what is compared with it. */
function leastClockCostNs(wallNs: () => number): number {
  const GOES = 20;
  const READINGS = 100;
  let least = Infinity;
  for (let go = 0; go < GOES; go++) {
    const start = wallNs();
    for (let i = 0; i < READINGS; i++) wallNs();
    least = Math.min(least, (wallNs() - start) / (READINGS + 1));
  }
  return least;
}

interface CallCost {
  /** A call with hooks, and one without. */
  readonly probeNs: number;
  readonly bareNs: number;
  /** What of the hooks falls into the called function's own time. */
  readonly innerNs: number;
}

/**
 * What a call takes. The least of all rounds: a
 * report must rather keep some of the cost than take away the program's own time.
 */
function costOfCalls(
  arena: Arena,
  slab: number,
  { wallNs, cpuNs, cpuName }: Clock,
  { enter, exit }: Measured,
  durationNs: number,
): CallCost {
  const { I, F } = arena;
  const fn = slab + SLAB_CALIBRATION;
  function probe(): void {
    const handle = enter(fn);
    try {
      return;
    } finally {
      if (handle !== 0) exit(handle);
    }
  }
  function bare(): void {}
  // Each loop in a function of its own: of two in one V8 may optimise the one and interpret the other for good, and the
  // difference of their least times was 0, or three times too large.
  function probes(): void {
    for (let i = 0; i < CALLS; i++) probe();
  }
  function bares(): void {
    for (let i = 0; i < CALLS; i++) bare();
  }
  let probeNs = Infinity;
  let bareNs = Infinity;
  let innerNs = Infinity;
  const usedNs = cpuNs === null || cpuName === null ? wallNs : cpuNs;
  const [began, usedBefore] = [wallNs(), usedNs()];
  const isTime = () => usedNs() - usedBefore < durationNs && wallNs() - began < LONGEST * durationNs;
  const goesOn = (round: number) => round < FEWEST_ROUNDS || (round < MOST_ROUNDS && isTime());
  for (let round = 0; goesOn(round); round++) {
    const edge = I[fn + FUNCTION.lastEdge] >> 1;
    const selfBefore = F[edge + EDGE.selfWallNs];
    const start = wallNs();
    probes();
    const middle = wallNs();
    bares();
    bareNs = Math.min(bareNs, (wallNs() - middle) / CALLS);
    probeNs = Math.min(probeNs, (middle - start) / CALLS);
    innerNs = Math.min(innerNs, (F[edge + EDGE.selfWallNs] - selfBefore) / CALLS);
  }
  return { probeNs, bareNs, innerNs };
}
