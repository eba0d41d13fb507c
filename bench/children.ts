// Child processes of the bench: none outlives it, and what a failed one said becomes one line.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { basename, parse } from 'node:path';

const live = new Set<ChildProcess>();

export interface Ended {
  readonly code: number | null;
  /** What ended it, if it did not end by itself. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time from the start of the process to its end. */
  readonly wallMs: number;
  readonly timedOut: boolean;
}

/** The root folder: what tools take for the working directory's own is then everything. */
const ROOT = parse(process.cwd()).root;

/** Nothing of who runs the bench, or of a measurement before, may change what is measured. */
export function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(NODE_|EVERYCALL_|BENCH_|NYC_)/.test(name));
  return { ...Object.fromEntries(own), ...more };
}

export function startChild(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(command, args, { env, cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin!.on('error', () => {}); // it may be gone before it is told anything
  live.add(child);
  child.once('close', () => live.delete(child));
  child.once('error', () => live.delete(child));
  return child;
}

/** Runs a process to its end. Never rejects: a command that is not there ends with a code of `null`. */
export function runChild(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs = 300_000,
): Promise<Ended> {
  return new Promise((resolve) => {
    const before = performance.now();
    const child = startChild(command, args, env);
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, wallMs: performance.now() - before, timedOut });
    };
    child.stdout!.on('data', (text) => (stdout += String(text)));
    child.stderr!.on('data', (text) => (stderr += String(text)));
    child.once('error', (error) => {
      stderr += String(error);
      end(null, null);
    });
    child.once('close', end);
  });
}

/** For a signal or a failure in the middle of it. */
export function killChildren(): void {
  for (const child of live) child.kill('SIGKILL');
}

/** What a process that failed said, in a line, without the paths of this machine. */
export function reasonOf({ code, signal, stderr, timedOut }: Omit<Ended, 'stdout' | 'wallMs'>): string {
  if (timedOut) return 'took too long';
  const lines = stderr.split('\n').map((line) => line.trim());
  const said = lines.find((line) => /^(Uncaught )?\w*Error\b/.test(line)) ?? lines.find((line) => line !== '');
  const line = (said ?? (signal === null ? `ended with ${code}` : `ended by ${signal}`)).replaceAll(
    /(\/[\w@.+-]+){2,}/g,
    (path) => basename(path),
  );
  return line.length > 140 ? `${line.slice(0, 139)}…` : line;
}

/** The JSON on the last line of what it printed. */
export function lastLine<T>({ stdout }: Pick<Ended, 'stdout'>): T {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as T;
}
