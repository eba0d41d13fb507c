// Event-loop blocks: times that one function held its thread for so long that nothing else could run there. Found by looking
// at the outermost frame of each thread more often than frames are sent; a look touches a few words of each.
import type { Arena } from '../../runtime/arena.ts';
import { FRAME, FUNCTION, REGIME_EXACT, SLAB, SLAB_LIVE } from '../../runtime/layout.ts';
import { isRecording } from './sums.ts';

export interface Hold {
  /** Address of the function row that is outermost. */
  readonly fn: number;
  /** Since when it holds the thread, on the arena's wall clock; of what is not timed, since when that is certain. */
  readonly sinceNs: number;
}

export interface Block {
  readonly id: number;
  readonly thread: number;
  readonly site: number;
  readonly startNs: number;
  /** Up to when it is known to have lasted. */
  endNs: number;
  isOver: boolean;
  /** The look at which it changed last; see {@link BlockWatch.looks}. */
  changedAt: number;
}

/** A thread that is held for less is no news: it may well be one tick of a busy server. */
export const SHORTEST_BLOCK_NS = 50e6;
/** A look at every thread so often, while somebody subscribes. */
export const LOOK_EVERY_MS = 20;
/** Blocks that are over and stay known, for subscribers that have not been sent them yet. */
const MOST_KEPT = 256;

/** What holds the thread of the slab at this moment; `null` if nothing that is seen does. */
export function holdOf({ I, F }: Arena, slab: number): Hold | null {
  const sp = I[slab + SLAB.sp];
  const root = I[slab + SLAB.root];
  for (let at = I[slab + SLAB.stack] + FRAME.words; at <= sp; at += FRAME.words) {
    const fn = I[at + FRAME.fn];
    if (fn === root) continue; // open since before a start, stop or clear
    const isTimed = I[slab + SLAB.regime] === REGIME_EXACT || I[at + FRAME.node] !== 0;
    // Without an event since, the stack is what it was when time was charged last.
    const lastNs = F[(slab >> 1) + SLAB.lastWallNs];
    return { fn, sinceNs: isTimed ? Math.min(lastNs, F[(at >> 1) + FRAME.heldSinceNs]) : lastNs };
  }
  return null;
}

interface Seen extends Hold {
  lookNs: number;
  block: Block | null;
}

export class BlockWatch {
  /** How often it has looked. */
  looks = 0;
  readonly blocks: Block[] = [];
  readonly #seen = new Map<number, Seen>();
  #lastId = 0;

  look(arena: Arena, slabs: readonly number[], nowNs: number): void {
    this.looks++;
    const { I, F } = arena;
    for (const slab of slabs) {
      const isWatched = I[slab + SLAB.state] === SLAB_LIVE && isRecording(arena, slab);
      const hold = isWatched ? holdOf(arena, slab) : null;
      const before = this.#seen.get(slab);
      const goesOn = hold !== null && before !== undefined && isSame(hold, before);
      if (before !== undefined && !goesOn) {
        if (before.block !== null) {
          const lastEventNs = F[(slab >> 1) + SLAB.lastWallNs];
          // What ended it was an event: of an idle thread its last one, else at the latest the beginning of what runs now.
          this.#end(before.block, Math.min(nowNs, Math.max(before.lookNs, hold === null ? lastEventNs : hold.sinceNs)));
        }
        this.#seen.delete(slab);
      }
      if (hold === null) continue;
      const seen: Seen = goesOn ? before : { ...hold, lookNs: nowNs, block: null };
      seen.lookNs = nowNs;
      this.#seen.set(slab, seen);
      if (nowNs - seen.sinceNs < SHORTEST_BLOCK_NS) continue;
      seen.block ??= this.#begin(I[slab + SLAB.serial], I[seen.fn + FUNCTION.site], seen.sinceNs);
      seen.block.endNs = nowNs;
      seen.block.changedAt = this.looks;
    }
  }

  #begin(thread: number, site: number, startNs: number): Block {
    const block = { id: ++this.#lastId, thread, site, startNs, endNs: startNs, isOver: false, changedAt: this.looks };
    this.blocks.push(block);
    if (this.blocks.length > MOST_KEPT) this.blocks.shift();
    return block;
  }

  #end(block: Block, endNs: number): void {
    block.endNs = endNs;
    block.isOver = true;
    block.changedAt = this.looks;
  }

  /** Nobody looks any more: what comes later is not a continuation of what was seen. */
  forget(): void {
    this.#seen.clear();
    this.blocks.length = 0;
  }
}

/** The same activation: where it is timed it began at the same time; where it is not, there was no event since. */
function isSame(hold: Hold, before: Hold): boolean {
  return hold.fn === before.fn && hold.sinceNs === before.sinceNs;
}
