// Checks of the options that several exporters take.
import { badOption } from '../option-checks.ts';
import type { Profile } from '../profile.ts';
import { CLOCKS } from '../statistics/columns.ts';
import type { Clock } from '../statistics/columns.ts';

/** The clocks that the profile's stacks have times of. */
export function clocksOf({ processes }: Profile): Clock[] {
  return processes.every(({ clock }) => clock.cpu !== null) ? ['wall', 'cpu'] : ['wall'];
}

/**
 * The clock that an exporter was asked for; wall if none. A file that is to show CPU time must not hold wall time instead,
 * so a profile without a CPU clock is refused then. Throws 'bad-option'.
 */
export function checkedClock(exporter: string, profile: Profile, clock: Clock = 'wall'): Clock {
  const refuse = (expected: string, got: unknown) => {
    throw badOption(`${exporter}()`, expected, got);
  };
  if (!CLOCKS.includes(clock)) refuse(`'clock' to be wall or cpu`, clock);
  if (!clocksOf(profile).includes(clock)) refuse(`'clock' to be wall, the only one in this profile`, clock);
  return clock;
}

/** Throws 'bad-option' for what is neither left out nor of this type. */
export function checkedOption<T extends string | boolean>(
  exporter: string,
  name: string,
  value: unknown,
  fallback: T,
): T {
  if (value === undefined) return fallback;
  if (typeof value !== typeof fallback) {
    throw badOption(`${exporter}()`, `'${name}' to be a ${typeof fallback}`, value);
  }
  return value as T;
}

/** Throws 'bad-option' for a folder that is no text. */
export function checkFolder(exporter: string, cwd: unknown): void {
  if (cwd !== undefined && typeof cwd !== 'string') throw badOption(`${exporter}()`, "'cwd' to be a folder", cwd);
}
