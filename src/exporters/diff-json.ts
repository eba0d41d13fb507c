// A difference of two profiles as JSON, for programs. Nothing of it is lost; names of fields are those of ProfileDiff.
import type { ProfileDiff } from '../statistics/profile-diff.ts';
import { chosenRows } from './diff-rows.ts';
import type { DiffRowOptions } from './diff-rows.ts';

/** Options of {@link renderDiffJson}. By default all rows are in it. */
export interface DiffJsonOptions extends DiffRowOptions {
  /** Spaces of indentation, 0 to 10. Default 0: all on one line. */
  readonly indent?: number;
}

/**
 * One JSON object, ended by a newline: `format` is `everycall.diff`, `formatVersion` 1, then the fields of the difference.
 *
 * @throws EverycallError `bad-option` for an unknown column or order, or a limit out of range
 */
export function renderDiffJson(diff: ProfileDiff, { indent = 0, ...rows }: DiffJsonOptions = {}): string {
  const file = { format: 'everycall.diff', formatVersion: 1, ...diff, ...chosenRows('renderDiffJson', diff, rows) };
  return `${JSON.stringify(file, null, indent)}\n`;
}
