// A machine whose costs are known, for tests of what calibration finds: time passes only as the test says, with each reading of
// the clock and in each hook.
import { calibrate } from '../../runtime/calibrate.ts';
import type { Clock } from '../../runtime/clock.ts';
import { CONTROL, REGIME_SAMPLED, SLAB } from '../../runtime/layout.ts';
import { DrivenRuntime } from '../support/driven-runtime.ts';

/** Of one call, in ns: around the readings of the clock that the exact regime makes at its start and at its end. */
export interface Costs {
  readonly outer: number;
  readonly inner: number;
}

/** Where in the course of it a reading is. */
export interface State {
  readonly regime: number;
  /** Before this one. */
  readonly readings: number;
  /** Calls so far in this regime, and readings since the last one. */
  readonly calls: number;
  readonly sinceCall: number;
}

export interface Machine {
  /** What a reading of the clock takes, and whatever else happens at it. Default: CLOCK_NS. */
  readonly readingNs?: (state: State) => number;
  readonly sampled?: Costs;
  readonly exact?: Costs;
  /** What the clock tells, of the time that it is. */
  readonly tell?: (now: number, state: State) => number;
  /** Which part of the wall time the thread has its processor; `null`: there is no such clock. */
  readonly cpuShare?: number | null;
  /** The first calls cost ten times as much. */
  readonly coldCalls?: number;
}

export const CLOCK_NS = 400;
/** What hooks cost unless told otherwise: each less than what bounds it. */
const USUAL = { sampled: { outer: 16, inner: 24 }, exact: { outer: 120, inner: 48 } };

/** Calibrates, and gives the costs found: exact inner, exact outer, sampled inner, sampled outer. */
export function calibrated(machine: Machine = {}, driven = new DrivenRuntime({ precision: 'exact' })) {
  const { sampled = USUAL.sampled, exact = USUAL.exact, tell = (now) => now, cpuShare = null, coldCalls = 0 } = machine;
  const { readingNs = () => CLOCK_NS } = machine;
  const { runtime } = driven.main;
  const { arena, slab } = runtime;
  const { I, F } = arena;
  const state = { regime: REGIME_SAMPLED, readings: 0, calls: 0, sinceCall: 0 };
  const begun = driven.wallNs;
  const pass = (ns: number) => (driven.wallNs += ns);
  let calls = 0;
  function isSampled(): boolean {
    const regime = I[slab + SLAB.regime];
    if (regime !== state.regime) state.calls = 0;
    state.regime = regime;
    return regime === REGIME_SAMPLED;
  }
  const clock: Clock = {
    wallNs() {
      isSampled();
      pass(readingNs(state));
      state.readings++;
      state.sinceCall++;
      return tell(driven.wallNs, state);
    },
    cpuNs: cpuShare === null ? null : () => (driven.wallNs - begun) * cpuShare,
    wallName: 'of the test',
    cpuName: cpuShare === null ? null : 'of the test',
  };
  function spend(part: keyof Costs): void {
    const { [part]: ns } = isSampled() ? sampled : exact;
    pass((ns / 2) * (state.calls <= coldCalls ? 10 : 1));
  }
  /** In the exact regime the hooks read the clock, that of the driven runtime, which takes no time by itself. */
  const spendReading = () => isSampled() || pass(CLOCK_NS);
  const hooks = {
    enter(fn: number) {
      isSampled();
      calls++;
      state.calls++;
      spend('outer');
      spendReading();
      const handle = runtime.enter(fn);
      spend('inner');
      return handle;
    },
    exit(handle: number) {
      spend('inner');
      spendReading();
      runtime.exit(handle);
      spend('outer');
      state.sinceCall = 0;
    },
  };
  calibrate(arena, slab, clock, hooks);
  const { exactInnerNs, exactOuterNs, sampledInnerNs, sampledOuterNs } = CONTROL;
  const costs = [F[exactInnerNs], F[exactOuterNs], F[sampledInnerNs], F[sampledOuterNs]];
  return { costs, calls, passedNs: driven.wallNs - begun };
}
