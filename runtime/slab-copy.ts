// Copies what a slab holds while its thread goes on. Takes no lock and writes nothing: rows are complete once published,
// and the slab's sequence word tells whether several words changed while they were copied. As short as can be, since a
// copy that a change of the thread fell into is made anew; what it says is worked out afterwards (raw.ts).
import { AddressIndex } from './address-index.ts';
import type { Arena } from './arena.ts';
import { readBuckets } from './durations.ts';
import { blockBefore, rowsIn, soundTop, taggedRows } from './figures.ts';
import {
  AWAITS,
  BLOCK,
  CONTROL,
  EDGE,
  FRAME,
  FUNCTION,
  NODE,
  REGIME_OFF,
  ROOT_SITE,
  SLAB,
  SLAB_AWAITS,
  SLAB_EDGES,
  SLAB_GC,
  SLAB_LIVE,
  SLAB_NODES,
} from './layout.ts';
import { RowCopies } from './row-copies.ts';
import { tagsClearedSince } from './tags.ts';

/** When the reader looks, and what it knows of the other thread's time. */
export interface ReadingMoment {
  /** Now, or the end of the session the slab is still in, on the arena's wall clock. */
  readonly untilWallNs: number;
  /** The thread's CPU clock now; `null` if it cannot be read from here: then CPU stays as of the last event. */
  readonly cpuNs: number | null;
}

/** Rows of functions that every slab has, in this order; then those of its blocks, then those under tags. */
export const ROOT_ROW = 0;
export const OVERFLOW_ROW = 1;
export const GC_ROW = 2;

/** Copies that are tried before one is taken in which figures of one event may be apart. */
const ATTEMPTS = 4;
/** Rows that edges from no known caller may take without that the others are copied again. */
const SPARE_EDGES = 64;

/** One moment of a slab. */
export class SlabCopy {
  readonly header = new RowCopies(SLAB.words);
  /** Of functions, those under tags that were cleared left out. */
  readonly functions = new RowCopies(FUNCTION.words);
  readonly edges = new RowCopies(EDGE.words);
  readonly nodes = new RowCopies(NODE.words);
  readonly awaits = new RowCopies(AWAITS.words);
  /** The root's, then those that are open, from the outermost; none where no time is passing. */
  readonly frames = new RowCopies(FRAME.words);
  /** The row of a function in `functions`, by its address. */
  rowOf = new AddressIndex(0);
  /** Of `functions[durationRows[i]]`: from `durationEnds[i - 1]` to `durationEnds[i]` in `buckets`, see readBuckets(). */
  readonly durationRows: number[] = [];
  readonly durationEnds: number[] = [];
  readonly buckets: number[] = [];
  moment: ReadingMoment = { untilWallNs: 0, cpuNs: null };
  /** Whether time is passing for the slab: its thread is alive and records. */
  isRecording = false;

  /** Until nothing changed meanwhile, or often enough. */
  take(arena: Arena, slab: number, momentOf: () => ReadingMoment): void {
    const { I } = arena;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = Atomics.load(I, slab + SLAB.sequence);
      this.#takeOnce(arena, slab, momentOf());
      if ((before & 1) === 0 && Atomics.load(I, slab + SLAB.sequence) === before) break;
    }
    this.rowOf = this.functions.index();
  }

  #takeOnce(arena: Arena, slab: number, moment: ReadingMoment): void {
    this.moment = moment;
    this.header.reset(1);
    this.header.copy(arena, slab, 1);
    const { I } = this.header;
    this.isRecording = I[SLAB.state] === SLAB_LIVE && I[SLAB.session] !== 0 && I[SLAB.regime] !== REGIME_OFF;
    this.#takeFunctions(arena, slab);
    this.edges.copyTable(arena, slab + SLAB_EDGES, SPARE_EDGES);
    this.awaits.copyTable(arena, slab + SLAB_AWAITS);
    this.nodes.copyTable(arena, slab + SLAB_NODES);
    const stack = I[SLAB.stack];
    const top = soundTop(I[SLAB.sp], stack, stack + arena.I[CONTROL.maxFrames] * FRAME.words);
    this.frames.reset(0);
    if (this.isRecording) this.frames.copy(arena, stack, Math.floor((top - stack) / FRAME.words) + 1);
  }

  #takeFunctions(arena: Arena, slab: number): void {
    const { I } = arena;
    const { functions } = this;
    functions.reset(0);
    functions.copy(arena, I[slab + SLAB.root], 1);
    functions.copy(arena, I[slab + SLAB.overflow], 1);
    functions.copy(arena, slab + SLAB_GC, 1);
    const most = I.length / FUNCTION.words; // more there are only in memory that was overwritten
    for (let block = Atomics.load(I, slab + SLAB.blocks); block > 0; block = blockBefore(I, block)) {
      const rows = rowsIn(I, block);
      if (functions.count + rows > most) break;
      functions.copy(arena, block + BLOCK.words, rows);
    }
    const cleared = tagsClearedSince(arena, I[slab + SLAB.tagClears]); // and the thread has had no event since
    for (const { row } of taggedRows(arena, slab)) {
      if (!cleared.has(I[row + FUNCTION.tag])) functions.copy(arena, row, 1);
    }
    this.#takeDurations(arena);
  }

  #takeDurations(arena: Arena): void {
    const { I, words, count } = this.functions;
    this.durationRows.length = this.durationEnds.length = this.buckets.length = 0;
    for (let row = 0; row < count; row++) {
      const durations = I[row * words + FUNCTION.durations];
      // At the root end frames that were open at a start, stop or clear.
      if (durations === 0 || I[row * words + FUNCTION.site] === ROOT_SITE) continue;
      readBuckets(arena, durations, this.buckets);
      this.durationRows.push(row);
      this.durationEnds.push(this.buckets.length);
    }
  }
}
