// A slab's figures: function rows in one block per file, further ones for each tag, and the tables of edges, call-tree
// nodes and awaits.
// Nothing here is on the hot path. Blocks belong to one thread; readers may walk them at any time.
import { type Arena, allocate } from './arena.ts';
import {
  AWAITS,
  BLOCK,
  CONTROL,
  EDGE,
  FRAME,
  FRAME_WITHIN_EDGE,
  FRAME_WITHIN_FUNCTION,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  NODE,
  NULL_EDGE,
  SLAB,
  SLAB_AWAITS,
  SLAB_EDGES,
  SLAB_GC,
  SLAB_NODES,
  SLAB_TAGGED,
  TAGGED,
  TAGGED_FUNCTION,
} from './layout.ts';
import { releaseDurations } from './durations.ts';
import { Atomics, fillWithZeros, Math } from './primordials.ts';
import { resetTable, rowsOfTable } from './table.ts';

/** Gives a zeroed function row its site. */
export function initFunction(I: Int32Array, fn: number, site: number): void {
  I[fn + FUNCTION.site] = site;
  I[fn + FUNCTION.lastEdge] = NULL_EDGE;
  I[fn + FUNCTION_OWN_EDGE + EDGE.callee] = fn;
}

/** The addresses of the function rows of a slab that are for no tag: root, overflow, garbage collection, then each block's. */
export function* functionRows({ I }: Arena, slab: number): Generator<number> {
  yield I[slab + SLAB.root];
  yield I[slab + SLAB.overflow];
  yield slab + SLAB_GC;
  for (let block = Atomics.load(I, slab + SLAB.blocks); block > 0; block = blockBefore(I, block)) {
    const count = rowsIn(I, block);
    for (let i = 0; i < count; i++) yield block + BLOCK.words + i * FUNCTION.words;
  }
}

/**
 * The block that was made before; 0 before the first. Memory is handed out upwards, so what does not lie below has been
 * overwritten.
 */
export function blockBefore(I: Int32Array, block: number): number {
  const next = I[block + BLOCK.next];
  return next > 0 && next < block ? next : 0;
}

/** How many function rows a block has; never more than there is memory. */
export function rowsIn(I: Int32Array, block: number): number {
  return Math.min(I[block + BLOCK.count], Math.floor((I.length - block - BLOCK.words) / FUNCTION.words));
}

/** The rows of functions under tags, each with the function's own row. */
export function* taggedRows({ I }: Arena, slab: number): Generator<{ readonly row: number; readonly fn: number }> {
  for (const found of rowsOfTable({ I } as Arena, slab + SLAB_TAGGED)) {
    const row = found + TAGGED_FUNCTION;
    if (I[row + FUNCTION_OWN_EDGE + EDGE.callee] === row) yield { row, fn: I[found + TAGGED.fn] };
  }
}

/** Where the function rows of each file begin in this slab, by the address of the file's record. */
export function blocksByFile({ I }: Arena, slab: number): Map<number, number> {
  const rows = new Map<number, number>();
  for (let block = I[slab + SLAB.blocks]; block > 0; block = blockBefore(I, block)) {
    rows.set(I[block + BLOCK.file], block + BLOCK.words);
  }
  return rows;
}

/** Makes function rows for a file's sites and returns the address of the first; 0 when there is no room. */
export function addBlock(arena: Arena, slab: number, file: number, firstSite: number, count: number): number {
  const { I } = arena;
  const block = allocate(arena, BLOCK.words + count * FUNCTION.words);
  if (block === 0) return 0;
  I[block + BLOCK.file] = file;
  I[block + BLOCK.firstSite] = firstSite;
  I[block + BLOCK.count] = count;
  for (let i = 0; i < count; i++) initFunction(I, block + BLOCK.words + i * FUNCTION.words, firstSite + i);
  I[block + BLOCK.next] = I[slab + SLAB.blocks];
  Atomics.store(I, slab + SLAB.blocks, block); // last: publishes the rows
  return block + BLOCK.words;
}

/** Zeroes the figures of these tags. What has other callees stays, also where it was called from under one of them. */
export function clearTags(arena: Arena, slab: number, tags: ReadonlySet<number>): void {
  const { I, F } = arena;
  const tagOf = (fn: number) => I[fn + FUNCTION.tag];
  for (const edge of rowsOfTable(arena, slab + SLAB_EDGES)) {
    if (tags.has(tagOf(I[edge + EDGE.callee]))) fillWithZeros(F, (edge >> 1) + EDGE.calls, (edge + EDGE.words) >> 1);
  }
  for (const row of rowsOfTable(arena, slab + SLAB_AWAITS)) {
    if (!tags.has(tagOf(I[row + AWAITS.fn]))) continue;
    I[row + AWAITS.suspended] = 0;
    fillWithZeros(F, (row >> 1) + AWAITS.resumes, (row + AWAITS.words) >> 1);
  }
  for (const node of rowsOfTable(arena, slab + SLAB_NODES)) {
    if (tags.has(tagOf(I[node + NODE.fn]))) fillWithZeros(F, (node >> 1) + NODE.samples, (node + NODE.words) >> 1);
  }
  for (const { row } of taggedRows(arena, slab)) {
    const tag = tagOf(row);
    if (!tags.has(tag)) continue;
    const site = I[row + FUNCTION.site];
    const era = I[row + FUNCTION.era] + 1;
    releaseDurations(arena, slab, row);
    fillWithZeros(I, row, row + FUNCTION.words);
    I[row + FUNCTION.tag] = tag;
    I[row + FUNCTION.era] = era;
    initFunction(I, row, site);
  }
}

/** Zeroes all figures of a slab; the stack stays. */
export function resetFigures(arena: Arena, slab: number): void {
  const { I, F } = arena;
  for (const { row } of taggedRows(arena, slab)) releaseDurations(arena, slab, row);
  resetTable(arena, slab + SLAB_EDGES);
  resetTable(arena, slab + SLAB_NODES);
  resetTable(arena, slab + SLAB_AWAITS);
  resetTable(arena, slab + SLAB_TAGGED);
  for (const fn of functionRows(arena, slab)) {
    const site = I[fn + FUNCTION.site];
    releaseDurations(arena, slab, fn);
    fillWithZeros(I, fn, fn + FUNCTION.words);
    initFunction(I, fn, site);
  }
  F[(slab >> 1) + SLAB.exactEvents] = 0;
  F[(slab >> 1) + SLAB.deepCalls] = 0;
  F[(slab >> 1) + SLAB.droppedSamples] = 0;
  F[(slab >> 1) + SLAB.droppedTagCalls] = 0;
  F[(slab >> 1) + SLAB.droppedDurations] = 0;
}

/** `sp`, or where it cannot be one, as in memory that was overwritten, the root frame's address. */
export function soundTop(sp: number, stack: number, stackEnd: number): number {
  return sp >= stack && sp <= stackEnd ? sp : stack;
}

/**
 * Exact regime: charges the totals of every activation that is open, up to the thread's last reading. O(depth). For the
 * thread itself, or for whoever finds it ended.
 */
export function chargeOpenTotals({ I, F }: Arena, slab: number): void {
  const root = I[slab + SLAB.root];
  const stack = I[slab + SLAB.stack];
  const sp = soundTop(I[slab + SLAB.sp], stack, stack + I[CONTROL.maxFrames] * FRAME.words);
  const lastWall = F[(slab >> 1) + SLAB.lastWallNs];
  const lastCpu = F[(slab >> 1) + SLAB.lastCpuNs];
  const walk = ++I[slab + SLAB.walk];
  I[slab + SLAB.sequence]++;
  for (let at = stack + FRAME.words; at <= sp; at += FRAME.words) {
    const fn = I[at + FRAME.fn];
    const edge = I[at + FRAME.edge];
    if (fn === root) continue;
    const wall = lastWall - F[(at >> 1) + FRAME.startWallNs];
    const cpu = lastCpu - F[(at >> 1) + FRAME.startCpuNs];
    const flags = I[at + FRAME.flags];
    if (I[edge + EDGE.depth] !== 0) {
      I[edge + EDGE.depth] = 0; // the first frame of an edge is its outermost
      if ((flags & FRAME_WITHIN_EDGE) === 0) {
        F[(edge >> 1) + EDGE.totalWallNs] += wall;
        F[(edge >> 1) + EDGE.totalCpuNs] += cpu;
      }
    }
    if (I[fn + FUNCTION.mark] !== walk) {
      I[fn + FUNCTION.mark] = walk;
      if ((flags & FRAME_WITHIN_FUNCTION) === 0) {
        F[(fn >> 1) + FUNCTION.totalWallNs] += wall;
        F[(fn >> 1) + FUNCTION.totalCpuNs] += cpu;
      }
    }
    const held = lastWall - F[(at >> 1) + FRAME.heldSinceNs];
    if (held > F[(fn >> 1) + FUNCTION.longestBlockNs]) F[(fn >> 1) + FUNCTION.longestBlockNs] = held;
  }
  I[slab + SLAB.sequence]++;
}
