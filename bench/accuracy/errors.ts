// How far measured times are from the true ones. Pure arithmetic.

export type Times = Readonly<Record<string, number>>;

export interface FunctionError {
  readonly name: string;
  readonly trueNs: number;
  readonly measuredNs: number;
  /** Measured over true, less 1. */
  readonly time: number;
  /** Measured share of the functions' sum, less the true share. */
  readonly share: number;
}

/** Of every function that has a true time. One that was not measured at all counts as 0. */
export function errorsOf(truth: Times, measured: Times): FunctionError[] {
  const names = Object.keys(truth);
  const sum = (times: Times) => names.reduce((total, name) => total + (times[name] ?? 0), 0);
  const trueSum = sum(truth);
  const measuredSum = sum(measured);
  return names.map((name) => {
    const trueNs = truth[name];
    const measuredNs = measured[name] ?? 0;
    const share = (measuredSum > 0 ? measuredNs / measuredSum : 0) - trueNs / trueSum;
    return { name, trueNs, measuredNs, time: measuredNs / trueNs - 1, share };
  });
}

/** Of the ratios between two functions, the one that is furthest off: measured ratio over true ratio, at least 1. */
export function worstRatio(errors: readonly FunctionError[]): number {
  const factors = errors.map(({ time }) => 1 + time);
  const least = Math.min(...factors);
  return least <= 0 ? Infinity : Math.max(...factors) / least;
}

/** What share of errors lies within so many of their stated standard errors. */
export function coverage(
  misses: readonly { readonly error: number; readonly standardError: number }[],
  within: number,
): number {
  const covered = misses.filter(({ error, standardError }) => Math.abs(error) <= within * standardError);
  return misses.length === 0 ? NaN : covered.length / misses.length;
}
