// Many rows of one kind in JSON: blocks of some thousand rows, each an object with a list a column. Lists of numbers take
// half the time and memory to read that a list for each row would. Written block by block, so that a million rows need no
// string of that length; read with each value checked.
import { at, Mismatch } from './shape.ts';
import type { Check } from './shape.ts';

/** How the value of a column is taken from what is written, and checked when written or read. */
export interface Column<Row, P> {
  readonly of: (row: Row, part: P, index: number) => unknown;
  readonly check: Check<unknown>;
}

/** Columns by name, in the order in which they are written. */
export type Columns<Row, P = undefined> = Readonly<Record<string, Column<Row, P>>>;

const BLOCK_ROWS = 4096;

/**
 * The list of blocks in pieces, none of them long: a row for each part of each row given. Throws {@link Mismatch} for a
 * value that may not be written.
 */
export function* writeTable<Row, P>(
  columns: Columns<Row, P>,
  rows: readonly Row[],
  partsOf: (row: Row) => readonly P[],
): Generator<string> {
  const all = Object.entries(columns);
  let block: unknown[][] = all.map(() => []);
  let written = 0;
  yield '[';
  for (let i = 0; i < rows.length; i++) {
    for (const part of partsOf(rows[i])) {
      for (let k = 0; k < all.length; k++) block[k].push(checked(all[k], rows[i], part, i));
      if (block[0].length < BLOCK_ROWS) continue;
      yield blockText(all, block, written++);
      block = all.map(() => []);
    }
  }
  yield block[0].length > 0 ? `${blockText(all, block, written)}]` : ']';
}

function blockText(columns: readonly [string, unknown][], block: readonly unknown[][], place: number): string {
  const lists = columns.map(([name], k) => `${JSON.stringify(name)}:${JSON.stringify(block[k])}`);
  return `${place === 0 ? '\n' : ',\n'}{${lists.join(',\n')}}`;
}

function checked<Row, P>([name, { of, check }]: [string, Column<Row, P>], row: Row, part: P, i: number): unknown {
  try {
    return check(of(row, part, i));
  } catch (error) {
    if (error instanceof Mismatch) error.path = `[${i}].${name}${error.path}`;
    throw error;
  }
}

/** Gives each row's values, in the order of `columns`, to `take`. The array of them is used again for the next row. */
export function readTable<Row, P>(
  value: unknown,
  columns: Columns<Row, P>,
  take: (values: readonly never[], row: number) => void,
): void {
  if (!Array.isArray(value)) throw new Mismatch('a list of blocks', value === undefined ? 'nothing' : typeof value);
  const names = Object.keys(columns);
  const checks = Object.values(columns).map(({ check }) => check);
  const values: unknown[] = names.map(() => undefined);
  let row = 0;
  value.forEach((block, b) => {
    const lists = at(`[${b}]`, () => listsOf(block, names));
    const { length } = lists[0];
    let i = 0;
    let k = -1;
    try {
      for (; i < length; i++) {
        for (k = 0; k < checks.length; k++) values[k] = checks[k](lists[k][i]);
        k = -1;
        take(values as never[], row++);
      }
    } catch (error) {
      if (error instanceof Mismatch) error.path = `[${b}]${k < 0 ? '' : `.${names[k]}`}[${i}]${error.path}`;
      throw error;
    }
  });
}

/** The block's lists in the order of `names`. */
function listsOf(block: unknown, names: readonly string[]): unknown[][] {
  if (typeof block !== 'object' || block === null) throw new Mismatch('an object of lists', typeof block);
  const given = Object.keys(block);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Mismatch(`no other lists than ${names.join(', ')}`, JSON.stringify(unknown));
  const lists = names.map((name) =>
    at(`.${name}`, () => {
      const list: unknown = Object.hasOwn(block, name) ? Reflect.get(block, name) : undefined;
      if (!Array.isArray(list)) throw new Mismatch('a list', list === undefined ? 'nothing' : typeof list);
      return list as unknown[];
    }),
  );
  const odd = lists.findIndex(({ length }) => length !== lists[0].length);
  if (odd >= 0) {
    at(`.${names[odd]}`, () => {
      throw new Mismatch(`a list of ${lists[0].length}, as ${names[0]} is`, `one of ${lists[odd].length}`);
    });
  }
  return lists;
}
