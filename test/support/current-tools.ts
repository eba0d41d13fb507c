// Versions of tools that need a newer Node than everycall does: Babel 8, Vite 8, vitest 5. They have a package.json and a
// lockfile of their own in test/fixtures/current. Tests with them are defined only where they can run.
import { fixturePackages } from './fixture-packages.ts';

/** They all run where Node takes types away without being asked. */
export const CAN_RUN_CURRENT_TOOLS = Boolean((process.features as { typescript?: unknown }).typescript);

/** Their node_modules: an `overlay` for `installedProject()`. */
export function currentTools(): string {
  return fixturePackages('current');
}
