// The monitor: a thread of its own that serves what the arena holds to who asks from outside, also while the program's
// threads are stuck. This file starts it from within the program, and tells it when the process ends; monitor-thread.ts is
// it. The program waits for nothing here, and nothing that goes wrong here is its trouble.
import { constants as system } from 'node:os';
import workerThreads, { type Worker as WorkerType } from 'node:worker_threads';
import { rmSync } from 'node:fs';
import { threadRuntime } from '../../runtime/instance.ts';
import { CONTROL } from '../../runtime/layout.ts';
import { complain, messageOf } from '../output.ts';
import { MONITOR_FILE } from '../register/package-root.ts';
import { PLAIN_WORKER } from '../register/workers.ts';
import { socketPath } from './directory.ts';
import type { PushOptions } from '../push/options.ts';
import { httpOf, type MonitorHttpOptions, type MonitorOptions } from './options.ts';

/** The words that the two threads share. */
export const WORDS = {
  /** Connections that are open. */
  clients: 0,
  /** 1 when all clients have been told that the process ends. */
  told: 1,
  /** 1 while the socket is this thread's. */
  hasSocket: 2,
  count: 3,
} as const;

/** What the thread is told at its start. */
export interface MonitorData {
  readonly program: string;
  readonly words: Int32Array;
  readonly arena: SharedArrayBuffer;
  /** Of the process; a worker's own is another. */
  readonly argv: readonly string[];
  readonly socketPath: string | null;
  readonly http: MonitorHttpOptions | null;
  /** Where profiles are pushed to. */
  readonly push: PushOptions | null;
  /** Number of the signal to wait for before anything is opened; 0 for none. */
  readonly signal: number;
}

/** What the thread is told later. */
export type MonitorMessage =
  { readonly http: MonitorHttpOptions | null; readonly push: PushOptions | null } | 'open' | 'end';

/** How long the end of the process waits for clients to be told of it. */
const FAREWELL_MS = 250;

/**
 * Loads nothing before it is needed. With a signal to wait for it listens itself, so that a main thread that is stuck can be
 * looked into; where Node's inner binding is gone, the main thread's listener is all there is.
 */
const PROGRAM = `
const { parentPort, workerData: data } = require('node:worker_threads');
let receive = null;
const open = () => { receive ??= require(data.program).runMonitor(data); };
parentPort.on('message', (message) => {
  if (message !== 'end') open();
  if (receive !== null) receive(message);
});
if (data.signal === 0) open();
else try {
  process.emitWarning = () => {}; // of this thread
  const { Signal } = require('internal/test/binding').internalBinding('signal_wrap');
  const handle = new Signal();
  handle.onsignal = open;
  handle.start(data.signal);
} catch {}
`;

let running: { readonly worker: WorkerType; readonly words: Int32Array; hasHttp: boolean; isPushing: boolean } | null =
  null;
let isWatchingExit = false;

/**
 * Makes sure that this process has a monitor, and that it listens for HTTP and pushes profiles if that is asked for, each once.
 * Returns at once and never throws.
 */
export function startMonitor(
  options: boolean | MonitorOptions,
  signal?: NodeJS.Signals,
  push: PushOptions | null = null,
): void {
  if (options === false && push === null) return;
  try {
    threadRuntime().asOwnWork(() => startThread(httpOf(options), signal, push));
  } catch (error) {
    complain(`no monitor: ${messageOf(error)}`);
  }
}

function startThread(
  http: MonitorHttpOptions | null,
  signal: NodeJS.Signals | undefined,
  push: PushOptions | null,
): void {
  if (running !== null) {
    const message: MonitorMessage = {
      http: running.hasHttp ? null : http,
      push: running.isPushing ? null : push,
    };
    running.hasHttp ||= http !== null;
    running.isPushing ||= push !== null;
    if (signal === undefined) running.worker.postMessage(message);
    return;
  }
  const { arena } = threadRuntime();
  const words = new Int32Array(new SharedArrayBuffer(4 * WORDS.count));
  const path = socketPath(process.pid, arena.F[CONTROL.startedAtMs]);
  const data: MonitorData = {
    program: MONITOR_FILE,
    words,
    arena: arena.I.buffer as SharedArrayBuffer,
    argv: process.argv,
    socketPath: path,
    http,
    push,
    signal: signal === undefined ? 0 : system.signals[signal],
  };
  const worker = new (plainWorker())(PROGRAM, {
    eval: true,
    name: 'everycall monitor',
    workerData: data,
    env: {},
    execArgv: signal === undefined ? [] : ['--expose-internals'],
    stdin: false,
    stdout: true, // else the process' own streams are opened
    stderr: true,
  });
  worker.on('error', () => {}); // the exit that follows is what counts
  worker.on('exit', () => (running = null));
  worker.unref();
  running = { worker, words, hasHttp: http !== null, isPushing: push !== null };
  socketOf = path;
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.on('exit', endMonitor);
}

let socketOf: string | null = null;

/** The process ends: clients are told, and the socket goes. A later call does nothing. */
export function endMonitor(): void {
  if (running === null) return;
  const { worker, words } = running;
  try {
    worker.postMessage('end' satisfies MonitorMessage);
    if (Atomics.load(words, WORDS.clients) > 0) Atomics.wait(words, WORDS.told, 0, FAREWELL_MS);
    if (Atomics.exchange(words, WORDS.hasSocket, 0) === 1 && socketOf !== null) rmSync(socketOf, { force: true });
  } catch {
    // whoever looks for processes next removes the socket
  }
  running = null;
}

/** Not one that is a thread of the program: the register hooks put another class in its place, and keep this one. */
function plainWorker(): typeof workerThreads.Worker {
  return (workerThreads as unknown as { [PLAIN_WORKER]?: typeof WorkerType })[PLAIN_WORKER] ?? PlainWorker;
}

/** Taken at load, before anyone wraps it. */
const PlainWorker = workerThreads.Worker;
