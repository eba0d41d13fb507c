// The middle half of a few measurements.

export interface Quartiles {
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

/** By linear interpolation; NaN throughout for no values. */
export function quartilesOf(values: readonly number[]): Quartiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)];
    return below + (sorted[Math.ceil(place)] - below) * (place - Math.floor(place));
  };
  return sorted.length === 0 ? { q1: NaN, median: NaN, q3: NaN } : { q1: at(0.25), median: at(0.5), q3: at(0.75) };
}

/** How much y grows when x becomes ten times as large: the slope of the least-squares line over log10 x. */
export function growthPerDecade(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x]) => Math.log10(x));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const meanX = mean(logs);
  const meanY = mean(points.map(([, y]) => y));
  const spread = mean(logs.map((x) => (x - meanX) ** 2));
  return mean(points.map(([, y], i) => (logs[i] - meanX) * (y - meanY))) / spread;
}
