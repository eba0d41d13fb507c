// `everycall run`: starts the program in a node of its own that records itself, is to the outside what that process is (its
// input and output, its signals, its exit code), and reports in the end. Never loads or runs code of the program itself.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as system } from 'node:os';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { EverycallError } from '../errors.ts';
import { withToken } from '../monitor/environment.ts';
import { complain, messageOf } from '../output.ts';
import { pushOf } from '../push/options.ts';
import { environmentWith } from '../recording/settings.ts';
import type { RecordingSettings } from '../recording/settings.ts';
import { REGISTER_FILE } from '../register/package-root.ts';
import { typescriptNames } from '../register/resolution.ts';
import type { RunCommand } from './options.ts';
import { openRecording } from './recording.ts';

/** How long a process may be deaf to the second Ctrl-C before it is ended by force. */
const GRACE_MS = 2000;

/** Resolves to the exit code to take; does not return if the program ended by a signal. Throws where there is no script. */
export async function run(command: RunCommand): Promise<number> {
  const { script } = command;
  checkScript(script);
  const env = { ...process.env };
  const monitor = withToken('--monitor-http', command.monitor, env);
  const push = command.push === undefined ? null : pushOf('--push', env, command.push);
  const recording = openRecording(command.record);
  try {
    const args = [...process.execArgv, ...hooksForChildren(command), ...(script.startsWith('-') ? ['--'] : []), script];
    const child = spawn(process.execPath, [...args, ...command.args], {
      stdio: 'inherit',
      env: environmentWith(
        { ...settingsOf(command, recording.directory), monitor, ...(push !== null && { push }) },
        env,
      ),
    });
    const stopRelaying = relaySignals(child);
    const page = command.web === false ? null : serveChild(child, command.web);
    // Loaded while the program runs.
    const reporting = import('./ending-report.ts');
    const { code, signal } = await endOf(child);
    const { reportRecording } = await reporting;
    const isReported = await reportRecording(recording.directory, command);
    await page; // its last frame, and no file of it is left
    stopRelaying();
    if (signal === null) return code === 0 && !isReported ? 1 : (code ?? 1);
    recording.close();
    process.kill(process.pid, signal);
    // A signal that does not end a process, such as one that is blocked: the shell's convention is the next best.
    return new Promise((settle) => setTimeout(() => settle(128 + system.signals[signal]), 100));
  } finally {
    recording.close();
  }
}

/** The page that looks into the program. It comes when the program's monitor is there, and goes when the program ends. */
async function serveChild(child: ChildProcess, { open }: { readonly open: boolean }): Promise<void> {
  try {
    await (await import('./web.ts')).serveWhileItRuns(child, open);
  } catch (error) {
    complain(`no page: ${messageOf(error)}`);
  }
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((settle, reject) => {
    child.on('error', (error) => reject(new EverycallError('unavailable', `cannot start node: ${error.message}`)));
    child.on('exit', (code, signal) => settle({ code, signal }));
  });
}

/**
 * `fork` hands `process.execArgv` on: so what a program forks gets the hooks, which it may need to run TypeScript, even where
 * it is not recorded.
 */
function hooksForChildren({ children }: RunCommand): string[] {
  return children ? [] : ['--require', REGISTER_FILE];
}

/** What all processes of the recording are told. */
function settingsOf(command: RunCommand, directory: string): RecordingSettings {
  const { include, exclude } = command;
  return {
    directory,
    start: {
      precision: command.precision,
      overhead: command.overhead,
      tickMs: command.tickMs,
      builtins: command.builtins || undefined,
    },
    startPaused: command.startPaused,
    checkpointSeconds: command.checkpointSeconds,
    register: {
      include: include.length > 0 ? include : undefined,
      exclude: exclude.length > 0 ? exclude : undefined,
      root: process.cwd(),
      strict: command.strict,
      progress: !command.quiet,
    },
    children: command.children,
    waitingPid: process.pid,
  };
}

/** Node's own way to find it, and the TypeScript names besides; says in one line what is wrong. */
function checkScript(script: string): void {
  const path = resolve(script);
  const find = createRequire(resolve('everycall.js')).resolve;
  for (const name of [path, ...typescriptNames(path, true)]) {
    let file: string;
    try {
      file = find(name);
    } catch {
      continue;
    }
    try {
      accessSync(file, constants.R_OK);
    } catch {
      throw new EverycallError('bad-file', `cannot read script '${script}'`);
    }
    if (statSync(file).isFile()) return;
  }
  throw new EverycallError('bad-file', `cannot find script '${script}'`);
}

/**
 * A terminal sends Ctrl-C to both processes, so here it is only survived; without a terminal it came to us alone and is
 * passed on. The child acknowledges by SIGUSR2: a program that handles Ctrl-C is never ended by force, one whose main
 * thread is stuck in a loop is, at the second Ctrl-C.
 */
function relaySignals(child: ChildProcess): () => void {
  const shared = [0, 1, 2].some((fd) => isatty(fd));
  let heard = false;
  let interrupts = 0;
  let force: NodeJS.Timeout | undefined;
  const listeners: [NodeJS.Signals, () => void][] = [
    ['SIGTERM', () => void child.kill('SIGTERM')],
    ['SIGHUP', () => void child.kill('SIGHUP')],
    [
      'SIGINT',
      () => {
        if (!shared) child.kill('SIGINT');
        if (++interrupts < 2 || heard || force) return;
        complain(`the program does not react; it is ended by force in ${GRACE_MS / 1000} s`);
        force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      },
    ],
  ];
  if (process.platform !== 'win32') {
    listeners.push([
      'SIGUSR2',
      () => {
        heard = true;
        clearTimeout(force);
      },
    ]);
  }
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    clearTimeout(force);
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
