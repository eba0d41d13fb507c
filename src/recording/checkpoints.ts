// Checkpoints: a thread of its own reads the arena every few seconds and writes what it sees, so a process that is killed,
// or never comes out of a loop, loses no more than that. This file starts and ends the thread; checkpoint-thread.ts is it.
import { Worker } from 'node:worker_threads';
import { threadRuntime } from '../../runtime/instance.ts';
import { CHECKPOINT_FILE } from '../register/package-root.ts';
import type { CheckpointData } from './checkpoint-thread.ts';

/** The word that the two threads share. */
export const CHECKPOINTS = { waiting: 0, writing: 1, over: 2 } as const;

export interface Checkpoints {
  /** No checkpoint is written any more when this returns. */
  end(): void;
}

/** The first one comes early: many programs end before the second is due, and a short one is missed as much as a long one. */
const FIRST_AFTER_MS = 1000;
/** One that is being written when the process ends has so long to be done. */
const PATIENCE_MS = 2000;

/**
 * Waits before it loads anything: most processes are over by then. The wait is no timer, since a worker that has nothing to
 * do but to wait for one would still be asked at every turn.
 */
const PROGRAM = `
const { workerData: data } = require('node:worker_threads');
if (Atomics.wait(data.word, 0, ${CHECKPOINTS.waiting}, data.firstAfterMs) === 'timed-out') require(data.program).run(data);
`;

/** Starts the thread; `null` where there can be none. */
export function startCheckpoints(path: string, everyMs: number): Checkpoints | null {
  const word = new Int32Array(new SharedArrayBuffer(4));
  const runtime = threadRuntime();
  const data: CheckpointData = {
    word,
    program: CHECKPOINT_FILE,
    path,
    firstAfterMs: Math.min(FIRST_AFTER_MS, everyMs),
    everyMs,
    arena: runtime.arena.I.buffer as SharedArrayBuffer,
    argv: process.argv,
  };
  try {
    const worker = new PlainWorker(PROGRAM, {
      eval: true,
      name: 'everycall checkpoints',
      workerData: data,
      env: {},
      execArgv: [],
      stdin: false,
    });
    worker.on('error', () => {}); // without checkpoints from now on
    worker.unref();
  } catch {
    return null; // no memory, or no permission
  }
  return {
    end() {
      const before = Atomics.exchange(word, 0, CHECKPOINTS.over);
      Atomics.notify(word, 0);
      if (before === CHECKPOINTS.writing) Atomics.wait(word, 0, CHECKPOINTS.over, PATIENCE_MS);
    },
  };
}

/** Taken at load, before anyone wraps it: this is no thread of the program. */
const PlainWorker = Worker;
