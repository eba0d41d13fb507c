// The public functions over this thread's runtime: start, stop, clear and read the profile of all threads.
import { threadRuntime } from '../runtime/instance.ts';
import { BUILTINS_ALL, BUILTINS_OFF, BUILTINS_WITHOUT_EXEC, CONTROL } from '../runtime/layout.ts';
import { renderTable, type TableOptions } from './exporters/table.ts';
import {
  checkClearOptions,
  checkSnapshotOptions,
  checkStartOptions,
  checkTagged,
  type ClearOptions,
  type SnapshotOptions,
  type StartOptions,
} from './options.ts';
import { EverycallError } from './errors.ts';
import { startMonitor } from './monitor/start-monitor.ts';
import type { ClockInfo, FunctionStats, Profile } from './profile.ts';
import { siteOfFunction } from './snapshot/function-site.ts';
import { clockInfo as readClockInfo, takeSnapshot } from './snapshot/snapshot.ts';
import { compensate } from './statistics/compensate.ts';
import { subtract } from './statistics/subtract.ts';

const runtime = threadRuntime();

/**
 * Starts profiling on all threads; they notice at their next call. Does nothing while running: the options of the start
 * that is in force stay. Figures of earlier sessions are kept and added to; functions that are already open are not seen.
 *
 * @throws EverycallError `bad-option` for an unknown option or a value out of range
 */
export function start(options?: StartOptions): void {
  checkStartOptions(options);
  const { monitor = false, push } = options ?? {};
  startMonitor(monitor, undefined, push);
  runtime.start({
    precision: options?.precision ?? 'adaptive',
    overhead: options?.overhead ?? 0.03,
    tickMs: options?.tickMs ?? 1,
    onlyThread: options?.threads === 'current' ? runtime.serial : null,
    builtins: builtinsOf(options?.builtins),
    ...(options?.maxTags !== undefined && { maxTags: options.maxTags }),
  });
}

function builtinsOf(option: StartOptions['builtins']): number {
  if (option === 'without-exec') return BUILTINS_WITHOUT_EXEC;
  return option === true ? BUILTINS_ALL : BUILTINS_OFF;
}

/** Stops profiling on all threads; figures stay. Does nothing while stopped. */
export function stop(): void {
  runtime.stop();
}

/** Whether the profiler is running. */
export function isRunning(): boolean {
  return runtime.isRunning();
}

/**
 * Forgets the figures of all threads, running or not: all, or those under one tag. Functions that are open are not seen
 * any more.
 *
 * @throws EverycallError `bad-option` for an unknown option or a tag that is no string
 */
export function clear(options?: ClearOptions): void {
  checkClearOptions(options);
  if (options?.tag === undefined) runtime.clear();
  else runtime.clearTag(options.tag);
}

/**
 * Runs `work` under a tag: all it calls is recorded under it, also after awaits, in timers and in event handlers that it
 * sets up, until another `withTag`. Result and errors of `work` pass through. Tags are kept up to 192 bytes of UTF-8;
 * docs/tags.md says how many, and what they cost.
 *
 * @throws EverycallError `bad-option` for a tag that is no string or empty, or work that is no function
 * @example
 * app.use((request, response, next) => withTag(`${request.method} ${request.path}`, next));
 */
export function withTag<T>(tag: string, work: () => T): T {
  checkTagged(tag, work);
  return runtime.withTag(tag, work);
}

/** The tag that is in force here; `undefined` under none. */
export function tagOf(): string | undefined {
  return runtime.tagOf();
}

/**
 * The statistics of all threads at this moment, running or not. Neither pauses nor changes anything, and does not wait
 * for any thread: one that is stuck in a loop is read like the others. Costs about 1 µs a function and edge.
 *
 * @throws EverycallError `bad-option` for an unknown option or a value out of range
 */
export function snapshot(options?: SnapshotOptions): Profile {
  checkSnapshotOptions(options);
  runtime.noteCollections();
  return runtime.asOwnWork(() => takeSnapshot(runtime, options));
}

/**
 * Whether the figures are those of this function: of the site in the source that it was made from, so all closures of one
 * definition are the same. Its source must not have been changed since, as minifiers do.
 *
 * @throws EverycallError `bad-option` for what is no function
 */
export function matches(stat: Pick<FunctionStats, 'key'>, fn: unknown): boolean {
  return siteOf(fn)?.key === stat.key;
}

/** Whether everycall counts the calls of this function. */
export function isInstrumented(fn: unknown): boolean {
  return siteOf(fn) !== undefined;
}

function siteOf(fn: unknown): { readonly key: string } | undefined {
  if (typeof fn !== 'function') {
    throw new EverycallError('bad-option', `matches() expects a function, got ${typeof fn}`);
  }
  return siteOfFunction(runtime.arena, fn);
}

/** What {@link run} gives: the result of the work and the profile of that span alone. */
export interface RunResult<T> {
  readonly result: T;
  readonly profile: Profile;
}

/**
 * Runs `work` under the profiler and gives its result with the profile of just this span, on all threads. Earlier figures
 * stay as they are. Nested runs are counted: an inner one does not stop an outer one, nor a profiler that ran before.
 * If `work` throws or rejects, so does this, and the profiler is stopped all the same.
 *
 * @example
 * const { result, profile } = await run(() => parse(source));
 */
export async function run<T>(work: () => T, options?: StartOptions): Promise<RunResult<Awaited<T>>> {
  const before = beginRun(options);
  let result: Awaited<T>;
  try {
    result = await work();
  } finally {
    endRun(before);
  }
  return { result, profile: runtime.asOwnWork(() => subtract(snapshot(), before.profile)) };
}

/**
 * A function that does what `fn` does, under the profiler: each call of it is a {@link run} without the profile, for
 * reading later by {@link snapshot}. `this`, arguments, result and errors pass through; an async `fn` is profiled until
 * it settles.
 *
 * @example
 * const handle = profiled(async (request) => respond(request));
 */
export function profiled<This, Args extends unknown[], Result>(
  fn: (this: This, ...args: Args) => Result,
  options?: StartOptions,
): (this: This, ...args: Args) => Result {
  checkStartOptions(options);
  return function (this: This, ...args: Args): Result {
    const runs = beginRuns(options);
    let result: Result;
    try {
      result = fn.apply(this, args);
    } catch (error) {
      endRun(runs);
      throw error;
    }
    if (result instanceof Promise) {
      return result.finally(() => endRun(runs)) as Result;
    }
    endRun(runs);
    return result;
  };
}

/** Whether this run started the profiler, so that the last of the runs stops it. */
interface Run {
  readonly started: boolean;
}

function beginRun(options?: StartOptions): Run & { readonly profile: Profile } {
  checkStartOptions(options);
  const profile = snapshot();
  return { ...beginRuns(options), profile };
}

function beginRuns(options?: StartOptions): Run {
  const started = !isRunning();
  const { I } = runtime.arena;
  // The profiler was started by hand if it runs while no run does: then no run may stop it.
  if (started || Atomics.load(I, CONTROL.runs) > 0) Atomics.add(I, CONTROL.runs, 1);
  else return { started: false };
  start(options);
  return { started: true };
}

function endRun({ started }: Run): void {
  if (started && Atomics.sub(runtime.arena.I, CONTROL.runs, 1) === 1) stop();
}

/** Prints the function table, the thread table and what was dropped; to stderr unless `write` says otherwise. */
export function print(profile: Profile = snapshot(), options: Partial<TableOptions> = {}, write = writeError): void {
  const width = process.stderr.columns ?? 120;
  write(runtime.asOwnWork(() => renderTable(compensate(profile), { width, color: false, ...options })));
}

function writeError(text: string): void {
  runtime.asOwnWork(() => process.stderr.write(text));
}

/** Bytes of the arena: what is reserved as address space, and what has been given out to sites, threads and edges. */
export function memoryUsage(): { readonly reservedBytes: number; readonly usedBytes: number } {
  const { I } = runtime.arena;
  return { reservedBytes: I.byteLength, usedBytes: Atomics.load(I, CONTROL.nextFree) * 4 };
}

/** What the clocks are, what a reading costs, and how fine they are: measured, not promised. */
export function clockInfo(): ClockInfo {
  return readClockInfo(runtime);
}
