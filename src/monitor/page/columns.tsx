// The columns of the live table: first what goes on at this moment, then totals.
import { Count, roughly, Share, Time } from '../../exporters/html/page/format.tsx';
import type { TableColumn } from '../../exporters/html/page/table-columns.tsx';
import { percent } from '../../exporters/figures.ts';
import type { Clock } from '../../statistics/columns.ts';
import type { LiveRow } from './model.ts';
import { Sparkline } from './sparkline.tsx';

export type LiveColumn = TableColumn<LiveRow>;

/** The columns that have something to show. `trendOf` gives the self time a second of the last minute, ns. */
export function liveColumns(
  rows: readonly LiveRow[],
  clock: Clock,
  hasCpu: boolean,
  trendOf: (id: number) => readonly number[],
): LiveColumn[] {
  const some = (has: (row: LiveRow) => boolean) => rows.some(has);
  const share = (row: LiveRow) => (clock === 'wall' ? row.wallShare : (row.cpuShare ?? 0));
  const most = rows.reduce((greatest, row) => Math.max(greatest, share(row)), 0.01);
  const number = (id: string, title: string, hint: string, value: (row: LiveRow) => number): LiveColumn => ({
    id,
    title,
    hint,
    value,
    cell: (row) => <Count n={value(row)} />,
  });
  const time = (id: string, title: string, hint: string, value: (row: LiveRow) => number | null): LiveColumn => ({
    id,
    title,
    hint,
    value,
    cell: (row) => <Time ns={value(row)} />,
  });
  const columns: (LiveColumn | false)[] = [
    {
      id: 'name',
      title: 'function',
      hint: 'Name',
      isText: true,
      value: (row) => row.name.toLowerCase(),
      cell: () => null,
    },
    {
      id: 'now',
      title: 'self now',
      hint: `Self time in the last second (${clock}): 100% is one thread`,
      value: share,
      cell: (row) => (
        <Share of={share(row) / most}>
          <span class={share(row) === 0 ? 'none' : undefined}>{share(row) === 0 ? '–' : percent(share(row))}</span>
        </Share>
      ),
    },
    {
      id: 'trend',
      title: 'last minute',
      hint: `Self time in the last minute, second by second (${clock}); sorts as self now`,
      value: share,
      cell: (row) => <Sparkline values={trendOf(row.id)} />,
    },
    {
      id: 'rate',
      title: 'calls/s',
      hint: 'Calls in the last second',
      value: (row) => row.callsPerSecond,
      cell: (row) => (
        <span class={row.callsPerSecond === 0 ? 'none' : undefined}>
          {row.callsPerSecond === 0 ? '–' : roughly(row.callsPerSecond)}
        </span>
      ),
    },
    number('calls', 'calls', 'Activations begun', (row) => row.calls),
    time('selfWall', 'self wall', 'Without callees, on the clock on the wall', (row) => row.selfWallNs),
    hasCpu && time('selfCpu', 'self cpu', 'Without callees, on a processor', (row) => row.selfCpuNs),
    time('totalWall', 'total wall', 'With callees, on the clock on the wall', (row) => row.totalWallNs),
    hasCpu && time('totalCpu', 'total cpu', 'With callees, on a processor', (row) => row.totalCpuNs),
    some((row) => row.awaitNs > 0) &&
      time('await', 'await', 'Suspended at an await; never part of self time', (row) => row.awaitNs),
    time('avg', 'avg', `Total time a call (${clock})`, (row) => averageNs(row, clock)),
    some((row) => row.open > 0) && number('open', 'open', 'Activations that have not ended', (row) => row.open),
    some((row) => row.errors > 0) &&
      number('errors', 'errors', 'Activations that ended by throwing or rejecting', (row) => row.errors),
  ];
  return columns.filter((column) => column !== false);
}

function averageNs(row: LiveRow, clock: Clock): number | null {
  const totalNs = clock === 'wall' ? row.totalWallNs : row.totalCpuNs;
  return totalNs === null || row.calls <= 0 ? null : totalNs / row.calls;
}
