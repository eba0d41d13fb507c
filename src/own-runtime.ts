// A runtime apart from the process-wide one, for tests and for embedding.
import { createRuntime as create, type RuntimeOptions } from '../runtime/instance.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { checkOptions, FLAG, is, isWhole } from './option-checks.ts';
import type { OptionChecks } from './option-checks.ts';

const MOST = 2 ** 31 - 1;
const limit = is(`a whole number from 1 to ${MOST}`, (value) => isWhole(value, 1, MOST));

const CHECKS: OptionChecks<RuntimeOptions> = {
  arenaBytes: is('a whole number of bytes, 256 KiB to 1 GiB', (value) => isWhole(value, 1 << 18, 1 << 30)),
  maxSites: limit,
  maxEdges: limit,
  maxFrames: limit,
  clock: is('an object with a function wallNs, and cpuNs if it has that', isClock),
  ticker: FLAG,
};

function isClock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { wallNs, cpuNs } = value as Record<string, unknown>;
  return typeof wallNs === 'function' && (cpuNs === undefined || cpuNs === null || typeof cpuNs === 'function');
}

/**
 * A runtime of its own with an arena of its own.
 *
 * @throws EverycallError `bad-option`
 * @throws RangeError if there is no memory for the arena
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  checkOptions('createRuntime()', options, CHECKS);
  return create(options);
}
