// Small programs in a directory of their own, run by a real node with the built everycall, and what was recorded of them.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile } from '../../src/profile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = join(root, 'dist');
export const REGISTER_CJS = join(dist, 'cjs', 'register.cjs');
export const REGISTER_ESM = join(dist, 'src', 'register', 'index.js');
export const CLI = join(dist, 'src', 'cli', 'main.js');

/** Both ways to preload everycall; every program must run alike under each. */
export const PRELOADS: readonly (readonly [string, readonly string[]])[] = [
  ['-r', ['-r', REGISTER_CJS]],
  ['--import', ['--import', REGISTER_ESM]],
];

/** Starts the profiler before the program, and writes what was recorded when it has ended. Never part of a program. */
const RECORDER = `
const { isMainThread } = require('node:worker_threads');
if (isMainThread && globalThis.everycall) {
  globalThis.everycall.start();
  process.on('exit', () => {
    require('node:fs').writeFileSync(process.env.RECORD_TO, JSON.stringify(globalThis.everycall.snapshot()));
  });
}`;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Where it runs; in the project if not said. */
  readonly cwd?: string;
  readonly input?: string;
  /** Called once the process has written to stdout for the first time, with what it wrote. */
  readonly onOutput?: (child: ChildProcess, text: string) => void;
}

export class Project {
  readonly directory: string;
  readonly #running = new Set<ChildProcess>();

  constructor(files: Readonly<Record<string, string>>) {
    if (!existsSync(REGISTER_CJS)) throw new Error('dist/ is missing: run `npm run build` first');
    this.directory = realpathSync(mkdtempSync(join(tmpdir(), 'everycall-test-')));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Ends what still runs, with all that it started: a test that fails must leave nothing behind. */
  remove(): void {
    for (const { pid } of this.#running) {
      try {
        if (process.platform !== 'win32') process.kill(-pid!, 'SIGKILL');
      } catch {
        // it has just ended
      }
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs node in the project; the transform cache is off unless `env` says otherwise. */
  node(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.run(process.execPath, args, options);
  }

  /** Runs commands as they are typed into a shell, with those of the project's node_modules and this node first. */
  shell(commands: string, { env, ...options }: RunOptions = {}): Promise<Outcome> {
    const path = [this.path('node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);
    return this.run('bash', ['-e', '-o', 'pipefail', '-c', commands], { ...options, env: { PATH: path, ...env } });
  }

  run(command: string, args: readonly string[], { env, cwd, input, onOutput }: RunOptions = {}): Promise<Outcome> {
    const inherited = { ...process.env };
    for (const name of ['NODE_OPTIONS', 'NO_COLOR', 'FORCE_COLOR', 'EVERYCALL_REGISTER']) delete inherited[name];
    const child = spawn(command, args, {
      cwd: cwd ?? this.directory,
      env: { ...inherited, EVERYCALL_CACHE: 'off', ...env },
      detached: true, // a process group of its own
    });
    this.#running.add(child);
    let stdout = '';
    let stderr = '';
    if (onOutput) child.stdout.once('data', (chunk: Buffer) => onOutput(child, chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => undefined); // a program that does not read its input
    child.stdin.end(input ?? '');
    return new Promise((settle, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        this.#running.delete(child);
        settle({ code, signal, stdout, stderr });
      });
    });
  }

  /** Runs the program under a preload and the recorder; gives its calls as `file:function` → how often. */
  async record(
    preload: readonly string[],
    args: readonly string[],
    options: RunOptions = {},
  ): Promise<Outcome & { calls: Record<string, number>; profile: Profile }> {
    this.write('.recorder.cjs', RECORDER);
    const recordTo = this.path('.recorded.json');
    rmSync(recordTo, { force: true });
    const outcome = await this.node([...preload, preload[0], this.path('.recorder.cjs'), ...args], {
      ...options,
      env: { RECORD_TO: recordTo, ...options.env },
    });
    if (!existsSync(recordTo)) throw new Error(`nothing was recorded: ${outcome.stderr}`);
    const profile = JSON.parse(readFileSync(recordTo, 'utf8')) as Profile;
    return { ...outcome, profile, calls: this.callsOf(profile) };
  }

  callsOf(profile: Profile): Record<string, number> {
    const calls: Record<string, number> = {};
    for (const { file, name, calls: count } of profile.functions) {
      if (file.startsWith(this.directory)) calls[`${file.slice(this.directory.length + 1)}:${name}`] = count;
    }
    return calls;
  }
}

/** A project for each test that asks, gone after it. */
export function projects(): (files: Readonly<Record<string, string>>) => Project {
  const made: Project[] = [];
  afterEach(() => {
    for (const project of made.splice(0)) project.remove();
  });
  return (files) => {
    const project = new Project(files);
    made.push(project);
    return project;
  };
}
