// Runs programs of test/fixtures/real-programs as they are and under the command line, in each way to record.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from '../../src/files.ts';
import type { Profile } from '../../src/profile.ts';

const folder = fileURLToPath(new URL('../fixtures/real-programs/', import.meta.url));
const cli = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Everything there is: packages, their dependencies, and the program itself. */
const INSTRUMENTED = ['--include', '**/node_modules/**', '--include', '**/real-programs/**'];

const WAYS = {
  stopped: ['--start-paused'],
  exact: ['--precision', 'exact'],
  sampled: ['--precision', 'sampled'],
  adaptive: ['--precision', 'adaptive'],
  builtins: ['--precision', 'exact', '--builtins'],
} as const;
export type Way = keyof typeof WAYS;
export const PRECISIONS: readonly Way[] = ['exact', 'sampled', 'adaptive'];

/** Whether all programs run in all ways: `npm run test:real-programs`. */
export const IS_WHOLE = process.env['EVERYCALL_REAL_PROGRAMS'] === 'all';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs in one folder with one cache, so that each file is compiled once. */
export class Runs {
  readonly #own = mkdtempSync(join(tmpdir(), 'everycall-real-'));
  #saved = 0;

  remove(): void {
    rmSync(this.#own, { recursive: true, force: true });
  }

  plain(args: readonly string[]): Promise<Outcome> {
    return this.#run(args);
  }

  async instrumented(way: Way, args: readonly string[]): Promise<Outcome & { readonly profile: Profile }> {
    const saved = join(this.#own, `${this.#saved++}.json`);
    const outcome = await this.#run([cli, ...INSTRUMENTED, '--quiet', ...WAYS[way], '-o', saved, ...args]);
    return { ...outcome, profile: load(saved) };
  }

  #run(args: readonly string[]): Promise<Outcome> {
    const env = { ...process.env, TZ: 'UTC', EVERYCALL_CACHE: join(this.#own, 'cache') };
    for (const name of ['NODE_OPTIONS', 'NO_COLOR', 'FORCE_COLOR', 'NODE_TEST_CONTEXT'])
      delete (env as NodeJS.ProcessEnv)[name];
    const child = spawn(process.execPath, ['--no-warnings=ExperimentalWarning', '--test-reporter=tap', ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const pieces: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    child.stdout.on('data', (piece: Buffer) => pieces.stdout.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.stderr.push(piece));
    return new Promise((settle, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) =>
        settle({
          stdout: Buffer.concat(pieces.stdout).toString('latin1'),
          stderr: Buffer.concat(pieces.stderr).toString('latin1'),
          code,
          signal,
        }),
      );
    });
  }
}

/** Calls of each function, by its identity. */
export function callsIn(profile: Profile): Map<string, number> {
  return new Map(profile.functions.filter(({ calls }) => calls > 0).map(({ key, calls }) => [key, calls]));
}

/** Functions that were called otherwise in one than in the other. */
export function differences(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((key) => a.get(key) !== b.get(key))
    .map((key) => `${key}: ${a.get(key) ?? 0} and ${b.get(key) ?? 0}`);
}
