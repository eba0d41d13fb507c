// `everycall run`: starts the program in a node of its own with everycall preloaded, and is to the outside what that
// process is: its input and output, its signals, its exit code. Never loads or runs code of the program itself.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants as system } from 'node:os';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { EverycallError } from '../errors.ts';
import { PRELOAD_FILE } from '../register/package-root.ts';
import { typescriptNames } from '../register/resolution.ts';
import { environmentWith } from './handover.ts';
import type { Handover } from './handover.ts';
import { complain } from './output.ts';

/** How long a process may be deaf to the second Ctrl-C before it is ended by force. */
const GRACE_MS = 2000;

/** Resolves to the exit code to take; does not return if the program ended by a signal. Throws where there is no script. */
export async function run(script: string, args: readonly string[], handover: Handover): Promise<number> {
  checkScript(script);
  // `--require` and not `--import`: with the latter Node runs CommonJS programs through its ES module loader, which
  // shifts the order of their first ticks and microtasks.
  const end = script.startsWith('-') ? ['--'] : [];
  const child = spawn(process.execPath, [...process.execArgv, '--require', PRELOAD_FILE, ...end, script, ...args], {
    stdio: 'inherit',
    env: environmentWith(handover),
  });
  const stopRelaying = relaySignals(child);
  return new Promise((settle, reject) => {
    child.on('error', (error) => reject(new EverycallError('unavailable', `cannot start node: ${error.message}`)));
    child.on('exit', (code, signal) => {
      stopRelaying();
      if (signal === null) return settle(code ?? 1);
      process.kill(process.pid, signal);
      // A signal that does not end a process, such as one that is blocked: the shell's convention is the next best.
      setTimeout(() => settle(128 + system.signals[signal]), 100);
    });
  });
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
        complain(`the program does not react; it is ended by force in ${GRACE_MS / 1000} s and its figures are lost`);
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
