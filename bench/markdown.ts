// Tables as Markdown, and figures with their spread. Pure.
import type { Quartiles, Spread } from './statistics.ts';

/** Rows may be shorter than the head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${head.map((_, i) => cells[i] ?? '').join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const range = (low: number, middle: number, high: number, digits: number): string =>
  `${middle.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;

/** The median, with the least and the largest in brackets: `12.3 (11.0–14.5)` */
export const withSpread = ({ min, median, max }: Spread, digits: number): string => range(min, median, max, digits);

/** The median, with the middle half in brackets: `12.3 (11.9–13.0)` */
export const withQuartiles = ({ q1, median, q3 }: Quartiles, digits: number): string => range(q1, median, q3, digits);

/** `12,345` */
export const whole = (value: number): string => value.toLocaleString('en');
