// Picks the functions a report is about. Pure queries over the profile.
import type { FunctionStats, Profile, ThreadShare } from '../profile.ts';

/**
 * Functions that were active, without the event loop: the root's time is what passed between jobs, so next to functions
 * it would only say how long the process idled.
 */
export function activeFunctions(profile: Profile): FunctionStats[] {
  return profile.functions.filter((fn) => fn.kind !== 'root' && (fn.calls > 0 || fn.open > 0 || fn.totalWallNs > 0));
}

/**
 * The active functions of one thread (`ThreadStats.id`, or FOLDED_THREADS), with that thread's figures in place of the
 * sums. A standard error is known only for the sum; the variance of sampled time grows with the time, so the thread gets
 * its share of it.
 */
export function functionsOfThread(profile: Profile, thread: number): FunctionStats[] {
  return activeFunctions(profile).flatMap((fn) =>
    fn.threads
      .filter((share) => share.thread === thread)
      .map((share) => ({
        ...fn,
        ...figuresOf(share),
        selfErrorNs: errorShareNs(fn.selfErrorNs, share.selfWallNs, fn.selfWallNs),
        totalErrorNs: errorShareNs(fn.totalErrorNs, share.totalWallNs, fn.totalWallNs),
        threads: [share],
      })),
  );
}

function figuresOf(share: ThreadShare): Omit<ThreadShare, 'thread'> {
  const { calls, primitiveCalls, open, resumes, awaitNs, selfWallNs, selfCpuNs, totalWallNs, totalCpuNs } = share;
  return { calls, primitiveCalls, open, resumes, awaitNs, selfWallNs, selfCpuNs, totalWallNs, totalCpuNs };
}

function errorShareNs(errorNs: number, partNs: number, wholeNs: number): number {
  return wholeNs > 0 ? errorNs * Math.sqrt(Math.min(1, partNs / wholeNs)) : errorNs;
}
