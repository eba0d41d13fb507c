// Adding up figures: the only place that knows how each of them adds. Counts and times are sums, standard errors add as
// variances do, maxima stay maxima, histograms add bucket by bucket; CPU time is unknown as soon as a part of it is.
import type {
  DurationBucket,
  EdgeFigures,
  FunctionFigures,
  Part,
  StackFigures,
  Suspensions,
  Counts,
  Times,
} from '../profile.ts';

export const NO_EDGE_FIGURES: EdgeFigures = {
  calls: 0,
  primitiveCalls: 0,
  resumes: 0,
  awaitNs: 0,
  selfWallNs: 0,
  selfCpuNs: 0,
  totalWallNs: 0,
  totalCpuNs: 0,
};

export const NO_FUNCTION_FIGURES: FunctionFigures = {
  ...NO_EDGE_FIGURES,
  open: 0,
  errors: 0,
  selfErrorNs: 0,
  totalErrorNs: 0,
  maxTotalNs: 0,
  longestBlockNs: 0,
  durations: [],
};

export const NO_STACK_FIGURES: StackFigures = { samples: 0, selfWallNs: 0, selfCpuNs: 0 };

/** Unknown as soon as one of them is. */
export function addCpu(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

export function addEdgeFigures(a: EdgeFigures, b: EdgeFigures): EdgeFigures {
  return {
    calls: a.calls + b.calls,
    primitiveCalls: a.primitiveCalls + b.primitiveCalls,
    resumes: a.resumes + b.resumes,
    awaitNs: a.awaitNs + b.awaitNs,
    selfWallNs: a.selfWallNs + b.selfWallNs,
    selfCpuNs: addCpu(a.selfCpuNs, b.selfCpuNs),
    totalWallNs: a.totalWallNs + b.totalWallNs,
    totalCpuNs: addCpu(a.totalCpuNs, b.totalCpuNs),
  };
}

export function addFunctionFigures(a: FunctionFigures, b: FunctionFigures): FunctionFigures {
  return {
    ...addEdgeFigures(a, b),
    open: a.open + b.open,
    errors: a.errors + b.errors,
    selfErrorNs: Math.hypot(a.selfErrorNs, b.selfErrorNs),
    totalErrorNs: Math.hypot(a.totalErrorNs, b.totalErrorNs),
    maxTotalNs: Math.max(a.maxTotalNs, b.maxTotalNs),
    longestBlockNs: Math.max(a.longestBlockNs, b.longestBlockNs),
    durations: addDurations(a.durations, b.durations),
  };
}

export function addStackFigures(a: StackFigures, b: StackFigures): StackFigures {
  return {
    samples: a.samples + b.samples,
    selfWallNs: a.selfWallNs + b.selfWallNs,
    selfCpuNs: addCpu(a.selfCpuNs, b.selfCpuNs),
  };
}

/** Both histograms have the same bounds, as far as they have the same buckets. */
function addDurations(a: readonly DurationBucket[], b: readonly DurationBucket[]): readonly DurationBucket[] {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const sum: DurationBucket[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (j === b.length || (i < a.length && a[i].fromNs < b[j].fromNs)) sum.push(a[i++]);
    else if (i === a.length || b[j].fromNs < a[i].fromNs) sum.push(b[j++]);
    else sum.push({ ...a[i], calls: a[i++].calls + b[j++].calls });
  }
  return sum;
}

/** How the figures of one kind of row add, and what nothing is. */
export interface Addition<Figures> {
  readonly none: Figures;
  add(a: Figures, b: Figures): Figures;
}

export const FUNCTION_ADDITION: Addition<FunctionFigures> = { none: NO_FUNCTION_FIGURES, add: addFunctionFigures };
export const EDGE_ADDITION: Addition<EdgeFigures> = { none: NO_EDGE_FIGURES, add: addEdgeFigures };
export const STACK_ADDITION: Addition<StackFigures> = { none: NO_STACK_FIGURES, add: addStackFigures };

/** The sum over parts, without their thread and tag. */
export function sumParts<Figures>(parts: readonly (Part & Figures)[], { none, add }: Addition<Figures>): Figures {
  if (parts.length === 0) return none;
  const { thread, tag, ...first } = parts[0];
  let sum = first as unknown as Figures;
  for (let i = 1; i < parts.length; i++) sum = add(sum, parts[i]);
  return sum;
}

/** Whether anything was recorded at all. */
export function isNothing(row: Counts & Times & Suspensions): boolean {
  return row.calls === 0 && row.totalWallNs === 0 && row.selfWallNs === 0 && row.resumes === 0;
}
