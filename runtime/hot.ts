// The hot file: what runs at the start and the end of every instrumented function. No allocation, closure, string, log,
// throw or unbounded loop; views, addresses and clocks are captured once per thread. hooks.ts has the slow path.
//
// The shadow stack grows upwards; a frame is [fn, edge, node, flags, startWallNs, startCpuNs, heldSinceNs], fn, edge and node
// being addresses of rows. Above the top all flags are 0.
//
//     stack                                   sp
//       │                                      │
//       ▼                                      ▼
//     [root] [main] [parse] [token] … [skip] [read]      enter: push, return the sp before
//                                                        exit(h): sp = h, whatever is above it
//
// A handle is the address of the caller's frame, so a lost exit heals at the next one.
import { TICK } from './contract.ts';
import {
  CONTROL,
  EDGE,
  EDGE_CACHE_WORDS,
  FRAME,
  FRAME_UNTIMED,
  FRAME_WITHIN_EDGE,
  FRAME_WITHIN_FUNCTION,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  REGIME_EXACT,
} from './layout.ts';
import { imul } from './primordials.ts';

/** Leaves as many bits of a hash as number the entries of a slab's edge cache. */
const EDGE_CACHE_SHIFT = 32 - Math.log2(EDGE_CACHE_WORDS);

/** So many that V8 has begun to collect feedback. */
const DECOY_CALLS = 200;

// ── hot ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The sampled regime's enter and exit, small enough for V8 to inline both into the functions they are called from.
 * What they use comes in as parameters, which unlike captured constants need no check for being initialised. Columns are
 * numbers by the time this is shipped (scripts/layout-constants.mjs); the first one of a row, `lastEdge`, `caller` and a frame's
 * `fn`, is left out, since nothing would fold the sum.
 *
 * V8 inlines what a call site has only ever called. The slow exit, inlined into the fast one, would make that too large to
 * be inlined itself (Node 20: fib 2.5 ns a call dearer), so its call site is shown several functions.
 */
export function hotHooks(
  I: Int32Array,
  F: Float64Array,
  SEEN: number,
  SP: number,
  STACK_END: number,
  enterSlowly: (fn: number) => number,
  slow: { exit: (handle: number, outcome: unknown) => void },
  edgeTo: (fn: number, caller: number) => number,
  countOnly: (fn: number) => number,
) {
  function enter(fn: number): number {
    if (I[TICK] !== I[SEEN]) {
      const handled = enterSlowly(fn);
      if (handled >= 0) return handled;
    }
    const sp = I[SP];
    let edge = I[fn];
    if (I[edge] !== I[sp]) edge = edgeTo(fn, I[sp]);
    const top = sp + FRAME.words;
    if (top >= STACK_END || edge === 0) return countOnly(fn);
    F[(edge >> 1) + EDGE.calls]++;
    if (I[fn + FUNCTION.depth]++ !== 0) F[(edge >> 1) + EDGE.recursiveCalls]++;
    I[top] = fn;
    I[top + FRAME.edge] = edge;
    I[top + FRAME.node] = 0;
    I[SP] = top;
    return sp;
  }

  function exit(handle: number, outcome?: unknown): void {
    const sp = I[SP];
    if (I[TICK] !== I[SEEN] || sp - FRAME.words !== handle || outcome === I) slow.exit(handle, outcome);
    else {
      I[I[sp] + FUNCTION.depth]--;
      I[SP] = handle;
    }
  }

  const { exit: exitSlowly } = slow;
  const decoys = [() => {}, () => {}, () => {}, () => {}, () => {}];
  for (let i = 0; i < DECOY_CALLS; i++) {
    slow.exit = decoys[i % decoys.length];
    exit(-1);
  }
  slow.exit = exitSlowly;
  return { enter, exit };
}

// ── warm: when a function's caller is another one than last time (every fifth call of a parser) ──────────────────────

/**
 * The edge from `caller` to `fn`, by way of a direct-mapped cache in front of the table, and made the function's
 * `lastEdge`.
 */
export function edgeCache(I: Int32Array, CACHE: number, findEdge: (fn: number, caller: number) => number) {
  return (fn: number, caller: number): number => {
    const at = CACHE + ((imul(caller, 0x9e3779b1) ^ imul(fn, 0x85ebca6b)) >>> EDGE_CACHE_SHIFT);
    let edge = I[at];
    if (I[edge] !== caller || I[edge + EDGE.callee] !== fn) {
      edge = findEdge(fn, caller);
      if (edge === 0) return 0;
      I[at] = edge;
    }
    I[fn] = edge;
    return edge;
  };
}

// ── warm: every event in the exact regime ──────────────────────────────────────────────────────────────────────────

/** What the exact regime's hooks leave to hooks.ts. */
export interface RareWork {
  edgeTo(fn: number, caller: number): number;
  countOnly(fn: number): number;
  sample(): void;
  reviewBudget(): void;
  enterRarely(fn: number): number;
  exitRarely(handle: number, outcome: unknown): void;
  /** Never throws. */
  noteDuration(fn: number, wallNs: number): void;
}

/**
 * The slow path of every event in the exact regime. Parameters for the same reason as above. From TIMES on: lastWallNs,
 * lastCpuNs, trueCpuNs, trueCpuWallNs, lastSampleWallNs.
 */
export function exactHooks(
  I: Int32Array,
  F: Float64Array,
  SP: number,
  REGIME: number,
  EPOCH: number,
  SEQUENCE: number,
  BUDGET: number,
  TAGGING: number,
  TICK_NS: number,
  CPU_LASTS: number,
  TIMES: number,
  STACK_END: number,
  wallNs: () => number,
  cpuNs: (() => number) | null,
  DEEP_CALLS: number,
  { edgeTo, countOnly, sample, reviewBudget, enterRarely, exitRarely, noteDuration }: RareWork,
) {
  /** Charges what elapsed to the top frame's self time and returns the wall time. */
  function charge(): number {
    const lastWall = F[TIMES];
    const lastCpu = F[TIMES + 1];
    let wall = wallNs();
    if (!(wall > lastWall && wall < Infinity)) wall = lastWall; // a clock that goes back or gives NaN stands still
    let cpu = lastCpu;
    if (cpuNs !== null) {
      // Between two readings of the CPU clock the wall stands in; the error ends with the next reading.
      const sinceReading = wall - F[TIMES + 3];
      if (sinceReading < F[CPU_LASTS]) cpu = F[TIMES + 2] + sinceReading;
      else {
        cpu = cpuNs();
        F[TIMES + 2] = cpu;
        F[TIMES + 3] = wall;
      }
      if (!(cpu > lastCpu && cpu < Infinity)) cpu = lastCpu;
    }
    const edge = I[I[SP] + FRAME.edge] >> 1;
    F[edge + EDGE.selfWallNs] += wall - lastWall;
    F[edge + EDGE.selfCpuNs] += cpu - lastCpu;
    F[TIMES] = wall;
    F[TIMES + 1] = cpu;
    return wall;
  }

  /** What every exact event does first. May end the exact regime, when its budget is spent. */
  function chargeEvent(): void {
    const wall = charge();
    if (wall - F[TIMES + 4] >= F[TICK_NS]) sample();
    if (--I[BUDGET] < 0) reviewBudget();
  }

  /** Returns the handle, or -1 when the sampled path is to go on. */
  function enterSlowly(fn: number): number {
    if (I[REGIME] !== REGIME_EXACT || I[CONTROL.epoch] !== I[EPOCH] || I[TAGGING] !== 0) return enterRarely(fn);
    try {
      chargeEvent();
      if (I[REGIME] !== REGIME_EXACT) return -1;
      const sp = I[SP];
      let edge = I[fn];
      if (I[edge] !== I[sp]) edge = edgeTo(fn, I[sp]);
      const top = sp + FRAME.words;
      if (top >= STACK_END || edge === 0) return countOnly(fn);
      const sequence = I[SEQUENCE];
      I[SEQUENCE] = sequence + 1;
      F[(edge >> 1) + EDGE.calls]++;
      if (I[fn + FUNCTION.depth]++ !== 0) F[(edge >> 1) + EDGE.recursiveCalls]++;
      I[edge + EDGE.depth]++;
      I[top] = fn;
      I[top + FRAME.edge] = edge;
      I[top + FRAME.node] = 0;
      F[(top >> 1) + FRAME.startWallNs] = F[TIMES];
      F[(top >> 1) + FRAME.startCpuNs] = F[TIMES + 1];
      F[(top >> 1) + FRAME.heldSinceNs] = F[TIMES];
      I[SP] = top;
      I[SEQUENCE] = sequence + 2;
      return sp;
    } catch {
      // The program's stack is at its end: it fails by itself, or goes on without this frame. As `countOnly`, in place.
      if (!(I[fn + (FUNCTION_OWN_EDGE + EDGE.callee)] === fn)) return 0;
      F[((fn + FUNCTION_OWN_EDGE) >> 1) + EDGE.calls]++;
      if (I[fn + FUNCTION.depth] !== 0) F[((fn + FUNCTION_OWN_EDGE) >> 1) + EDGE.recursiveCalls]++;
      F[DEEP_CALLS]++;
      return 0;
    }
  }

  function exitSlowly(handle: number, outcome: unknown): void {
    const sp = I[SP];
    if (I[REGIME] !== REGIME_EXACT || I[CONTROL.epoch] !== I[EPOCH] || sp - FRAME.words !== handle) {
      exitRarely(handle, outcome);
      return;
    }
    if (outcome === I) F[(I[sp] >> 1) + FUNCTION.errors]++;
    try {
      chargeEvent();
    } catch {
      // the program's stack is at its end: the time is charged at the next event
    }
    pop(sp);
  }

  /** Takes the top frame off; in the exact regime charges the totals of rows whose outermost activation it was. */
  function pop(sp: number): void {
    const fn = I[sp];
    const edge = I[sp + FRAME.edge];
    const flags = I[sp + FRAME.flags];
    const sequence = I[SEQUENCE];
    I[SEQUENCE] = sequence + 1;
    let timed = -1;
    const outermost = --I[fn + FUNCTION.depth] === 0;
    if (I[REGIME] === REGIME_EXACT) {
      const wall = F[TIMES] - F[(sp >> 1) + FRAME.startWallNs];
      const cpu = F[TIMES + 1] - F[(sp >> 1) + FRAME.startCpuNs];
      if (--I[edge + EDGE.depth] === 0 && (flags & FRAME_WITHIN_EDGE) === 0) {
        F[(edge >> 1) + EDGE.totalWallNs] += wall;
        F[(edge >> 1) + EDGE.totalCpuNs] += cpu;
      }
      if (outermost && (flags & FRAME_WITHIN_FUNCTION) === 0) {
        F[(fn >> 1) + FUNCTION.totalWallNs] += wall;
        F[(fn >> 1) + FUNCTION.totalCpuNs] += cpu;
      }
      if ((flags & FRAME_UNTIMED) === 0) {
        timed = wall;
        if (wall > F[(fn >> 1) + FUNCTION.maxTotalNs]) F[(fn >> 1) + FUNCTION.maxTotalNs] = wall;
      }
      const held = F[TIMES] - F[(sp >> 1) + FRAME.heldSinceNs];
      if (held > F[(fn >> 1) + FUNCTION.longestBlockNs]) F[(fn >> 1) + FUNCTION.longestBlockNs] = held;
    }
    if (flags !== 0) I[sp + FRAME.flags] = 0;
    I[SP] = sp - FRAME.words;
    I[SEQUENCE] = sequence + 2;
    if (timed >= 0) noteDuration(fn, timed); // last: the program's stack may be at its end
  }

  return { charge, chargeEvent, enterSlowly, exitSlowly, pop };
}
