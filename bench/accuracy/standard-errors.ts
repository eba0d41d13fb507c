// Whether the standard error that the sampled precision states is that of its figures.
import { coverage, type Times } from './errors.ts';

/** Figures by function of one short span. */
export type Span = readonly (readonly [name: string, { readonly selfCpuNs: number; readonly selfErrorNs: number }])[];

export interface Coverage {
  readonly name: string;
  readonly spans: number;
  /** Stated standard error over measured time, and the spread of the errors over what is stated: 1 would be right. */
  readonly stated: number;
  readonly spreadOverStated: number;
  /** Share of the spans whose error is within one, two and three of them. Of a normal one 68, 95 and 99.7 %. */
  readonly within: readonly [number, number, number];
}

/**
 * Of each function. True is its share of what all of them took in the span, so that a processor that is faster in one span
 * than in another makes no error.
 */
export function coverageOf(truth: Times, spans: readonly Span[]): Coverage[] {
  const trueSum = Object.values(truth).reduce((a, b) => a + b, 0);
  return Object.entries(truth).map(([name, trueNs]) => {
    const misses = spans.map((span) => {
      const known = span.filter(([fn]) => fn in truth);
      const sum = known.reduce((total, [, { selfCpuNs }]) => total + selfCpuNs, 0);
      const own = known.find(([fn]) => fn === name)?.[1] ?? { selfCpuNs: 0, selfErrorNs: 0 };
      return { error: own.selfCpuNs - (sum * trueNs) / trueSum, standardError: own.selfErrorNs, of: own.selfCpuNs };
    });
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const stated = mean(misses.map(({ standardError }) => standardError));
    const spread = Math.sqrt(mean(misses.map(({ error }) => error ** 2)));
    return {
      name,
      spans: spans.length,
      stated: stated / mean(misses.map(({ of }) => of)),
      spreadOverStated: spread / stated,
      within: [coverage(misses, 1), coverage(misses, 2), coverage(misses, 3)],
    };
  });
}
