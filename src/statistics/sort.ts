// Orders functions, and calls between them, by any column. Stable: rows that tie stay in the order they came in.
import { EverycallError } from '../errors.ts';
import { badOption } from '../option-checks.ts';
import type { FunctionStats } from '../profile.ts';
import type { Call } from './calls.ts';
import { callSortValues, isText, parseColumn, sortValues } from './columns.ts';
import type { Clock, ColumnId, Value } from './columns.ts';

export type Order = 'asc' | 'desc';

export interface Sort {
  readonly column: ColumnId;
  readonly order: Order;
}

/**
 * Reads `selfWall`, `name:desc`, `calls:asc`. Without an order, words go from A to Z and figures from the largest down.
 * Throws 'bad-option' for an unknown column or order.
 */
export function parseSort(text: string): Sort {
  if (typeof text !== 'string') throw badOption('sorting', 'a column and an order', text);
  const colon = text.indexOf(':');
  const column = parseColumn(colon < 0 ? text : text.slice(0, colon));
  if (colon < 0) return { column, order: isText(column) ? 'asc' : 'desc' };
  const order = text.slice(colon + 1).toLowerCase();
  if (order !== 'asc' && order !== 'desc') {
    throw new EverycallError('bad-option', `expected the order asc or desc after '${column}:', got '${order}'`);
  }
  return { column, order };
}

/** A sorted copy. What has no value in the column (CPU without a clock) comes last in either order. */
export function sortFunctions(functions: readonly FunctionStats[], sort: Sort, clock: Clock): FunctionStats[] {
  return sortBy(functions, (fn) => sortValues(fn, sort.column, clock), sort.order);
}

/**
 * A sorted copy of callers or callees, by the other end's name and place or by the figures of the edge. Throws 'bad-option'
 * for a column that only functions have.
 */
export function sortCalls(calls: readonly Call[], sort: Sort, clock: Clock): Call[] {
  return sortBy(calls, (call) => callSortValues(call, sort.column, clock), sort.order);
}

/** A sorted copy, by the first of the values that differ; `null` comes last in either order. */
export function sortBy<T>(rows: readonly T[], valuesOf: (row: T) => readonly Value[], order: Order): T[] {
  const sign = order === 'asc' ? 1 : -1;
  const keyed = rows.map((row) => ({ row, values: valuesOf(row) }));
  keyed.sort((a, b) => {
    for (let i = 0; i < a.values.length; i++) {
      const [x, y] = [a.values[i], b.values[i]];
      if (x === y) continue;
      if (x === null) return 1;
      if (y === null) return -1;
      return x < y ? -sign : sign;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}
