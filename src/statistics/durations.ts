// Reads the histogram of a function's durations: percentiles, and of how many calls they speak. Estimates only; how the
// buckets are cut is the arena's affair.
import { badOption } from '../option-checks.ts';
import type { FunctionFigures } from '../profile.ts';

type Durations = Pick<FunctionFigures, 'durations' | 'maxTotalNs'>;

/**
 * Of how many calls the duration is known: those that began and ended while time was charged exactly. The percentiles speak
 * of these, out of `calls`.
 */
export function timedCalls({ durations }: Pick<FunctionFigures, 'durations'>): number {
  return durations.reduce((sum, { calls }) => sum + calls, 0);
}

/**
 * The duration, in ns, that a share of the timed calls did not exceed: 0.5 is the median. Calls are taken to lie evenly
 * within their bucket, so that it is off by at most the bucket's width; 1 gives the longest timed call itself where that
 * is known. `null` where no call was timed.
 *
 * @param share from 0 to 1
 * @throws EverycallError `bad-option` for another share
 */
export function percentileNs({ durations, maxTotalNs }: Durations, share: number): number | null {
  if (typeof share !== 'number' || !(share >= 0 && share <= 1))
    throw badOption('percentileNs()', "'share' to be from 0 to 1", share);
  const timed = timedCalls({ durations });
  if (timed === 0) return null;
  const rank = share * timed;
  let before = 0;
  for (const [i, { fromNs, toNs, calls }] of durations.entries()) {
    if (calls > 0 && before + calls >= rank) {
      // The last bucket ends where the longest call does; a maximum below it belongs to other figures (a test, a foreign file).
      const isLast = i === durations.length - 1;
      const endNs = isLast && maxTotalNs >= fromNs ? Math.min(toNs, maxTotalNs) : toNs;
      return fromNs + ((rank - before) / calls) * (endNs - fromNs);
    }
    before += calls;
  }
  return durations[durations.length - 1].toNs;
}
