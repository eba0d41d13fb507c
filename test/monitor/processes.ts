// Real processes with a monitor, in a directory of sockets of their own, for tests that look at them from outside.
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { attachable, type Target } from '../../src/monitor/client.ts';
import type { SocketOfProcess } from '../../src/monitor/directory.ts';
import { type Outcome, type Project, projects, REGISTER_CJS } from '../register/programs.ts';

/** A program that counts, and prints when it has begun. */
export const COUNTING = `
  function f() { g(); }
  function g() {}
  console.log('up');
  setInterval(f, 10);
`;

/** Prints, then never comes back to the event loop. */
export const STUCK = `
  function stuck() { for (;;) g(); }
  function g() {}
  console.log('up');
  stuck();
`;

export interface Running extends SocketOfProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  readonly places: readonly string[];
}

export interface MonitoredProject {
  readonly project: Project;
  /** Directories for sockets: none but this project's. */
  readonly places: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Starts node with the register hooks; resolves when its monitor answers. */
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Running>;
  /** The same with whatever command. */
  startCommand(args: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string): Promise<Running>;
}

/** A project for each test that asks, gone after it with all that runs in it. */
export function monitored(): (files: Readonly<Record<string, string>>) => MonitoredProject {
  const make = projects();
  return (files) => {
    const project = make(files);
    const directory = project.path('sockets');
    mkdirSync(directory, { mode: 0o700 });
    const places = [directory];
    const env = { EVERYCALL_MONITOR_DIR: directory };
    async function startCommand(args: readonly string[], more: NodeJS.ProcessEnv = {}, cwd?: string): Promise<Running> {
      const known = new Set((await attachable(places)).map(({ pid }) => pid));
      let child: ChildProcess | undefined;
      const ended = project.node(args, {
        env: { ...env, ...more },
        ...(cwd !== undefined && { cwd }),
        onOutput: (started) => (child = started),
      });
      let over: Outcome | undefined;
      void ended.then((outcome) => (over = outcome));
      for (;;) {
        const fresh = (await attachable(places)).find(({ pid, status }) => status !== null && !known.has(pid));
        if (fresh !== undefined && child !== undefined) return { ...fresh, child, ended, places };
        if (over !== undefined) throw new Error(`it ended before it could be looked at: ${over.stderr}`);
        await new Promise((settle) => setTimeout(settle, 20));
      }
    }
    return {
      project,
      places,
      env,
      startCommand,
      start: (args, more) => startCommand(['-r', REGISTER_CJS, ...args], { EVERYCALL_MONITOR: '1', ...more }),
    };
  };
}

/** Sends bytes as they are; resolves to what came back until the connection was closed. */
export function exchange(target: Target, bytes: string | Uint8Array): Promise<string> {
  return new Promise((settle) => {
    const socket = connect('path' in target ? { path: target.path } : { host: target.host, port: target.port });
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => (text += piece));
    socket.on('error', () => {}); // a reset is an answer, too
    socket.on('close', () => settle(text));
    socket.write(bytes);
  });
}

type Missing = undefined | null | false;

/** Waits until it holds; the test's own time limit is the end. */
export async function until<T>(what: () => Promise<T | Missing> | T | Missing): Promise<T> {
  for (;;) {
    const value = await what();
    if (value !== undefined && value !== null && value !== false) return value;
    await new Promise((settle) => setTimeout(settle, 20));
  }
}
