// The page of `everycall top` as lines of text, from what is known and what is to be shown. Pure: no line is wider than the
// terminal, and there are no more of them than it has.
import { count, duration, percent } from '../../exporters/figures.ts';
import { type GridColumn, renderGrid } from '../../exporters/grid.ts';
import { locations } from '../../exporters/location.ts';
import { palette } from '../../exporters/report-context.ts';
import { dropLine, isComplete } from '../../exporters/summary.ts';
import { displayWidth, pad, printable, shortenLeft, shortenRight } from '../../exporters/text-width.ts';
import { durationOf } from '../ps.ts';
import {
  type Column,
  EDGE_COLUMNS,
  FIGURE_CELLS,
  FUNCTION_COLUMNS,
  perSecond,
  SHORTEN_NAME,
  sorted,
  THREAD_COLUMNS,
} from './columns.ts';
import { HELP, HINTS } from './help.ts';
import type { EdgeRow, FunctionRow, Moment, ThreadRow } from './rates.ts';
import { rowKey, type TopState } from './state.ts';

/** The process that is looked at, which stays the same. */
export interface Subject {
  readonly pid: number;
  /** Of the command line; may hold anything. */
  readonly command: string;
  readonly cwd: string;
  readonly startedAtMs: number;
}

export interface Shot {
  readonly subject: Subject;
  readonly moment: Moment;
  /** Callers and callees of the function that was opened last, with it; `null` while none is open or known. */
  readonly edges: { readonly of: string; readonly rows: readonly EdgeRow[] } | null;
  readonly isGone: boolean;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A thread that one function has held for less is just working. */
const HELD_NS = 100e6;
const TITLES = 1;
const FOOT = 1;

/** One list, its rows in order. */
interface Rows {
  readonly keys: readonly string[];
  /** Rows beyond the limit. */
  readonly more: number;
  grid(from: number, to: number): GridColumn[];
}

/** What is in the list, in order: functions, threads, or callers and callees. */
export function rowsOf({ moment, edges, subject }: Shot, state: TopState): Rows {
  const { list, sort, limit } = state;
  const wanted = state.filters[state.list].toLowerCase();
  const named = ({ fn }: FunctionRow | EdgeRow) => `${fn.name}\n${fn.file}`.toLowerCase().includes(wanted);
  if (list === 'threads') {
    const rows = moment.threads.filter(({ thread }) => thread.name.toLowerCase().includes(wanted));
    const inOrder = sorted(rows, THREAD_COLUMNS, sort.threads, ({ thread }) => -thread.id);
    return listed(inOrder, limit, THREAD_COLUMNS, sort.threads.column, ({ thread }) => rowKey('thread', thread.id), [
      wordsColumn('running', ({ current }) => (current === undefined ? '' : printable(current.name)), 'left'),
    ]);
  }
  const places = <Row extends FunctionRow | EdgeRow>(rows: readonly Row[]): GridColumn => ({
    title: 'location',
    align: 'left',
    cells: locations(
      rows.map(({ fn }) => fn),
      subject.cwd,
    ).map(printable),
    shorten: { to: shortenLeft, leastWidth: 12 },
    dropOrder: 7,
  });
  if (list === 'edges') {
    const rows = sorted((edges?.rows ?? []).filter(named), EDGE_COLUMNS, sort.edges, (row) => row.figures.totalWallNs);
    return listed(rows, limit, EDGE_COLUMNS, sort.edges.column, ({ side, fn }) => rowKey(side, fn.id), [places]);
  }
  const tie = ({ figures }: FunctionRow) => figures.selfWallNs;
  const rows = sorted(moment.functions.filter(named), FUNCTION_COLUMNS, sort.functions, tie);
  return listed(rows, limit, FUNCTION_COLUMNS, sort.functions.column, ({ fn }) => rowKey('functions', fn.id), [places]);
}

type Further<Row> = (rows: readonly Row[]) => GridColumn;

function wordsColumn<Row>(title: string, textOf: (row: Row) => string, align: 'left' | 'right'): Further<Row> {
  return (rows) => ({ title, align, cells: rows.map(textOf), shorten: SHORTEN_NAME, dropOrder: 4 });
}

function listed<Row>(
  all: readonly Row[],
  limit: number,
  columns: readonly Column<Row>[],
  by: string,
  keyOf: (row: Row) => string,
  further: readonly Further<Row>[],
): Rows {
  const rows = all.slice(0, limit);
  return {
    keys: rows.map(keyOf),
    more: all.length - rows.length,
    grid(from, to) {
      const shown = rows.slice(from, to);
      return [
        ...columns.map(({ id, title, textOf, isText, dropOrder }): GridColumn => {
          const isName = id === 'name';
          const marked = id === by ? `${title}*` : title;
          return {
            // Wide enough for what comes next, so that columns stand still.
            title: isText === true ? marked : marked.padStart(FIGURE_CELLS),
            align: isText === true ? 'left' : 'right',
            cells: shown.map(textOf),
            // What the rows are sorted by stays.
            ...(dropOrder !== undefined && id !== by && { dropOrder }),
            ...(isName && { shorten: SHORTEN_NAME }),
          };
        }),
        ...further.map((column) => column(shown)),
      ];
    },
  };
}

/** Rows of the list that fit. */
export function listHeight(shot: Shot, state: TopState, { width, height }: Size): number {
  return Math.max(0, height - headOf(shot, state, width).length - TITLES - FOOT);
}

/** Exactly so many lines as the terminal has. */
export function pageLines(shot: Shot, state: TopState, size: Size, color: boolean): string[] {
  const { width, height } = size;
  const paint = palette(color);
  const inverse = (line: string) => `\u001b[7m${pad(line, width, 'left')}\u001b[0m`;
  const head = headOf(shot, state, width);
  const body: string[] = [];
  if (state.isHelp) {
    body.push(...HELP.map((line) => shortenRight(line, width)));
  } else {
    const rows = rowsOf(shot, state);
    const fitting = listHeight(shot, state, size);
    const grid = renderGrid(rows.grid(state.scroll, state.scroll + fitting), width).lines;
    grid.forEach((line, i) => {
      const cut = shortenRight(line, width);
      const isSelected = i > 0 && state.scroll + i - 1 === state.index;
      body.push(i === 0 ? paint.title(cut) : isSelected ? inverse(cut) : cut);
    });
    if (rows.keys.length === 0) body.push(paint.dim(shortenRight(emptyText(shot, state), width)));
  }
  const lines = [inverse(head[0]), ...head.slice(1), ...body].slice(0, Math.max(0, height - FOOT));
  while (lines.length < height - FOOT) lines.push('');
  if (height > 0) lines.push(footOf(state, shot.isGone, width));
  return lines;
}

/** The page for a pipe: as long as it is. */
export function printedLines(shot: Shot, state: TopState, width: number, color: boolean): string[] {
  const rows = rowsOf(shot, state);
  const [titles, ...lines] = renderGrid(rows.grid(0, Infinity), width, palette(color).title).lines;
  return [
    ...headOf(shot, state, width),
    '',
    titles,
    ...lines,
    ...(rows.keys.length === 0 ? [emptyText(shot, state)] : []),
    ...(rows.more > 0 ? [`… and ${rows.more} more`] : []),
  ];
}

// ── above and below the list ───────────────────────────────────────────────────────────────────────────────────────

function headOf(shot: Shot, state: TopState, width: number): string[] {
  const { subject, moment, isGone } = shot;
  const up = durationOf((moment.atMs - subject.startedAtMs) / 1000);
  const precision =
    moment.precision === 'adaptive' ? `adaptive, ${percent(moment.overhead).replace('.0%', '%')}` : moment.precision;
  const profiling = moment.isRunning ? `profiling (${precision})` : 'not profiled';
  const doing = isGone ? 'ended' : state.isPaused ? `${profiling}, page paused` : profiling;
  const right = ` up ${up}, ${doing}`;
  const left = `${subject.pid} ${printable(subject.command)}`;
  const room = width - displayWidth(right);
  const first = room < 8 ? shortenRight(left + right, width) : pad(shortenRight(left, room), room, 'left') + right;
  const lines = [totalsOf(moment, isGone), ...heldThreads(moment), scopeOf(shot, state)];
  if (!isComplete(moment.dropped)) lines.push(dropLine(moment.dropped));
  return [first, ...lines.map((line) => shortenRight(line, width))];
}

function totalsOf({ threads, functions, hasRates }: Moment, isGone: boolean): string {
  const live = threads.filter(({ thread }) => thread.state !== 'ended');
  const sum = (valueOf: (row: ThreadRow) => number | null) =>
    threads.reduce((total, row) => total + (valueOf(row) ?? 0), 0);
  const hasCpu = threads.some(({ cpu }) => cpu !== null);
  const active = functions.filter(({ rates }) => rates !== null && rates.callsPerSecond + rates.selfWall > 0).length;
  return [
    ...(hasRates ? [`${perSecond(sum(({ callsPerSecond }) => callsPerSecond))} calls/s`] : isGone ? [] : ['measuring']),
    ...(hasRates && hasCpu ? [`cpu ${percent(sum(({ cpu }) => cpu))}`] : []),
    count(live.length, 'thread'),
    `${count(functions.length, 'function')}${hasRates ? `, ${active} active` : ''}`,
  ].join(' · ');
}

/** What keeps a thread from its event loop: the first thing to know of a process that does not answer. */
function heldThreads({ threads }: Moment): string[] {
  const long = threads.filter(({ thread }) => thread.state === 'running' && thread.blockedForNs >= HELD_NS);
  if (long.length === 0) return [];
  const parts = long.map(({ thread, outermost }) => {
    const by = outermost === undefined ? '' : ` by ${printable(outermost.name)}`;
    return `${printable(thread.name)} held for ${duration(thread.blockedForNs).replace(/ +/, ' ')}${by}`;
  });
  return [parts.join('; ')];
}

function scopeOf({ moment, edges }: Shot, { list, filters, thread, isHelp }: TopState): string {
  const filter = filters[list];
  const name = moment.threads.find((row) => row.thread.id === thread)?.thread.name;
  const of = thread === null ? 'all threads' : `thread ${printable(name ?? String(thread))}`;
  const what = isHelp
    ? 'keys'
    : list === 'threads'
      ? 'threads'
      : list === 'edges'
        ? `callers and callees of ${edges === null ? '…' : printable(edges.of)}, ${of}`
        : `functions of ${of}`;
  return `${what}${filter === '' ? '' : `, filter: ${printable(filter)}`}`;
}

function emptyText({ moment, edges }: Shot, { list, filters }: TopState): string {
  const filter = filters[list];
  if (filter !== '') return `nothing with '${printable(filter)}'`;
  if (list === 'edges') return edges === null ? 'asking' : 'nothing called it, and it called nothing';
  return moment.isRunning ? 'nothing has been called yet' : 'nothing is recorded: s starts';
}

function footOf({ prompt, message, isHelp }: TopState, isGone: boolean, width: number): string {
  if (prompt !== null) {
    const label = prompt.of === 'filter' ? 'filter: ' : 'save to: ';
    return shortenLeft(`${label}${printable(prompt.text)}_`, width);
  }
  const last = message !== '' ? message : isGone ? 'the process has ended: any key leaves' : '';
  return shortenRight(last !== '' ? printable(last) : isHelp ? 'any key goes back' : HINTS, width);
}
