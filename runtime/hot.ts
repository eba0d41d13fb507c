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
import { EDGE_CACHE_WORDS } from './layout.ts';
import { imul } from './primordials.ts';

/** Leaves as many bits of a hash as number the entries of a slab's edge cache. */
const EDGE_CACHE_SHIFT = 32 - Math.log2(EDGE_CACHE_WORDS);

/** So many that V8 has begun to collect feedback. */
const DECOY_CALLS = 200;

// ── hot ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The sampled regime's enter and exit, small enough for V8 to inline both into the functions they are called from.
 * What they use comes in as parameters, which unlike captured constants need no check for being initialised; columns
 * are literals for the same reason, and test/runtime/layout.test.ts compares them with the layout:
 *   fn + 0 lastEdge, fn + 1 depth; edge + 0 caller, (edge >> 1) + 2 calls, + 3 recursiveCalls; frame: 10 words, fn, edge,
 *   node, flags.
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
    if (I[0] !== I[SEEN]) {
      const handled = enterSlowly(fn);
      if (handled >= 0) return handled;
    }
    const sp = I[SP];
    let edge = I[fn];
    if (I[edge] !== I[sp]) edge = edgeTo(fn, I[sp]);
    const top = sp + 10;
    if (top >= STACK_END || edge === 0) return countOnly(fn);
    F[(edge >> 1) + 2]++;
    if (I[fn + 1]++ !== 0) F[(edge >> 1) + 3]++;
    I[top] = fn;
    I[top + 1] = edge;
    I[top + 2] = 0;
    I[SP] = top;
    return sp;
  }

  function exit(handle: number, outcome?: unknown): void {
    const sp = I[SP];
    if (I[0] !== I[SEEN] || sp - 10 !== handle || outcome === I) slow.exit(handle, outcome);
    else {
      I[I[sp] + 1]--;
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
 * `lastEdge`. Columns: edge + 0 caller, + 1 callee; fn + 0 lastEdge.
 */
export function edgeCache(I: Int32Array, CACHE: number, findEdge: (fn: number, caller: number) => number) {
  return (fn: number, caller: number): number => {
    const at = CACHE + ((imul(caller, 0x9e3779b1) ^ imul(fn, 0x85ebca6b)) >>> EDGE_CACHE_SHIFT);
    let edge = I[at];
    if (I[edge] !== caller || I[edge + 1] !== fn) {
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
 * The slow path of every event in the exact regime. Literals and parameters for the same reason as above; further ones:
 *   I[2] control epoch; regime 1 exact; edge + 2 depth, (edge >> 1) + 4 … 7 self and total, wall and CPU; (fn >> 1) + 5, 6
 *   total wall and CPU, + 7 longest block, + 8 longest activation, + 10 errors; flag 4 not timed from its start; (frame >> 1) + 2, 3 start wall and CPU, + 4 held since; TIMES + 0 lastWallNs, 1 lastCpuNs, 2 trueCpuNs,
 *   3 trueCpuWallNs, 4 lastSampleWallNs.
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
    const edge = I[I[SP] + 1] >> 1;
    F[edge + 4] += wall - lastWall;
    F[edge + 5] += cpu - lastCpu;
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
    if (I[REGIME] !== 1 || I[2] !== I[EPOCH] || I[TAGGING] !== 0) return enterRarely(fn);
    try {
      chargeEvent();
      if (I[REGIME] !== 1) return -1;
      const sp = I[SP];
      let edge = I[fn];
      if (I[edge] !== I[sp]) edge = edgeTo(fn, I[sp]);
      const top = sp + 10;
      if (top >= STACK_END || edge === 0) return countOnly(fn);
      const sequence = I[SEQUENCE];
      I[SEQUENCE] = sequence + 1;
      F[(edge >> 1) + 2]++;
      if (I[fn + 1]++ !== 0) F[(edge >> 1) + 3]++;
      I[edge + 2]++;
      I[top] = fn;
      I[top + 1] = edge;
      I[top + 2] = 0;
      F[(top >> 1) + 2] = F[TIMES];
      F[(top >> 1) + 3] = F[TIMES + 1];
      F[(top >> 1) + 4] = F[TIMES];
      I[SP] = top;
      I[SEQUENCE] = sequence + 2;
      return sp;
    } catch {
      // The program's stack is at its end: it fails by itself, or goes on without this frame. As `countOnly`, in place.
      if (!(I[fn + 33] === fn)) return 0;
      F[((fn + 32) >> 1) + 2]++;
      if (I[fn + 1] !== 0) F[((fn + 32) >> 1) + 3]++;
      F[DEEP_CALLS]++;
      return 0;
    }
  }

  function exitSlowly(handle: number, outcome: unknown): void {
    const sp = I[SP];
    if (I[REGIME] !== 1 || I[2] !== I[EPOCH] || sp - 10 !== handle) {
      exitRarely(handle, outcome);
      return;
    }
    if (outcome === I) F[(I[sp] >> 1) + 10]++;
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
    const edge = I[sp + 1];
    const flags = I[sp + 3];
    const sequence = I[SEQUENCE];
    I[SEQUENCE] = sequence + 1;
    let timed = -1;
    const outermost = --I[fn + 1] === 0;
    if (I[REGIME] === 1) {
      const wall = F[TIMES] - F[(sp >> 1) + 2];
      const cpu = F[TIMES + 1] - F[(sp >> 1) + 3];
      if (--I[edge + 2] === 0 && (flags & 2) === 0) {
        F[(edge >> 1) + 6] += wall;
        F[(edge >> 1) + 7] += cpu;
      }
      if (outermost && (flags & 1) === 0) {
        F[(fn >> 1) + 5] += wall;
        F[(fn >> 1) + 6] += cpu;
      }
      if ((flags & 4) === 0) {
        timed = wall;
        if (wall > F[(fn >> 1) + 8]) F[(fn >> 1) + 8] = wall;
      }
      const held = F[TIMES] - F[(sp >> 1) + 4];
      if (held > F[(fn >> 1) + 7]) F[(fn >> 1) + 7] = held;
    }
    if (flags !== 0) I[sp + 3] = 0;
    I[SP] = sp - 10;
    I[SEQUENCE] = sequence + 2;
    if (timed >= 0) noteDuration(fn, timed); // last: the program's stack may be at its end
  }

  return { charge, chargeEvent, enterSlowly, exitSlowly, pop };
}
