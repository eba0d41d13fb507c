// The columns of the function table: what each is called, sorts by and shows. The only list of them on the page.
import type { ComponentChildren } from 'preact';
import type { FunctionStats } from '../../../profile.ts';
import { averageNs, selfNs } from '../../../statistics/columns.ts';
import type { Clock } from '../../../statistics/columns.ts';
import { percentileNs } from '../../../statistics/durations.ts';
import { percent, relativeError } from '../../figures.ts';
import { Count, Share, Time } from './format.tsx';

export interface TableColumn<Row = FunctionStats> {
  readonly id: string;
  readonly title: string;
  /** What it means, for those who point at it. */
  readonly hint: string;
  readonly isText?: boolean;
  /** What it sorts by; `null`, where there is nothing to show, comes last in either order. */
  value(fn: Row): number | string | null;
  cell(fn: Row): ComponentChildren;
}

export interface Sort {
  readonly column: string;
  readonly order: 'asc' | 'desc';
}

/** The columns that have something to show for these functions. */
export function tableColumns(functions: readonly FunctionStats[], clock: Clock, hasCpu: boolean): TableColumn[] {
  // Time in garbage collection is in the functions it interrupted, too.
  const sumNs = functions.reduce((sum, fn) => sum + (fn.kind === 'gc' ? 0 : (selfNs(fn, clock) ?? 0)), 0);
  const greatestNs = functions.reduce((most, fn) => Math.max(most, selfNs(fn, clock) ?? 0), 1);
  const share = (fn: FunctionStats) => (sumNs > 0 ? (selfNs(fn, clock) ?? 0) / sumNs : 0);
  const some = (has: (fn: FunctionStats) => boolean) => functions.some(has);
  const number = (id: string, title: string, hint: string, value: (fn: FunctionStats) => number): TableColumn => ({
    id,
    title,
    hint,
    value,
    cell: (fn) => <Count n={value(fn)} />,
  });
  const time = (
    id: string,
    title: string,
    hint: string,
    value: (fn: FunctionStats) => number | null,
    errorNs?: (fn: FunctionStats) => number,
  ): TableColumn => ({
    id,
    title,
    hint,
    value,
    cell: (fn) => {
      const error = errorNs === undefined ? '' : relativeError(errorNs(fn), value(fn) ?? 0);
      return error === '' ? (
        <Time ns={value(fn)} />
      ) : (
        <>
          <Time ns={value(fn)} />
          <small>{error}</small>
        </>
      );
    },
  });
  const percentile = (id: string, share: number) =>
    time(id, id, `${share * 100} of 100 timed calls took no longer, wall`, (fn) => percentileNs(fn, share));

  const columns: (TableColumn | false)[] = [
    {
      id: 'name',
      title: 'function',
      hint: 'Name',
      isText: true,
      value: (fn) => fn.name.toLowerCase(),
      cell: () => null,
    },
    number('calls', 'calls', 'Activations begun', (fn) => fn.calls),
    some((fn) => fn.primitiveCalls !== fn.calls) &&
      number('primitive', 'primitive', 'Calls while it was not already on the stack', (fn) => fn.primitiveCalls),
    some((fn) => fn.errors > 0) &&
      number('errors', 'errors', 'Activations that ended by throwing or rejecting', (fn) => fn.errors),
    some((fn) => fn.open > 0) &&
      number('open', 'open', 'Activations that had not ended; their time so far is included', (fn) => fn.open),
    {
      id: 'self%',
      title: 'self %',
      hint: `Share of all self time (${clock})`,
      value: share,
      cell: (fn) => <Share of={(selfNs(fn, clock) ?? 0) / greatestNs}>{percent(share(fn))}</Share>,
    },
    time(
      'selfWall',
      'self wall',
      'Without callees, on the clock on the wall',
      (fn) => fn.selfWallNs,
      (fn) => fn.selfErrorNs,
    ),
    hasCpu && time('selfCpu', 'self cpu', 'Without callees, on a processor', (fn) => fn.selfCpuNs),
    time(
      'totalWall',
      'total wall',
      'With callees, on the clock on the wall; recursion counts once',
      (fn) => fn.totalWallNs,
      (fn) => fn.totalErrorNs,
    ),
    hasCpu &&
      time('totalCpu', 'total cpu', 'With callees, on a processor; recursion counts once', (fn) => fn.totalCpuNs),
    some((fn) => fn.awaitNs > 0) &&
      time('await', 'await', 'Suspended at an await; never part of self time', (fn) => fn.awaitNs),
    time('avg', 'avg', `Total time a call (${clock})`, (fn) => averageNs(fn, clock)),
    ...(some((fn) => fn.maxTotalNs > 0)
      ? [percentile('p50', 0.5), percentile('p90', 0.9), percentile('p99', 0.99)]
      : []),
    some((fn) => fn.maxTotalNs > 0) &&
      time('max', 'max', 'The longest timed call, wall', (fn) => (fn.maxTotalNs > 0 ? fn.maxTotalNs : null)),
  ];
  return columns.filter((column) => column !== false);
}

/** Words from A to Z, figures from the largest down. */
export function naturalOrder({ isText }: Pick<TableColumn, 'isText'>): Sort['order'] {
  return isText === true ? 'asc' : 'desc';
}

/** A sorted copy; functions that tie stay in the order they came in. */
export function sortRows<Row>(rows: readonly Row[], column: TableColumn<Row>, order: Sort['order']): Row[] {
  const sign = order === 'asc' ? 1 : -1;
  return rows
    .map((fn) => ({ fn, value: column.value(fn) }))
    .sort(({ value: a }, { value: b }) => (a === b ? 0 : a === null ? 1 : b === null ? -1 : a < b ? -sign : sign))
    .map(({ fn }) => fn);
}
