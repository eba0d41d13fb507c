// What is printed after a test run: the slowest functions under test, and what each test file made of them. Pure: the
// folder, width and colours come as options.
import { count, duration } from '../exporters/figures.ts';
import { functionTable } from '../exporters/function-table.ts';
import { renderGrid } from '../exporters/grid.ts';
import type { GridColumn } from '../exporters/grid.ts';
import { locations } from '../exporters/location.ts';
import { NOT_AVAILABLE, palette } from '../exporters/report-context.ts';
import type { ReportContext } from '../exporters/report-context.ts';
import { dropLine, headline, isComplete } from '../exporters/summary.ts';
import { printable, shortenLeft, shortenMiddle, wrap } from '../exporters/text-width.ts';
import type { FunctionStats, Profile } from '../profile.ts';
import { byTag } from '../statistics/breakdown.ts';
import type { ColumnId } from '../statistics/columns.ts';
import { parseSort } from '../statistics/sort.ts';
import { DEFAULT_LIMIT, DEFAULT_TEST_FILES } from './settings.ts';
import { functionsUnderTest } from './under-test.ts';

export interface SummaryOptions {
  /** The project's folder: tags and locations are relative to it. */
  readonly root: string;
  /** As in the settings of a run. */
  readonly testFiles?: readonly string[];
  readonly limit?: number | 'all';
  /** Cells a line may take. Default: not limited. */
  readonly width?: number;
  readonly color?: boolean;
}

/** What ran outside any test file: setup before the first one, or what is left over after the last. */
const NO_FILE = '(no test file)';
const LEAST_WIDTH = 40;

/** Shows the figures it is given; for figures without the cost of the hooks, give it what `compensate` returns. */
export function renderTestSummary(profile: Profile, options: SummaryOptions): string {
  const { root, testFiles = DEFAULT_TEST_FILES, limit = DEFAULT_LIMIT, width = Infinity, color = false } = options;
  const functions = functionsUnderTest(profile, root, testFiles);
  const context: ReportContext = {
    clock: 'wall',
    sort: parseSort('selfWall'),
    columns: columnsOf(functions),
    limit: limit === 'all' ? Infinity : limit,
    width: Math.max(LEAST_WIDTH, width),
    paint: palette(color),
    places: locations(profile.functions, root),
    remarks: new Set(),
  };
  const { paint } = context;
  const lines: string[] = [];
  const say = (text: string, style = paint.dim) => lines.push(...wrap(text, context.width).map(style));
  const calls = functions.reduce((sum, fn) => sum + fn.calls, 0);

  if (!isComplete(profile.dropped)) say(dropLine(profile.dropped), paint.warn);
  say(
    `${count(calls, 'call')} of ${count(functions.length, 'function')} under test, from ` +
      `${count(profile.tags.length, 'test file')}; ${headline(profile)}`,
    paint.title,
  );
  if (functions.length > 0) {
    lines.push('', paint.title('slowest functions under test, by self time'), ...functionTable(functions, context));
    // The total of a module's body is that of loading all it imports: no function's doing.
    const callable = functions.filter(({ kind }) => kind !== 'module');
    if (callable.length > 0) {
      const byTotal = { ...context, sort: parseSort('totalWall') };
      lines.push('', paint.title('slowest functions under test, by total time'), ...functionTable(callable, byTotal));
    }
    lines.push('', paint.title('by test file'), ...testFileTable(profile, functions, context));
  }
  if (context.remarks.size > 0) lines.push('');
  for (const remark of context.remarks) say(remark);
  return lines.map((line) => `${line}\n`).join('');
}

function columnsOf(functions: readonly FunctionStats[]): ColumnId[] {
  const awaits = functions.some(({ awaitNs }) => awaitNs > 0);
  const errors = functions.some((fn) => fn.errors > 0);
  return [
    'name',
    'location',
    'calls',
    ...(errors ? (['errors'] as const) : []),
    ...(awaits ? (['await'] as const) : []),
    'selfWall',
    'selfCpu',
    'totalWall',
    'avg',
    'self%',
  ];
}

interface TestFileRow {
  readonly name: string;
  calls: number;
  selfWallNs: number;
  selfCpuNs: number | null;
  slowest: FunctionStats | null;
  slowestNs: number;
}

function testFileTable(profile: Profile, functions: readonly FunctionStats[], context: ReportContext): string[] {
  const { limit, width, paint, places } = context;
  const rows = new Map<number, TestFileRow>();
  // A file that reached nothing under test is a row, too.
  for (const { id, name } of profile.tags) rows.set(id, emptyRow(name));
  for (const fn of functions) {
    for (const { tag, calls, selfWallNs, selfCpuNs } of byTag(fn)) {
      if (!rows.has(tag)) rows.set(tag, emptyRow(NO_FILE));
      const row = rows.get(tag)!;
      row.calls += calls;
      row.selfWallNs += selfWallNs;
      row.selfCpuNs = row.selfCpuNs === null || selfCpuNs === null ? null : row.selfCpuNs + selfCpuNs;
      if (selfWallNs > row.slowestNs || row.slowest === null) [row.slowest, row.slowestNs] = [fn, selfWallNs];
    }
  }
  const sorted = [...rows].sort(([a, x], [b, y]) => y.selfWallNs - x.selfWallNs || a - b).map(([, row]) => row);
  const shown = sorted.slice(0, limit);
  const figures = (title: string, cellOf: (row: TestFileRow) => string, dropOrder?: number): GridColumn => ({
    title,
    align: 'right',
    cells: shown.map(cellOf),
    dropOrder,
  });
  const words = (
    title: string,
    cellOf: (row: TestFileRow) => string,
    to: typeof shortenLeft,
    dropOrder?: number,
  ): GridColumn => ({
    title,
    align: 'left',
    cells: shown.map((row) => printable(cellOf(row))),
    shorten: { to, leastWidth: 12 },
    dropOrder,
  });
  const columns = [
    words('test file', ({ name }) => name, shortenLeft),
    figures('calls', ({ calls }) => String(calls), 3),
    figures('selfWall', ({ selfWallNs }) => duration(selfWallNs)),
    figures('selfCpu', ({ selfCpuNs }) => (selfCpuNs === null ? NOT_AVAILABLE : duration(selfCpuNs)), 2),
    words('slowest', ({ slowest }) => slowest?.name ?? '-', shortenMiddle, 1),
    words('at', ({ slowest }) => (slowest === null ? '' : places[slowest.id]), shortenLeft, 0),
  ];
  const more = sorted.length - shown.length;
  return [
    ...renderGrid(columns, width, paint.title).lines,
    ...(more > 0 ? wrap(`… and ${count(more, 'more test file')}`, width).map(paint.dim) : []),
  ];
}

function emptyRow(name: string): TestFileRow {
  return { name, calls: 0, selfWallNs: 0, selfCpuNs: 0, slowest: null, slowestNs: 0 };
}
