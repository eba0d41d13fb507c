// The figures as CSV, for spreadsheets and data frames: https://www.rfc-editor.org/rfc/rfc4180. One kind of row a file: functions, edges
// or threads. Lost: the other kinds, parts by thread and tag, histograms, stacks, what was dropped.
//
// Names come from source code, and a spreadsheet takes a cell that begins with = + - @ for a formula, which may read files or
// ask the network: such a text, or one that begins with a tab or carriage return, gets an apostrophe in front. Figures do not.
import { badOption } from '../option-checks.ts';
import type { EdgeFigures, EdgeStats, FunctionStats, Profile, ThreadStats } from '../profile.ts';
import { percentileNs, timedCalls } from '../statistics/durations.ts';

export const CSV_ROWS = ['functions', 'edges', 'threads'] as const;

/** Options of {@link renderCsv}. */
export interface CsvOptions {
  /** What a row is. Default `functions`. */
  readonly rows?: (typeof CSV_ROWS)[number];
}

type Cell = string | number | null;

/** Title and content of each column; figures are named and in units as in the model. */
type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/**
 * The rows with a header, in the order of the profile; lines end with CR LF. What is not known is empty: CPU time without
 * a clock, percentiles where no call was timed, the place of what has no source. Lines and columns count from 1.
 *
 * @throws EverycallError `bad-option` for another kind of rows
 */
export function renderCsv(profile: Profile, options: CsvOptions = {}): string {
  const { rows = 'functions' } = options;
  switch (rows) {
    case 'functions':
      return csv(functionColumns, profile.functions);
    case 'edges':
      return csv(edgeColumns(profile), profile.edges);
    case 'threads':
      return csv(threadColumns(profile), profile.threads);
    default:
      throw badOption('renderCsv()', `'rows' to be ${CSV_ROWS.join(', ')}`, rows);
  }
}

const edgeFigures: Columns<EdgeFigures> = {
  calls: (row) => row.calls,
  primitiveCalls: (row) => row.primitiveCalls,
  resumes: (row) => row.resumes,
  awaitNs: (row) => row.awaitNs,
  selfWallNs: (row) => row.selfWallNs,
  selfCpuNs: (row) => row.selfCpuNs,
  totalWallNs: (row) => row.totalWallNs,
  totalCpuNs: (row) => row.totalCpuNs,
};

const functionColumns: Columns<FunctionStats> = {
  name: (fn) => fn.name,
  file: (fn) => fn.file,
  line: lineOf,
  column: (fn) => (fn.file === '' ? null : fn.column + 1),
  kind: (fn) => fn.kind,
  ...edgeFigures,
  open: (fn) => fn.open,
  errors: (fn) => fn.errors,
  selfErrorNs: (fn) => fn.selfErrorNs,
  totalErrorNs: (fn) => fn.totalErrorNs,
  maxTotalNs: (fn) => fn.maxTotalNs,
  longestBlockNs: (fn) => fn.longestBlockNs,
  timedCalls,
  p50Ns: (fn) => percentileNs(fn, 0.5),
  p90Ns: (fn) => percentileNs(fn, 0.9),
  p99Ns: (fn) => percentileNs(fn, 0.99),
};

function edgeColumns({ functions }: Profile): Columns<EdgeStats> {
  return {
    caller: (edge) => functions[edge.caller].name,
    callerFile: (edge) => functions[edge.caller].file,
    callerLine: (edge) => lineOf(functions[edge.caller]),
    line: (edge) => (edge.line === 0 ? null : edge.line),
    callee: (edge) => functions[edge.callee].name,
    calleeFile: (edge) => functions[edge.callee].file,
    calleeLine: (edge) => lineOf(functions[edge.callee]),
    ...edgeFigures,
  };
}

function threadColumns({ processes }: Profile): Columns<ThreadStats> {
  return {
    pid: (thread) => processes[thread.process].pid,
    threadId: (thread) => thread.threadId,
    name: (thread) => thread.name,
    state: (thread) => thread.state,
    wallNs: (thread) => thread.wallNs,
    cpuNs: (thread) => thread.cpuNs,
    calls: (thread) => thread.calls,
    regimeSwitches: (thread) => thread.regimeSwitches,
  };
}

function lineOf(fn: FunctionStats): number | null {
  return fn.file === '' ? null : fn.line;
}

function csv<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const cellsOf = Object.values(columns);
  const lines = [Object.keys(columns).join(','), ...rows.map((row) => cellsOf.map((of) => written(of(row))).join(','))];
  return lines.map((line) => `${line}\r\n`).join('');
}

function written(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
