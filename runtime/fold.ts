// Moves the figures of an ended slab to another one. Runs under the arena's lock.
//
// A thread can be terminated in here: V8 does that where a function is entered and where a loop begins anew. So each figure
// is added and taken away within one step, and whoever comes next goes on where it ended: nothing is lost or counted twice.
import type { Arena } from './arena.ts';
import {
  AWAITS,
  BLOCK,
  CONTROL,
  EDGE,
  FOLDED,
  FOLDED_WORDS,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  MAX_FOLDED_THREADS,
  NODE,
  SLAB,
  SLAB_AWAITS,
  SLAB_EDGES,
  SLAB_FOLDING,
  SLAB_GC,
  SLAB_NAME,
  SLAB_NODES,
  SLAB_TAGGED,
  TAGGED_FUNCTION,
  THREAD_NAME_BYTES,
} from './layout.ts';
import {
  blockBefore,
  addBlock,
  blocksByFile,
  clearTags,
  functionRows,
  initFunction,
  resetFigures,
  taggedRows,
  rowsIn,
} from './figures.ts';
import { foldDurations } from './durations.ts';
import { Atomics, Math } from './primordials.ts';
import { rowOf, rowsOfTable } from './table.ts';
import { tagsClearedSince } from './tags.ts';

const EDGE_FLOATS = [
  EDGE.calls,
  EDGE.recursiveCalls,
  EDGE.selfWallNs,
  EDGE.selfCpuNs,
  EDGE.totalWallNs,
  EDGE.totalCpuNs,
];
const FUNCTION_FLOATS = [
  FUNCTION.totalWallNs,
  FUNCTION.totalCpuNs,
  FUNCTION.selfVariance,
  FUNCTION.totalVariance,
  FUNCTION.unfinished,
  FUNCTION.errors,
];
const SLAB_FLOATS = [
  SLAB.exactEvents,
  SLAB.deepCalls,
  SLAB.droppedSamples,
  SLAB.droppedTagCalls,
  SLAB.droppedDurations,
];

function moveFloats(F: Float64Array, from: number, to: number, columns: readonly number[]): void {
  for (const column of columns) {
    F[(to >> 1) + column] += F[(from >> 1) + column];
    F[(from >> 1) + column] = 0;
  }
}

/** Moves all figures of `from` to `into` and keeps a summary of the thread. Nothing is left open by it. */
export function foldSlab(arena: Arena, from: number, into: number): void {
  const { I, F } = arena;
  if (I[into + SLAB.clearEpoch] !== I[CONTROL.clearEpoch]) {
    resetFigures(arena, into);
    I[into + SLAB.clearEpoch] = I[CONTROL.clearEpoch];
  }
  if (I[from + SLAB.clearEpoch] !== I[CONTROL.clearEpoch]) return; // cleared since: nothing of it counts
  for (const slab of [from, into]) {
    clearTags(arena, slab, tagsClearedSince(arena, I[slab + SLAB.tagClears]));
    I[slab + SLAB.tagClears] = I[CONTROL.tagClears];
  }
  if (I[from + SLAB.state] !== SLAB_FOLDING) writeFolded(arena, from);
  const moved = functionMap(arena, from, into);
  const addFunction = (fn: number) => {
    const target = moved(fn);
    moveFloats(F, fn, target, FUNCTION_FLOATS);
    for (const column of [FUNCTION.longestBlockNs, FUNCTION.maxTotalNs]) {
      F[(target >> 1) + column] = Math.max(F[(target >> 1) + column], F[(fn >> 1) + column]);
    }
    const open = I[fn + FUNCTION.depth]; // ended with these open
    if (open > 0) F[(target >> 1) + FUNCTION.unfinished] += open;
    I[fn + FUNCTION.depth] = 0;
    foldDurations(arena, fn, into, target);
    moveFloats(F, fn + FUNCTION_OWN_EDGE, target + FUNCTION_OWN_EDGE, EDGE_FLOATS);
  };
  for (const fn of functionRows(arena, from)) addFunction(fn);
  for (const { row } of taggedRows(arena, from)) addFunction(row);
  const edges = new Map<number, number>();
  for (const edge of rowsOfTable(arena, from + SLAB_EDGES)) {
    const callee = moved(I[edge + EDGE.callee]);
    const target = rowOf(arena, into + SLAB_EDGES, moved(I[edge + EDGE.caller]), callee);
    edges.set(edge, target === 0 ? callee + FUNCTION_OWN_EDGE : target);
    moveFloats(F, edge, edges.get(edge)!, EDGE_FLOATS);
  }
  for (const row of rowsOfTable(arena, from + SLAB_AWAITS)) {
    const fn = moved(I[row + AWAITS.fn]);
    const target = rowOf(arena, into + SLAB_AWAITS, edges.get(I[row + AWAITS.edge]) ?? fn + FUNCTION_OWN_EDGE, fn);
    if (target !== 0) moveFloats(F, row, target, [AWAITS.resumes, AWAITS.awaitNs]);
  }
  const nodes = new Map([[0, 0]]);
  for (const node of rowsOfTable(arena, from + SLAB_NODES)) {
    // A parent's row is older than its children's, so it is already in the map.
    const target = rowOf(arena, into + SLAB_NODES, nodes.get(I[node + NODE.parent]) ?? 0, moved(I[node + NODE.fn]));
    if (target === 0) F[(into >> 1) + SLAB.droppedSamples]++;
    else moveFloats(F, node, target, [NODE.samples, NODE.wallNs, NODE.cpuNs]);
    nodes.set(node, target);
  }
  moveFloats(F, from, into, SLAB_FLOATS);
}

/** Where each function row of `from` is in `into`; the overflow row where there is no room. */
function functionMap(arena: Arena, from: number, into: number): (fn: number) => number {
  const { I } = arena;
  const known = blocksByFile(arena, into);
  const rows = new Map([
    [I[from + SLAB.root], I[into + SLAB.root]],
    [from + SLAB_GC, into + SLAB_GC],
  ]);
  for (let block = I[from + SLAB.blocks]; block > 0; block = blockBefore(I, block)) {
    const count = rowsIn(I, block);
    const file = I[block + BLOCK.file];
    const first = known.get(file) ?? addBlock(arena, into, file, I[block + BLOCK.firstSite], count);
    if (first === 0) continue;
    for (let i = 0; i < count; i++) {
      rows.set(block + BLOCK.words + i * FUNCTION.words, first + i * FUNCTION.words);
    }
  }
  const moved = (fn: number) => rows.get(fn) ?? I[into + SLAB.overflow];
  for (const { row, fn } of taggedRows(arena, from)) {
    const tag = I[row + FUNCTION.tag];
    const found = rowOf(arena, into + SLAB_TAGGED, moved(fn), tag);
    const target = found + TAGGED_FUNCTION;
    if (found === 0) rows.set(row, moved(fn));
    else rows.set(row, target);
    if (found === 0 || I[target + FUNCTION_OWN_EDGE + EDGE.callee] === target) continue;
    I[target + FUNCTION.tag] = tag;
    initFunction(I, target, I[moved(fn) + FUNCTION.site]);
  }
  return moved;
}

/** Writes the summary of a thread into the ring of folded threads; with that its folding has begun. */
function writeFolded(arena: Arena, slab: number): void {
  const { I, F } = arena;
  const ring = I[CONTROL.foldedRing];
  let wallNs = 0;
  let cpuNs = 0;
  let calls = 0;
  const add = (edge: number) => {
    wallNs += F[(edge >> 1) + EDGE.selfWallNs];
    cpuNs += F[(edge >> 1) + EDGE.selfCpuNs];
    calls += F[(edge >> 1) + EDGE.calls];
  };
  for (const fn of functionRows(arena, slab)) add(fn + FUNCTION_OWN_EDGE);
  for (const { row } of taggedRows(arena, slab)) add(row + FUNCTION_OWN_EDGE);
  for (const edge of rowsOfTable(arena, slab + SLAB_EDGES)) add(edge);
  if (ring === 0) {
    I[slab + SLAB.state] = SLAB_FOLDING;
    return;
  }
  const entry = ring + (I[CONTROL.foldedThreads] & (MAX_FOLDED_THREADS - 1)) * FOLDED_WORDS;
  I[entry + FOLDED.serial] = I[slab + SLAB.serial];
  I[entry + FOLDED.threadId] = I[slab + SLAB.threadId];
  I[entry + FOLDED.nameBytes] = I[slab + SLAB.nameBytes];
  I[entry + FOLDED.regimeSwitches] = I[slab + SLAB.regimeSwitches];
  F[(entry >> 1) + FOLDED.wallNs] = wallNs;
  F[(entry >> 1) + FOLDED.cpuNs] = cpuNs;
  F[(entry >> 1) + FOLDED.calls] = calls;
  I.copyWithin(entry + FOLDED.words, slab + SLAB_NAME, slab + SLAB_NAME + THREAD_NAME_BYTES / 4);
  I[slab + SLAB.state] = SLAB_FOLDING;
  Atomics.add(I, CONTROL.foldedThreads, 1);
}
