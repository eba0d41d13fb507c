// The tag table of a report: one row a tag, those with the most self time first.
import { UNTAGGED } from '../profile.ts';
import type { Profile, TagStats } from '../profile.ts';
import { count, duration } from './figures.ts';
import { renderGrid } from './grid.ts';
import type { GridColumn } from './grid.ts';
import { NOT_AVAILABLE } from './report-context.ts';
import type { ReportContext } from './report-context.ts';
import { printable, shortenMiddle, wrap } from './text-width.ts';

/** Lines of the table; where there are more than `limit` tags, those with the most time of the report's clock. */
export function tagTable({ tags, functions }: Profile, { clock, limit, width, paint }: ReportContext): string[] {
  const timeOf = (tag: TagStats) => (clock === 'wall' ? tag.wallNs : (tag.cpuNs ?? 0));
  const shown = [...tags].sort((a, b) => timeOf(b) - timeOf(a)).slice(0, limit);
  const awaits = tags.map(() => 0);
  for (const fn of functions) for (const { tag, awaitNs } of fn.parts) if (tag !== UNTAGGED) awaits[tag] += awaitNs;
  const column = (title: string, cellOf: (tag: TagStats) => string, dropOrder?: number): GridColumn => ({
    title,
    align: 'right',
    cells: shown.map(cellOf),
    dropOrder,
  });
  const columns: GridColumn[] = [
    {
      title: 'tag',
      align: 'left',
      cells: shown.map(({ name }) => printable(name)),
      shorten: { to: shortenMiddle, leastWidth: 8 },
    },
    column('calls', ({ calls }) => String(calls), 1),
    column('wall', ({ wallNs }) => duration(wallNs)),
    column('cpu', ({ cpuNs }) => (cpuNs === null ? NOT_AVAILABLE : duration(cpuNs)), 2),
    column('await', ({ id }) => duration(awaits[id]), 0),
  ];
  const more = tags.length - shown.length;
  return [
    ...renderGrid(columns, width, paint.title).lines,
    ...(more > 0 ? wrap(`… and ${count(more, 'more tag')}`, width).map(paint.dim) : []),
  ];
}
