// Versions of tools that need a newer Node than everycall does: Babel 8, Vite 8, vitest 5. They have a package.json and a
// lockfile of their own in test/fixtures/current and are installed there when a test first asks. Tests with them are
// defined only where they can run.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../fixtures/current/', import.meta.url));

/** They all run where Node takes types away without being asked. */
export const CAN_RUN_CURRENT_TOOLS = Boolean((process.features as { typescript?: unknown }).typescript);

/** Their node_modules: an `overlay` for `installedProject()`. */
export function currentTools(): string {
  const directory = join(folder, 'node_modules');
  const installed = join(directory, '.everycall-installed');
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' });
    writeFileSync(installed, wanted);
  }
  return directory;
}
