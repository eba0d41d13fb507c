// The report for people: what was profiled, what is missing, the functions, the processes, the threads,
// the tags. Plain text, colours if asked.
// Pure: terminal width, colours and working folder come as options.
import { badOption } from '../option-checks.ts';
import { checkFolder } from './exporter-options.ts';
import type { Part, Profile, ThreadStats } from '../profile.ts';
import { CLOCKS, isText, parseColumns } from '../statistics/columns.ts';
import type { Clock } from '../statistics/columns.ts';
import { FOLDED_THREADS } from '../profile.ts';
import { activeFunctions, functionsOfParts, hasCpu } from '../statistics/select.ts';
import { differingSources } from '../statistics/overlap.ts';
import { parseSort } from '../statistics/sort.ts';
import type { Sort } from '../statistics/sort.ts';
import { functionTable } from './function-table.ts';
import { locations } from './location.ts';
import { processTable, programOf } from './process-table.ts';
import { palette } from './report-context.ts';
import type { Paint, ReportContext } from './report-context.ts';
import { dropLine, headline, isComplete, notInstrumentedLine } from './summary.ts';
import { printable, shortenMiddle, wrap } from './text-width.ts';
import { tagTable } from './tag-table.ts';
import { threadTable } from './thread-table.ts';

/** Options of {@link renderTable}. */
export interface TableOptions {
  /** A column, with `:asc` or `:desc` if wanted: `calls`, `name:desc`. Default: self time of `clock`. */
  readonly sort?: string;
  /** Functions (and processes, threads, tags) to show, from 1. Default {@link DEFAULT_LIMIT}. */
  readonly limit?: number | 'all';
  /** Columns to show, in this order. Default: all but `resumes` and `block`; `open` and `await` only where there is any. */
  readonly columns?: readonly string[];
  /** What `avg`, `self%` and the default order refer to. Default `wall`. */
  readonly clock?: Clock;
  /** One function table for each thread instead of one for all. Default false. */
  readonly perThread?: boolean;
  /** One function table for each process instead of one for all. Default false. */
  readonly perProcess?: boolean;
  /** Cells a line may take; below 40 it is taken as 40. Default: not limited. */
  readonly width?: number;
  /** Default false. */
  readonly color?: boolean;
  /** Files inside this folder are shown relative to it. */
  readonly cwd?: string;
}

export const DEFAULT_LIMIT = 30;
const LEAST_WIDTH = 40;

/**
 * The profile as text, each line ended by a newline. Shows the figures it is given: for figures without the cost of the
 * hooks, give it the profile that `compensate` returns.
 *
 * @throws EverycallError `bad-option` for an unknown column, order or clock, or a limit out of range
 */
export function renderTable(profile: Profile, options: TableOptions = {}): string {
  const context = contextOf(profile, options);
  const { paint, width } = context;
  const lines: string[] = [];
  const say = (text: string, style: Paint) => lines.push(...wrap(text, width).map(style));

  const drop = dropLine(profile.dropped);
  if (!isComplete(profile.dropped)) say(drop, paint.warn);
  const active = activeFunctions(profile);
  if (active.length === 0) {
    const reason =
      profile.sessions.length === 0
        ? 'the profiler was never started'
        : `no instrumented function was called (${headline(profile)})`;
    say(`nothing recorded: ${reason}`, paint.title);
  } else {
    say(
      `${headline(profile)}; avg and self% of ${context.clock === 'wall' ? 'wall' : 'CPU'} time; ` +
        `sorted by ${context.sort.column}${orderText(context.sort)}`,
      paint.title,
    );
  }
  if (isComplete(profile.dropped) && active.length > 0) say(drop, paint.dim);
  const left = notInstrumentedLine(profile.notInstrumented);
  if (left !== null) say(printable(left), paint.dim);

  if (active.length > 0) {
    if (options.perThread === true) lines.push(...tablesOfThreads(profile, context));
    else if (options.perProcess === true) lines.push(...tablesOfProcesses(profile, context));
    else lines.push('', ...functionTable(active, context));
    if (profile.processes.length > 1) lines.push('', ...processTable(profile, context));
    lines.push('', ...threadTable(profile, context));
    if (profile.tags.length > 0) lines.push('', ...tagTable(profile, context));
    for (const cost of costsPerCall(profile)) {
      context.remarks.add(`times are raw: they contain the hooks, about ${cost} ns a call`);
    }
    if (!hasCpu(profile)) context.remarks.add('CPU time is unavailable: there is no per-thread CPU clock');
    for (const { file, hashes } of differingSources(profile)) {
      context.remarks.add(
        `figures of ${hashes.length} versions of ${printable(file)} are added up (${hashes.join(', ')})`,
      );
    }
    if (context.remarks.size > 0) lines.push('');
    for (const remark of context.remarks) say(remark, paint.dim);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function contextOf(profile: Profile, options: TableOptions): ReportContext {
  const { clock = 'wall', limit = DEFAULT_LIMIT, width = Infinity } = options;
  const refuse = (expected: string, got: unknown) => {
    throw badOption('renderTable()', expected, got);
  };
  if (!CLOCKS.includes(clock)) refuse(`'clock' to be wall or cpu`, clock);
  if (limit !== 'all' && !(Number.isSafeInteger(limit) && limit >= 1)) {
    refuse(`'limit' to be a whole number from 1, or 'all'`, limit);
  }
  if (typeof width !== 'number' || !(width >= 0)) refuse(`'width' to be a number from 0`, width);
  checkFolder('renderTable', options.cwd);
  // Without a CPU clock every row would tie: the other clock still tells something.
  const used = hasCpu(profile) ? clock : 'wall';
  return {
    clock: used,
    sort: parseSort(options.sort ?? (used === 'wall' ? 'selfWall' : 'selfCpu')),
    columns: options.columns === undefined ? undefined : parseColumns(options.columns),
    limit: limit === 'all' ? Infinity : limit,
    width: Math.max(LEAST_WIDTH, width),
    paint: palette(options.color === true),
    places: locations(profile.functions, options.cwd),
    remarks: new Set(),
  };
}

/** Of each process whose figures still contain them. */
function costsPerCall({ processes }: Profile): Set<string> {
  const costs = processes.flatMap(({ hookCost }) => {
    if (hookCost === null) return [];
    const { exactShare, exactInnerNs, exactOuterNs, sampledInnerNs, sampledOuterNs } = hookCost;
    const perCallNs = exactShare * (exactInnerNs + exactOuterNs) + (1 - exactShare) * (sampledInnerNs + sampledOuterNs);
    return [perCallNs.toFixed(0)];
  });
  return new Set(costs);
}

function orderText({ column, order }: Sort): string {
  if (isText(column)) return order === 'asc' ? '' : ', from Z to A';
  return order === 'desc' ? '' : ', smallest first';
}

function tablesOfThreads(profile: Profile, context: ReportContext): string[] {
  const several = profile.processes.length > 1;
  const ofProcess = (process: number) => (several ? ` of process ${profile.processes[process].pid}` : '');
  const groups: Group[] = profile.threads.map((thread) => [
    `thread ${thread.id}${ofProcess(thread.process)}: ${threadTitle(thread)}`,
    (part) => part.thread === thread.id,
  ]);
  // Figures of folded threads are kept as one sum a process, under no thread's id.
  profile.processes.forEach((_, p) => {
    groups.push([`folded threads${ofProcess(p)}, together`, ({ thread }) => thread === FOLDED_THREADS - p]);
  });
  return tablesOf(groups, profile, context);
}

function tablesOfProcesses(profile: Profile, context: ReportContext): string[] {
  const { processes, threads } = profile;
  const processOf = (thread: number) => (thread < 0 ? FOLDED_THREADS - thread : threads[thread].process);
  const groups: Group[] = processes.map(({ pid, argv }, id) => [
    `process ${pid}: ${programOf(argv)}`,
    ({ thread }) => processOf(thread) === id,
  ]);
  return tablesOf(groups, profile, context);
}

/** A title, and which parts of the figures stand under it. */
type Group = readonly [title: string, isIn: (part: Part) => boolean];

/** A table of functions for each group that has any. */
function tablesOf(groups: readonly Group[], profile: Profile, context: ReportContext): string[] {
  return groups.flatMap(([title, isIn]) => {
    const functions = functionsOfParts(profile, isIn);
    if (functions.length === 0) return [];
    return [
      '',
      context.paint.title(shortenMiddle(printable(title), context.width)),
      ...functionTable(functions, context),
    ];
  });
}

function threadTitle({ name, threadId, state }: ThreadStats): string {
  return `${name === '' ? `threadId ${threadId}` : name} (${state})`;
}
