// How figures stand on the page: as in every other report, with units in a lane of their own.
import type { ComponentChildren } from 'preact';
import { duration } from '../../figures.ts';

/** `12.34 ms` in running text. */
export function timeText(ns: number | null): string {
  return ns === null ? 'n/a' : duration(ns).replace(/ +/, ' ');
}

export function whole(n: number): string {
  return n.toLocaleString('en-US');
}

/** `6.04 M` for a headline. */
export function roughly(n: number): string {
  return n.toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
}

export function Time({ ns }: { readonly ns: number | null }) {
  if (ns === null) return <span class="none">–</span>;
  const [value, unit = ''] = timeText(ns).split(' ');
  return (
    <span class={ns === 0 ? 'time none' : 'time'}>
      {value}
      <span class="unit">{unit === '' ? '' : ` ${unit}`}</span>
    </span>
  );
}

export function Count({ n }: { readonly n: number }) {
  return <span class={n === 0 ? 'none' : undefined}>{whole(n)}</span>;
}

/** A share of 1 behind its figure, as a bar; the figure says the same. */
export function Share({ of, children }: { readonly of: number; readonly children: ComponentChildren }) {
  return (
    <span class="share">
      <span class="bar" style={{ width: `${Math.min(100, Math.max(0, of * 100)).toFixed(2)}%` }} />
      <span class="on-bar">{children}</span>
    </span>
  );
}
