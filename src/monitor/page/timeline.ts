// What each thread did in the last minute: one moment a frame, and the blocks with their exact times. No DOM.
import type { Frame, LiveBlock, ThreadState } from '../frame.ts';

export const TIMELINE_MS = 60_000;
/** Blocks that are kept, the newest. */
const MOST_BLOCKS = 500;

/** From the moment before up to this one. */
export interface Moment {
  readonly atMs: number;
  readonly state: ThreadState;
  /** CPU time a time, 0 to 1; where there is no CPU clock 1 while it ran. */
  readonly load: number;
}

export class Timeline {
  /** By `LiveThread.id`. */
  readonly moments = new Map<number, Moment[]>();
  /** The newest first. */
  blocks: readonly LiveBlock[] = [];
  readonly #cpuNs = new Map<number, number>();

  take({ atMs, intervalNs, isFull, threads, blocks }: Frame): void {
    for (const { id, state, cpuNs } of threads) {
      let moments = this.moments.get(id);
      if (moments === undefined) this.moments.set(id, (moments = []));
      const before = this.#cpuNs.get(id);
      const isKnown = !isFull && before !== undefined && intervalNs > 0;
      const share = cpuNs === null ? Number(state === 'running') : isKnown ? (cpuNs - before) / intervalNs : 0;
      moments.push({ atMs, state, load: Math.min(1, Math.max(0, share)) });
      if (cpuNs !== null) this.#cpuNs.set(id, cpuNs);
      while (moments.length > 1 && moments[1].atMs < atMs - TIMELINE_MS) moments.shift();
    }
    for (const id of this.moments.keys()) if (!threads.some((thread) => thread.id === id)) this.moments.delete(id);
    if (blocks.length > 0) this.#takeBlocks(blocks);
  }

  #takeBlocks(changed: readonly LiveBlock[]): void {
    const byId = new Map(this.blocks.map((block) => [block.id, block]));
    for (const block of changed) byId.set(block.id, block);
    this.blocks = [...byId.values()].sort((a, b) => b.id - a.id).slice(0, MOST_BLOCKS);
  }
}
