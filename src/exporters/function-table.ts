// The function table of a report: one row a function, in the columns asked for or those that fit.
import type { FunctionStats } from '../profile.ts';
import { averageNs, longestNs, selfNs } from '../statistics/columns.ts';
import type { Clock, ColumnId } from '../statistics/columns.ts';
import { percentileNs, timedCalls } from '../statistics/durations.ts';
import { sortFunctions } from '../statistics/sort.ts';
import { count, duration, percent, relativeError } from './figures.ts';
import { renderGrid } from './grid.ts';
import type { GridColumn } from './grid.ts';
import { NOT_AVAILABLE } from './report-context.ts';
import type { Paint, ReportContext } from './report-context.ts';
import { printable, shortenLeft, shortenMiddle, wrap } from './text-width.ts';

/** Lines of the table: titles, the first `limit` functions in the order asked for, and what is left of the others. */
export function functionTable(functions: readonly FunctionStats[], context: ReportContext): string[] {
  const { clock, sort, limit, width, paint } = context;
  const sorted = sortFunctions(functions, sort, clock);
  const shown = sorted.slice(0, limit);
  // Garbage collection is part of the functions that it interrupted.
  const sumNs = functions.reduce((sum, fn) => sum + (fn.kind === 'gc' ? 0 : (selfNs(fn, clock) ?? 0)), 0);
  const share = (fn: FunctionStats) => (sumNs > 0 ? (selfNs(fn, clock) ?? 0) / sumNs : 0);
  const ids = context.columns ?? defaultColumns(functions);
  const columns = ids.map((id) => gridColumn(id, shown, share, context));
  const grid = renderGrid(columns, width, paint.title);
  if (grid.leftOut.length > 0) context.remarks.add(`no room for the columns ${grid.leftOut.join(', ')}`);
  if (grid.notesLeftOut) context.remarks.add('times are partly sampled; no room for their standard errors');
  else if (columns.some(({ notes }) => notes?.some((note) => note !== ''))) {
    context.remarks.add('±: standard error of a time that was sampled');
  }
  const lines = [...grid.lines];
  if (shown.length < sorted.length) {
    const rest = sorted.slice(limit);
    const restShare = rest.reduce((sum, fn) => sum + share(fn), 0);
    const more = `… and ${count(rest.length, 'more function')}, ${percent(restShare)} of self time`;
    lines.push(...wrap(more, width).map(paint.dim));
  }
  return lines;
}

function defaultColumns(functions: readonly FunctionStats[]): ColumnId[] {
  const all: ColumnId[] = ['name', 'location', 'calls'];
  if (functions.some((fn) => fn.open > 0)) all.push('open');
  if (functions.some((fn) => fn.errors > 0)) all.push('errors');
  if (functions.some((fn) => fn.awaitNs > 0)) all.push('await');
  return [...all, 'selfWall', 'selfCpu', 'totalWall', 'totalCpu', 'avg', 'self%'];
}

/** Which column goes first when the width does not do; the clock of the report outlives the other one. */
const DROP_ORDER: Record<Clock, readonly ColumnId[]> = {
  wall: [
    'avg',
    'self%',
    'timed',
    'p90',
    'p50',
    'p99',
    'max',
    'block',
    'resumes',
    'open',
    'errors',
    'totalCpu',
    'location',
    'selfCpu',
    'await',
    'totalWall',
    'calls',
    'selfWall',
  ],
  cpu: [
    'avg',
    'self%',
    'timed',
    'p90',
    'p50',
    'p99',
    'max',
    'block',
    'resumes',
    'open',
    'errors',
    'totalWall',
    'location',
    'selfWall',
    'await',
    'totalCpu',
    'calls',
    'selfCpu',
  ],
};

function gridColumn(
  id: ColumnId,
  functions: readonly FunctionStats[],
  share: (fn: FunctionStats) => number,
  { clock, sort, paint, places }: ReportContext,
): GridColumn {
  const order = DROP_ORDER[clock].indexOf(id);
  const dropOrder = order < 0 || id === sort.column ? undefined : order;
  const words = (cells: readonly string[], shorten: GridColumn['shorten'], style?: Paint): GridColumn => ({
    title: id,
    align: 'left',
    cells: cells.map(printable),
    shorten,
    dropOrder,
    paint: style,
  });
  const figures = (cellOf: (fn: FunctionStats) => string, noteOf?: (fn: FunctionStats) => string): GridColumn => ({
    title: id,
    align: 'right',
    cells: functions.map(cellOf),
    notes: noteOf === undefined ? undefined : functions.map(noteOf),
    dropOrder,
  });
  const time = (ns: number | null) => (ns === null ? NOT_AVAILABLE : duration(ns));
  /** `-` where no call was timed. */
  const known = (ns: number | null) => (ns === null ? '-' : duration(ns));
  switch (id) {
    case 'name':
      return words(
        functions.map((fn) => fn.name),
        { to: shortenMiddle, leastWidth: 14 },
      );
    case 'location':
      return words(
        functions.map((fn) => places[fn.id]),
        { to: shortenLeft, leastWidth: 12 },
        paint.dim,
      );
    case 'calls':
      return figures(({ calls, primitiveCalls }) =>
        calls === primitiveCalls ? String(calls) : `${calls}/${primitiveCalls}`,
      );
    case 'open':
      return figures((fn) => String(fn.open));
    case 'errors':
      return figures((fn) => String(fn.errors));
    case 'resumes':
      return figures((fn) => String(fn.resumes));
    case 'await':
      return figures((fn) => duration(fn.awaitNs));
    case 'block':
      return figures((fn) => duration(fn.longestBlockNs));
    case 'selfWall':
      return figures(
        (fn) => time(fn.selfWallNs),
        (fn) => relativeError(fn.selfErrorNs, fn.selfWallNs),
      );
    case 'selfCpu':
      return figures((fn) => time(fn.selfCpuNs));
    case 'totalWall':
      return figures(
        (fn) => time(fn.totalWallNs),
        (fn) => relativeError(fn.totalErrorNs, fn.totalWallNs),
      );
    case 'totalCpu':
      return figures((fn) => time(fn.totalCpuNs));
    case 'avg':
      return figures((fn) => (fn.calls === 0 ? '-' : time(averageNs(fn, clock))));
    case 'self%':
      return figures((fn) => percent(share(fn)));
    case 'max':
      return figures((fn) => known(longestNs(fn)));
    case 'p50':
      return figures((fn) => known(percentileNs(fn, 0.5)));
    case 'p90':
      return figures((fn) => known(percentileNs(fn, 0.9)));
    case 'p99':
      return figures((fn) => known(percentileNs(fn, 0.99)));
    case 'timed':
      return figures((fn) => String(timedCalls(fn)));
  }
}
