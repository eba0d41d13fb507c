// A thread's hooks: the slow path around hot.ts, which charges time and follows start, stop and clear.
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
import { NOT_ENTERED, STOPPED, TICK } from './contract.ts';
import type { Clock } from './clock.ts';
import {
  ADAPTIVE,
  CONTROL,
  EDGE,
  EXACT_ONLY,
  FRAME,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  MAX_SAMPLE_DEPTH,
  NEVER_SEEN,
  NODE,
  REGIME_EXACT,
  REGIME_OFF,
  REGIME_SAMPLED,
  SAMPLED_ONLY,
  SESSION,
  SESSIONS,
  SESSION_RING,
  SLAB,
  SLAB_EDGES,
  SLAB_NODES,
  TICKER_LIVE,
  TICKER_NONE,
} from './layout.ts';
import { chargeOpenTotals, resetFigures } from './figures.ts';
import { edgeCache, exactHooks, hotHooks } from './hot.ts';
import { rowOf } from './table.ts';

/** Adaptive: ticks between attempts at the exact regime double up to this while they fail. */
const LONGEST_PROBE_WAIT = 32;
/** Adaptive: unspent budget is kept for at most this long. */
const BUDGET_LASTS_NS = 20e6;
/** Adaptive: a grant of fewer exact events than this is not worth staying for. */
const FEWEST_EVENTS = 32;
/** Exact events between two looks for the ticker while it is starting. */
const WITHOUT_TICKER_EVENTS = 256;
/** Precision exact: how many events are counted at a time. */
const EVENTS_BETWEEN_COUNTS = 1024;
/** Depth of the root's own edge: so many buried frames may end without it reaching 0. */
const ROOT_DEPTH = 1 << 29;

/** One thread's hooks, and what the rest of the runtime needs of the thread. */
export interface ThreadHooks {
  enter(fn: number): number;
  exit(handle: number): void;
  enterModule(fn: number): number;
  /** Charges what has elapsed and catches up with starts, stops and clears, as an event would. */
  settle(): void;
  /** Runs work of the profiler itself, whose time is charged to nobody. Passes result and errors through. */
  withoutCharge<T>(work: () => T): T;
}

export interface ThreadHost {
  /** Called when this thread needs ticks and none may be coming. Never throws. */
  wakeTicker(): void;
  /** What an event of the exact regime costs more than one of the sampled regime, in ns. */
  exactEventCostNs(): number;
  queueMicrotask(callback: () => void): void;
}

export function createHooks(arena: Arena, slab: number, clock: Clock, host: ThreadHost): ThreadHooks {
  const { I, F } = arena;
  const { wallNs, cpuNs } = clock;
  const SEEN = slab + SLAB.seen;
  const SP = slab + SLAB.sp;
  const REGIME = slab + SLAB.regime;
  const SEQUENCE = slab + SLAB.sequence;
  const SESSION_NOW = slab + SLAB.session;
  const MY_EPOCH = slab + SLAB.epoch;
  const BUDGET = slab + SLAB.budget;
  const WALK = slab + SLAB.walk;
  const GRANTED = slab + SLAB.granted;
  const STACK = I[slab + SLAB.stack];
  const STACK_END = I[slab + SLAB.stackEnd];
  const ROOT = I[slab + SLAB.root];
  const ROOT_EDGE = ROOT + FUNCTION_OWN_EDGE;
  const EDGES = slab + SLAB_EDGES;
  const NODES = slab + SLAB_NODES;
  const LAST_WALL = (slab >> 1) + SLAB.lastWallNs; // the first of the five in `TIMES`
  const LAST_CPU = (slab >> 1) + SLAB.lastCpuNs;
  const TRUE_CPU = (slab >> 1) + SLAB.trueCpuNs;
  const TRUE_CPU_WALL = (slab >> 1) + SLAB.trueCpuWallNs;
  const LAST_SAMPLE_WALL = (slab >> 1) + SLAB.lastSampleWallNs;
  const LAST_SAMPLE_CPU = (slab >> 1) + SLAB.lastSampleCpuNs;
  const EXACT_EVENTS = (slab >> 1) + SLAB.exactEvents;
  const FRAME_WORDS = FRAME.words;

  let budgetSinceNs = 0;
  /** Ticks to stay sampled before the next attempt at the exact regime. */
  let probeWait = 1;
  let ticksUntilProbe = 0;

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

  // ── rare: the first event of a tick in the sampled regime, and after a start, stop or clear ──────────────────

  /** Returns the handle, or -1 when the sampled path is to go on. */
  function enterRarely(fn: number): number {
    try {
      settle();
    } catch {
      return NOT_ENTERED; // the program's stack is at its end: it fails by itself, or goes on without this frame
    }
    if (I[REGIME] === REGIME_EXACT) return enterSlowly(fn);
    return I[REGIME] === REGIME_SAMPLED ? -1 : NOT_ENTERED; // stopped meanwhile, or not profiled
  }

  /** Closes every frame above `handle`. A handle that is no address of a frame below the top does nothing. */
  function exitRarely(handle: number): void {
    try {
      if (I[TICK] !== I[SEEN]) settle();
    } catch {
      // the program's stack is at its end: the time is charged at the next event
    }
    let sp = I[SP];
    if (!(handle >= STACK && handle < sp) || (sp - handle) % FRAME_WORDS !== 0) return;
    for (; sp > handle; sp -= FRAME_WORDS) pop(sp);
  }

  /** `upToNow`: asked for, not an event; what has passed since the tick is charged too. */
  function settle(upToNow = false): void {
    if (I[REGIME] === REGIME_EXACT && I[CONTROL.epoch] === I[MY_EPOCH]) {
      chargeEvent();
      return;
    }
    const running = I[TICK] !== STOPPED;
    if (I[CONTROL.epoch] !== I[MY_EPOCH] || running !== (I[SESSION_NOW] !== 0)) reconcile();
    if (I[REGIME] === REGIME_SAMPLED) {
      I[SEEN] = I[TICK];
      chargeStack(upToNow);
      if (Atomics.load(I, CONTROL.tickerAsleep) !== 0 || I[CONTROL.tickerState] === TICKER_NONE) host.wakeTicker();
      I[CONTROL.tickerActivity] = 1;
      if (I[CONTROL.precision] === ADAPTIVE && --ticksUntilProbe < 0) becomeExact();
    }
  }

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Charges what elapsed to the whole stack: self to the top, total once to each distinct row. O(depth). */
  function chargeStack(upToNow: boolean): void {
    const beforeWall = F[LAST_WALL];
    const beforeCpu = F[LAST_CPU];
    const sp = I[SP];
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
      if (I[edge + EDGE.depth] === 0) {
        I[edge + EDGE.depth] = 1; // as a mark; taken away below
        addTotals(edge >> 1, EDGE.totalWallNs, EDGE.totalCpuNs, elapsed, cpu);
      }
      if (I[fn + FUNCTION.mark] !== walk) {
        I[fn + FUNCTION.mark] = walk;
        addTotals(fn >> 1, FUNCTION.totalWallNs, FUNCTION.totalCpuNs, elapsed, cpu);
        F[(fn >> 1) + FUNCTION.totalVariance] += variance;
      }
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

  /** Adds the stack to the call tree with the time since the last sample. */
  function sample(): void {
    const sp = Math.min(I[SP], STACK + MAX_SAMPLE_DEPTH * FRAME_WORDS);
    let node = 0;
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) {
      if (I[at] === ROOT) continue;
      node = rowOf(arena, NODES, node, I[at]);
      if (node === 0) {
        F[(slab >> 1) + SLAB.droppedSamples]++;
        break;
      }
    }
    if (node !== 0) {
      F[(node >> 1) + NODE.wallNs] += F[LAST_WALL] - F[LAST_SAMPLE_WALL];
      F[(node >> 1) + NODE.cpuNs] += F[LAST_CPU] - F[LAST_SAMPLE_CPU];
    }
    F[LAST_SAMPLE_WALL] = F[LAST_WALL];
    F[LAST_SAMPLE_CPU] = F[LAST_CPU];
  }

  // ── regimes ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The events that were allowed are spent: allows more for the time that passed, or leaves the exact regime. */
  function reviewBudget(): void {
    const precision = I[CONTROL.precision];
    const now = F[LAST_WALL];
    const spent = I[GRANTED];
    F[EXACT_EVENTS] += spent;
    if (precision === EXACT_ONLY) {
      I[GRANTED] = I[BUDGET] = EVENTS_BETWEEN_COUNTS;
      return;
    }
    grantEvents(Math.min(now - budgetSinceNs, BUDGET_LASTS_NS));
    if (precision === ADAPTIVE && I[BUDGET] > FEWEST_EVENTS && I[BUDGET] * 2 > spent) {
      probeWait = 1;
      return;
    }
    // Without a ticker the sampled regime would not notice time passing: stay exact until it lives.
    if (I[CONTROL.tickerState] !== TICKER_LIVE) {
      host.wakeTicker();
      I[GRANTED] = I[BUDGET] = WITHOUT_TICKER_EVENTS;
      return;
    }
    becomeSampled();
  }

  /** Allows as many exact events as the overhead budget pays for over `elapsedNs`. */
  function grantEvents(elapsedNs: number): void {
    I[GRANTED] = Math.floor((elapsedNs * F[CONTROL.overhead]) / host.exactEventCostNs());
    I[BUDGET] = I[GRANTED];
    budgetSinceNs = F[LAST_WALL];
  }

  function becomeSampled(): void {
    chargeOpenTotals(arena, slab);
    I[REGIME] = REGIME_SAMPLED;
    I[SEEN] = I[TICK];
    I[slab + SLAB.regimeSwitches]++;
    ticksUntilProbe = probeWait;
    probeWait = Math.min(probeWait * 2, LONGEST_PROBE_WAIT);
    if (Atomics.load(I, CONTROL.tickerAsleep) !== 0) host.wakeTicker();
  }

  function becomeExact(): void {
    timeFromHere();
    I[REGIME] = REGIME_EXACT;
    I[SEEN] = NEVER_SEEN;
    I[slab + SLAB.regimeSwitches]++;
    grantEvents(F[CONTROL.tickNs]);
  }

  /** From here on activations are timed from their start; those that are open count as started now. O(depth). */
  function timeFromHere(): void {
    const sp = I[SP];
    I[SEQUENCE]++;
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) {
      I[I[at + 1] + EDGE.depth]++;
      F[(at >> 1) + FRAME.startWallNs] = F[LAST_WALL];
      F[(at >> 1) + FRAME.startCpuNs] = F[LAST_CPU];
    }
    I[SEQUENCE]++;
  }

  // ── start, stop and clear, as this thread comes to know of them ──────────────────────────────────────────────────

  /** Catches up with the control block: ends the session that is over, forgets what was cleared, begins a new one. */
  function reconcile(): void {
    const epoch = Atomics.load(I, CONTROL.epoch);
    const running = Atomics.load(I, TICK) !== STOPPED;
    const session = Atomics.load(I, CONTROL.session);
    const mine = I[SESSION_NOW];
    if (mine !== 0 && (mine !== session || !running)) endSession(mine, session);
    if (I[slab + SLAB.clearEpoch] !== I[CONTROL.clearEpoch]) {
      I[SEQUENCE]++;
      buryStack();
      resetFigures(arena, slab);
      I[ROOT_EDGE + EDGE.depth] = ROOT_DEPTH;
      I[slab + SLAB.clearEpoch] = I[CONTROL.clearEpoch];
      readClocks();
      I[SEQUENCE]++;
    }
    if (running && I[SESSION_NOW] === 0) beginSession(session);
    I[MY_EPOCH] = epoch;
    if (!running) I[SEEN] = STOPPED;
  }

  /** Charges up to the stop, which lies between the last event and now. */
  function endSession(mine: number, newest: number): void {
    if (I[REGIME] !== REGIME_OFF && newest - mine < SESSION_RING) {
      const stopWall = F[((SESSIONS + (mine % SESSION_RING) * SESSION.words) >> 1) + SESSION.stopWallNs];
      const beforeWall = F[LAST_WALL];
      const beforeCpu = F[LAST_CPU];
      F[TRUE_CPU_WALL] = -Infinity;
      if (I[REGIME] === REGIME_SAMPLED) timeFromHere(); // the totals of what is open are charged below
      const edge = I[I[SP] + 1] >> 1;
      const elapsed = charge() - beforeWall;
      const cpu = F[LAST_CPU] - beforeCpu;
      // Takes back what elapsed since the stop. CPU was not read then: its share is that of the wall time.
      const late = Math.min(Math.max(F[LAST_WALL] - stopWall, 0), elapsed);
      const lateCpu = elapsed > 0 ? cpu * (late / elapsed) : 0;
      F[edge + EDGE.selfWallNs] -= late;
      F[edge + EDGE.selfCpuNs] -= lateCpu;
      F[LAST_WALL] -= late;
      F[LAST_CPU] -= lateCpu;
      chargeOpenTotals(arena, slab);
      sample();
    }
    F[EXACT_EVENTS] += I[GRANTED] - Math.max(0, I[BUDGET]);
    I[GRANTED] = I[BUDGET] = 0;
    buryStack();
    I[REGIME] = REGIME_OFF;
    I[SESSION_NOW] = 0;
  }

  function beginSession(session: number): void {
    buryStack();
    readClocks();
    const only = I[CONTROL.onlyThread];
    const mine = only === 0 || only === I[slab + SLAB.serial] + 1;
    const sampled = I[CONTROL.precision] === SAMPLED_ONLY;
    if (sampled) host.wakeTicker();
    I[REGIME] = !mine ? REGIME_OFF : sampled && I[CONTROL.tickerState] === TICKER_LIVE ? REGIME_SAMPLED : REGIME_EXACT;
    I[SEEN] = I[REGIME] === REGIME_SAMPLED ? I[TICK] : NEVER_SEEN;
    I[ROOT_EDGE + EDGE.depth] = ROOT_DEPTH;
    grantEvents(BUDGET_LASTS_NS);
    if (sampled) I[GRANTED] = I[BUDGET] = 0;
    probeWait = 1;
    I[SESSION_NOW] = session;
  }

  function readClocks(): void {
    // CPU first: the first reading of all opens the clock and takes a while. What is no number leaves the last one.
    const cpu = cpuNs === null ? 0 : cpuNs();
    if (Number.isFinite(cpu)) F[LAST_CPU] = cpu;
    const wall = wallNs();
    if (Number.isFinite(wall)) F[LAST_WALL] = wall;
    F[TRUE_CPU] = F[LAST_CPU];
    F[TRUE_CPU_WALL] = F[LAST_WALL];
    F[LAST_SAMPLE_WALL] = F[LAST_WALL];
    F[LAST_SAMPLE_CPU] = F[LAST_CPU];
  }

  function withoutCharge<T>(work: () => T): T {
    settle(true);
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
        for (let at = STACK; at <= I[SP]; at += FRAME_WORDS) {
          F[(at >> 1) + FRAME.startWallNs] += wall;
          F[(at >> 1) + FRAME.startCpuNs] += cpu;
        }
        I[SEQUENCE]++;
      }
    }
  }

  /** Turns every frame into a root frame. */
  function buryStack(): void {
    const sp = I[SP];
    for (let at = STACK; at <= sp; at += FRAME_WORDS) {
      const fn = I[at];
      if (fn !== ROOT) F[(fn >> 1) + FUNCTION.unfinished]++;
      I[fn + FUNCTION.depth] = 0;
      I[I[at + 1] + EDGE.depth] = 0;
      I[at] = ROOT;
      I[at + 1] = ROOT_EDGE;
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
    CONTROL.tickNs,
    LAST_WALL,
    STACK_END,
    wallNs,
    cpuNs,
    { edgeTo, countOnly, sample, reviewBudget, enterRarely, exitRarely },
  );
  const { enter, exit } = hotHooks(I, F, SEEN, SP, STACK_END, enterSlowly, exitSlowly, edgeTo, countOnly);

  /** A module body has no `finally`: if it throws, nobody ends its frame but its caller, and the first has none. */
  function enterModule(fn: number): number {
    const handle = enter(fn);
    if (handle === STACK) host.queueMicrotask(closeAll);
    return handle;
  }

  /** Runs as a job of its own, when no instrumented function can be on the real stack. */
  function closeAll(): void {
    if (I[SP] !== STACK) exit(STACK);
  }

  return { enter, exit, enterModule, settle: () => settle(true), withoutCharge };
}
