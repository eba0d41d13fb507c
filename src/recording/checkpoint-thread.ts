// What the thread of checkpoints.ts loads to write one. It has no runtime and claims no slab: it only reads, so it is no
// thread of the profile.
import { viewArena } from '../../runtime/arena.ts';
import { systemClock } from '../../runtime/clock.ts';
import { isRunning } from '../../runtime/control.ts';
import { CONTROL } from '../../runtime/layout.ts';
import { save } from '../files.ts';
import { takeSnapshot } from '../snapshot/snapshot.ts';
import { OVER, WAITING, WORDS, WRITING } from './checkpoints.ts';

export interface CheckpointData {
  /** See WORDS. */
  readonly words: Int32Array;
  /** Numbers of the signals in the order of their bits. */
  readonly signals: readonly number[];
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

/** Checkpoints take no more than one part in so many of this thread's time, however large the profile has become. */
const LEAST_REST = 20;

/** A function that writes a checkpoint, and gives the time to the next in ms; `null` once they are over. */
export function createCheckpoints({ words, path, everyMs, arena: buffer, argv }: CheckpointData): () => number | null {
  process.argv = [...argv];
  const arena = viewArena(buffer);
  const reader = {
    arena,
    clock: systemClock(arena.F[CONTROL.originNs]),
    slab: 0,
    isRunning: () => isRunning(arena),
    endTerminated: () => {}, // the threads that started them do it
  };
  return () => {
    if (Atomics.compareExchange(words, WORDS.state, WAITING, WRITING) !== WAITING) return null;
    const startMs = performance.now();
    try {
      save(takeSnapshot(reader), path);
    } catch {
      // no room, or the folder is gone: the next one may do
    }
    if (Atomics.compareExchange(words, WORDS.state, WRITING, WAITING) === OVER) {
      Atomics.store(words, WORDS.state, WAITING); // whoever ended this waits for the word to change
      Atomics.notify(words, WORDS.state);
      return null;
    }
    const tookMs = performance.now() - startMs;
    return Math.max(everyMs - tookMs, tookMs * LEAST_REST);
  };
}
