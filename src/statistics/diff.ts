// Compares two profiles by function and by edge. Counts are exact, so any difference of them is a change; times are not, so
// they must differ by more than chance explains.
import { badOption } from '../option-checks.ts';
import type { EdgeFigures, EdgeStats, FunctionFigures, FunctionIdentity, FunctionStats, Profile } from '../profile.ts';
import { addCpu, isNothing, NO_EDGE_FIGURES, NO_FUNCTION_FIGURES } from './figures.ts';
import { pairFunctions } from './pairing.ts';
import type { Pair } from './pairing.ts';
import { hasCpu } from './select.ts';
import { sortBy } from './sort.ts';
import type {
  Change,
  DiffFigures,
  DiffStatus,
  DiffTotals,
  EdgeDiff,
  FunctionDiff,
  ProfileDiff,
  TimeChange,
} from './profile-diff.ts';

/**
 * What makes a time count as changed: a difference beyond **all** three bounds. With the defaults, what a second run of the same
 * program shows is mostly within them.
 */
export interface DiffOptions {
  /** So many standard errors of the difference, from 0. Default 3: 1 in 370 sampled times exceeds that by chance. */
  readonly factor?: number | undefined;
  /** So many ns, from 0: what takes microseconds changes by chance. Default 100,000, that is 0.1 ms. */
  readonly minNs?: number | undefined;
  /** This share of the larger of the two times, 0 to 1: also times that are exact vary from run to run. Default 0.05. */
  readonly minRelative?: number | undefined;
  /**
   * `process`: figures are divided by the number of processes in each profile, for comparing merges of several runs. Default
   * `all`: they are not.
   */
  readonly per?: 'all' | 'process' | undefined;
  /** Whether rows that do not differ are listed, too. Default false. */
  readonly same?: boolean | undefined;
}

/**
 * What differs from one profile to another, the largest increase of self wall time first.
 *
 * Functions are the same if their key is. In files that were edited, functions of one file and name that are equally many in
 * both profiles are taken to have moved, so that a line inserted on top does not make all below it new. A function that was
 * never called is not there. The event loop is a caller but has no row; garbage collections are no exact count.
 *
 * An edge has no standard error of its own: it is taken to have its share of the callee's, whose square grows with time. CPU
 * times are taken to have the errors of wall times.
 *
 * @throws EverycallError `bad-option` for an unknown option or a value out of range
 */
export function diff(before: Profile, after: Profile, options: DiffOptions = {}): ProfileDiff {
  const used = parseOptions(options);
  const { per, same } = used;
  const compare = new Comparison(
    used,
    per === 'process' ? Math.max(1, before.processes.length) : 1,
    per === 'process' ? Math.max(1, after.processes.length) : 1,
    hasCpu(before) && hasCpu(after),
  );
  const pairs = pairFunctions(before, after);
  // Rows that do not differ are counted at once and not kept: of a million edges most are such.
  const count = { functions: 0, edges: 0 };
  const listed = <Row extends DiffFigures>(row: Row | null, what: keyof typeof count): Row[] => {
    if (row === null) return [];
    if (row.status !== 'same') return [row];
    count[what]++;
    return same ? [row] : [];
  };
  const functions = pairs.flatMap(([then, now]) => {
    if ((then ?? now)!.kind === 'root') return [];
    return listed(compare.functions(isActive(then) ? then : null, isActive(now) ? now : null), 'functions');
  });
  const edges = pairEdges(before, after, pairs).flatMap((pair) => listed(compare.edges(pair), 'edges'));
  return {
    options: { factor: used.factor, minNs: used.minNs, minRelative: used.minRelative, per },
    totals: compare.totals(before, after),
    functions: byIncrease(functions, (row) => [row.before, row.after]),
    edges: byIncrease(edges, ({ caller, callee }) => [caller.before, caller.after, callee.before, callee.after]),
    sameFunctions: count.functions,
    sameEdges: count.edges,
  };
}

type UsedOptions = Required<{ [K in keyof DiffOptions]: NonNullable<DiffOptions[K]> }>;

const DEFAULTS: UsedOptions = { factor: 3, minNs: 100_000, minRelative: 0.05, per: 'all', same: false };

function parseOptions(options: DiffOptions): UsedOptions {
  const refuse = (expected: string, got: unknown): never => {
    throw badOption('diff()', expected, got);
  };
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(DEFAULTS, key)) refuse(`options of ${Object.keys(DEFAULTS).join(', ')}`, key);
  }
  const { factor, minNs, minRelative, per, same } = options;
  const used: UsedOptions = {
    factor: factor ?? DEFAULTS.factor,
    minNs: minNs ?? DEFAULTS.minNs,
    minRelative: minRelative ?? DEFAULTS.minRelative,
    per: per ?? DEFAULTS.per,
    same: same ?? DEFAULTS.same,
  };
  const isFrom0 = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
  if (!isFrom0(used.factor)) refuse(`'factor' to be a number from 0`, factor);
  if (!isFrom0(used.minNs)) refuse(`'minNs' to be a number from 0`, minNs);
  if (!isFrom0(used.minRelative) || used.minRelative > 1) refuse(`'minRelative' to be from 0 to 1`, minRelative);
  if (used.per !== 'all' && used.per !== 'process') refuse(`'per' to be all or process`, per);
  if (typeof used.same !== 'boolean') refuse(`'same' to be true or false`, same);
  return used;
}

function isActive(fn: FunctionStats | null): boolean {
  return fn !== null && (!isNothing(fn) || fn.open > 0);
}

// ── figures ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Standard errors of a row's times, in ns. */
interface Errors {
  readonly selfNs: number;
  readonly totalNs: number;
}

class Comparison {
  readonly #options: UsedOptions;
  readonly #perBefore: number;
  readonly #perAfter: number;
  readonly #hasCpu: boolean;

  /** Figures are divided by `perBefore` and `perAfter`. */
  constructor(options: UsedOptions, perBefore: number, perAfter: number, hasCpuTimes: boolean) {
    this.#options = options;
    this.#perBefore = perBefore;
    this.#perAfter = perAfter;
    this.#hasCpu = hasCpuTimes;
  }

  #change(then: number, now: number): Change {
    return changeOf(then / this.#perBefore, now / this.#perAfter);
  }

  #time(then: number, now: number, thenErrorNs: number, nowErrorNs: number): TimeChange {
    const { factor, minNs, minRelative } = this.#options;
    const { before, after, absolute, relative } = this.#change(then, now);
    const errorNs = Math.hypot(thenErrorNs / this.#perBefore, nowErrorNs / this.#perAfter);
    const chanceNs = Math.max(factor * errorNs, minNs, minRelative * Math.max(before, after));
    return { before, after, absolute, relative, errorNs, isSignificant: Math.abs(absolute) > chanceNs };
  }

  #figures(
    then: EdgeFigures | null,
    now: EdgeFigures | null,
    thenErrors: Errors,
    nowErrors: Errors,
  ): Omit<DiffFigures, 'status'> {
    const a = then ?? NO_EDGE_FIGURES;
    const b = now ?? NO_EDGE_FIGURES;
    const time = (x: number, y: number, of: keyof Errors) => this.#time(x, y, thenErrors[of], nowErrors[of]);
    const cpu = (x: number | null, y: number | null, of: keyof Errors) =>
      !this.#hasCpu || x === null || y === null ? null : time(x, y, of);
    return {
      calls: this.#change(a.calls, b.calls),
      primitiveCalls: this.#change(a.primitiveCalls, b.primitiveCalls),
      selfWallNs: time(a.selfWallNs, b.selfWallNs, 'selfNs'),
      selfCpuNs: cpu(a.selfCpuNs, b.selfCpuNs, 'selfNs'),
      totalWallNs: time(a.totalWallNs, b.totalWallNs, 'totalNs'),
      totalCpuNs: cpu(a.totalCpuNs, b.totalCpuNs, 'totalNs'),
    };
  }

  /** `null` where there is neither. */
  functions(then: FunctionStats | null, now: FunctionStats | null): FunctionDiff | null {
    const fn = now ?? then;
    if (fn === null) return null;
    const figures = this.#figures(then, now, errorsOf(then), errorsOf(now));
    const errors = this.#change(then?.errors ?? 0, now?.errors ?? 0);
    // How often garbage is collected is chance, too.
    const counts = fn.kind === 'gc' ? [] : [figures.calls, figures.primitiveCalls, errors];
    const status = statusOf(then, now, counts, figures);
    return { status, before: identityOf(then), after: identityOf(now), errors, ...figures };
  }

  edges({ caller, callee, then, now }: EdgePair): EdgeDiff | null {
    const was = then === null || isNothing(then) ? null : then;
    const is = now === null || isNothing(now) ? null : now;
    if (was === null && is === null) return null;
    const figures = this.#figures(was, is, shareOfErrors(callee[0], was), shareOfErrors(callee[1], is));
    const ends = ([before, after]: Pair) => ({ before: identityOf(before), after: identityOf(after) });
    const status = statusOf(was, is, [figures.calls, figures.primitiveCalls], figures);
    return { status, caller: ends(caller), callee: ends(callee), ...figures };
  }

  totals(before: Profile, after: Profile): DiffTotals {
    const [then, now] = [sumOf(before), sumOf(after)];
    return {
      processes: changeOf(before.processes.length, after.processes.length),
      calls: this.#change(then.calls, now.calls),
      errors: this.#change(then.errors, now.errors),
      selfWallNs: this.#change(then.selfWallNs, now.selfWallNs),
      selfCpuNs: this.#hasCpu ? this.#change(then.selfCpuNs ?? 0, now.selfCpuNs ?? 0) : null,
    };
  }
}

function changeOf(before: number, after: number): Change {
  const absolute = after - before;
  return { before, after, absolute, relative: before === 0 ? null : absolute / before };
}

function statusOf(
  then: object | null,
  now: object | null,
  counts: readonly Change[],
  { selfWallNs, selfCpuNs, totalWallNs, totalCpuNs }: Omit<DiffFigures, 'status'>,
): DiffStatus {
  if (then === null) return 'added';
  if (now === null) return 'removed';
  const isChanged =
    counts.some(({ absolute }) => absolute !== 0) ||
    [selfWallNs, selfCpuNs, totalWallNs, totalCpuNs].some((time) => time?.isSignificant);
  return isChanged ? 'changed' : 'same';
}

function errorsOf(fn: FunctionFigures | null): Errors {
  return { selfNs: fn?.selfErrorNs ?? 0, totalNs: fn?.totalErrorNs ?? 0 };
}

function shareOfErrors(callee: FunctionStats | null, edge: EdgeFigures | null): Errors {
  if (callee === null || edge === null) return { selfNs: 0, totalNs: 0 };
  const share = (partNs: number, wholeNs: number) => (wholeNs === 0 ? 0 : Math.sqrt(Math.min(1, partNs / wholeNs)));
  return {
    selfNs: callee.selfErrorNs * share(edge.selfWallNs, callee.selfWallNs),
    totalNs: callee.totalErrorNs * share(edge.totalWallNs, callee.totalWallNs),
  };
}

function identityOf(fn: FunctionStats | null): FunctionIdentity | null {
  if (fn === null) return null;
  const { name, file, line, column, kind } = fn;
  return { name, file, line, column, kind };
}

function sumOf({ functions }: Profile): Pick<FunctionFigures, 'calls' | 'errors' | 'selfWallNs' | 'selfCpuNs'> {
  return functions
    .filter(({ kind }) => kind !== 'root' && kind !== 'gc')
    .reduce<Pick<FunctionFigures, 'calls' | 'errors' | 'selfWallNs' | 'selfCpuNs'>>(
      (sum, fn) => ({
        calls: sum.calls + fn.calls,
        errors: sum.errors + fn.errors,
        selfWallNs: sum.selfWallNs + fn.selfWallNs,
        selfCpuNs: addCpu(sum.selfCpuNs, fn.selfCpuNs),
      }),
      NO_FUNCTION_FIGURES,
    );
}

// ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

interface EdgePair {
  readonly caller: Pair;
  readonly callee: Pair;
  then: EdgeStats | null;
  now: EdgeStats | null;
}

function pairEdges(before: Profile, after: Profile, pairs: readonly Pair[]): EdgePair[] {
  const found = new Map<string, EdgePair>();
  for (const [side, { edges }] of [before, after].entries()) {
    const pairOf = new Map(pairs.map((pair, i) => [pair[side]?.id ?? -1, i]));
    for (const edge of edges) {
      const [caller, callee] = [pairOf.get(edge.caller)!, pairOf.get(edge.callee)!];
      const key = `${caller} ${callee}`;
      const pair = found.get(key) ?? { caller: pairs[caller], callee: pairs[callee], then: null, now: null };
      if (side === 0) pair.then = edge;
      else pair.now = edge;
      found.set(key, pair);
    }
  }
  return [...found.values()];
}

/** The largest increase of self wall time first; ties in the order of the source, so that none is left to chance. */
function byIncrease<Row extends DiffFigures>(
  rows: readonly Row[],
  identitiesOf: (row: Row) => readonly (FunctionIdentity | null)[],
): Row[] {
  const placeOf = (each: FunctionIdentity | null) => [
    each?.file ?? '',
    each?.line ?? -1,
    each?.column ?? -1,
    each?.name ?? '',
  ];
  return sortBy(rows, (row) => [-row.selfWallNs.absolute, ...identitiesOf(row).flatMap(placeOf)], 'asc');
}
