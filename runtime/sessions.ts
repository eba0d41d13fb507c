// Start, stop and clear, as a thread comes to know of them: at an event it finds that the control block's epoch has moved,
// charges what is due, and makes its own part of the arena what it should be. Other threads change nothing of it.
import type { Arena } from './arena.ts';
import { endAwaits } from './awaits.ts';
import type { Clock } from './clock.ts';
import { STOPPED, TICK } from './contract.ts';
import { sessionAt } from './control.ts';
import { chargeOpenTotals, clearTags, resetFigures, soundTop } from './figures.ts';
import {
  ADAPTIVE,
  CONTROL,
  EDGE,
  FRAME,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  NEVER_SEEN,
  REGIME_EXACT,
  REGIME_OFF,
  REGIME_SAMPLED,
  SAMPLED_ONLY,
  SESSION,
  SESSION_RING,
  SLAB,
  TICKER_LIVE,
} from './layout.ts';
import { Atomics, isFinite, Math } from './primordials.ts';
import type { Tagging } from './tagging.ts';
import { tagsClearedSince } from './tags.ts';

/** Depth of the root's own edge: so many buried frames may end without it reaching 0. */
export const ROOT_DEPTH = 1 << 29;

/**
 * In the exact regime the CPU clock is read again when the last reading is older than this; in between, wall stands in. A
 * reading costs about 500 ns: at most 2.5 % of the time, and 0.5 % where the overhead is to stay within a budget.
 */
const CPU_READING_LASTS_NS = 20_000;
const ADAPTIVE_CPU_READING_LASTS_NS = 100_000;

/** How the thread's hooks charge time. */
export interface TimeWork {
  /** Charges what elapsed to the top frame's self time and returns the wall time. */
  charge(): number;
  /** Charges what elapsed to the whole stack. */
  chargeStack(upToNow: boolean): void;
  /** From here on activations are timed from their start. */
  timeFromHere(): void;
  sample(): void;
  /** Gives exact events the budget of a new session. */
  beginBudget(): void;
  wakeTicker(): void;
  /** Before anything of the session that is being recorded changes. */
  noteCollections(): void;
  /** Makes the built-in functions what the session asks for. True if it had to do something. */
  followBuiltins(): boolean;
}

export interface Sessions {
  /** Catches up with the control block: ends the session that is over, forgets what was cleared, begins a new one. */
  reconcile(): void;
  /** Takes now as the time up to which everything is charged. */
  readClocks(): void;
}

export function createSessions(
  arena: Arena,
  slab: number,
  { wallNs, cpuNs }: Clock,
  tagging: Tagging,
  time: TimeWork,
): Sessions {
  const { I, F } = arena;
  const SEEN = slab + SLAB.seen;
  const CHARGED_TICK = slab + SLAB.tick;
  const TAGGING = slab + SLAB.tagging;
  const SP = slab + SLAB.sp;
  const REGIME = slab + SLAB.regime;
  const SEQUENCE = slab + SLAB.sequence;
  const SESSION_NOW = slab + SLAB.session;
  const MY_EPOCH = slab + SLAB.epoch;
  const BUDGET = slab + SLAB.budget;
  const GRANTED = slab + SLAB.granted;
  const STACK = I[slab + SLAB.stack];
  const STACK_END = I[slab + SLAB.stackEnd];
  const ROOT = I[slab + SLAB.root];
  const ROOT_EDGE = ROOT + FUNCTION_OWN_EDGE;
  const LAST_WALL = (slab >> 1) + SLAB.lastWallNs;
  const LAST_CPU = (slab >> 1) + SLAB.lastCpuNs;
  const TRUE_CPU = (slab >> 1) + SLAB.trueCpuNs;
  const TRUE_CPU_WALL = (slab >> 1) + SLAB.trueCpuWallNs;
  const LAST_SAMPLE_WALL = (slab >> 1) + SLAB.lastSampleWallNs;
  const LAST_SAMPLE_CPU = (slab >> 1) + SLAB.lastSampleCpuNs;
  const CPU_LASTS = (slab >> 1) + SLAB.cpuLastsNs;
  const EXACT_EVENTS = (slab >> 1) + SLAB.exactEvents;
  const FRAME_WORDS = FRAME.words;

  function reconcile(): void {
    time.noteCollections();
    // In this order, and each of them once. Model `read the epoch`, `read the tick`, `read the session`.
    const epoch = Atomics.load(I, CONTROL.epoch);
    const tick = Atomics.load(I, TICK);
    const running = tick !== STOPPED;
    const session = Atomics.load(I, CONTROL.session);
    const mine = I[SESSION_NOW];
    if (mine !== 0 && (mine !== session || !running)) endSession(mine, session);
    if (I[slab + SLAB.clearEpoch] !== I[CONTROL.clearEpoch]) {
      I[SEQUENCE]++;
      buryStack();
      resetFigures(arena, slab);
      I[ROOT_EDGE + EDGE.depth] = ROOT_DEPTH;
      I[slab + SLAB.clearEpoch] = I[CONTROL.clearEpoch]; // last: until here readers take the slab for empty. Model `note the clear`
      readClocks();
      I[SEQUENCE]++;
    }
    if (I[slab + SLAB.tagClears] !== I[CONTROL.tagClears]) forgetTags();
    if (running && I[SESSION_NOW] === 0) beginSession(session, tick);
    I[MY_EPOCH] = epoch; // as it was before all else: what has changed since is seen at the next event. Model `note the epoch`
    if (!running) I[SEEN] = STOPPED;
    if (time.followBuiltins()) readClocks(); // what that took is nobody's
  }

  /** Forgets the figures of tags that were cleared. Their open frames become root frames, as with any clear. */
  function forgetTags(): void {
    const serial = I[CONTROL.tagClears];
    const tags = tagsClearedSince(arena, I[slab + SLAB.tagClears]);
    if (I[REGIME] === REGIME_EXACT) time.charge();
    else if (I[REGIME] === REGIME_SAMPLED) time.chargeStack(true);
    I[SEQUENCE]++;
    const sp = soundTop(I[SP], STACK, STACK_END);
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) {
      if (I[at] !== ROOT && tags.has(I[I[at] + FUNCTION.tag])) buryFrame(at);
    }
    I[ROOT_EDGE + EDGE.depth] = ROOT_DEPTH;
    clearTags(arena, slab, tags);
    I[slab + SLAB.tagClears] = serial;
    I[SEQUENCE]++;
  }

  /** Charges up to the stop, which lies between the last event and now. */
  function endSession(mine: number, newest: number): void {
    if (I[REGIME] !== REGIME_OFF && (newest - mine) >>> 0 < SESSION_RING) {
      const stopWall = F[sessionAt(mine) + SESSION.stopWallNs];
      const beforeWall = F[LAST_WALL];
      const beforeCpu = F[LAST_CPU];
      F[TRUE_CPU_WALL] = -Infinity;
      if (I[REGIME] === REGIME_SAMPLED) time.timeFromHere(); // the totals of what is open are charged below
      const edge = I[I[SP] + 1] >> 1;
      const elapsed = time.charge() - beforeWall;
      const cpu = F[LAST_CPU] - beforeCpu;
      // Takes back what elapsed since the stop. CPU was not read then: its share is that of the wall time.
      const late = Math.min(Math.max(F[LAST_WALL] - stopWall, 0), elapsed);
      const lateCpu = elapsed > 0 ? cpu * (late / elapsed) : 0;
      F[edge + EDGE.selfWallNs] -= late;
      F[edge + EDGE.selfCpuNs] -= lateCpu;
      F[LAST_WALL] -= late;
      F[LAST_CPU] -= lateCpu;
      chargeOpenTotals(arena, slab);
      time.sample();
    }
    F[EXACT_EVENTS] += I[GRANTED] - Math.max(0, I[BUDGET]);
    I[GRANTED] = I[BUDGET] = 0;
    endAwaits(arena, slab, F[LAST_WALL]);
    buryStack();
    I[REGIME] = REGIME_OFF;
    I[SESSION_NOW] = 0;
  }

  function beginSession(session: number, tick: number): void {
    buryStack();
    readClocks();
    const only = I[CONTROL.onlyThread];
    const mine = only === 0 || only === I[slab + SLAB.serial] + 1;
    const sampled = I[CONTROL.precision] === SAMPLED_ONLY;
    const adaptive = I[CONTROL.precision] === ADAPTIVE;
    // Already now: it takes some ten milliseconds to come up, and until then adaptive threads cannot leave the exact regime.
    if (sampled || adaptive) time.wakeTicker();
    I[REGIME] = !mine ? REGIME_OFF : sampled && I[CONTROL.tickerState] === TICKER_LIVE ? REGIME_SAMPLED : REGIME_EXACT;
    I[SEEN] = I[CHARGED_TICK] = I[REGIME] === REGIME_SAMPLED ? tick : NEVER_SEEN; // model `begin a session`
    if (I[TAGGING] !== 0) tagging.end();
    I[ROOT_EDGE + EDGE.depth] = ROOT_DEPTH;
    time.beginBudget();
    if (sampled) I[GRANTED] = I[BUDGET] = 0;
    F[CPU_LASTS] = adaptive ? ADAPTIVE_CPU_READING_LASTS_NS : CPU_READING_LASTS_NS;
    I[SESSION_NOW] = session;
  }

  function readClocks(): void {
    // CPU first: the first reading of all opens the clock and takes a while. What is no number leaves the last one.
    const cpu = cpuNs === null ? 0 : cpuNs();
    if (isFinite(cpu)) F[LAST_CPU] = cpu;
    const wall = wallNs();
    if (isFinite(wall)) F[LAST_WALL] = wall;
    F[TRUE_CPU] = F[LAST_CPU];
    F[TRUE_CPU_WALL] = F[LAST_WALL];
    F[LAST_SAMPLE_WALL] = F[LAST_WALL];
    F[LAST_SAMPLE_CPU] = F[LAST_CPU];
  }

  /** Turns every frame into a root frame, and lets no activation of before count any more. */
  function buryStack(): void {
    const sp = (I[SP] = soundTop(I[SP], STACK, STACK_END));
    for (let at = STACK; at <= sp; at += FRAME_WORDS) {
      if (I[at] !== ROOT) F[(I[at] >> 1) + FUNCTION.unfinished]++;
      buryFrame(at);
    }
    I[slab + SLAB.era]++;
  }

  function buryFrame(at: number): void {
    I[I[at] + FUNCTION.depth] = 0;
    I[I[at + FRAME.edge] + EDGE.depth] = 0;
    I[at + FRAME.fn] = ROOT;
    I[at + FRAME.edge] = ROOT_EDGE;
    I[at + FRAME.node] = 0;
    I[at + FRAME.flags] = 0;
  }

  return { reconcile, readClocks };
}
