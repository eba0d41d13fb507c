// Orders functions by any column. Stable: functions that tie stay in the order they came in.
import { EverycallError } from '../errors.ts';
import type { FunctionStats } from '../profile.ts';
import { isText, parseColumn, sortValues } from './columns.ts';
import type { Clock, ColumnId } from './columns.ts';

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
  const sign = sort.order === 'asc' ? 1 : -1;
  const keyed = functions.map((fn) => ({ fn, values: sortValues(fn, sort.column, clock) }));
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
  return keyed.map(({ fn }) => fn);
}
