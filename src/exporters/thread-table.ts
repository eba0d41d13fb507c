// The thread table of a report: one row a thread, in order of first appearance.
import type { Profile, ThreadStats } from '../profile.ts';
import { count, duration, percent } from './figures.ts';
import { renderGrid } from './grid.ts';
import type { GridColumn } from './grid.ts';
import { NOT_AVAILABLE } from './report-context.ts';
import type { ReportContext } from './report-context.ts';
import { printable, shortenMiddle, wrap } from './text-width.ts';

/** Lines of the table; where there are more than `limit` threads, those with the most wall time. */
export function threadTable({ threads: all, processes }: Profile, { limit, width, paint }: ReportContext): string[] {
  if (all.length === 0) return [];
  const threads = [...all]
    .sort((a, b) => b.wallNs - a.wallNs)
    .slice(0, limit)
    .sort((a, b) => a.id - b.id);
  const column = (title: string, cellOf: (thread: ThreadStats) => string, dropOrder?: number): GridColumn => ({
    title,
    align: 'right',
    cells: threads.map(cellOf),
    dropOrder,
  });
  const columns: GridColumn[] = [
    column('id', (thread) => String(thread.id), 1),
    ...(processes.length > 1 ? [column('pid', (thread) => String(processes[thread.process].pid))] : []),
    column('threadId', (thread) => String(thread.threadId), 0),
    {
      title: 'thread',
      align: 'left',
      cells: threads.map((thread) => printable(thread.name)),
      shorten: { to: shortenMiddle, leastWidth: 8 },
    },
    { ...column('state', (thread) => thread.state, 2), align: 'left' },
    column('wall', (thread) => duration(thread.wallNs)),
    column('cpu', ({ cpuNs }) => (cpuNs === null ? NOT_AVAILABLE : duration(cpuNs)), 5),
    column('cpu%', ({ wallNs, cpuNs }) => (cpuNs === null || wallNs === 0 ? '-' : percent(cpuNs / wallNs)), 3),
    column('calls', (thread) => String(thread.calls), 4),
  ];
  const more = all.length - threads.length;
  return [
    ...renderGrid(columns, width, paint.title).lines,
    ...(more > 0 ? wrap(`… and ${count(more, 'more thread')}`, width).map(paint.dim) : []),
  ];
}
