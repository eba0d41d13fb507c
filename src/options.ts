// The options of the public API, and what each has to be.
import { checkMonitorOptions, type MonitorOptions } from './monitor/options.ts';
import { badOption, checkOptions, is, isWhole, numberFrom, oneOf, text } from './option-checks.ts';
import type { OptionChecks } from './option-checks.ts';
import type { Precision } from './profile.ts';
import { checkPushOptions, type PushOptions } from './push/options.ts';

/** Options of {@link start}. */
export interface StartOptions {
  /**
   * How time is charged; counts are exact in every precision. `exact` reads the clock at every event, `sampled` charges
   * the stack at each tick, `adaptive` is exact while that stays within `overhead`. Default `adaptive`.
   */
  readonly precision?: Precision;
  /** Share of time that exact timing may cost in the adaptive precision: above 0, up to 1. Default 0.03. */
  readonly overhead?: number;
  /** Interval of the ticker in milliseconds, 0.1 to 1000. Default 1. */
  readonly tickMs?: number;
  /** Which threads record: all, or only the one that calls. Default `all`. */
  readonly threads?: 'all' | 'current';
  /** Tags that get figures of their own, 1 to 4096; what runs under others is under `(other)`. Default 256. */
  readonly maxTags?: number;
  /**
   * Whether built-in functions that block their thread (`fs.*Sync`, `JSON.parse`, `Array.prototype.sort`, regular
   * expressions, …) are recorded as functions of their own, and garbage collections in a row of theirs. They are wrapped
   * while the profiler runs. Wrapping `RegExp.prototype.exec` makes V8 run `replace`, `match` and `split` some 10 times
   * slower, in each thread from then on until it ends; `'without-exec'` leaves that one alone. Default `false`.
   */
  readonly builtins?: boolean | 'without-exec';
  /**
   * Also start a thread that others can look at this process through: `everycall ps`, `top` and the like, at a socket that
   * only this user can reach, and by HTTP if that is asked for. It is there until the process ends, running or not, and does
   * not keep it alive. Default `false`.
   */
  readonly monitor?: boolean | MonitorOptions;
  /**
   * Also send what was called to a server, an interval after the other, for as long as the process lives: to Pyroscope or what
   * takes profiles as it does. Done by the monitor's thread, which is started for it. Default: nowhere.
   */
  readonly push?: PushOptions;
}

/** Options of {@link snapshot}. */
export interface SnapshotOptions {
  /** `threadId` of the only thread to show; 0 is the main thread. Default: all threads. */
  readonly thread?: number;
  /**
   * The only tag to show; default: everything, with or without a tag. A call from outside the tag has the root as its
   * caller then. A tag that nothing was recorded under gives a profile without functions.
   */
  readonly tag?: string;
}

/** Options of {@link clear}. */
export interface ClearOptions {
  /** The only tag to forget. Default: all figures. */
  readonly tag?: string;
}

/** Checks of the options that {@link start} takes. */
export const START_CHECKS: OptionChecks<StartOptions> = {
  precision: oneOf('adaptive', 'exact', 'sampled'),
  overhead: is('a number above 0 and up to 1', (value) => typeof value === 'number' && value > 0 && value <= 1),
  tickMs: numberFrom(0.1, 1000),
  threads: oneOf('all', 'current'),
  maxTags: is('a whole number from 1 to 4096', (value) => isWhole(value, 1, 4096)),
  builtins: is("true, false or 'without-exec'", (value) => typeof value === 'boolean' || value === 'without-exec'),
  monitor: is(
    'true, false or an object of options',
    (value) => typeof value === 'boolean' || typeof value === 'object',
  ),
  push: is('an object of options', (value) => typeof value === 'object'),
};

const TAG = text('a tag, a string that is not empty');

const SNAPSHOT_CHECKS: OptionChecks<SnapshotOptions> = {
  thread: is('a threadId, 0 or above', (value) => isWhole(value, 0)),
  tag: TAG,
};

const CLEAR_CHECKS: OptionChecks<ClearOptions> = { tag: TAG };

export function checkStartOptions(options: unknown): asserts options is StartOptions | undefined {
  if (options === undefined) return;
  checkOptions('start()', options, START_CHECKS);
  const { monitor, push } = options as StartOptions;
  if (monitor !== undefined) checkMonitorOptions('start()', monitor);
  if (push !== undefined) checkPushOptions('start()', push);
}

export function checkSnapshotOptions(options: unknown): asserts options is SnapshotOptions | undefined {
  if (options !== undefined) checkOptions('snapshot()', options, SNAPSHOT_CHECKS);
}

export function checkClearOptions(options: unknown): asserts options is ClearOptions | undefined {
  if (options !== undefined) checkOptions('clear()', options, CLEAR_CHECKS);
}

/** Checks the arguments of {@link withTag}. */
export function checkTagged(name: unknown, work: unknown): void {
  if (!TAG.holds(name)) throw badOption('withTag()', TAG.expected, name);
  if (typeof work !== 'function') throw badOption('withTag()', 'a function to run', work);
}
