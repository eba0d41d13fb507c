// What the thread of checkpoints.ts runs. It has no runtime and claims no slab: it only reads, so it is no thread of the
// profile.
import { viewArena } from '../../runtime/arena.ts';
import { systemClock } from '../../runtime/clock.ts';
import { isRunning } from '../../runtime/control.ts';
import { CONTROL } from '../../runtime/layout.ts';
import { save } from '../files.ts';
import { takeSnapshot } from '../snapshot/snapshot.ts';
import { CHECKPOINTS } from './checkpoints.ts';

export interface CheckpointData {
  readonly word: Int32Array;
  /** The file of this module, as CommonJS. */
  readonly program: string;
  /** Where the checkpoint goes. */
  readonly path: string;
  readonly firstAfterMs: number;
  readonly everyMs: number;
  readonly arena: SharedArrayBuffer;
  /** Of the process; a worker's own is another. */
  readonly argv: readonly string[];
}

/** Checkpoints take this thread no more than one part in so many of its time, however large the profile has become. */
const LEAST_REST = 20;

/** Writes a checkpoint now, and one after the other until the process ends. */
export function run({ word, path, everyMs, arena: buffer, argv }: CheckpointData): void {
  process.argv = [...argv];
  const arena = viewArena(buffer);
  const reader = {
    arena,
    clock: systemClock(arena.F[CONTROL.originNs]),
    slab: 0,
    isRunning: () => isRunning(arena),
    endTerminated: () => {}, // the threads that started them do it
  };
  for (;;) {
    if (Atomics.compareExchange(word, 0, CHECKPOINTS.waiting, CHECKPOINTS.writing) !== CHECKPOINTS.waiting) return;
    const startMs = performance.now();
    try {
      save(takeSnapshot(reader), path);
    } catch {
      // no room, or the folder is gone: the next one may do
    }
    const tookMs = performance.now() - startMs;
    if (Atomics.compareExchange(word, 0, CHECKPOINTS.writing, CHECKPOINTS.waiting) !== CHECKPOINTS.writing) {
      Atomics.store(word, 0, CHECKPOINTS.waiting); // over: whoever ended this waits for the word to change
      Atomics.notify(word, 0);
      return;
    }
    const restMs = Math.max(everyMs - tookMs, tookMs * LEAST_REST);
    if (Atomics.wait(word, 0, CHECKPOINTS.waiting, restMs) !== 'timed-out') return;
  }
}
