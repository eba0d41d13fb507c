// Medians, spread, quartiles, geometric means and growth of a few measurements. Shared machines are noisy: no arithmetic mean is ever shown.

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

/** The middle half. */
export interface Quartiles {
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

/** By linear interpolation between ranks. @throws RangeError for no values */
export function quartilesOf(values: readonly number[]): Quartiles {
  const { median } = spreadOf(values);
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)];
    return below + (sorted[Math.ceil(place)] - below) * (place - Math.floor(place));
  };
  return { q1: at(0.25), median, q3: at(0.75) };
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

/** How much y grows when x becomes ten times as large: the slope of the least-squares line over log10 x. */
export function growthPerDecade(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x]) => Math.log10(x));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const meanX = mean(logs);
  const meanY = mean(points.map(([, y]) => y));
  const spread = mean(logs.map((x) => (x - meanX) ** 2));
  return mean(points.map(([, y], i) => (logs[i] - meanX) * (y - meanY))) / spread;
}
