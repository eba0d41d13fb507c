// Tables as Markdown. Pure.
import type { Quartiles } from './quartiles.ts';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** `12.3 (11.9–13.0)` */
export function withQuartiles({ q1, median, q3 }: Quartiles, digits = 1): string {
  return `${median.toFixed(digits)} (${q1.toFixed(digits)}–${q3.toFixed(digits)})`;
}

export function whole(value: number): string {
  return value.toLocaleString('en');
}
