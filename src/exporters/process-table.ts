// The process table of a report on several processes: one row each, in the order of their start.
import type { Profile } from '../profile.ts';
import { count, duration, percent } from './figures.ts';
import { renderGrid } from './grid.ts';
import type { GridColumn } from './grid.ts';
import { NOT_AVAILABLE } from './report-context.ts';
import type { ReportContext } from './report-context.ts';
import { printable, shortenMiddle, wrap } from './text-width.ts';

interface Row {
  readonly id: number;
  readonly pid: number;
  readonly program: string;
  readonly threads: number;
  readonly wallNs: number;
  readonly cpuNs: number | null;
  readonly calls: number;
}

/** `server.js --port 80`: the script without its folders, and its arguments. */
export function programOf(argv: readonly string[]): string {
  const [script = 'node', ...args] = argv;
  return [script.split(/[\\/]/).at(-1), ...args].join(' ');
}

/** Lines of the table; where there are more than `limit` processes, those with the most wall time. None for one process. */
export function processTable(profile: Profile, { limit, width, paint }: ReportContext): string[] {
  if (profile.processes.length < 2) return [];
  const rows = rowsOf(profile)
    .sort((a, b) => b.wallNs - a.wallNs)
    .slice(0, limit)
    .sort((a, b) => a.id - b.id);
  const column = (title: string, cellOf: (row: Row) => string, dropOrder?: number): GridColumn => ({
    title,
    align: 'right',
    cells: rows.map(cellOf),
    dropOrder,
  });
  const columns: GridColumn[] = [
    column('id', ({ id }) => String(id), 1),
    column('pid', ({ pid }) => String(pid)),
    {
      title: 'process',
      align: 'left',
      cells: rows.map(({ program }) => printable(program)),
      shorten: { to: shortenMiddle, leastWidth: 8 },
    },
    column('threads', ({ threads }) => String(threads), 0),
    column('wall', ({ wallNs }) => duration(wallNs)),
    column('cpu', ({ cpuNs }) => (cpuNs === null ? NOT_AVAILABLE : duration(cpuNs)), 4),
    column('cpu%', ({ wallNs, cpuNs }) => (cpuNs === null || wallNs === 0 ? '-' : percent(cpuNs / wallNs)), 2),
    column('calls', ({ calls }) => String(calls), 3),
  ];
  const more = profile.processes.length - rows.length;
  return [
    ...renderGrid(columns, width, paint.title).lines,
    ...(more > 0 ? wrap(`… and ${count(more, 'more process', 'more processes')}`, width).map(paint.dim) : []),
  ];
}

/** Each process as the sum of its threads; CPU time is `null` where it has no clock for it. */
function rowsOf({ processes, threads }: Profile): Row[] {
  return processes.map(({ pid, argv, clock }, id) => {
    const own = threads.filter((thread) => thread.process === id);
    const sum = (of: (thread: (typeof own)[number]) => number) => own.reduce((total, thread) => total + of(thread), 0);
    return {
      id,
      pid,
      program: programOf(argv),
      threads: own.length,
      wallNs: sum(({ wallNs }) => wallNs),
      cpuNs: clock.cpu === null ? null : sum(({ cpuNs }) => cpuNs ?? 0),
      calls: sum(({ calls }) => calls),
    };
  });
}
