// What the reports of a difference have in common: which rows they show, and how a change reads.
import { badOption } from '../option-checks.ts';
import type {
  Change,
  DiffStatus,
  EdgeDiff,
  FunctionDiff,
  ProfileDiff,
  TimeChange,
} from '../statistics/profile-diff.ts';
import { parseDiffSort, sortEdgeDiffs, sortFunctionDiffs } from '../statistics/diff-sort.ts';
import { count, duration } from './figures.ts';
import { locations } from './location.ts';

/** Options that all reports of a difference have. */
export interface DiffRowOptions {
  /** Functions, and edges, to show, from 1. */
  readonly limit?: number | 'all';
  /**
   * `name`, `location`, `calls`, `errors`, `selfWall`, `selfCpu`, `totalWall` or `totalCpu`, with `:asc` or `:desc` if wanted:
   * figures by their change. Default `selfWall`: the largest increase first.
   */
  readonly sort?: string;
}

/** The rows to show. Throws 'bad-option'; `renderer` is named in it. */
export function chosenRows(
  renderer: string,
  diff: ProfileDiff,
  { limit = 'all', sort = 'selfWall' }: DiffRowOptions,
): Pick<ProfileDiff, 'functions' | 'edges'> {
  if (limit !== 'all' && !(Number.isSafeInteger(limit) && limit >= 1)) {
    throw badOption(`${renderer}()`, "'limit' to be a whole number from 1, or 'all'", limit);
  }
  const order = parseDiffSort(sort);
  const end = limit === 'all' ? undefined : limit;
  return {
    functions: sortFunctionDiffs(diff.functions, order).slice(0, end),
    edges: sortEdgeDiffs(diff.edges, order).slice(0, end),
  };
}

/** `3 functions changed, 1 added, 2 removed; 40 the same`; of nothing, `40 functions are the same`. */
export function statusLine(rows: readonly { readonly status: DiffStatus }[], same: number, noun: string): string {
  const numberOf = (status: DiffStatus) => rows.filter((row) => row.status === status).length;
  const parts = (['changed', 'added', 'removed'] as const)
    .filter((status) => numberOf(status) > 0)
    .map((status, i) => (i === 0 ? `${count(numberOf(status), noun)} ${status}` : `${numberOf(status)} ${status}`));
  if (parts.length === 0) return `${count(same, noun)} ${same === 1 ? 'is' : 'are'} the same`;
  return `${parts.join(', ')}; ${same} the same`;
}

/** `calls 3 → 4 (+33.3%); self wall 1.000 s → 2.000 s (+100.0%)` */
export function totalsLine({ totals, options }: ProfileDiff): string {
  const { processes, calls, errors, selfWallNs, selfCpuNs } = totals;
  const line = (title: string, change: Change, textOf: (value: number) => string) =>
    change.absolute === 0
      ? `${title} ${textOf(change.after)}`
      : `${title} ${textOf(change.before)} → ${textOf(change.after)}${bracketed(relative(change))}`;
  const parts = [
    ...(processes.before === 1 && processes.after === 1 ? [] : [line('processes', processes, number)]),
    line('calls', calls, number),
    ...(errors.before === 0 && errors.after === 0 ? [] : [line('errors', errors, number)]),
    line('self wall', selfWallNs, sentence),
    ...(selfCpuNs === null ? [] : [line('self cpu', selfCpuNs, sentence)]),
  ];
  return `${parts.join('; ')}${options.per === 'process' ? ' (for each process)' : ''}`;
}

/** What `≈` stands for. */
export function chanceLine({ options: { factor, minNs, minRelative } }: ProfileDiff): string {
  const bounds = [`${factor} standard errors`, `${Number((minRelative * 100).toFixed(2))} %`, sentence(minNs)];
  return `${CHANCE}: no more than chance explains (within ${bounds.join(', ')}, whichever is the most)`;
}

/** Stands for a change of a time that is not significant. */
export const CHANCE = '≈';

function sentence(ns: number): string {
  return duration(ns).replace(/ +/, ' ');
}

function bracketed(text: string): string {
  return text === '' ? '' : ` (${text})`;
}

/** A count; averages of several processes have decimals. */
export function number(n: number): string {
  return Number.isInteger(n) ? String(n) : n.toFixed(2);
}

/** `+3`, `-1.50`; empty for no change. */
export function signedNumber({ absolute }: Change): string {
  return absolute === 0 ? '' : `${absolute > 0 ? '+' : '-'}${number(Math.abs(absolute))}`;
}

/** `+1.500 ms`; {@link CHANCE} where it is not significant, empty where there is no change. */
export function signedDuration({ absolute, isSignificant }: TimeChange): string {
  if (absolute === 0) return '';
  return isSignificant ? `${absolute > 0 ? '+' : '-'}${duration(Math.abs(absolute))}` : CHANCE;
}

/** `+33.3%`, from ten times on `×12.0`; empty where there was nothing before, or no change. */
export function relative({ relative: share, absolute }: Change): string {
  if (share === null || absolute === 0) return '';
  if (share >= 9) return `×${(share + 1).toFixed(1)}`;
  const text = `${(Math.abs(share) * 100).toFixed(1)}%`;
  return `${share > 0 ? '+' : '-'}${text === '0.0%' ? '<0.1%' : text}`;
}

/** The name, of one end of an edge or of a function. */
export function nameOf({ before, after }: Pick<FunctionDiff, 'before' | 'after'>): string {
  return (after ?? before)!.name;
}

/** Where each function is now, or was. */
export function placesOf(rows: readonly Pick<FunctionDiff, 'before' | 'after'>[], cwd: string | undefined): string[] {
  return locations(
    rows.map(({ before, after }) => (after ?? before)!),
    cwd,
  );
}

export function pairName({ caller, callee }: EdgeDiff): string {
  return `${nameOf(caller)} → ${nameOf(callee)}`;
}
