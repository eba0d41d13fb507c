// Measures what the hooks cost, once a process, when the profiler is first started: raw figures contain it, reports
// subtract it (as php-spx does with its probes).
//
// It drives this thread's own hooks while the profiler is stopped, on a function row that no reader sees, and puts the
// slab back as it was. A second set of hooks would be tidier but costs the program: V8 compiles closures that exist
// twice without knowing their constants, and every event afterwards is up to 1.5 times as dear (measured, Node 20 and 24).
import type { Arena } from './arena.ts';
import { type Clock, measureClock } from './clock.ts';
import {
  CALIBRATION_SITE,
  CONTROL,
  EDGE,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  NEVER_SEEN,
  REGIME_EXACT,
  REGIME_SAMPLED,
  SLAB,
  SLAB_CALIBRATION,
  SLAB_EDGES,
} from './layout.ts';
import { releaseDurations } from './durations.ts';
import { initFunction } from './figures.ts';
import type { ThreadHooks } from './hooks.ts';
import { rowOf } from './table.ts';

const CALLS = 1000;
const FEWEST_ROUNDS = 12;
/** A clock that stands still or goes backwards would never let it end. */
const MOST_ROUNDS = 2000;
/** Long enough for V8 to optimise what is measured, on its own thread meanwhile: a cold hook is ten times as dear. */
const SAMPLED_DURATION_NS = 4e6;
const EXACT_DURATION_NS = 12e6;

/** Fills in the control block's hook costs. Call it while stopped. About 16 ms; never throws. */
export function calibrate(arena: Arena, slab: number, clock: Clock, hooks: ThreadHooks): void {
  const { I, F } = arena;
  const fn = slab + SLAB_CALIBRATION;
  const rootEdge = I[slab + SLAB.root] + FUNCTION_OWN_EDGE;
  const slabBefore = I.slice(slab, slab + SLAB.words);
  const rootBefore = I.slice(rootEdge, rootEdge + EDGE.words);
  try {
    initFunction(I, fn, CALIBRATION_SITE);
    I[slab + SLAB.epoch] = I[CONTROL.epoch];
    I[slab + SLAB.budget] = 0x3fffffff;
    I[slab + SLAB.tagging] = 0;
    F[(slab >> 1) + SLAB.lastWallNs] = clock.wallNs();
    F[(slab >> 1) + SLAB.lastSampleWallNs] = Infinity; // no sample is due
    F[(slab >> 1) + SLAB.cpuLastsNs] = Infinity; // its cost is bounded apart, see sessions.ts
    I[slab + SLAB.seen] = I[CONTROL.tick];
    I[slab + SLAB.regime] = REGIME_SAMPLED;
    const sampled = costOfCalls(arena, slab, clock, hooks, SAMPLED_DURATION_NS);
    I[slab + SLAB.seen] = NEVER_SEEN;
    I[slab + SLAB.regime] = REGIME_EXACT;
    const exact = costOfCalls(arena, slab, clock, hooks, EXACT_DURATION_NS);
    // What is measured while V8 still compiles can be far too much, so it is bounded by the clock reading it contains.
    const clockNs = measureClock(clock.wallNs).costNs;
    const sampledNs = Math.min(sampled.perCallNs, clockNs / 2);
    F[CONTROL.exactOuterNs] = Math.min(Math.max(0, exact.perCallNs - exact.innerNs), 2 * clockNs);
    // No clock is read inside a sampled call; half of its cost lies before its body and half behind.
    F[CONTROL.sampledInnerNs] = sampledNs / 2;
    F[CONTROL.sampledOuterNs] = sampledNs / 2;
    F[CONTROL.exactInnerNs] = Math.min(Math.max(1, exact.innerNs), 2 * clockNs); // last: says that all are there
  } catch {
    // the program's stack is at its end: figures stay raw
  }
  releaseDurations(arena, slab, fn);
  const { freeDurations, freeDurationLines } = SLAB;
  const free = [I[slab + freeDurations], I[slab + freeDurationLines]];
  I.fill(0, fn, fn + FUNCTION.words);
  const edge = rowOf(arena, slab + SLAB_EDGES, I[slab + SLAB.root], fn);
  if (edge !== 0) F.fill(0, (edge >> 1) + EDGE.calls, (edge + EDGE.words) >> 1);
  I.set(rootBefore, rootEdge);
  I.set(slabBefore, slab);
  [I[slab + freeDurations], I[slab + freeDurationLines]] = free;
}

/**
 * The whole added time of a call, and what of it falls into the called function's own time. The least of all rounds: a
 * report must rather keep some of the cost than take away the program's own time.
 */
function costOfCalls(
  arena: Arena,
  slab: number,
  { wallNs }: Clock,
  { enter, exit }: ThreadHooks,
  durationNs: number,
): { perCallNs: number; innerNs: number } {
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
  let probeNs = Infinity;
  let bareNs = Infinity;
  let innerNs = Infinity;
  const began = wallNs();
  const goesOn = (round: number) => round < FEWEST_ROUNDS || (round < MOST_ROUNDS && wallNs() - began < durationNs);
  for (let round = 0; goesOn(round); round++) {
    const edge = I[fn + FUNCTION.lastEdge] >> 1;
    const selfBefore = F[edge + EDGE.selfWallNs];
    const start = wallNs();
    for (let i = 0; i < CALLS; i++) probe();
    const middle = wallNs();
    for (let i = 0; i < CALLS; i++) bare();
    bareNs = Math.min(bareNs, (wallNs() - middle) / CALLS);
    probeNs = Math.min(probeNs, (middle - start) / CALLS);
    if (round > 0) innerNs = Math.min(innerNs, (F[edge + EDGE.selfWallNs] - selfBefore) / CALLS);
  }
  return { perCallNs: Math.max(0, probeNs - bareNs), innerNs };
}
