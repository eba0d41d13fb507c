// What the parts of a report share: how to order, how wide, in which colours.
import type { Clock, ColumnId } from '../statistics/columns.ts';
import type { Sort } from '../statistics/sort.ts';

export type Paint = (text: string) => string;
export interface Palette {
  readonly title: Paint;
  readonly warn: Paint;
  readonly dim: Paint;
}

export function palette(color: boolean): Palette {
  const sgr =
    (code: number): Paint =>
    (text) =>
      color && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { title: sgr(1), warn: sgr(33), dim: sgr(2) };
}

export interface ReportContext {
  readonly clock: Clock;
  readonly sort: Sort;
  readonly columns: readonly ColumnId[] | undefined;
  readonly limit: number;
  readonly width: number;
  readonly paint: Palette;
  /** Location of each function of the profile, by its id. */
  readonly places: readonly string[];
  /** Sentences below the tables, each once. */
  readonly remarks: Set<string>;
}

/** Stands for CPU time where there was no clock for it. */
export const NOT_AVAILABLE = 'n/a';
