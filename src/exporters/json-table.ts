// Many rows of one kind in JSON: the names of the columns once, then an array a row. Written in pieces, so that a million
// rows need no string of that length; read with each value checked.
import { at, list, Mismatch, object, text } from './shape.ts';
import type { Check } from './shape.ts';

/** How the values of a column are taken from a row that is written, and checked when written or read. */
export interface Column<Row> {
  readonly of: (row: Row) => unknown;
  readonly check: Check<unknown>;
}

/** Columns by name, in the order in which they are written. */
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;

const ROWS_A_PIECE = 2048;

/** `{"columns":[…],"rows":[…]}` in pieces, a row on each line. Throws {@link Mismatch} for a value that may not be written. */
export function* writeTable<Row>(columns: Columns<Row>, rows: Iterable<Row>): Generator<string> {
  const all = Object.values(columns);
  yield `{"columns":${JSON.stringify(Object.keys(columns))},"rows":[`;
  let lines: string[] = [];
  let count = 0;
  for (const row of rows) {
    const values = all.map((column, k) => checked(column.check, column.of(row), count, k));
    lines.push(`${count++ === 0 ? '' : ','}\n${JSON.stringify(values)}`);
    if (lines.length === ROWS_A_PIECE) {
      yield lines.join('');
      lines = [];
    }
  }
  yield `${lines.join('')}]}`;
}

function checked(check: Check<unknown>, value: unknown, row: number, column: number): unknown {
  try {
    return check(value);
  } catch (error) {
    if (error instanceof Mismatch) error.path = `.rows[${row}][${column}]${error.path}`;
    throw error;
  }
}

const frame = object<{ columns: readonly string[]; rows: readonly unknown[] }>({
  columns: list(text),
  rows: (value) => {
    if (!Array.isArray(value)) throw new Mismatch('a list', typeof value);
    return value as readonly unknown[];
  },
});

/**
 * Gives each row's values, in the order of `columns`, to `take`; the table may have them in any order. The array is used
 * again for the next row.
 */
export function readTable<Row>(
  value: unknown,
  columns: Columns<Row>,
  take: (values: readonly never[], row: number) => void,
): void {
  const { columns: given, rows } = frame(value);
  const names = Object.keys(columns);
  const places = names.map((name) => given.indexOf(name));
  const missing = names.find((_, k) => places[k] < 0);
  if (missing !== undefined || given.length !== names.length) {
    at('.columns', () => {
      throw new Mismatch(names.join(', '), given.join(', ') || 'none');
    });
  }
  const checks = Object.values(columns).map(({ check }) => check);
  const values: unknown[] = names.map(() => undefined);
  let i = 0;
  let k = -1;
  try {
    for (; i < rows.length; i++) {
      const row = rows[i];
      k = -1;
      if (!Array.isArray(row) || row.length !== names.length)
        throw new Mismatch(`a list of ${names.length} values`, 'other');
      for (k = 0; k < checks.length; k++) values[k] = checks[k](row[places[k]]);
      k = -1;
      take(values as never[], i);
    }
  } catch (error) {
    if (error instanceof Mismatch) error.path = `.rows[${i}]${k < 0 ? '' : `[${places[k]}]`}${error.path}`;
    throw error;
  }
}
