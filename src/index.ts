// Entry `everycall`: the public names. The list is pinned by a test.
import { counts } from './testing/installed.ts';

export {
  clear,
  clockInfo,
  isInstrumented,
  isRunning,
  matches,
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
export { type Budget, type BudgetRule } from './budget/budget.ts';
export { type BudgetResult, checkBudget } from './budget/check.ts';
export { parseBudget } from './budget/parse.ts';
export { budgetOf, renderBudget, updateBudget } from './budget/update.ts';
export { FOLDED_THREADS, OTHER_TAGS, UNTAGGED } from './profile.ts';
export { byTag, byThread } from './statistics/breakdown.ts';
export { type Call, calleesOf, callersOf, findFunction, findFunctions, isRecursive } from './statistics/calls.ts';
export { COLUMN_IDS, type ColumnId } from './statistics/columns.ts';
export { compensate } from './statistics/compensate.ts';
export { percentileNs, timedCalls } from './statistics/durations.ts';
export { type ProfileFilter } from './statistics/filter.ts';
export { groupBy, type GroupStats } from './statistics/groups.ts';
export { diff, type DiffOptions } from './statistics/diff.ts';
export { merge } from './statistics/merge.ts';
export type * from './statistics/profile-diff.ts';
export { type DifferingSource, differingSources, sharedSessions, type SharedSession } from './statistics/overlap.ts';
export { packageOf } from './statistics/package-name.ts';
export { select } from './statistics/selection.ts';
export { type Order, parseSort, type Sort, sortCalls, sortFunctions } from './statistics/sort.ts';
export { register } from './register/register.ts';
export type { RegisterSettings } from './register/settings.ts';
export { stripDirs } from './statistics/strip-dirs.ts';
export type { ClearOptions, SnapshotOptions, StartOptions } from './options.ts';
export type * from './profile.ts';
export type { RuntimeOptions } from '../runtime/instance.ts';
export { createRuntime } from './own-runtime.ts';
export type { Runtime } from '../runtime/runtime.ts';

export const { callsOf, figuresOf } = counts;
export type { What } from './testing/counts.ts';
