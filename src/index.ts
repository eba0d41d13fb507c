// Entry `everycall`: the public names. The list is pinned by a test.
export {
  clear,
  clockInfo,
  isRunning,
  memoryUsage,
  print,
  profiled,
  run,
  type RunResult,
  snapshot,
  start,
  stop,
  tagOf,
  withTag,
} from './api.ts';
export { EverycallError, type EverycallErrorCode } from './errors.ts';
export { load, save } from './files.ts';
export { byTag, byThread } from './statistics/breakdown.ts';
export { FOLDED_THREADS, UNTAGGED } from './profile.ts';
export type { ClearOptions, SnapshotOptions, StartOptions } from './options.ts';
export type * from './profile.ts';
export { createRuntime, type RuntimeOptions } from '../runtime/instance.ts';
export type { Runtime } from '../runtime/runtime.ts';
