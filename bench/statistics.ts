// Medians, spread and geometric means of a few measurements. Shared machines are noisy: no arithmetic mean is ever shown.

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws RangeError for no values: there is no median of nothing */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('expected at least one value');
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return { min: sorted[0], median, max: sorted[sorted.length - 1] };
}

/** The values between which at least the middle half lies, by rank. */
export function quartilesOf(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return [sorted[Math.floor(last / 4)], sorted[Math.ceil((last * 3) / 4)]];
}

export const medianOf = (values: readonly number[]): number => spreadOf(values).median;

/** Of ratios, which are all positive. @throws RangeError for no values, or one that is not above zero */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 0 || values.some((value) => !(value > 0))) {
    throw new RangeError(`expected ratios above 0, got ${JSON.stringify(values)}`);
  }
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** A process's figure: the median of its runs, the first third left out while the code is being optimised. */
export function medianWarm(runs: readonly number[]): number {
  return medianOf(runs.slice(Math.floor(runs.length / 3)));
}

/** Each value over the one of the same round. */
export const ratios = (values: readonly number[], bases: readonly number[]): number[] =>
  values.map((value, round) => value / bases[round]);
