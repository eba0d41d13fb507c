// The hot file: what runs at the start and the end of every instrumented function. No allocation, closure, string, log,
// throw or unbounded loop on the paths marked hot; views, addresses and clocks are captured once per thread.
//
// The shadow stack grows upwards; a frame is [fn, edge, startWallNs, startCpuNs], fn and edge being addresses of rows.
//
//     stack                                   sp
//       │                                      │
//       ▼                                      ▼
//     [root] [main] [parse] [token] … [skip] [read]      enter: push, return the sp before
//                                                        exit(h): sp = h, whatever is above it
//
// A handle is the address of the caller's frame, so a lost exit heals at the next one. Frames that are open when a
// session ends or the figures are cleared are turned into root frames ("buried"): their exits stay harmless, and what
// they call later has the root as its caller.
//
// Two regimes charge time, per thread:
//   sampled  an event only compares the tick word with the last one seen; if it moved, what elapsed is charged to the
//            stack as it was before the event: self to the top, total once to every distinct row. O(depth) a tick.
//   exact    `seen` is NEVER_SEEN, so every event comes to the slow path and reads the clock: self to the top, total
//            when the outermost activation of a row ends. O(1) an event.
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
import { resetFigures } from './figures.ts';
import { rowOf } from './table.ts';

/** In the exact regime the CPU clock is read again when the last reading is older than this; between, wall stands in. */
const CPU_READING_LASTS_NS = 20_000;
/** Adaptive: ticks between attempts at the exact regime double up to this while they fail. */
const LONGEST_PROBE_WAIT = 32;
/** Adaptive: unspent budget is kept for at most this long. */
const BUDGET_LASTS_NS = 20e6;
/** Adaptive: a grant of fewer exact events than this is not worth staying for. */
const FEWEST_EVENTS = 32;
/** Exact events between two looks for the ticker while it is starting. */
const WITHOUT_TICKER_EVENTS = 256;
const MANY_EVENTS = 1 << 29;
/** Depth of the root's own edge: so many buried frames may end without it reaching 0. */
const ROOT_DEPTH = 1 << 29;

/** One thread's hooks, and what the rest of the runtime needs of the thread. */
export interface ThreadHooks {
  enter(fn: number): number;
  exit(handle: number): void;
  enterModule(fn: number): number;
  /** Charges what has elapsed and catches up with starts, stops and clears, as an event would. */
  settle(): void;
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
  const STACK = I[slab + SLAB.stack];
  const STACK_END = I[slab + SLAB.stackEnd];
  const ROOT = I[slab + SLAB.root];
  const ROOT_EDGE = ROOT + FUNCTION_OWN_EDGE;
  const EDGES = slab + SLAB_EDGES;
  const NODES = slab + SLAB_NODES;
  const LAST_WALL = (slab >> 1) + SLAB.lastWallNs;
  const LAST_CPU = (slab >> 1) + SLAB.lastCpuNs;
  const TRUE_CPU = (slab >> 1) + SLAB.trueCpuNs;
  const TRUE_CPU_WALL = (slab >> 1) + SLAB.trueCpuWallNs;
  const LAST_SAMPLE_WALL = (slab >> 1) + SLAB.lastSampleWallNs;
  const LAST_SAMPLE_CPU = (slab >> 1) + SLAB.lastSampleCpuNs;
  const EXACT_EVENTS = (slab >> 1) + SLAB.exactEvents;
  // Column offsets as plain constants: a property load of a shared object would stay in the hot code.
  const FN_DEPTH = FUNCTION.depth;
  const FN_LAST_EDGE = FUNCTION.lastEdge;
  const EDGE_CALLER = EDGE.caller;
  const EDGE_CALLS = EDGE.calls;
  const EDGE_RECURSIVE = EDGE.recursiveCalls;
  const FRAME_WORDS = FRAME.words;

  /** Exact events left before the overhead budget is looked at again. */
  let budgetEvents = 0;
  let grantedEvents = 0;
  let budgetSinceNs = 0;
  /** Ticks to stay sampled before the next attempt at the exact regime. */
  let probeWait = 1;
  let ticksUntilProbe = 0;
  /** Marks the function rows met in one walk of the stack. */
  let walk = 0;

  // ── hot ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  function enter(fn: number): number {
    if (I[TICK] !== I[SEEN]) {
      const handled = enterSlowly(fn);
      if (handled >= 0) return handled;
    }
    const sp = I[SP];
    let edge = I[fn + FN_LAST_EDGE];
    if (I[edge + EDGE_CALLER] !== I[sp]) edge = edgeTo(fn, I[sp]);
    const top = sp + FRAME_WORDS;
    if (top >= STACK_END || edge === 0) return countOnly(fn);
    F[(edge >> 1) + EDGE_CALLS]++;
    if (I[fn + FN_DEPTH]++ !== 0) F[(edge >> 1) + EDGE_RECURSIVE]++;
    I[top] = fn;
    I[top + 1] = edge;
    I[SP] = top;
    return sp;
  }

  function exit(handle: number): void {
    if (I[TICK] !== I[SEEN]) exitSlowly(handle);
    else {
      const sp = I[SP];
      if (sp - FRAME_WORDS === handle) {
        I[I[sp] + FN_DEPTH]--;
        I[SP] = handle;
      } else unwind(handle);
    }
  }

  // ── warm: at a pair's first call, and whenever a callee's caller changes ─────────────────────────────────────────

  /** The edge's row; the function's own when there is no room; 0 for a function that has no row itself. */
  function edgeTo(fn: number, caller: number): number {
    if (!(fn > 0)) return 0;
    let edge = 0;
    try {
      edge = rowOf(arena, EDGES, caller, fn);
    } catch {
      // the program's stack is at its end
    }
    if (edge === 0) edge = fn + FUNCTION_OWN_EDGE;
    I[fn + FN_LAST_EDGE] = edge;
    return edge;
  }

  /** A call that gets no frame: too deep, or of a site without a row. */
  function countOnly(fn: number): number {
    const row = fn > 0 ? fn : I[slab + SLAB.overflow];
    const own = (row + FUNCTION_OWN_EDGE) >> 1;
    F[own + EDGE.calls]++;
    if (I[row + FUNCTION.depth] !== 0) F[own + EDGE.recursiveCalls]++;
    if (fn > 0) F[(slab >> 1) + SLAB.deepCalls]++;
    return NOT_ENTERED;
  }

  // ── every event in the exact regime; in the sampled one the first event of a tick ────────────────────────────────

  /** Returns the handle, or -1 when the sampled path is to go on. */
  function enterSlowly(fn: number): number {
    try {
      settle();
      if (I[SESSION_NOW] === 0 || I[REGIME] === REGIME_OFF) return NOT_ENTERED; // stopped meanwhile, or not profiled
      if (I[REGIME] === REGIME_SAMPLED) return -1;
      const sp = I[SP];
      let edge = I[fn + FN_LAST_EDGE];
      if (I[edge + EDGE_CALLER] !== I[sp]) edge = edgeTo(fn, I[sp]);
      const top = sp + FRAME_WORDS;
      if (top >= STACK_END || edge === 0) return countOnly(fn);
      I[SEQUENCE]++;
      F[(edge >> 1) + EDGE_CALLS]++;
      if (I[fn + FN_DEPTH]++ !== 0) F[(edge >> 1) + EDGE_RECURSIVE]++;
      I[edge + EDGE.depth]++;
      I[top] = fn;
      I[top + 1] = edge;
      F[(top >> 1) + FRAME.startWallNs] = F[LAST_WALL];
      F[(top >> 1) + FRAME.startCpuNs] = F[LAST_CPU];
      I[SP] = top;
      I[SEQUENCE]++;
      return sp;
    } catch {
      return NOT_ENTERED; // the program's stack is at its end: it fails by itself, or goes on without this frame
    }
  }

  function exitSlowly(handle: number): void {
    try {
      settle();
    } catch {
      // the program's stack is at its end: the time is charged at the next event
    }
    const sp = I[SP];
    if (sp - FRAME_WORDS === handle) {
      I[SEQUENCE]++;
      pop(sp);
      I[SP] = handle;
      I[SEQUENCE]++;
    } else unwind(handle);
  }

  /** Closes every frame above `handle`. A handle that is no address of a frame below the top does nothing. */
  function unwind(handle: number): void {
    let sp = I[SP];
    if (!(handle >= STACK && handle < sp) || (sp - handle) % FRAME_WORDS !== 0) return;
    I[SEQUENCE]++;
    for (; sp > handle; sp -= FRAME_WORDS) pop(sp);
    I[SP] = handle;
    I[SEQUENCE]++;
  }

  /** Takes the frame's rows one level up; in the exact regime charges the totals of an outermost activation. */
  function pop(sp: number): void {
    const fn = I[sp];
    const outermost = --I[fn + FUNCTION.depth] === 0;
    if (I[REGIME] !== REGIME_EXACT || I[SESSION_NOW] === 0) return;
    const edge = I[sp + FRAME.edge];
    const wall = F[LAST_WALL] - F[(sp >> 1) + FRAME.startWallNs];
    const cpu = F[LAST_CPU] - F[(sp >> 1) + FRAME.startCpuNs];
    if (--I[edge + EDGE.depth] === 0) addTotals(edge >> 1, EDGE.totalWallNs, EDGE.totalCpuNs, wall, cpu);
    if (outermost) addTotals(fn >> 1, FUNCTION.totalWallNs, FUNCTION.totalCpuNs, wall, cpu);
  }

  function addTotals(row: number, wallColumn: number, cpuColumn: number, wall: number, cpu: number): void {
    F[row + wallColumn] += wall;
    F[row + cpuColumn] += cpu;
  }

  function settle(): void {
    const running = I[TICK] !== STOPPED;
    if (I[CONTROL.epoch] !== I[slab + SLAB.epoch] || running !== (I[SESSION_NOW] !== 0)) reconcile();
    if (I[SESSION_NOW] === 0 || I[REGIME] === REGIME_OFF) return;
    if (I[REGIME] === REGIME_EXACT) {
      chargeTop(wallNs(), 0);
      F[EXACT_EVENTS]++;
      if (--budgetEvents < 0) reviewBudget();
    } else {
      I[SEEN] = I[TICK];
      chargeStack(wallNs());
      if (Atomics.load(I, CONTROL.tickerAsleep) !== 0 || I[CONTROL.tickerState] === TICKER_NONE) host.wakeTicker();
      I[CONTROL.tickerActivity] = 1;
      if (I[CONTROL.precision] === ADAPTIVE && --ticksUntilProbe < 0) becomeExact();
    }
  }

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** CPU time of this thread at wall time `now`; never less than what was charged before. */
  function cpuAt(now: number): number {
    if (cpuNs === null) return 0;
    let cpu = F[TRUE_CPU] + (now - F[TRUE_CPU_WALL]);
    if (!(now - F[TRUE_CPU_WALL] < CPU_READING_LASTS_NS) || I[REGIME] !== REGIME_EXACT) {
      cpu = cpuNs();
      F[TRUE_CPU] = cpu;
      F[TRUE_CPU_WALL] = now;
    }
    return cpu;
  }

  /** Charges what elapsed to the top frame's self time. O(1). `uncertainNs` bounds the error of this charge. */
  function chargeTop(wall: number, uncertainNs: number): void {
    const cpu = cpuAt(wall);
    const lastWall = F[LAST_WALL];
    const lastCpu = F[LAST_CPU];
    const now = wall > lastWall ? wall : lastWall; // a clock that goes back or gives NaN stands still
    const nowCpu = cpu > lastCpu ? cpu : lastCpu;
    const sp = I[SP];
    const edge = I[sp + 1] >> 1;
    I[SEQUENCE]++;
    F[edge + EDGE.selfWallNs] += now - lastWall;
    F[edge + EDGE.selfCpuNs] += nowCpu - lastCpu;
    if (uncertainNs !== 0) F[(I[sp] >> 1) + FUNCTION.selfVariance] += uncertainNs * uncertainNs;
    F[LAST_WALL] = now;
    F[LAST_CPU] = nowCpu;
    I[SEQUENCE]++;
    if (uncertainNs !== 0 || now - F[LAST_SAMPLE_WALL] >= F[CONTROL.tickNs]) sample();
  }

  /** Charges what elapsed to the whole stack: self to the top, total once to each distinct row. O(depth). */
  function chargeStack(wall: number): void {
    const beforeWall = F[LAST_WALL];
    const beforeCpu = F[LAST_CPU];
    const elapsed = wall - beforeWall;
    // What happened since the last tick lies between two events; only one tick's worth of it can belong elsewhere.
    const uncertainNs = elapsed < F[CONTROL.tickNs] ? elapsed : F[CONTROL.tickNs];
    chargeTop(wall, uncertainNs);
    const dWall = F[LAST_WALL] - beforeWall;
    const dCpu = F[LAST_CPU] - beforeCpu;
    if (!(dWall > 0)) return;
    const sp = I[SP];
    walk = (walk + 1) | 0;
    I[SEQUENCE]++;
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) {
      const fn = I[at];
      const edge = I[at + 1];
      if (I[edge + EDGE.depth] === 0) {
        I[edge + EDGE.depth] = 1; // as a mark; taken away below
        addTotals(edge >> 1, EDGE.totalWallNs, EDGE.totalCpuNs, dWall, dCpu);
      }
      if (I[fn + FUNCTION.mark] !== walk) {
        I[fn + FUNCTION.mark] = walk;
        addTotals(fn >> 1, FUNCTION.totalWallNs, FUNCTION.totalCpuNs, dWall, dCpu);
        F[(fn >> 1) + FUNCTION.totalVariance] += uncertainNs * uncertainNs;
      }
    }
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) I[I[at + 1] + EDGE.depth] = 0;
    I[ROOT_EDGE + EDGE.depth] = ROOT_DEPTH;
    I[SEQUENCE]++;
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
    if (precision === EXACT_ONLY) {
      budgetEvents = MANY_EVENTS;
      return;
    }
    const spent = grantedEvents;
    grantEvents(Math.min(now - budgetSinceNs, BUDGET_LASTS_NS));
    if (precision === ADAPTIVE && budgetEvents > FEWEST_EVENTS && budgetEvents * 2 > spent) {
      probeWait = 1;
      return;
    }
    // Without a ticker the sampled regime would not notice time passing: stay exact until it lives.
    if (I[CONTROL.tickerState] !== TICKER_LIVE) {
      host.wakeTicker();
      budgetEvents = WITHOUT_TICKER_EVENTS;
      return;
    }
    becomeSampled();
  }

  /** Allows as many exact events as the overhead budget pays for over `elapsedNs`. */
  function grantEvents(elapsedNs: number): void {
    grantedEvents = Math.floor((elapsedNs * F[CONTROL.overhead]) / host.exactEventCostNs());
    budgetEvents = grantedEvents;
    budgetSinceNs = F[LAST_WALL];
  }

  /** Exact regime: charges the totals of every activation that is open, up to the last reading. O(depth). */
  function chargeOpenTotals(): void {
    const sp = I[SP];
    walk = (walk + 1) | 0;
    I[SEQUENCE]++;
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) {
      const fn = I[at];
      const edge = I[at + 1];
      const wall = F[LAST_WALL] - F[(at >> 1) + FRAME.startWallNs];
      const cpu = F[LAST_CPU] - F[(at >> 1) + FRAME.startCpuNs];
      if (edge !== ROOT_EDGE && I[edge + EDGE.depth] !== 0) {
        I[edge + EDGE.depth] = 0; // the first frame of an edge is its outermost
        addTotals(edge >> 1, EDGE.totalWallNs, EDGE.totalCpuNs, wall, cpu);
      }
      if (fn !== ROOT && I[fn + FUNCTION.mark] !== walk) {
        I[fn + FUNCTION.mark] = walk;
        addTotals(fn >> 1, FUNCTION.totalWallNs, FUNCTION.totalCpuNs, wall, cpu);
      }
    }
    I[SEQUENCE]++;
  }

  function becomeSampled(): void {
    chargeOpenTotals();
    I[REGIME] = REGIME_SAMPLED;
    I[SEEN] = I[TICK];
    I[slab + SLAB.regimeSwitches]++;
    ticksUntilProbe = probeWait;
    probeWait = Math.min(probeWait * 2, LONGEST_PROBE_WAIT);
    if (Atomics.load(I, CONTROL.tickerAsleep) !== 0) host.wakeTicker();
  }

  function becomeExact(): void {
    const sp = I[SP];
    I[SEQUENCE]++;
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) {
      I[I[at + 1] + EDGE.depth]++;
      F[(at >> 1) + FRAME.startWallNs] = F[LAST_WALL];
      F[(at >> 1) + FRAME.startCpuNs] = F[LAST_CPU];
    }
    I[REGIME] = REGIME_EXACT;
    I[SEEN] = NEVER_SEEN;
    I[slab + SLAB.regimeSwitches]++;
    I[SEQUENCE]++;
    grantEvents(F[CONTROL.tickNs]);
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
    I[slab + SLAB.epoch] = epoch;
    if (!running) I[SEEN] = STOPPED;
  }

  function endSession(mine: number, newest: number): void {
    if (I[REGIME] !== REGIME_OFF && newest - mine < SESSION_RING) {
      const stopWall = F[((SESSIONS + (mine % SESSION_RING) * SESSION.words) >> 1) + SESSION.stopWallNs];
      // CPU at the stop was not read: the share of the time since the last event that lies before it.
      const until = Math.max(stopWall, F[LAST_WALL]);
      const now = wallNs();
      const cpuBefore = F[LAST_CPU];
      const share = now > until ? (until - F[LAST_WALL]) / (now - F[LAST_WALL]) : 1;
      const cpu = cpuNs === null ? 0 : cpuBefore + Math.max(0, cpuNs() - cpuBefore) * share;
      F[TRUE_CPU] = cpu;
      F[TRUE_CPU_WALL] = until;
      if (I[REGIME] === REGIME_SAMPLED) {
        I[REGIME] = REGIME_EXACT; // so that cpuAt() takes what was set just now
        chargeStack(until);
      } else {
        chargeTop(until, 0);
        chargeOpenTotals();
      }
      if (F[LAST_WALL] > F[LAST_SAMPLE_WALL]) sample();
    }
    buryStack();
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
    if (sampled) budgetEvents = 0;
    probeWait = 1;
    I[SESSION_NOW] = session;
  }

  function readClocks(): void {
    F[LAST_WALL] = wallNs();
    F[TRUE_CPU_WALL] = F[LAST_WALL];
    F[TRUE_CPU] = cpuNs === null ? 0 : cpuNs();
    F[LAST_CPU] = F[TRUE_CPU];
    F[LAST_SAMPLE_WALL] = F[LAST_WALL];
    F[LAST_SAMPLE_CPU] = F[LAST_CPU];
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

  return { enter, exit, enterModule, settle };
}
