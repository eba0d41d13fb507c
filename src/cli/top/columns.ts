// The columns of the lists of `everycall top`: what each says of a row, as a value to sort by and as text.
import { duration, percent } from '../../exporters/figures.ts';
import { NOT_AVAILABLE } from '../../exporters/report-context.ts';
import { printable, shortenMiddle } from '../../exporters/text-width.ts';
import type { TopSort } from './sort.ts';
import type { EdgeRow, FunctionRow, Rates, ThreadRow } from './rates.ts';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** `null` is less than anything. */
  readonly valueOf: (row: Row) => number | string | null;
  readonly textOf: (row: Row) => string;
  readonly isText?: boolean;
  /** The lowest goes first where there is no room; see GridColumn. */
  readonly dropOrder?: number;
}

/** How wide figures are at least, so that columns stand still while figures change. */
export const FIGURE_CELLS = 7;

function figure<Row>(
  id: string,
  dropOrder: number | undefined,
  valueOf: (row: Row) => number | null | undefined,
  write: (value: number) => string,
  title = id,
): Column<Row> {
  return {
    id,
    title,
    valueOf: (row) => valueOf(row) ?? null,
    textOf: (row) => {
      const value = valueOf(row);
      return value === undefined ? '-' : value === null ? NOT_AVAILABLE : write(value);
    },
    dropOrder,
  };
}

type Rated = { readonly rates: Rates | null };

/** Those that functions and edges have, in this order. */
function rateColumns<Row extends Rated>(): Column<Row>[] {
  const rate = (id: string, dropOrder: number | undefined, key: keyof Rates, write: (value: number) => string) =>
    figure<Row>(id, dropOrder, ({ rates }) => (rates === null ? undefined : rates[key]), write);
  return [
    figure('calls', undefined, ({ rates }) => rates?.callsPerSecond, perSecond, 'calls/s'),
    rate('selfCpu', 5, 'selfCpu', share),
    rate('selfWall', undefined, 'selfWall', share),
    rate('totalCpu', 4, 'totalCpu', share),
    rate('totalWall', 6, 'totalWall', share),
    rate('await', 3, 'awaiting', mean),
  ];
}

const name: Column<{ readonly fn: { readonly name: string } }> = {
  id: 'name',
  title: 'name',
  isText: true,
  valueOf: ({ fn }) => fn.name,
  textOf: ({ fn }) => printable(fn.name),
};

export const FUNCTION_COLUMNS: readonly Column<FunctionRow>[] = [
  ...rateColumns<FunctionRow>(),
  figure('open', 1, ({ figures }) => figures.open, String),
  figure('errors', 2, ({ rates }) => rates?.errorsPerSecond, perSecond, 'errors/s'),
  name,
];

export const EDGE_COLUMNS: readonly Column<EdgeRow>[] = [
  // Who calls it stands before whom it calls.
  {
    id: 'side',
    title: 'as',
    isText: true,
    valueOf: ({ side }) => (side === 'caller' ? 0 : 1),
    textOf: ({ side }) => side,
  },
  ...rateColumns<EdgeRow>(),
  figure('count', 1, ({ figures }) => figures.calls, String, 'calls'),
  figure('time', 2, ({ figures }) => figures.totalWallNs, duration, 'time'),
  name,
];

export const THREAD_COLUMNS: readonly Column<ThreadRow>[] = [
  figure('id', 1, ({ thread }) => thread.id, String),
  figure('cpu', undefined, ({ cpu, thread }) => (cpu === null && thread.cpuNs !== null ? undefined : cpu), share),
  figure('calls', undefined, ({ callsPerSecond }) => callsPerSecond ?? undefined, perSecond, 'calls/s'),
  {
    id: 'state',
    title: 'state',
    isText: true,
    valueOf: ({ thread }) => thread.state,
    textOf: ({ thread }) => thread.state,
    dropOrder: 3,
  },
  figure('held', 2, ({ thread }) => thread.blockedForNs, held, 'held for'),
  {
    id: 'name',
    title: 'thread',
    isText: true,
    valueOf: ({ thread }) => thread.name,
    textOf: ({ thread }) => printable(thread.name),
  },
];

/** Names may be as long as anything, in all lists. */
export const SHORTEN_NAME = { to: shortenMiddle, leastWidth: 12 };

/** Figures largest first, words as in a dictionary. */
export function usualOrder(columns: readonly Column<never>[], id: string): TopSort['order'] {
  return columns.find((column) => column.id === id)?.isText ? 'asc' : 'desc';
}

/** A new list. Rows that are equal in the column stand in the order of `tie`, largest first. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { column: id, order }: TopSort,
  tie: (row: Row) => number,
): Row[] {
  const { valueOf } = columns.find((column) => column.id === id) ?? columns[0];
  const sign = order === 'asc' ? 1 : -1;
  return [...rows].sort((a, b) => sign * compare(valueOf(a), valueOf(b)) || tie(b) - tie(a));
}

function compare(a: number | string | null, b: number | string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

// ── texts ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `0`, `3.2`, `417`, `12.3k`, `4.56M`: three digits say enough of what changes every second. */
export function perSecond(value: number): string {
  if (value === 0) return '0';
  if (value < 0.05) return '<0.1';
  for (const [unit, size] of [
    ['', 1],
    ['k', 1e3],
    ['M', 1e6],
  ] as const) {
    const scaled = value / size;
    const text =
      scaled < 9.995 && size > 1 ? scaled.toFixed(2) : scaled < 99.95 ? scaled.toFixed(1) : scaled.toFixed(0);
    if (Number(text) < 1000) return text + unit;
  }
  return `${(value / 1e9).toFixed(1)}G`;
}

function share(value: number): string {
  return value === 0 ? '0' : percent(value);
}

function mean(value: number): string {
  return value === 0 ? '0' : value < 0.005 ? '<0.01' : value < 100 ? value.toFixed(2) : value.toFixed(0);
}

function held(ns: number): string {
  return ns === 0 ? '-' : duration(ns);
}
