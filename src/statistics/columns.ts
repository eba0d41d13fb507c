// The columns of the function table: what each is called, what it holds and how it sorts. The only list of them; the
// table, the sort and the command line all read it.
import { EverycallError } from '../errors.ts';
import { badOption } from '../option-checks.ts';
import type { FunctionStats } from '../profile.ts';
import type { Call } from './calls.ts';
import { percentileNs, timedCalls } from './durations.ts';

/** The clock that `avg` and `self%` refer to, and that sorts where nothing else is said. */
export type Clock = 'wall' | 'cpu';
export const CLOCKS: readonly Clock[] = ['wall', 'cpu'];

export const COLUMN_IDS = [
  'name',
  'location',
  'calls',
  'open',
  'errors',
  'resumes',
  'await',
  'selfWall',
  'selfCpu',
  'totalWall',
  'totalCpu',
  'block',
  'avg',
  'self%',
  'max',
  'p50',
  'p90',
  'p99',
  'timed',
] as const;
export type ColumnId = (typeof COLUMN_IDS)[number];

export type Value = string | number | null;

/** What a column sorts by; several values where the first may tie. `null` where there is nothing to show. */
const SORT_VALUES: Record<ColumnId, (fn: FunctionStats, clock: Clock) => readonly Value[]> = {
  name: (fn) => [fn.name.toLowerCase(), fn.name],
  location: (fn) => [fn.file, fn.line, fn.column],
  calls: (fn) => [fn.calls],
  open: (fn) => [fn.open],
  errors: (fn) => [fn.errors],
  resumes: (fn) => [fn.resumes],
  await: (fn) => [fn.awaitNs],
  block: (fn) => [fn.longestBlockNs],
  selfWall: (fn) => [fn.selfWallNs],
  selfCpu: (fn) => [fn.selfCpuNs],
  totalWall: (fn) => [fn.totalWallNs],
  totalCpu: (fn) => [fn.totalCpuNs],
  avg: (fn, clock) => [averageNs(fn, clock)],
  'self%': (fn, clock) => [selfNs(fn, clock)],
  max: (fn) => [longestNs(fn)],
  p50: (fn) => [percentileNs(fn, 0.5)],
  p90: (fn) => [percentileNs(fn, 0.9)],
  p99: (fn) => [percentileNs(fn, 0.99)],
  timed: (fn) => [timedCalls(fn)],
};

/** The columns that the calls along an edge have, too. */
export const CALL_COLUMN_IDS = [
  'name',
  'location',
  'calls',
  'resumes',
  'await',
  'selfWall',
  'selfCpu',
  'totalWall',
  'totalCpu',
  'avg',
  'self%',
] as const;
export type CallColumnId = (typeof CALL_COLUMN_IDS)[number];

/** As {@link SORT_VALUES}: name and place of the other end, figures of the edge. */
const CALL_SORT_VALUES: Record<CallColumnId, (call: Call, clock: Clock) => readonly Value[]> = {
  name: ({ fn }, clock) => SORT_VALUES.name(fn, clock),
  location: ({ fn }, clock) => SORT_VALUES.location(fn, clock),
  calls: ({ edge }) => [edge.calls],
  resumes: ({ edge }) => [edge.resumes],
  await: ({ edge }) => [edge.awaitNs],
  selfWall: ({ edge }) => [edge.selfWallNs],
  selfCpu: ({ edge }) => [edge.selfCpuNs],
  totalWall: ({ edge }) => [edge.totalWallNs],
  totalCpu: ({ edge }) => [edge.totalCpuNs],
  avg: ({ averageWallNs, averageCpuNs }, clock) => [clock === 'wall' ? averageWallNs : averageCpuNs],
  'self%': ({ edge }, clock) => [clock === 'wall' ? edge.selfWallNs : edge.selfCpuNs],
};

/** As {@link sortValues}. Throws 'bad-option' for a column that only functions have. */
export function callSortValues(call: Call, column: ColumnId, clock: Clock): readonly Value[] {
  if (!(column in CALL_SORT_VALUES)) {
    throw new EverycallError(
      'bad-option',
      `expected a column of calls (${CALL_COLUMN_IDS.join(', ')}), got '${column}'`,
    );
  }
  return CALL_SORT_VALUES[column as CallColumnId](call, clock);
}

/** Values to compare two functions by, most significant first. */
export function sortValues(fn: FunctionStats, column: ColumnId, clock: Clock): readonly Value[] {
  return SORT_VALUES[column](fn, clock);
}

/** Whether the column holds words; these sort from A to Z unless told otherwise, figures from the largest down. */
export function isText(column: ColumnId): boolean {
  return column === 'name' || column === 'location';
}

export function selfNs(fn: FunctionStats, clock: Clock): number | null {
  return clock === 'wall' ? fn.selfWallNs : fn.selfCpuNs;
}

/** Total time a call, in ns; `null` without a clock, or for a function that was only open (no call begun). */
export function averageNs(fn: FunctionStats, clock: Clock): number | null {
  const totalNs = clock === 'wall' ? fn.totalWallNs : fn.totalCpuNs;
  return totalNs === null || fn.calls === 0 ? null : totalNs / fn.calls;
}

/** The longest call that was timed, in ns; `null` where none was. */
export function longestNs(fn: FunctionStats): number | null {
  return fn.maxTotalNs === 0 && timedCalls(fn) === 0 ? null : fn.maxTotalNs;
}

/** The column of that name, in whatever case. Throws 'bad-option' listing the valid ones. */
export function parseColumn(text: string): ColumnId {
  if (typeof text !== 'string') throw badOption('a column', 'a name', text);
  const wanted = text.trim().toLowerCase();
  const found = COLUMN_IDS.find((id) => id.toLowerCase() === wanted);
  if (found === undefined) {
    throw new EverycallError('bad-option', `expected a column (${COLUMN_IDS.join(', ')}), got '${text}'`);
  }
  return found;
}

/** Columns of a list such as `name,calls,self%`, each once. Throws 'bad-option'. */
export function parseColumns(list: readonly string[]): readonly ColumnId[] {
  if (!Array.isArray(list)) throw badOption('a table', "'columns' to be a list", list);
  const columns = list.map(parseColumn);
  if (columns.length === 0) {
    throw new EverycallError('bad-option', `expected one or more columns (${COLUMN_IDS.join(', ')}), got none`);
  }
  return [...new Set(columns)];
}
