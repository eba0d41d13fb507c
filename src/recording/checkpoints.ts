// Checkpoints: a thread of its own reads the arena every few seconds and writes what it sees, so a process that is killed,
// or never comes out of a loop, loses no more than that. This file starts and ends the thread; checkpoint-thread.ts is it.
import { constants as system } from 'node:os';
import { Worker } from 'node:worker_threads';
import { threadRuntime } from '../../runtime/instance.ts';
import { CHECKPOINT_FILE } from '../register/package-root.ts';
import type { CheckpointData } from './checkpoint-thread.ts';
import { ENDING_SIGNALS, type EndingSignal } from './endings.ts';

/** The words that the two threads share. */
export const WORDS = {
  /** One of the states below. */
  state: 0,
  /** A bit for each of ENDING_SIGNALS that the program itself listens to. */
  listening: 1,
  /** 1 from a question of that thread until the main thread has come to answer it. */
  question: 2,
  /** 1 when that thread listens to signals no more. */
  released: 3,
  count: 4,
} as const;
export const WAITING = 0;
export const WRITING = 1;
export const OVER = 2;

export interface Checkpoints {
  /** What the program does about the signal is its own business from now on, or no longer. */
  setListening(signal: EndingSignal, isListening: boolean): void;
  /** No checkpoint is written any more when this returns. */
  end(): void;
  /** That thread does not keep a signal from ending the process any more when this returns; false if that did not succeed. */
  releaseSignals(): boolean;
}

/** The first one comes early, for programs that are stuck from their beginning. */
const FIRST_AFTER_MS = 1000;
/** One that is being written when the process ends has so long to be done. */
const PATIENCE_MS = 2000;
/** A main thread that does not answer for so long after a signal is stuck. */
const STUCK_AFTER_MS = 1000;

/**
 * Loads nothing before the first checkpoint is due: most processes are over by then. What listens for signals on the main
 * thread keeps them from ending the process; where that thread is stuck in a loop nothing would, so this one does. Node has
 * no official way to listen to signals on a worker: should the inner one be gone, a stuck process ends by SIGKILL only.
 */
const PROGRAM = `
const { parentPort, workerData: data } = require('node:worker_threads');
const { words, signals } = data;
let write = null;
const checkpoint = () => (write ??= require(data.program).createCheckpoints(data))();
const next = () => {
  const restMs = checkpoint();
  if (restMs !== null) setTimeout(next, restMs);
};
setTimeout(next, data.firstAfterMs);
const onSignal = (bit) => {
  Atomics.store(words, ${WORDS.question}, 1);
  parentPort.postMessage(0);
  setTimeout(() => {
    if (Atomics.load(words, ${WORDS.question}) === 0 || (Atomics.load(words, ${WORDS.listening}) & bit) !== 0) return;
    checkpoint();
    process.kill(process.pid, 'SIGKILL');
  }, ${STUCK_AFTER_MS});
};
const handles = [];
try {
  process.emitWarning = () => {}; // of this thread
  const { Signal } = require('internal/test/binding').internalBinding('signal_wrap');
  signals.forEach((number, i) => {
    const handle = new Signal();
    handles.push(handle);
    handle.onsignal = () => onSignal(1 << i);
    handle.start(number);
  });
} catch {}
parentPort.on('message', () => {
  for (const handle of handles) handle.close();
  Atomics.store(words, ${WORDS.released}, 1);
  Atomics.notify(words, ${WORDS.released});
});
`;

/** Starts the thread; `null` where there can be none. */
export function startCheckpoints(path: string, everyMs: number): Checkpoints | null {
  const words = new Int32Array(new SharedArrayBuffer(4 * WORDS.count));
  const data: CheckpointData = {
    words,
    signals: ENDING_SIGNALS.map((signal) => system.signals[signal]),
    program: CHECKPOINT_FILE,
    path,
    firstAfterMs: Math.min(FIRST_AFTER_MS, everyMs),
    everyMs,
    arena: threadRuntime().arena.I.buffer as SharedArrayBuffer,
    argv: process.argv,
  };
  let worker: Worker;
  let isThere = true;
  try {
    worker = new PlainWorker(PROGRAM, {
      eval: true,
      name: 'everycall checkpoints',
      workerData: data,
      env: {},
      execArgv: ['--expose-internals'],
      stdin: false,
      stdout: true, // else the process' own streams are opened
      stderr: true,
    });
    worker.on('error', () => {}); // the exit that follows is what counts
    worker.on('exit', () => (isThere = false));
    worker.on('message', () => Atomics.store(words, WORDS.question, 0));
    worker.unref();
  } catch {
    return null; // no memory, or no permission
  }
  return {
    setListening(signal, isListening) {
      const bit = 1 << ENDING_SIGNALS.indexOf(signal);
      if (isListening) Atomics.or(words, WORDS.listening, bit);
      else Atomics.and(words, WORDS.listening, ~bit);
    },
    end() {
      if (Atomics.exchange(words, WORDS.state, OVER) !== WRITING) return;
      Atomics.wait(words, WORDS.state, OVER, PATIENCE_MS);
    },
    releaseSignals() {
      if (isThere) worker.postMessage(0);
      return !isThere || Atomics.wait(words, WORDS.released, 0, PATIENCE_MS) !== 'timed-out';
    },
  };
}

/** Taken at load, before anyone wraps it: this is no thread of the program. */
const PlainWorker = Worker;
