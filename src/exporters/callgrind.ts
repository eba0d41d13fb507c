// The profile for KCachegrind, QCachegrind and callgrind_annotate: https://valgrind.org/docs/manual/cl-format.html, version 1.
// Lost: tags, awaits, resumes, errors, open calls, durations, standard errors, primitive calls, the call tree; fractions of
// a ns; edges with time but no call. A garbage collection counts twice in the sum: its time is also in what it interrupted.
import type { EdgeFigures, EdgeStats, FunctionStats, Profile, Times } from '../profile.ts';
import { byThread } from '../statistics/breakdown.ts';
import { isNothing, NO_EDGE_FIGURES } from '../statistics/figures.ts';
import { hasCpu } from '../statistics/select.ts';
import { pathOf } from '../statistics/source-path.ts';
import { partThreads } from './part-threads.ts';
import { checkedOption } from './exporter-options.ts';
import { dropLine, headline } from './summary.ts';
import { printable } from './text-width.ts';
import { uniqueNames } from './unique-names.ts';

/** Options of {@link renderCallgrind}. */
export interface CallgrindOptions {
  /**
   * One part of the file for each thread, as KCachegrind shows them side by side. callgrind_annotate adds them up, with a
   * warning for each header line but the first part's. Without, one part has the figures of all threads. Default true.
   */
  readonly perThread?: boolean;
}

/** What callgrind itself writes for a file that is not known. */
const NO_FILE = '???';

/** The figures of one part of the file: by function, and by edge under its caller. */
interface Rows {
  readonly functions: Map<number, EdgeFigures>;
  readonly calls: Map<number, { readonly edge: EdgeStats; readonly figures: EdgeFigures }[]>;
}

/**
 * The profile in the Callgrind format, costs in whole ns. Inclusive costs are those of the edges: what recursion adds
 * within itself is in the recursive edge, which KCachegrind knows for a cycle and callgrind_annotate counts once more.
 *
 * @throws EverycallError `bad-option` if `perThread` is no boolean
 */
export function renderCallgrind(profile: Profile, options: CallgrindOptions = {}): string {
  const perThread = checkedOption('renderCallgrind', 'perThread', options.perThread, true);
  const { processes, functions } = profile;
  const events: readonly Event[] = hasCpu(profile) ? [WALL, CPU] : [WALL];
  const names = new Names(functions);
  const totals = events.map(() => 0);
  const parts = partsOf(profile, perThread).map(({ header, rows }) => ({
    header,
    body: bodyOf(functions, rows, events, names.ofNewPart(), totals),
  }));

  const lines = [
    '# callgrind format',
    'version: 1',
    `creator: everycall ${processes[0]?.everycallVersion ?? ''}`.trimEnd(),
    `cmd: ${printable(processes[0]?.argv.join(' ') ?? '')}`,
    `desc: ${headline(profile)}`,
    `desc: ${dropLine(profile.dropped)}`,
    'positions: line',
    ...events.map(({ name, longName }) => `event: ${name} : ${longName}`),
  ];
  parts.forEach(({ header, body }, i) => {
    lines.push(`part: ${i + 1}`, ...header, `events: ${events.map(({ name }) => name).join(' ')}`);
    // The sum of the whole file: readers take it for the run's. callgrind_annotate knows it only after the events.
    if (i === 0) lines.push(`summary: ${totals.join(' ')}`);
    for (const line of body) lines.push(line);
    lines.push('');
  });
  lines.push(`totals: ${totals.join(' ')}`, '');
  return lines.join('\n');
}

interface Event {
  readonly name: string;
  readonly longName: string;
  self(times: Times): number;
  total(times: Times): number;
}

const WALL: Event = {
  name: 'Wall_ns',
  longName: 'Wall time in ns',
  self: ({ selfWallNs }) => cost(selfWallNs),
  total: ({ totalWallNs }) => cost(totalWallNs),
};

const CPU: Event = {
  name: 'Cpu_ns',
  longName: 'CPU time of the thread in ns',
  self: ({ selfCpuNs }) => cost(selfCpuNs),
  total: ({ totalCpuNs }) => cost(totalCpuNs),
};

/** The format has no negative costs and no fractions. */
function cost(ns: number | null): number {
  return Math.max(0, Math.round(ns ?? 0));
}

/** At least one part, so that there are events and a root in the file whatever was recorded. */
function partsOf(profile: Profile, perThread: boolean): { readonly header: readonly string[]; readonly rows: Rows }[] {
  const { processes } = profile;
  const byPart = new Map<number, Rows>();
  const rowsOf = (part: number) => {
    const rows: Rows = byPart.get(part) ?? { functions: new Map(), calls: new Map() };
    byPart.set(part, rows);
    return rows;
  };
  const all = 0;
  for (const fn of profile.functions) {
    if (isNothing(fn)) continue;
    if (!perThread) rowsOf(all).functions.set(fn.id, fn);
    else for (const figures of byThread(fn)) rowsOf(figures.thread).functions.set(fn.id, figures);
  }
  for (const edge of profile.edges) {
    for (const figures of perThread ? byThread(edge) : [{ ...edge, thread: all }]) {
      // With 0 calls, callgrind_annotate would take the callee's cost for the caller's own.
      if (figures.calls === 0) continue;
      const { calls } = rowsOf(figures.thread);
      const ofCaller = calls.get(edge.caller);
      if (ofCaller === undefined) calls.set(edge.caller, [{ edge, figures }]);
      else ofCaller.push({ edge, figures });
    }
  }
  if (!perThread || byPart.size === 0) {
    return [{ header: processes.slice(0, 1).map(({ pid }) => `pid: ${pid}`), rows: rowsOf(all) }];
  }
  return partThreads(profile).flatMap(({ thread, process, name }, i) => {
    const rows = byPart.get(thread);
    if (rows === undefined) return [];
    const { pid, argv } = processes[process];
    const command = process === 0 ? [] : [`desc: command: ${printable(argv.join(' '))}`];
    // Numbers only: the format knows no other names of threads.
    return [{ header: [`pid: ${pid}`, `thread: ${i + 1}`, `desc: thread: ${printable(name)}`, ...command], rows }];
  });
}

/** Lines of the part's body; its costs are added to `totals`. */
function bodyOf(
  functions: readonly FunctionStats[],
  rows: Rows,
  events: readonly Event[],
  names: PartNames,
  totals: number[],
): string[] {
  const lines: string[] = [];
  for (const fn of functions) {
    const calls = rows.calls.get(fn.id) ?? [];
    const figures = rows.functions.get(fn.id) ?? NO_EDGE_FIGURES;
    if (isNothing(figures) && calls.length === 0 && fn.kind !== 'root') continue;
    const costs = events.map((event) => event.self(figures));
    costs.forEach((each, i) => (totals[i] += each));
    lines.push('', `fl=${names.file(fn.id)}`, `fn=${names.function(fn.id)}`, `${fn.line} ${costs.join(' ')}`);
    for (const { edge, figures: called } of calls) {
      const callee = functions[edge.callee];
      if (!names.areOfOneFile(fn.id, callee.id)) lines.push(`cfi=${names.file(callee.id)}`);
      lines.push(
        `cfn=${names.function(callee.id)}`,
        `calls=${called.calls} ${callee.line}`,
        `${edge.line} ${events.map((event) => event.total(called)).join(' ')}`,
      );
    }
  }
  return lines;
}

interface PartNames {
  file(fn: number): string;
  function(fn: number): string;
  areOfOneFile(a: number, b: number): boolean;
}

/**
 * Names are written once and then referred to by a number: the same all over the file, but written once in each part,
 * since KCachegrind forgets them with the part.
 */
class Names {
  readonly #fileIds: number[];
  readonly #files: string[];
  readonly #functions: string[];

  constructor(functions: readonly FunctionStats[]) {
    const files = functions.map(({ file }) => printable(pathOf(file)).trim() || NO_FILE);
    this.#files = [...new Set(files)];
    const idOf = new Map(this.#files.map((file, i) => [file, i]));
    this.#fileIds = files.map((file) => idOf.get(file)!);
    this.#functions = uniqueNames(
      functions,
      ({ id }) => files[id],
      ({ file, line, column }) => (file === '' ? '' : `:${line}:${column + 1}`),
    );
  }

  ofNewPart(): PartNames {
    const known = { files: new Set<number>(), functions: new Set<number>() };
    const written = (seen: Set<number>, id: number, name: string) => {
      if (seen.has(id)) return `(${id + 1})`;
      seen.add(id);
      return `(${id + 1}) ${name}`;
    };
    return {
      file: (fn) => written(known.files, this.#fileIds[fn], this.#files[this.#fileIds[fn]]),
      function: (fn) => written(known.functions, fn, this.#functions[fn]),
      areOfOneFile: (a, b) => this.#fileIds[a] === this.#fileIds[b],
    };
  }
}
