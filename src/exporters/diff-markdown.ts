// A difference of two profiles for a chat or the comment of a pull request, in GitHub Flavored Markdown:
// https://github.github.com/gfm/. Lost: all but the rows at the top, primitive calls, CPU time, standard errors.
import type { DiffFigures, ProfileDiff } from '../statistics/profile-diff.ts';
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
import { code, table } from './markdown-table.ts';
import type { Column } from './markdown-table.ts';
import { printable, shortenLeft, shortenMiddle } from './text-width.ts';

/** Options of {@link renderDiffMarkdown}. `limit` is 10 by default. */
export interface DiffMarkdownOptions extends DiffRowOptions {
  /** Files inside this folder are shown relative to it. */
  readonly cwd?: string;
}

const LIMIT = 10;
/** Cells that a name or a place takes at most. */
const WIDEST = 60;

/**
 * What differs as Markdown, each line ended by a newline.
 *
 * @throws EverycallError `bad-option` for an unknown column or order, or a limit out of range
 */
export function renderDiffMarkdown(diff: ProfileDiff, { cwd, ...options }: DiffMarkdownOptions = {}): string {
  const { functions, edges } = chosenRows('renderDiffMarkdown', diff, { limit: LIMIT, ...options });
  const places = new Map(placesOf(functions, cwd).map((place, i) => [functions[i], place]));
  const lines = [
    `everycall: ${statusLine(diff.functions, diff.sameFunctions, 'function')}; ` +
      statusLine(diff.edges, diff.sameEdges, 'edge'),
    '',
    totalsLine(diff),
  ];
  if (functions.length > 0) {
    lines.push(
      '',
      ...table(functions, [
        { title: 'change', text: true, of: ({ status }) => status },
        { title: 'function', text: true, of: (row) => code(shortenMiddle(printable(nameOf(row)), WIDEST)) },
        { title: 'where', text: true, of: (row) => code(shortenLeft(printable(places.get(row) ?? ''), WIDEST)) },
        ...figureColumns(),
        ...(diff.functions.some(({ errors }) => errors.absolute !== 0)
          ? [{ title: '± errors', of: ({ errors }: { errors: DiffFigures['calls'] }) => signedNumber(errors) }]
          : []),
      ]),
      ...more(diff.functions.length - functions.length, 'function'),
    );
  }
  if (edges.length > 0) {
    lines.push(
      '',
      ...table(edges, [
        { title: 'change', text: true, of: ({ status }) => status },
        { title: 'caller → callee', text: true, of: (row) => code(shortenMiddle(printable(pairName(row)), WIDEST)) },
        ...figureColumns(),
      ]),
      ...more(diff.edges.length - edges.length, 'edge'),
    );
  }
  if (lines.some((line) => line.includes(`| ${CHANCE} `))) lines.push('', chanceLine(diff));
  return lines.map((line) => `${line}\n`).join('');
}

function figureColumns<Row extends DiffFigures>(): Column<Row>[] {
  const change = (title: string, of: (row: Row) => DiffFigures['selfWallNs']): Column<Row> => ({
    title,
    of: (row) => [signedDuration(of(row)).replace(/ +/, ' '), of(row).isSignificant ? bracketed(of(row)) : ''].join(''),
  });
  return [
    { title: 'calls', of: ({ calls }) => number(calls.after) },
    { title: '± calls', of: ({ calls }) => signedNumber(calls) },
    { title: 'self', of: ({ selfWallNs }) => duration(selfWallNs.after).replace(/ +/, ' ') },
    change('± self', ({ selfWallNs }) => selfWallNs),
    { title: 'total', of: ({ totalWallNs }) => duration(totalWallNs.after).replace(/ +/, ' ') },
    change('± total', ({ totalWallNs }) => totalWallNs),
  ];
}

function bracketed(change: DiffFigures['calls']): string {
  const text = relative(change);
  return text === '' ? '' : ` (${text})`;
}

function more(n: number, noun: string): string[] {
  return n > 0 ? ['', `… and ${count(n, `more ${noun}`)}`] : [];
}
