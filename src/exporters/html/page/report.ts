// Reads what was embedded back into rows of the model. No DOM. What is seldom looked at (parts, histograms, edges) is made
// when asked for: of 20,000 functions with ten parts each that would be most of the time until the page is there.
import type {
  EdgeFigures,
  EdgePart,
  EdgeStats,
  FunctionFigures,
  FunctionPart,
  FunctionStats,
} from '../../../profile.ts';
import { edgeOf, keyOf } from '../../../statistics/assembly.ts';
import { FUNCTION_ADDITION, sumParts } from '../../../statistics/figures.ts';
import { EDGE_COLUMNS, FUNCTION_COLUMNS } from '../embedded.ts';
import type { Column, Embedded, EmbeddedDurations, EmbeddedEdges, EmbeddedFunctions } from '../embedded.ts';
import { EVERYTHING, isSelected } from './selection.ts';
import type { Selection } from './selection.ts';

export interface Report extends Omit<Embedded, 'functions'> {
  readonly functions: readonly FunctionStats[];
  readonly edges: Edges;
  /** The function with the figures of the selection. */
  rowOf(fn: number, selection: Selection): FunctionStats;
  /** Ids under which figures of folded threads stand. */
  readonly foldedThreads: ReadonlySet<number>;
}

/** Edges by the function at either end. */
export interface Edges {
  callersOf(fn: number): EdgeStats[];
  calleesOf(fn: number): EdgeStats[];
  /** How many callers and callees are not in the page. */
  cutCallersOf(fn: number): number;
  cutCalleesOf(fn: number): number;
}

/** `edges` is asked when they are first needed, and only then. */
export function readReport({ functions, ...rest }: Embedded, edges: () => EmbeddedEdges): Report {
  const rowOf = readFunctions(functions);
  const { thread } = functions.parts;
  return {
    ...rest,
    functions: functions.name.map((_, id) => rowOf(id, EVERYTHING)),
    edges: lazily(() => readEdges(edges())),
    rowOf,
    foldedThreads: new Set((Array.isArray(thread) ? thread : [thread as number]).filter((id) => id < 0)),
  };
}

function lazily(read: () => Edges): Edges {
  let edges: Edges | undefined;
  const known = () => (edges ??= read());
  return {
    callersOf: (fn) => known().callersOf(fn),
    calleesOf: (fn) => known().calleesOf(fn),
    cutCallersOf: (fn) => known().cutCallersOf(fn),
    cutCalleesOf: (fn) => known().cutCalleesOf(fn),
  };
}

export function at<T>(column: Column<T>, row: number): T {
  return Array.isArray(column) ? column[row] : (column as T);
}

/** The index of the first part of each row; one entry more than there are rows. */
export function starts(count: Column, rows: number): Int32Array {
  const start = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) start[row + 1] = start[row] + at(count, row);
  return start;
}

function readFunctions(embedded: EmbeddedFunctions): Report['rowOf'] {
  const { name, file, line, column, kind, files, kinds, parts } = embedded;
  const start = starts(parts.count, name.length);
  const durationsOf = readDurations(embedded.durations, start[name.length]);
  const partAt = (p: number): FunctionPart => {
    const figures: Record<string, unknown> = { thread: at(parts.thread, p), tag: at(parts.tag, p) };
    for (const figure of FUNCTION_COLUMNS) figures[figure] = at<number | null>(parts[figure], p);
    figures.durations = durationsOf(p);
    return figures as unknown as FunctionPart;
  };

  return (id, selection) => {
    const chosen: number[] = [];
    for (let p = start[id]; p < start[id + 1]; p++) {
      if (isSelected(selection, at(parts.thread, p), at(parts.tag, p))) chosen.push(p);
    }
    // As src/statistics/figures.ts adds, without an object for each part; tests compare the two.
    const sum = (figure: Column<number | null>) => {
      let all = 0;
      for (const p of chosen) all += at(figure, p)!;
      return all;
    };
    const cpu = (figure: Column<number | null>) => (chosen.some((p) => at(figure, p) === null) ? null : sum(figure));
    const most = (figure: Column<number | null>) => chosen.reduce((most, p) => Math.max(most, at(figure, p)!), 0);
    const error = (figure: Column<number | null>) => chosen.reduce((all, p) => Math.hypot(all, at(figure, p)!), 0);
    let own: FunctionPart[] | undefined;
    let durations: FunctionFigures['durations'] | undefined;
    return {
      id,
      name: name[id],
      file: files[at(file, id)],
      line: at(line, id),
      column: at(column, id),
      kind: kinds[at(kind, id)] as FunctionStats['kind'],
      calls: sum(parts.calls),
      primitiveCalls: sum(parts.primitiveCalls),
      resumes: sum(parts.resumes),
      awaitNs: sum(parts.awaitNs),
      selfWallNs: sum(parts.selfWallNs),
      selfCpuNs: cpu(parts.selfCpuNs),
      totalWallNs: sum(parts.totalWallNs),
      totalCpuNs: cpu(parts.totalCpuNs),
      open: sum(parts.open),
      errors: sum(parts.errors),
      selfErrorNs: error(parts.selfErrorNs),
      totalErrorNs: error(parts.totalErrorNs),
      maxTotalNs: most(parts.maxTotalNs),
      longestBlockNs: most(parts.longestBlockNs),
      get key() {
        return keyOf(this);
      },
      get parts() {
        return (own ??= chosen.map(partAt));
      },
      get durations() {
        return (durations ??= sumParts(this.parts, FUNCTION_ADDITION).durations);
      },
    };
  };
}

function readDurations(
  { bounds, count, bucket, calls }: EmbeddedDurations,
  parts: number,
): (part: number) => FunctionFigures['durations'] {
  const start = starts(count, parts);
  return (part) => {
    const buckets = [];
    for (let b = start[part]; b < start[part + 1]; b++) {
      const [fromNs, toNs] = bounds[at(bucket, b)];
      buckets.push({ fromNs, toNs, calls: at(calls, b) });
    }
    return buckets;
  };
}

function readEdges({ size, caller, callee, line, parts, cutCallers, cutCallees }: EmbeddedEdges): Edges {
  const start = starts(parts.count, size);
  const edgeAt = (e: number): EdgeStats => {
    const own: EdgePart[] = [];
    for (let p = start[e]; p < start[e + 1]; p++) {
      const figures: Record<string, unknown> = {};
      for (const figure of EDGE_COLUMNS) figures[figure] = at<number | null>(parts[figure], p);
      own.push({ thread: at(parts.thread, p), tag: at(parts.tag, p), ...(figures as unknown as EdgeFigures) });
    }
    return edgeOf(at(caller, e), at(callee, e), at(line, e), own);
  };
  const index = (end: Column) => {
    let byFunction: Map<number, number[]> | undefined;
    return (fn: number) => {
      if (byFunction === undefined) {
        byFunction = new Map();
        for (let e = 0; e < size; e++) {
          const known = byFunction.get(at(end, e));
          if (known === undefined) byFunction.set(at(end, e), [e]);
          else known.push(e);
        }
      }
      return (byFunction.get(fn) ?? []).map(edgeAt);
    };
  };
  const callers = new Map(cutCallers);
  const callees = new Map(cutCallees);
  return {
    callersOf: index(callee),
    calleesOf: index(caller),
    cutCallersOf: (fn) => callers.get(fn) ?? 0,
    cutCalleesOf: (fn) => callees.get(fn) ?? 0,
  };
}
