// Reads embedded columns. No DOM.
import type { Column } from '../embedded.ts';

export function at<T>(column: Column<T>, row: number): T {
  return Array.isArray(column) ? column[row] : (column as T);
}

/** The index of the first part of each row; one entry more than there are rows. */
export function starts(count: Column, rows: number): Int32Array {
  const start = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) start[row + 1] = start[row] + at(count, row);
  return start;
}
