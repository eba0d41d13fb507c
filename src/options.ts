// Checks the options of the public API: what is unknown or out of range is refused by name, never ignored.
import { EverycallError } from './errors.ts';
import type { Precision } from './profile.ts';

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

type Check = (value: unknown) => string | null;

const oneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value as string) ? null : values.map((v) => `'${v}'`).join(' or ');

const number =
  (from: number, to: number): Check =>
  (value) =>
    typeof value === 'number' && value >= from && value <= to ? null : `a number from ${from} to ${to}`;

const tag: Check = (value) => (typeof value === 'string' && value !== '' ? null : 'a tag, a string that is not empty');

const START_CHECKS: Record<keyof StartOptions, Check> = {
  precision: oneOf('adaptive', 'exact', 'sampled'),
  overhead: (value) => (typeof value === 'number' && value > 0 && value <= 1 ? null : 'a number above 0 and up to 1'),
  tickMs: number(0.1, 1000),
  threads: oneOf('all', 'current'),
  maxTags: (value) =>
    Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 4096
      ? null
      : 'a whole number from 1 to 4096',
  builtins: (value) =>
    typeof value === 'boolean' || value === 'without-exec' ? null : "true, false or 'without-exec'",
};

const SNAPSHOT_CHECKS: Record<keyof SnapshotOptions, Check> = {
  thread: (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? null : 'a threadId, 0 or above'),
  tag,
};

const CLEAR_CHECKS: Record<keyof ClearOptions, Check> = { tag };

/** How a value looks in a message: short, and never throwing. */
function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}

function checkOptions(of: string, options: unknown, checks: Record<string, Check>): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new EverycallError('bad-option', `${of} expects an object of options, got ${show(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks).join(', ');
      throw new EverycallError('bad-option', `${of} has no option '${name}'; expected one of ${known}`);
    }
    const expected = value === undefined ? null : checks[name](value);
    if (expected !== null) {
      throw new EverycallError('bad-option', `${of} expects '${name}' to be ${expected}, got ${show(value)}`);
    }
  }
}

export function checkStartOptions(options: unknown): asserts options is StartOptions | undefined {
  checkOptions('start()', options, START_CHECKS);
}

export function checkSnapshotOptions(options: unknown): asserts options is SnapshotOptions | undefined {
  checkOptions('snapshot()', options, SNAPSHOT_CHECKS);
}

export function checkClearOptions(options: unknown): asserts options is ClearOptions | undefined {
  checkOptions('clear()', options, CLEAR_CHECKS);
}

/** Checks the arguments of {@link withTag}. */
export function checkTagged(name: unknown, work: unknown): void {
  const expected = tag(name);
  if (expected !== null) throw new EverycallError('bad-option', `withTag() expects ${expected}, got ${show(name)}`);
  if (typeof work !== 'function') {
    throw new EverycallError('bad-option', `withTag() expects a function to run, got ${show(work)}`);
  }
}
