// The figures that a budget can limit: what each is called, where it is read, how uncertain it is and how it is said. The
// only list of them; parsing, checking, updating and wording all read it.
import type { FunctionFigures } from '../profile.ts';
import { percentileNs, timedCalls } from '../statistics/durations.ts';

interface FigureBase {
  /** Whether edges have it, too. */
  readonly ofEdges: boolean;
  /** Whether it adds up over calls, so that it can be divided by those of another function. */
  readonly addsUp: boolean;
  /** `null` where the profile does not tell it. */
  readonly read: (figures: FunctionFigures) => number | null;
  /** Why `read` may give `null`. */
  readonly unknown: string;
}

export interface CountKind extends FigureBase {
  readonly unit: 'calls';
  readonly one: string;
  readonly many: string;
}

export interface TimeKind extends FigureBase {
  readonly unit: 'ns';
  /** What comes after the time: `at most 5 ms of self wall time`. */
  readonly what: string;
  /** Standard error of what `read` gives, in ns. */
  readonly errorNs: (figures: FunctionFigures) => number;
}

const NO_CPU = 'there is no CPU clock in this profile';
const NOT_TIMED = 'no call was timed from begin to end';
const NO_CALLS = 'there was no call';

const count = (one: string, many: string, read: FigureBase['read'], ofEdges = true): CountKind => ({
  unit: 'calls',
  one,
  many,
  ofEdges,
  addsUp: true,
  read,
  unknown: '',
});

const time = (
  what: string,
  read: FigureBase['read'],
  { errorNs = () => 0, ofEdges = true, addsUp = true, unknown = '' }: Partial<TimeKind> = {},
): TimeKind => ({ unit: 'ns', what, ofEdges, addsUp, read, errorNs, unknown });

/** Standard errors are known of wall time. CPU time is charged at the same ticks, so its relative error is about the same. */
const cpuErrorNs = (errorNs: number, wallNs: number, cpuNs: number | null) =>
  wallNs > 0 && cpuNs !== null ? errorNs * (cpuNs / wallNs) : 0;

const aCall = (ns: number | null, { calls }: FunctionFigures) => (ns === null || calls === 0 ? null : ns / calls);

const selfCpuErrorNs = (f: FunctionFigures) => cpuErrorNs(f.selfErrorNs, f.selfWallNs, f.selfCpuNs);
const totalCpuErrorNs = (f: FunctionFigures) => cpuErrorNs(f.totalErrorNs, f.totalWallNs, f.totalCpuNs);

const percentile = (share: number) =>
  time(`at the ${share * 100}th percentile of its calls`, (f) => percentileNs(f, share), {
    ofEdges: false,
    addsUp: false,
    unknown: NOT_TIMED,
  });

export const FIGURES = {
  calls: count('call', 'calls', (f) => f.calls),
  primitiveCalls: count('primitive call', 'primitive calls', (f) => f.primitiveCalls),
  errors: count('error', 'errors', (f) => f.errors, false),
  resumes: count('resume', 'resumes', (f) => f.resumes),

  selfWall: time('of self wall time', (f) => f.selfWallNs, { errorNs: (f) => f.selfErrorNs }),
  selfCpu: time('of self CPU time', (f) => f.selfCpuNs, { errorNs: selfCpuErrorNs, unknown: NO_CPU }),
  totalWall: time('of total wall time', (f) => f.totalWallNs, { errorNs: (f) => f.totalErrorNs }),
  totalCpu: time('of total CPU time', (f) => f.totalCpuNs, { errorNs: totalCpuErrorNs, unknown: NO_CPU }),
  await: time('of awaiting', (f) => f.awaitNs),
  averageWall: time('of total wall time a call', (f) => aCall(f.totalWallNs, f), {
    errorNs: (f) => aCall(f.totalErrorNs, f) ?? 0,
    addsUp: false,
    unknown: NO_CALLS,
  }),
  averageCpu: time('of total CPU time a call', (f) => aCall(f.totalCpuNs, f), {
    errorNs: (f) => aCall(totalCpuErrorNs(f), f) ?? 0,
    addsUp: false,
    unknown: NO_CPU,
  }),
  p50: percentile(0.5),
  p90: percentile(0.9),
  p99: percentile(0.99),
  longestCall: time('in its longest call', (f) => (timedCalls(f) === 0 && f.maxTotalNs === 0 ? null : f.maxTotalNs), {
    ofEdges: false,
    addsUp: false,
    unknown: NOT_TIMED,
  }),
  longestBlock: time('without yielding its thread', (f) => f.longestBlockNs, { ofEdges: false, addsUp: false }),
} as const satisfies Record<string, CountKind | TimeKind>;

export type FigureName = keyof typeof FIGURES;
export type CountFigure = { [F in FigureName]: (typeof FIGURES)[F] extends CountKind ? F : never }[FigureName];
export type TimeFigure = Exclude<FigureName, CountFigure>;

export const FIGURE_NAMES = Object.keys(FIGURES) as FigureName[];

export function figureKind(name: FigureName): CountKind | TimeKind {
  return FIGURES[name];
}
