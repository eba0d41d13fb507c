// A server of the bench in a process of its own: started, heard, and what is asked of it.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { reasonOf, startChild } from './children.ts';
import { environmentOf } from './measure.ts';
import type { Bench } from './measure.ts';
import type { Program } from './programs.ts';
import type { Variant } from './variants.ts';

export const CONNECTIONS = 16;
const USER = '7';
export const PATH = `/users/${USER}`;

const { userPage } = createRequire(import.meta.url)('./programs/servers/application.cjs') as {
  userPage(id: string): Promise<unknown>;
};

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly loadedMs: number;
  readonly heard: Heard;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

type Heard = ReturnType<typeof listenTo>['heard'];

/**
 * Starts the server and waits until it listens.
 *
 * @throws Error with what it said, where it ended instead, and where its answer is not what the application makes here
 */
export async function startServer(bench: Bench, program: Program, variant: Variant): Promise<ServerProcess> {
  const args = [...variant.options(bench.scratch), program.file];
  const child = startChild(bench.node, args, environmentOf(bench, program, variant));
  const { heard, ended } = listenTo(child);
  await Promise.race([once(child.stdout!, 'data'), ended]);
  const end = heard.stdout.indexOf('\n');
  if (end < 0) {
    child.kill('SIGKILL');
    throw new Error(reasonOf(heard));
  }
  const { port, loadedMs } = JSON.parse(heard.stdout.slice(0, end)) as { port: number; loadedMs: number };
  const response = await fetch(`http://127.0.0.1:${port}${PATH}`, { headers: { connection: 'close' } });
  const [answer, expected] = [await response.text(), JSON.stringify(await userPage(USER))];
  if (answer !== expected) {
    child.kill('SIGKILL');
    throw new Error(`wrong answer: expected ${expected}, got ${answer}`);
  }
  return { child, port, loadedMs, heard, ended };
}

/** What a process has printed and said so far, and its end. */
function listenTo(child: ChildProcess) {
  const heard = {
    stdout: '',
    stderr: '',
    code: null as number | null,
    signal: null as NodeJS.Signals | null,
    timedOut: false,
  };
  child.stdout!.on('data', (text) => (heard.stdout += String(text)));
  child.stderr!.on('data', (text) => (heard.stderr += String(text)));
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      heard.stderr += String(error);
      resolve();
    });
    child.once('close', (code, signal) => {
      Object.assign(heard, { code, signal });
      resolve();
    });
  });
  return { heard, ended };
}
