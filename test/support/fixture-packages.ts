// Packages that a folder under test/fixtures has a package.json and a lockfile of its own for. They are installed there when
// a test first asks for them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The node_modules of that fixture, with what its lockfile says. */
export function fixturePackages(fixture: string): string {
  const folder = fileURLToPath(new URL(`../fixtures/${fixture}/`, import.meta.url));
  const directory = join(folder, 'node_modules');
  const installed = join(directory, '.everycall-installed');
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' });
    writeFileSync(installed, wanted);
  }
  return directory;
}
