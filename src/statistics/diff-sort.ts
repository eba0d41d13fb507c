// Orders the rows of a difference by how much a figure changed.
import { EverycallError } from '../errors.ts';
import type { Change, DiffFigures, EdgeDiff, FunctionDiff } from './profile-diff.ts';
import { parseSort, sortBy } from './sort.ts';
import type { Order } from './sort.ts';

export const DIFF_COLUMN_IDS = [
  'name',
  'location',
  'calls',
  'errors',
  'selfWall',
  'selfCpu',
  'totalWall',
  'totalCpu',
] as const;
export type DiffColumnId = (typeof DIFF_COLUMN_IDS)[number];

export interface DiffSort {
  readonly column: DiffColumnId;
  readonly order: Order;
}

/**
 * Reads `totalWall`, `calls:asc`: as {@link parseSort}, of the columns a difference has. Figures are ordered by their change:
 * the largest increase first, the largest decrease last. Throws 'bad-option'.
 */
export function parseDiffSort(text: string): DiffSort {
  const { column, order } = parseSort(text);
  const known = DIFF_COLUMN_IDS.find((id) => id === column);
  if (known === undefined) {
    throw new EverycallError(
      'bad-option',
      `expected a column of a difference (${DIFF_COLUMN_IDS.join(', ')}), got '${column}'`,
    );
  }
  return { column: known, order };
}

/** A sorted copy. What has no value in the column (CPU without a clock) comes last in either order. */
export function sortFunctionDiffs(rows: readonly FunctionDiff[], { column, order }: DiffSort): FunctionDiff[] {
  return sortBy(rows, (row) => (isWords(column) ? words(row, column) : [changeOf(row, column, row.errors)]), order);
}

/** By name and location of the caller, then of the callee. `errors` are not known by edge, so the order stays as it is. */
export function sortEdgeDiffs(rows: readonly EdgeDiff[], { column, order }: DiffSort): EdgeDiff[] {
  return sortBy(
    rows,
    (row) =>
      isWords(column) ? [...words(row.caller, column), ...words(row.callee, column)] : [changeOf(row, column, null)],
    order,
  );
}

type WordsId = 'name' | 'location';

function isWords(column: DiffColumnId): column is WordsId {
  return column === 'name' || column === 'location';
}

function words({ before, after }: Pick<FunctionDiff, 'before' | 'after'>, column: WordsId): (string | number)[] {
  const { name, file, line, column: start } = (after ?? before)!;
  return column === 'name' ? [name.toLowerCase(), name] : [file, line, start];
}

function changeOf(row: DiffFigures, column: Exclude<DiffColumnId, WordsId>, errors: Change | null): number | null {
  const changes: Record<typeof column, Change | null> = {
    calls: row.calls,
    errors,
    selfWall: row.selfWallNs,
    selfCpu: row.selfCpuNs,
    totalWall: row.totalWallNs,
    totalCpu: row.totalCpuNs,
  };
  return changes[column]?.absolute ?? null;
}
