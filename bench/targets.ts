// What the bench's figures come to beside the targets: geometric means over programs, and each target met or missed.
import type { Load, Measurement, ProgramResult, Results, Row, ServerResult } from './results.ts';
import { geometricMean, medianOf, medianWarm } from './statistics.ts';

export interface Target {
  readonly name: string;
  /** Not more than this. */
  readonly limit: number;
  readonly unit: string;
  /** `null`: not measured in this bench. */
  readonly value: number | null;
}

export interface Mean {
  readonly variant: string;
  readonly ratio: number;
  /** Names of what it is a mean of: means of different sets cannot be compared. */
  readonly of: readonly string[];
}

/** A row's figures and the original's, round by round, or `null` where one of them has none. A row may have fewer. */
function besideOriginal<Of>(
  rows: readonly Row<Of>[],
  variant: string,
  figure: (measurement: Of) => number,
  original = 'original',
): readonly (readonly [own: number, original: number])[] | null {
  const find = (name: string) => rows.find((row) => row.variant === name)?.rounds.map(figure) ?? [];
  const [own, originals] = [find(variant), find(original)];
  if (own.length === 0 || own.length > originals.length) return null;
  return own.map((value, round) => [value, originals[round]]);
}

/** What a row's rounds are, relative to the original's: one number a round. */
export function relative<Of>(
  rows: readonly Row<Of>[],
  variant: string,
  figure: (measurement: Of) => number,
): number[] | null {
  return besideOriginal(rows, variant, figure)?.map(([own, original]) => own / original) ?? null;
}

export const wallOf = ({ wallNs }: Measurement): number => medianWarm(wallNs);
export const cpuOf = ({ cpuNs }: Measurement): number => medianWarm(cpuNs);
/** Of a process's first run: V8 compiles most of the program in it. */
export const firstOf = ({ wallNs }: Measurement): number => wallNs[0];
export const cpuARequest = ({ cpuUs, requests }: Load): number => cpuUs / requests;

/** Where threads work beside each other, wall time says little of a call: there it is CPU time. */
const timeOf = ({ kind }: ProgramResult) => (kind === 'pool' ? cpuOf : wallOf);

/** What a call takes more than in the original, ns, one number a round. */
export function addedNs(result: ProgramResult, variant: string): number[] | null {
  const divisor = result.units ?? result.calls;
  const found = besideOriginal(result.rows, variant, timeOf(result));
  if (divisor === null || found === null) return null;
  return found.map(([own, original]) => (own - original) / divisor);
}

/** Added time over two readings of the clock, of the exact precision. */
export function overTwoClocks(result: ProgramResult): number[] | null {
  const added = addedNs(result, 'exact');
  const rounds = result.rows.find(({ variant }) => variant === 'exact')?.rounds;
  return added?.map((value, round) => value / (2 * rounds![round].clockNs)) ?? null;
}

const variantsOf = (rows: readonly (readonly Row<unknown>[])[]): string[] => [
  ...new Set(rows.flatMap((each) => each.map(({ variant }) => variant))),
];

function meansOf(
  named: readonly (readonly [string, (variant: string) => number[] | null])[],
  variants: string[],
): Mean[] {
  return variants.flatMap((variant) => {
    const found = named.flatMap(([name, ratiosOf]) => {
      const values = ratiosOf(variant);
      return values === null ? [] : [[name, medianOf(values)] as const];
    });
    if (found.length === 0) return [];
    return [{ variant, ratio: geometricMean(found.map(([, ratio]) => ratio)), of: found.map(([name]) => name) }];
  });
}

/** Over the real programs that are bound by the CPU; of wall time, warm, if not said otherwise. */
export function meansOfPrograms(programs: readonly ProgramResult[], figure = timeOf): Mean[] {
  const real = programs.filter(({ kind }) => kind !== 'micro');
  const named = real.map(
    (result) => [result.program, (variant: string) => relative(result.rows, variant, figure(result))] as const,
  );
  return meansOf(named, variantsOf(real.map(({ rows }) => rows)));
}

/** Over the servers, of CPU time in slices. */
export function meansOfSlices(servers: readonly ServerResult[]): Mean[] {
  const named = servers.map(
    ({ server, slices }) =>
      [server, (variant: string) => relative(slices, variant, ({ processUs }) => processUs)] as const,
  );
  return meansOf(named, variantsOf(servers.map(({ slices }) => slices)));
}

/** Over the servers; `throughput` is how many times fewer requests a second there are. */
export function meansOfServers(servers: readonly ServerResult[], of: 'cpu' | 'throughput'): Mean[] {
  const figure = of === 'cpu' ? cpuARequest : ({ requestsPerSecond }: Load) => 1 / requestsPerSecond;
  const named = servers.map(
    ({ server, rows }) => [server, (variant: string) => relative(rows, variant, figure)] as const,
  );
  return meansOf(named, variantsOf(servers.map(({ rows }) => rows)));
}

/** ms over Node's own until the process has ended, one number a start. */
export function startUpAdded({ startUp }: Pick<Results, 'startUp'>, name: string): number[] | null {
  return besideOriginal(startUp, name, ({ processMs }) => processMs, 'node')?.map(([own, node]) => own - node) ?? null;
}

export function targetsOf(results: Results): Target[] {
  const mean = (means: readonly Mean[], name: string) => means.find(({ variant }) => variant === name)?.ratio ?? null;
  const programs = meansOfPrograms(results.programs);
  const cpu = meansOfSlices(results.servers);
  const throughput = meansOfServers(results.servers, 'throughput');
  const median = (values: number[] | null) => (values === null ? null : medianOf(values));
  const of = (name: string, figures: (result: ProgramResult) => number[] | null) => {
    const result = results.programs.find(({ program }) => program === name);
    return result === undefined ? null : median(figures(result));
  };
  const added = (name: string, variant: string) => of(name, (result) => addedNs(result, variant));
  const clocks = (name: string) => of(name, overTwoClocks);
  const target = (name: string, limit: number, unit: string, value: number | null) => ({ name, limit, unit, value });
  const shares = results.ticker?.shares ?? [];
  return [
    target('stopped, real programs, geometric mean', 1.03, '× original', mean(programs, 'stopped')),
    target('stopped, servers, CPU a request', 1.03, '× original', mean(cpu, 'stopped')),
    target('adaptive, real programs, geometric mean', 1.25, '× original', mean(programs, 'adaptive')),
    target('adaptive, servers, CPU a request', 1.03, '× original', mean(cpu, 'adaptive')),
    target('adaptive, servers, time a request by throughput', 1.03, '× original', mean(throughput, 'adaptive')),
    target('sampled, acorn', 9, 'ns a call', added('acorn', 'sampled')),
    target('sampled, fib', 4, 'ns a call', added('fib', 'sampled')),
    target('exact, acorn', 1.1, '× two clock reads', clocks('acorn')),
    target('exact, fib', 1.1, '× two clock reads', clocks('fib')),
    target('ticker', 1.5, '% of one core', shares.length === 0 ? null : medianOf(shares) * 100),
    target('start-up, --import', 40, 'ms over Node', median(startUpAdded(results, '--import everycall/register'))),
    target('start-up, -r', 40, 'ms over Node', median(startUpAdded(results, '-r everycall/register'))),
    target('edge row', 64, 'bytes', results.edgeRowBytes),
  ];
}
