// A thread's hooks: the slow path around hot.ts, which charges time and follows start, stop and clear. Put together here
// from hot.ts, regimes.ts (which of the two), sessions.ts (start, stop and clear), call-tree.ts (stack samples), activations.ts (what suspends) and
// tagging.ts (tags).
//
// Two regimes charge time, per thread:
//   sampled  an event only compares the tick word with the last one seen; if it moved, what elapsed is charged to the
//            stack as it was before the event: self to the top, total once to every distinct row. O(depth) a tick.
//   exact    `seen` is NEVER_SEEN, so every event comes to the slow path and reads the clock: self to the top, total
//            when the outermost activation of a row ends. O(1) an event.
//
// Frames that are open when a session ends or the figures are cleared are turned into root frames ("buried"): their exits
// stay harmless, and what they call later has the root as its caller.
import type { Arena } from './arena.ts';
import { type ActivationHooks, createActivations } from './activations.ts';
import { createCallTree } from './call-tree.ts';
import type { Clock } from './clock.ts';
import { NOT_ENTERED, STOPPED, TICK } from './contract.ts';
import {
  CONTROL,
  EDGE,
  FRAME,
  FRAME_WITHIN_EDGE,
  FRAME_WITHIN_FUNCTION,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  REGIME_EXACT,
  REGIME_OFF,
  REGIME_SAMPLED,
  SLAB,
  SLAB_EDGES,
  TICKER_NONE,
} from './layout.ts';
import { recordDuration } from './durations.ts';
import { soundTop } from './figures.ts';
import { ensureHeadroom, ensureSeldomHeadroom } from './headroom.ts';
import { edgeCache, exactHooks, hotHooks } from './hot.ts';
import { Atomics, Math } from './primordials.ts';
import { createRegimes } from './regimes.ts';
import { ROOT_DEPTH, createSessions } from './sessions.ts';
import { rowOf } from './table.ts';
import { createTagging } from './tagging.ts';

/** A job that lasts must not let the record of garbage collections grow for as long as that. */
const TICKS_BETWEEN_NOTES = 1000;

/** One thread's hooks, and what the rest of the runtime needs of the thread. */
export interface ThreadHooks extends ActivationHooks {
  enter(fn: number): number;
  exit(handle: number, outcome?: unknown): void;
  enterModule(fn: number): number;
  /** Charges what has elapsed and catches up with starts, stops and clears, as an event would. */
  settle(): void;
  /** Runs work of the profiler itself, whose time is charged to nobody. Passes result and errors through. */
  withoutCharge<T>(work: () => T): T;
  /** Puts a tag in force on this thread and returns what `leaveTag` wants. */
  enterTag(name: string): number;
  leaveTag(before: number): void;
  /** From now on this thread asks for the tag of the context where a stack begins. */
  followTags(): void;
}

export interface ThreadHost {
  /** Called when this thread needs ticks and none may be coming. Never throws. */
  wakeTicker(): void;
  /** Adds the garbage collections so far to their row. */
  noteCollections(): void;
  /** Makes the built-in functions what this thread's session asks for. True if it had to do something. Never throws. */
  followBuiltins(): boolean;
  /** What an event of the exact regime costs more than one of the sampled regime, in ns. */
  exactEventCostNs(): number;
  queueMicrotask(callback: () => void): void;
  /** The tag of the async context the program is in. */
  contextTag(): string | undefined;
  /** Who this thread is to the arena's lock. */
  readonly lockOwner: number;
}

export function createHooks(arena: Arena, slab: number, clock: Clock, host: ThreadHost): ThreadHooks {
  const { I, F } = arena;
  const { wallNs, cpuNs } = clock;
  const SEEN = slab + SLAB.seen;
  const CHARGED_TICK = slab + SLAB.tick;
  const TAGGING = slab + SLAB.tagging;
  const SP = slab + SLAB.sp;
  const REGIME = slab + SLAB.regime;
  const SEQUENCE = slab + SLAB.sequence;
  const SESSION_NOW = slab + SLAB.session;
  const MY_EPOCH = slab + SLAB.epoch;
  const BUDGET = slab + SLAB.budget;
  const WALK = slab + SLAB.walk;
  const STACK = I[slab + SLAB.stack];
  const STACK_END = I[slab + SLAB.stackEnd];
  const ROOT = I[slab + SLAB.root];
  const ROOT_EDGE = ROOT + FUNCTION_OWN_EDGE;
  const EDGES = slab + SLAB_EDGES;
  const LAST_WALL = (slab >> 1) + SLAB.lastWallNs; // the first of the five in `TIMES`
  const LAST_CPU = (slab >> 1) + SLAB.lastCpuNs;
  const TRUE_CPU_WALL = (slab >> 1) + SLAB.trueCpuWallNs;
  const FRAME_WORDS = FRAME.words;

  const tree = createCallTree(arena, slab);
  const tagging = createTagging(arena, slab, host.lockOwner, host.contextTag);
  let ticksUntilNote = TICKS_BETWEEN_NOTES;
  /** Once a tick, in either regime. */
  const sample = (): void => {
    tree.sample();
    if (--ticksUntilNote > 0) return;
    ticksUntilNote = TICKS_BETWEEN_NOTES;
    host.noteCollections();
  };
  const { beginBudget, reviewBudget, tickSampled, timeFromHere } = createRegimes(arena, slab, tree, tagging, host);
  const { reconcile, readClocks } = createSessions(arena, slab, clock, tagging, {
    charge: () => charge(),
    chargeStack,
    timeFromHere,
    sample,
    beginBudget,
    wakeTicker: () => host.wakeTicker(),
    noteCollections: () => host.noteCollections(),
    followBuiltins: () => host.followBuiltins(),
  });

  // ── rare ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The edge's row; the function's own when there is no room; 0 for a function that has no row itself. */
  function findEdge(fn: number, caller: number): number {
    if (!isFunctionRow(fn)) return 0;
    try {
      return rowOf(arena, EDGES, caller, fn) || fn + FUNCTION_OWN_EDGE;
    } catch {
      return fn + FUNCTION_OWN_EDGE; // the program's stack is at its end
    }
  }

  /** Whatever the program hands us: a function row is known by its own edge, which leads back to it. */
  function isFunctionRow(fn: number): boolean {
    return fn > 0 && I[fn + FUNCTION_OWN_EDGE + EDGE.callee] === fn;
  }

  /** A call that gets no frame: too deep, or of a site without a row. */
  function countOnly(fn: number): number {
    const known = isFunctionRow(fn);
    const row = known ? fn : I[slab + SLAB.overflow];
    const own = (row + FUNCTION_OWN_EDGE) >> 1;
    F[own + EDGE.calls]++;
    if (I[row + FUNCTION.depth] !== 0) F[own + EDGE.recursiveCalls]++;
    if (known) F[(slab >> 1) + SLAB.deepCalls]++;
    return NOT_ENTERED;
  }

  // ── rare: the first event of a tick in the sampled regime, after a start, stop or clear, and while tags are used ────

  /** Returns the handle, or -1 when the sampled path is to go on. */
  function enterRarely(fn: number): number {
    try {
      catchUp();
      if (I[REGIME] === REGIME_OFF) return NOT_ENTERED; // stopped meanwhile, or not profiled
      if (I[TAGGING] !== 0) return enterTagged(fn);
    } catch {
      // The program's stack is at its end: it fails by itself, or goes on without this frame. As `countOnly`, in place.
      if (I[REGIME] === REGIME_OFF || !(I[fn + FUNCTION_OWN_EDGE + EDGE.callee] === fn)) return NOT_ENTERED;
      F[((fn + FUNCTION_OWN_EDGE) >> 1) + EDGE.calls]++;
      if (I[fn + FUNCTION.depth] !== 0) F[((fn + FUNCTION_OWN_EDGE) >> 1) + EDGE.recursiveCalls]++;
      F[(slab >> 1) + SLAB.deepCalls]++;
      return NOT_ENTERED;
    }
    return I[REGIME] === REGIME_EXACT ? enterSlowly(fn) : -1;
  }

  function enterTagged(untagged: number): number {
    if (!isFunctionRow(untagged)) return countOnly(untagged);
    const sp = I[SP];
    const begins = I[sp] === ROOT;
    if (begins) tagging.begin();
    const fn = tagging.rowOf(untagged);
    const caller = I[sp];
    const edge = I[I[fn]] === caller ? I[fn] : edgeTo(fn, caller);
    const recursive = I[fn + FUNCTION.depth] !== 0;
    if (push(fn, edge, 0, 0) === 0) return countOnly(fn);
    F[(edge >> 1) + EDGE.calls]++;
    if (recursive) F[(edge >> 1) + EDGE.recursiveCalls]++;
    return begins ? sp | 1 : sp; // odd: its exit must not be fast
  }

  /** Puts a frame on without counting a call; its address, or 0 when there is no room. */
  function push(fn: number, edge: number, node: number, flags: number): number {
    const top = I[SP] + FRAME_WORDS;
    if (top >= STACK_END) return 0;
    I[SEQUENCE]++;
    I[fn + FUNCTION.depth]++;
    if (I[REGIME] === REGIME_EXACT) I[edge + EDGE.depth]++;
    I[top + FRAME.fn] = fn;
    I[top + FRAME.edge] = edge;
    I[top + FRAME.node] = node;
    I[top + FRAME.flags] = flags;
    F[(top >> 1) + FRAME.startWallNs] = F[LAST_WALL];
    F[(top >> 1) + FRAME.startCpuNs] = F[LAST_CPU];
    F[(top >> 1) + FRAME.heldSinceNs] = F[LAST_WALL];
    I[SP] = top;
    I[SEQUENCE]++;
    return top;
  }

  /** Closes every frame above `handle`. A handle that is no address of a frame below the top does nothing. */
  function exitRarely(handle: number, outcome: unknown): void {
    try {
      catchUp();
    } catch {
      // the program's stack is at its end: the time is charged at the next event
    }
    const below = I[TAGGING] === 0 ? handle : handle & ~1; // see tagging.ts
    let sp = soundTop(I[SP], STACK, STACK_END);
    if (!(below >= STACK && below < sp) || (sp - below) % FRAME_WORDS !== 0) return;
    if (outcome === I) F[(I[below + FRAME_WORDS] >> 1) + FUNCTION.errors]++;
    for (; sp > below; sp -= FRAME_WORDS) pop(sp);
    if (I[TAGGING] !== 0 && I[sp] === ROOT) tagging.end();
  }

  /** What every slow event does first, unless no tick has passed. */
  function catchUp(): void {
    if (I[REGIME] === REGIME_EXACT && I[CONTROL.epoch] === I[MY_EPOCH]) chargeEvent();
    else if (I[TICK] !== I[CHARGED_TICK]) settle();
  }

  /** `upToNow`: asked for, not an event; what has passed since the tick is charged too. */
  function settle(upToNow = false): void {
    if (I[REGIME] === REGIME_EXACT && I[CONTROL.epoch] === I[MY_EPOCH]) {
      chargeEvent();
      return;
    }
    ensureHeadroom(); // from here on the steps belong together
    // The tick first: one of a later session than the epoch tells of must not be taken for seen. Model `note the tick`.
    const tick = Atomics.load(I, TICK);
    if (Atomics.load(I, CONTROL.epoch) !== I[MY_EPOCH] || (tick !== STOPPED) !== (I[SESSION_NOW] !== 0)) {
      ensureSeldomHeadroom();
      reconcile();
    }
    if (I[REGIME] !== REGIME_EXACT) I[CHARGED_TICK] = tick;
    if (I[REGIME] === REGIME_SAMPLED) {
      tagging.arm();
      chargeStack(upToNow);
      if (Atomics.load(I, CONTROL.tickerAsleep) !== 0 || I[CONTROL.tickerState] === TICKER_NONE) host.wakeTicker();
      I[CONTROL.tickerActivity] = 1;
      tickSampled();
      // What has passed since the tick is of whoever is on top, before this event changes that.
      if ((I[REGIME] as number) === REGIME_EXACT) charge();
    }
  }

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Charges what elapsed to the whole stack: self to the top, total once to each distinct row. O(depth). */
  function chargeStack(upToNow: boolean): void {
    const beforeWall = F[LAST_WALL];
    const beforeCpu = F[LAST_CPU];
    const sp = soundTop(I[SP], STACK, STACK_END);
    I[SEQUENCE]++;
    F[TRUE_CPU_WALL] = -Infinity; // once a tick the CPU clock may be read
    let elapsed = charge() - beforeWall;
    let cpu = F[LAST_CPU] - beforeCpu;
    // Only up to the tick: what follows it is for whoever runs at the next one. Up to now would favour long functions.
    const tickWall = F[CONTROL.tickWallNs];
    if (!upToNow && tickWall !== 0 && I[CONTROL.tickerAsleep] === 0) {
      const late = Math.min(Math.max(F[LAST_WALL] - tickWall, 0), elapsed);
      const lateCpu = elapsed > 0 ? cpu * (late / elapsed) : 0;
      const edge = I[sp + 1] >> 1;
      F[edge + EDGE.selfWallNs] -= late;
      F[edge + EDGE.selfCpuNs] -= lateCpu;
      F[LAST_WALL] -= late;
      F[LAST_CPU] -= lateCpu;
      elapsed -= late;
      cpu -= lateCpu;
    }
    // What happened since the last tick lies between two events; only one tick's worth of it can belong elsewhere.
    const uncertain = elapsed < F[CONTROL.tickNs] ? elapsed : F[CONTROL.tickNs];
    const variance = uncertain * uncertain;
    F[(I[sp] >> 1) + FUNCTION.selfVariance] += variance;
    const walk = ++I[WALK];
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) {
      const fn = I[at];
      const edge = I[at + 1];
      const flags = I[at + FRAME.flags];
      if (I[edge + EDGE.depth] === 0) {
        I[edge + EDGE.depth] = 1; // as a mark; taken away below
        if ((flags & FRAME_WITHIN_EDGE) === 0) {
          addTotals(edge >> 1, EDGE.totalWallNs, EDGE.totalCpuNs, elapsed, cpu);
        }
      }
      if (I[fn + FUNCTION.mark] !== walk) {
        I[fn + FUNCTION.mark] = walk;
        if ((flags & FRAME_WITHIN_FUNCTION) === 0) {
          addTotals(fn >> 1, FUNCTION.totalWallNs, FUNCTION.totalCpuNs, elapsed, cpu);
          F[(fn >> 1) + FUNCTION.totalVariance] += variance;
        }
      }
      if (I[at + FRAME.node] !== 0) noteBlock(at, fn);
    }
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) I[I[at + 1] + EDGE.depth] = 0;
    I[ROOT_EDGE + EDGE.depth] = ROOT_DEPTH;
    sample();
    I[SEQUENCE]++;
  }

  function addTotals(row: number, wallColumn: number, cpuColumn: number, wall: number, cpu: number): void {
    F[row + wallColumn] += wall;
    F[row + cpuColumn] += cpu;
  }

  function noteBlock(at: number, fn: number): void {
    const held = F[LAST_WALL] - F[(at >> 1) + FRAME.heldSinceNs];
    if (held > F[(fn >> 1) + FUNCTION.longestBlockNs]) F[(fn >> 1) + FUNCTION.longestBlockNs] = held;
  }

  function noteDuration(fn: number, wallNs: number): void {
    try {
      recordDuration(arena, slab, fn, wallNs);
    } catch {
      F[(slab >> 1) + SLAB.droppedDurations]++; // the program's stack is at its end
    }
  }

  /** Asked for, not an event. Where it cannot be done now, the next event does it. */
  function settleNow(): void {
    try {
      settle(true);
    } catch {
      // as said: the program's stack is at its end
    }
  }

  function withoutCharge<T>(work: () => T): T {
    ensureHeadroom(); // for the end, too
    settleNow();
    const beforeWall = F[LAST_WALL];
    const beforeCpu = F[LAST_CPU];
    try {
      return work();
    } finally {
      if (I[REGIME] !== REGIME_OFF) {
        I[SEQUENCE]++;
        readClocks();
        const wall = F[LAST_WALL] - beforeWall;
        const cpu = F[LAST_CPU] - beforeCpu;
        // Activations that are open in the exact regime are timed from their start: that moves, too.
        const sp = soundTop(I[SP], STACK, STACK_END);
        for (let at = STACK; at <= sp; at += FRAME_WORDS) {
          F[(at >> 1) + FRAME.startWallNs] += wall;
          F[(at >> 1) + FRAME.startCpuNs] += cpu;
          F[(at >> 1) + FRAME.heldSinceNs] += wall;
        }
        I[SEQUENCE]++;
      }
    }
  }

  const edgeTo = edgeCache(I, I[slab + SLAB.edgeCache], findEdge);
  const { charge, chargeEvent, enterSlowly, exitSlowly, pop } = exactHooks(
    I,
    F,
    SP,
    REGIME,
    MY_EPOCH,
    SEQUENCE,
    BUDGET,
    TAGGING,
    CONTROL.tickNs,
    (slab >> 1) + SLAB.cpuLastsNs,
    LAST_WALL,
    STACK_END,
    wallNs,
    cpuNs,
    (slab >> 1) + SLAB.deepCalls,
    { edgeTo, countOnly, sample, reviewBudget, enterRarely, exitRarely, noteDuration },
  );
  const { enter, exit } = hotHooks(I, F, SEEN, SP, STACK_END, enterSlowly, { exit: exitSlowly }, edgeTo, countOnly);

  /** A module body has no `finally`: if it throws, nobody ends its frame but its caller, and the first has none. */
  function enterModule(fn: number): number {
    const handle = enter(fn);
    if ((handle & ~1) === STACK) healAfterJob();
    return handle;
  }

  function healAfterJob(): void {
    host.queueMicrotask(closeAll);
  }

  /** Runs as a job of its own, when no instrumented function can be on the real stack. */
  function closeAll(): void {
    if (I[SP] !== STACK) exit(STACK);
  }

  const stackWork = { enter, enterModule, exit, catchUp, pop, push, healAfterJob, noteDuration };
  return {
    ...createActivations(arena, slab, tree, tagging, stackWork),
    enter,
    exit,
    enterModule,
    settle: settleNow,
    withoutCharge,
    enterTag: tagging.use,
    leaveTag: (before) => void tagging.replace(before),
    followTags: tagging.follow,
  };
}
