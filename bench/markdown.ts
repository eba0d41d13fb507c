// A line of a table, and a figure with its spread.
import type { Spread } from './statistics.ts';

export const cells = (...texts: readonly string[]): string => `| ${texts.join(' | ')} |`;

export function show({ min, median, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}
