// A report for a chat or the comment of a pull request, in GitHub Flavored Markdown: https://github.github.com/gfm/. What is
// missing comes first, then the functions that took the most time. Lost: all other functions and columns, edges, stacks.
import { badOption } from '../option-checks.ts';
import type { FunctionStats, Profile } from '../profile.ts';
import { CLOCKS, selfNs } from '../statistics/columns.ts';
import type { Clock } from '../statistics/columns.ts';
import { activeFunctions } from '../statistics/select.ts';
import { parseSort, sortFunctions } from '../statistics/sort.ts';
import { count, duration, percent } from './figures.ts';
import { locations } from './location.ts';
import { code, table } from './markdown-table.ts';
import { checkFolder, clocksOf } from './exporter-options.ts';
import { dropLine, headline, isComplete } from './summary.ts';
import { printable, shortenLeft, shortenMiddle } from './text-width.ts';

/** Options of {@link renderMarkdown}. */
export interface MarkdownOptions {
  /** Rows of each table, from 1. Default {@link MARKDOWN_LIMIT}. */
  readonly limit?: number;
  /** A column, with `:asc` or `:desc` if wanted. Default: self time of `clock`. */
  readonly sort?: string;
  /** Which times are shown. Default `wall`; without a CPU clock always that. */
  readonly clock?: Clock;
  /** Files inside this folder are shown relative to it. */
  readonly cwd?: string;
}

export const MARKDOWN_LIMIT = 10;
/** Cells that a name or a place takes at most. */
const WIDEST = 60;

/**
 * The report as Markdown, each line ended by a newline.
 *
 * @throws EverycallError `bad-option` for an unknown column, order or clock, or a limit out of range
 */
export function renderMarkdown(profile: Profile, options: MarkdownOptions = {}): string {
  const { limit, clock, sort } = checked(profile, options);
  const active = activeFunctions(profile);
  const lines: string[] = [];
  if (!isComplete(profile.dropped)) lines.push(`**${dropLine(profile.dropped)}**`, '');
  const clockName = clock === 'wall' ? 'wall time' : 'CPU time';
  if (active.length === 0) return [...lines, `everycall: nothing recorded (${headline(profile)})`, ''].join('\n');
  lines.push(`everycall: ${headline(profile)}; ${clockName}`);

  const places = locations(profile.functions, options.cwd);
  const sorted = sortFunctions(active, sort, clock);
  const sumNs = active.reduce((sum, fn) => sum + (selfNs(fn, clock) ?? 0), 0);
  const share = (fns: readonly FunctionStats[]) =>
    sumNs === 0 ? 0 : fns.reduce((sum, fn) => sum + (selfNs(fn, clock) ?? 0), 0) / sumNs;
  lines.push(
    '',
    ...table(sorted.slice(0, limit), [
      { title: 'function', text: true, of: (fn) => code(shortenMiddle(printable(fn.name), WIDEST)) },
      { title: 'where', text: true, of: (fn) => code(shortenLeft(printable(places[fn.id]), WIDEST)) },
      { title: 'calls', of: (fn) => (fn.calls === fn.primitiveCalls ? fn.calls : `${fn.calls}/${fn.primitiveCalls}`) },
      { title: 'self', of: (fn) => time(selfNs(fn, clock)) },
      { title: 'self%', of: (fn) => percent(share([fn])) },
      { title: 'total', of: (fn) => time(clock === 'wall' ? fn.totalWallNs : fn.totalCpuNs) },
      ...(active.some(({ awaitNs }) => awaitNs > 0)
        ? [{ title: 'await', of: (fn: FunctionStats) => time(fn.awaitNs) }]
        : []),
      ...(active.some(({ errors }) => errors > 0) ? [{ title: 'errors', of: (fn: FunctionStats) => fn.errors }] : []),
    ]),
    ...more(sorted.length - limit, 'function', `, ${percent(share(sorted.slice(limit)))} of self time`),
  );
  const { threads, tags, processes } = profile;
  if (threads.length > 1) {
    const busiest = [...threads].sort((a, b) => spent(b.wallNs, b.cpuNs) - spent(a.wallNs, a.cpuNs));
    lines.push(
      '',
      ...table(busiest.slice(0, limit), [
        { title: 'thread', text: true, of: ({ name, threadId }) => named(name || `thread ${threadId}`) },
        ...(processes.length > 1
          ? [{ title: 'pid', of: ({ process }: { readonly process: number }) => processes[process].pid }]
          : []),
        { title: 'calls', of: ({ calls }) => calls },
        { title: clock, of: ({ wallNs, cpuNs }) => time(spent(wallNs, cpuNs)) },
      ]),
      ...more(threads.length - limit, 'thread'),
    );
  }
  if (tags.length > 0) {
    const busiest = [...tags].sort((a, b) => spent(b.wallNs, b.cpuNs) - spent(a.wallNs, a.cpuNs));
    lines.push(
      '',
      ...table(busiest.slice(0, limit), [
        { title: 'tag', text: true, of: ({ name }) => named(name) },
        { title: 'calls', of: ({ calls }) => calls },
        { title: clock, of: ({ wallNs, cpuNs }) => time(spent(wallNs, cpuNs)) },
      ]),
      ...more(tags.length - limit, 'tag'),
    );
  }
  return lines.map((line) => `${line}\n`).join('');

  function spent(wallNs: number, cpuNs: number | null): number {
    return clock === 'wall' ? wallNs : (cpuNs ?? 0);
  }
}

function checked(profile: Profile, { limit = MARKDOWN_LIMIT, clock = 'wall', sort, cwd }: MarkdownOptions) {
  const refuse = (expected: string, got: unknown) => {
    throw badOption('renderMarkdown()', expected, got);
  };
  if (!CLOCKS.includes(clock)) refuse(`'clock' to be wall or cpu`, clock);
  if (!(Number.isSafeInteger(limit) && limit >= 1)) refuse(`'limit' to be a whole number from 1`, limit);
  checkFolder('renderMarkdown', cwd);
  const used: Clock = clocksOf(profile).includes(clock) ? clock : 'wall';
  return { limit, clock: used, sort: parseSort(sort ?? (used === 'wall' ? 'selfWall' : 'selfCpu')) };
}

function more(n: number, noun: string, rest = ''): string[] {
  return n > 0 ? ['', `… and ${count(n, `more ${noun}`)}${rest}`] : [];
}

/** Units are padded for columns of a terminal; here one space is enough. */
function time(ns: number | null): string {
  return ns === null ? 'n/a' : duration(ns).replace(/ +/, ' ');
}

function named(name: string): string {
  return code(shortenMiddle(printable(name), WIDEST));
}
