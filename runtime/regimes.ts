// Which regime a thread is in: the exact one as long as the overhead budget pays for its events, else the sampled one. Never
// on the fast path: asked when a grant of exact events is spent, and once a tick.
import type { Arena } from './arena.ts';
import type { CallTree } from './call-tree.ts';
import { TICK } from './contract.ts';
import { chargeOpenTotals, soundTop } from './figures.ts';
import { ensureHeadroom } from './headroom.ts';
import {
  ADAPTIVE,
  CONTROL,
  EDGE,
  EXACT_ONLY,
  FRAME,
  FRAME_UNTIMED,
  NEVER_SEEN,
  REGIME_EXACT,
  REGIME_SAMPLED,
  SAMPLED_ONLY,
  SLAB,
  TICKER_LIVE,
  TICKER_NONE,
} from './layout.ts';
import { Atomics, Math } from './primordials.ts';
import type { Tagging } from './tagging.ts';

/** Adaptive: ticks before the next attempt at the exact regime. They double while attempts fail: code that is still cold pays dearly. */
const FIRST_PROBE_WAIT = 4;
const LONGEST_PROBE_WAIT = 32;
/** Adaptive: unspent budget is kept for at most this long; a burst may take the rest of one grant and the next. */
const BUDGET_LASTS_NS = 5e6;
/** Adaptive: a grant of fewer exact events than this is not worth staying for. */
const FEWEST_EVENTS = 32;
/** What an event costs among a program's own code, in units of what calibration finds in a loop; see docs/overhead.md. */
const AMONG_OTHERS = 2;
/** Exact events between two looks for the ticker while it is starting. */
const WITHOUT_TICKER_EVENTS = 256;
/** Precision exact: how many events are counted at a time. */
const EVENTS_BETWEEN_COUNTS = 1024;

export interface Regimes {
  /** A session begins: the first grant of exact events. */
  beginBudget(): void;
  reviewBudget(): void;
  tickSampled(): void;
  timeFromHere(): void;
}

interface RegimeHost {
  wakeTicker(): void;
  exactEventCostNs(): number;
}

export function createRegimes(arena: Arena, slab: number, tree: CallTree, tagging: Tagging, host: RegimeHost): Regimes {
  const { I, F } = arena;
  const SP = slab + SLAB.sp;
  const SEEN = slab + SLAB.seen;
  const CHARGED_TICK = slab + SLAB.tick;
  const REGIME = slab + SLAB.regime;
  const SEQUENCE = slab + SLAB.sequence;
  const BUDGET = slab + SLAB.budget;
  const GRANTED = slab + SLAB.granted;
  const STACK = I[slab + SLAB.stack];
  const STACK_END = I[slab + SLAB.stackEnd];
  const LAST_WALL = (slab >> 1) + SLAB.lastWallNs;
  const LAST_CPU = (slab >> 1) + SLAB.lastCpuNs;
  const EXACT_EVENTS = (slab >> 1) + SLAB.exactEvents;
  const FRAME_WORDS = FRAME.words;

  let budgetSinceNs = 0;
  /** Ticks to stay sampled before the next attempt at the exact regime. */
  let probeWait = FIRST_PROBE_WAIT;
  let ticksUntilProbe = 0;

  function beginBudget(): void {
    grantEvents(BUDGET_LASTS_NS);
    probeWait = FIRST_PROBE_WAIT;
  }

  /** The events that were allowed are spent: allows more for the time that passed, or leaves the exact regime. */
  function reviewBudget(): void {
    ensureHeadroom();
    const precision = I[CONTROL.precision];
    const now = F[LAST_WALL];
    const granted = I[GRANTED];
    F[EXACT_EVENTS] += granted - I[BUDGET]; // one more than granted
    if (precision === EXACT_ONLY) {
      I[GRANTED] = I[BUDGET] = EVENTS_BETWEEN_COUNTS;
      return;
    }
    grantEvents(Math.min(now - budgetSinceNs, BUDGET_LASTS_NS));
    if (precision === ADAPTIVE && I[BUDGET] > FEWEST_EVENTS && I[BUDGET] >= granted) {
      probeWait = FIRST_PROBE_WAIT;
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
    I[GRANTED] = Math.floor((elapsedNs * F[CONTROL.overhead]) / (AMONG_OTHERS * host.exactEventCostNs()));
    I[BUDGET] = I[GRANTED];
    budgetSinceNs = F[LAST_WALL];
  }

  /**
   * Once a tick in the sampled regime: tries the exact one when it is time to, or the session is exact by now; stays there
   * where no ticker can be had.
   */
  function tickSampled(): void {
    const precision = I[CONTROL.precision];
    if (I[CONTROL.tickerState] === TICKER_NONE) becomeExact();
    else if (precision === SAMPLED_ONLY) return;
    else if (precision === EXACT_ONLY || --ticksUntilProbe < 0) becomeExact();
  }

  function becomeSampled(): void {
    chargeOpenTotals(arena, slab);
    const sp = soundTop(I[SP], STACK, STACK_END);
    for (let at = STACK; at <= sp; at += FRAME_WORDS) I[at + FRAME.flags] &= ~FRAME_UNTIMED;
    tree.nodeAt(sp); // while it is known since when each frame holds the thread
    I[REGIME] = REGIME_SAMPLED;
    // A tick of a later session must not be taken for seen: its start comes after a stop, which has moved the epoch.
    const tick = Atomics.load(I, TICK);
    I[CHARGED_TICK] = Atomics.load(I, CONTROL.epoch) === I[slab + SLAB.epoch] ? tick : NEVER_SEEN;
    tagging.arm();
    I[slab + SLAB.regimeSwitches]++;
    ticksUntilProbe = probeWait;
    probeWait = Math.min(probeWait * 2, LONGEST_PROBE_WAIT);
    if (Atomics.load(I, CONTROL.tickerAsleep) !== 0) host.wakeTicker();
  }

  function becomeExact(): void {
    timeFromHere();
    I[REGIME] = REGIME_EXACT;
    I[SEEN] = I[CHARGED_TICK] = NEVER_SEEN;
    I[slab + SLAB.regimeSwitches]++;
    grantEvents(F[CONTROL.tickNs]);
  }

  /** From here on activations are timed from their start; those that are open count as started now. O(depth). */
  function timeFromHere(): void {
    const sp = soundTop(I[SP], STACK, STACK_END);
    I[SEQUENCE]++;
    for (let at = STACK + FRAME_WORDS; at <= sp; at += FRAME_WORDS) {
      I[I[at + 1] + EDGE.depth]++;
      F[(at >> 1) + FRAME.startWallNs] = F[LAST_WALL];
      F[(at >> 1) + FRAME.startCpuNs] = F[LAST_CPU];
      if (I[at + FRAME.node] === 0) F[(at >> 1) + FRAME.heldSinceNs] = F[LAST_WALL];
      I[at + FRAME.flags] |= FRAME_UNTIMED;
    }
    I[SEQUENCE]++;
  }

  return { beginBudget, reviewBudget, tickSampled, timeFromHere };
}
