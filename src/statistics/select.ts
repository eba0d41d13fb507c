// Picks the functions a report is about. Pure queries over the profile.
import type { FunctionStats, Part, Profile } from '../profile.ts';
import { functionOf } from './assembly.ts';

/**
 * Functions that were active, without the event loop: the root's time is what passed between jobs, so next to functions
 * it would only say how long the process idled.
 */
export function activeFunctions(profile: Profile): FunctionStats[] {
  return profile.functions.filter((fn) => fn.kind !== 'root' && (fn.calls > 0 || fn.open > 0 || fn.totalWallNs > 0));
}

/** The active functions of some parts, such as those of one thread, with the figures of these parts in place of the sums. */
export function functionsOfParts(profile: Profile, isIn: (part: Part) => boolean): FunctionStats[] {
  return activeFunctions(profile).flatMap((fn) => {
    const parts = fn.parts.filter(isIn);
    return parts.length === 0 ? [] : [functionOf(fn.id, fn.key, fn, parts)];
  });
}

/** Whether all processes have a per-thread CPU clock; otherwise CPU times are `null`. */
export function hasCpu(profile: Profile): boolean {
  return profile.processes.every(({ clock }) => clock.cpu !== null);
}
