// A difference of two profiles for people, as plain text: what became slower or is called more often comes first. Lost: primitive
// calls, standard errors. Pure: terminal width, colours and working folder come as options.
import { badOption } from '../option-checks.ts';
import type { DiffFigures, ProfileDiff, TimeChange } from '../statistics/profile-diff.ts';
import {
  CHANCE,
  chanceLine,
  chosenRows,
  nameOf,
  number,
  pairName,
  placesOf,
  relative,
  signedDuration,
  signedNumber,
  statusLine,
  totalsLine,
} from './diff-rows.ts';
import type { DiffRowOptions } from './diff-rows.ts';
import { count, duration } from './figures.ts';
import { renderGrid } from './grid.ts';
import type { GridColumn } from './grid.ts';
import { palette } from './report-context.ts';
import { printable, shortenLeft, shortenMiddle, wrap } from './text-width.ts';

/** Options of {@link renderDiffTable}. `limit` is 30 by default. */
export interface DiffTableOptions extends DiffRowOptions {
  /** Cells a line may take; below 40 it is taken as 40. Default: not limited. */
  readonly width?: number;
  /** Default false. */
  readonly color?: boolean;
  /** Files inside this folder are shown relative to it. */
  readonly cwd?: string;
}

const LIMIT = 30;
const LEAST_WIDTH = 40;

/**
 * What differs as text, each line ended by a newline: the sums, a table of functions and one of edges. A time that changed no
 * more than chance explains has `≈` in place of its change.
 *
 * @throws EverycallError `bad-option` for an unknown column or order, or a limit or width out of range
 */
export function renderDiffTable(diff: ProfileDiff, options: DiffTableOptions = {}): string {
  const { width = Infinity, color = false, cwd, ...rows } = options;
  if (!(width >= 0)) throw badOption('renderDiffTable()', "'width' to be a number from 0", width);
  const { functions, edges } = chosenRows('renderDiffTable', diff, { limit: LIMIT, ...rows });
  const cells = Math.max(LEAST_WIDTH, width);
  const paint = palette(color);
  const lines = [
    ...wrap(statusLine(diff.functions, diff.sameFunctions, 'function'), cells).map(paint.title),
    ...wrap(statusLine(diff.edges, diff.sameEdges, 'edge'), cells).map(paint.title),
    ...wrap(totalsLine(diff), cells),
  ];
  const leftOut = new Set<string>();
  const grid = (columns: readonly GridColumn[], hidden: number, noun: string) => {
    const { lines: text, leftOut: gone } = renderGrid(columns, cells, paint.title);
    for (const title of gone) leftOut.add(title);
    lines.push('', ...text);
    if (hidden > 0) lines.push(paint.dim(`… and ${count(hidden, `more ${noun}`)}`));
  };
  const words = (
    title: string,
    texts: readonly string[],
    shorten: NonNullable<GridColumn['shorten']>['to'],
    extra: Partial<GridColumn> = {},
  ): GridColumn => ({
    title,
    align: 'left',
    cells: texts.map(printable),
    shorten: { to: shorten, leastWidth: 14 },
    ...extra,
  });

  if (functions.length > 0) {
    const hasErrors = functions.some(({ errors }) => errors.absolute !== 0);
    grid(
      [
        status(functions),
        words('name', functions.map(nameOf), shortenMiddle),
        words('location', placesOf(functions, cwd), shortenLeft, { dropOrder: 3, paint: paint.dim }),
        ...figureColumns(functions),
        ...(hasErrors
          ? [
              {
                title: '±errors',
                align: 'right',
                cells: functions.map((row) => signedNumber(row.errors)),
                dropOrder: 4,
              } as const,
            ]
          : []),
      ],
      diff.functions.length - functions.length,
      'function',
    );
  }
  if (edges.length > 0) {
    grid(
      [status(edges), words('caller → callee', edges.map(pairName), shortenMiddle), ...figureColumns(edges)],
      diff.edges.length - edges.length,
      'edge',
    );
  }
  const remarks = [
    ...(leftOut.size > 0 ? [`no room for the columns ${[...leftOut].join(', ')}`] : []),
    ...(lines.some((line) => line.includes(CHANCE)) ? [chanceLine(diff)] : []),
  ];
  if (remarks.length > 0) lines.push('', ...remarks.flatMap((remark) => wrap(remark, cells)).map(paint.dim));
  return lines.map((line) => `${line}\n`).join('');
}

function status(rows: readonly DiffFigures[]): GridColumn {
  return { title: 'change', align: 'left', cells: rows.map((row) => (row.status === 'same' ? '' : row.status)) };
}

/** Columns with the lowest order go first where there is no room. */
function figureColumns(rows: readonly DiffFigures[]): GridColumn[] {
  const after = (title: string, dropOrder: number, of: (row: DiffFigures) => string): GridColumn => ({
    title,
    align: 'right',
    cells: rows.map(of),
    dropOrder,
  });
  const change = (title: string, of: (row: DiffFigures) => TimeChange | null, dropOrder?: number): GridColumn => ({
    title,
    align: 'right',
    cells: rows.map((row) => {
      const time = of(row);
      return time === null ? 'n/a' : signedDuration(time);
    }),
    notes: rows.map((row) => {
      const time = of(row);
      return time?.isSignificant === true ? relative(time) : '';
    }),
    ...(dropOrder === undefined ? {} : { dropOrder }),
  });
  const hasCpu = rows.some(({ selfCpuNs }) => selfCpuNs !== null);
  return [
    after('calls', 5, ({ calls }) => number(calls.after)),
    after('±calls', 8, ({ calls }) => signedNumber(calls)),
    after('selfWall', 2, ({ selfWallNs }) => duration(selfWallNs.after)),
    change('±selfWall', ({ selfWallNs }) => selfWallNs),
    ...(hasCpu ? [change('±selfCpu', ({ selfCpuNs }) => selfCpuNs, 6)] : []),
    after('totalWall', 1, ({ totalWallNs }) => duration(totalWallNs.after)),
    change('±totalWall', ({ totalWallNs }) => totalWallNs, 7),
  ];
}
