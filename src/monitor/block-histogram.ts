// How long event-loop blocks were, for who reads metrics from time to time. Blocks are found by looking, so it looks from the
// first reading on, and goes on until nobody has read for a while.
import { finiteNow } from '../../runtime/control.ts';
import { slabsOf } from '../../runtime/slab.ts';
import type { ArenaReader } from '../snapshot/snapshot.ts';
import { BlockWatch, LOOK_EVERY_MS } from './blocks.ts';

/** Upper bounds of the buckets, in seconds. Blocks are 50 ms or longer. */
export const BLOCK_BOUNDS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Longer than servers wait from one reading to the next. */
const LOOKS_ON_FOR_MS = 5 * 60_000;

export class BlockHistogram {
  /** Blocks that are over, by bound and not cumulative; the last is of those above all bounds. */
  readonly counts: number[] = new Array<number>(BLOCK_BOUNDS_S.length + 1).fill(0);
  sumS = 0;
  readonly #reader: ArenaReader;
  readonly #watch = new BlockWatch();
  #timer: NodeJS.Timeout | undefined;
  #askedAtMs = 0;

  constructor(reader: ArenaReader) {
    this.#reader = reader;
  }

  /** To be called at each reading. */
  keepLooking(): void {
    this.#askedAtMs = performance.now();
    // Where it is on a thread of its own, the servers are what keeps that alive.
    this.#timer ??= setInterval(() => this.#tick(), LOOK_EVERY_MS).unref();
  }

  #tick(): void {
    if (performance.now() - this.#askedAtMs <= LOOKS_ON_FOR_MS) return this.look();
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#watch.forget();
  }

  /** Looks at what holds the threads, and takes in what holds them no more. */
  look(): void {
    const { arena, clock } = this.#reader;
    const { blocks } = this.#watch;
    this.#watch.look(arena, slabsOf(arena), finiteNow(arena, clock.wallNs));
    for (let i = blocks.length - 1; i >= 0; i--) {
      if (!blocks[i].isOver) continue;
      this.#add(Math.max(0, blocks[i].endNs - blocks[i].startNs) / 1e9);
      blocks.splice(i, 1);
    }
  }

  #add(seconds: number): void {
    const bucket = BLOCK_BOUNDS_S.findIndex((bound) => seconds <= bound);
    this.counts[bucket < 0 ? BLOCK_BOUNDS_S.length : bucket]++;
    this.sumS += seconds;
  }
}
