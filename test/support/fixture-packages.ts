// Packages that a folder under test/fixtures has a package.json and a lockfile of its own for. They are installed there when
// a test first asks for them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The node_modules of that fixture, with what its lockfile says. */
export function fixturePackages(fixture: string): string {
  const folder = fileURLToPath(new URL(`../fixtures/${fixture}/`, import.meta.url));
  const directory = join(folder, 'node_modules');
  const mark = join(directory, '.everycall-installed');
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const isInstalled = () => existsSync(mark) && readFileSync(mark, 'utf8') === wanted;
  if (isInstalled()) return directory;
  alone(`everycall-install-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`, () => {
    if (isInstalled()) return; // by another process of the tests, meanwhile
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'pipe' });
    writeFileSync(mark, wanted);
  });
  return directory;
}

/** An installation that takes longer belongs to a process that is gone. */
const LONGEST_MS = 240_000;
const WAIT_MS = 200;

/** Several test files run at a time: one of them does the work, the others wait. */
function alone(name: string, work: () => void): void {
  const lock = join(tmpdir(), name);
  const words = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; !isMade(lock) && waitedMs < LONGEST_MS; waitedMs += WAIT_MS)
    Atomics.wait(words, 0, 0, WAIT_MS);
  try {
    work();
  } finally {
    if (existsSync(lock)) rmdirSync(lock);
  }
}

function isMade(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
