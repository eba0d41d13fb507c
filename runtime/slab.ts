// Slabs: one thread's part of the arena. Claiming one for a new thread, ending it, and folding old ended slabs into the
// finished slab so that ten thousand short workers need no more memory than a hundred.
import { type Arena, allocate, encodeText, locked, readText, releaseDead, writeBytes } from './arena.ts';
import {
  AWAITS,
  CONTROL,
  EDGE,
  EDGE_CACHE_WORDS,
  FOLDED_WORDS,
  FRAME,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  GC_SITE,
  KEPT_ENDED_SLABS,
  MAX_FOLDED_THREADS,
  MAX_SLABS,
  NEVER_SEEN,
  NODE,
  NULL_EDGE,
  OVERFLOW_SITE,
  REGIME_EXACT,
  REGIME_OFF,
  ROOT_SITE,
  SLAB,
  SLAB_AWAITS,
  SLAB_CALIBRATION,
  SLAB_DIRECTORY,
  SLAB_EDGES,
  SLAB_ENDED,
  SLAB_FINISHED,
  SLAB_FOLDING,
  SLAB_FREE,
  SLAB_GC,
  SLAB_LIVE,
  SLAB_NAME,
  SLAB_NODES,
  SLAB_PSEUDO,
  SLAB_TAGGED,
  TAGGED,
  THREAD_NAME_BYTES,
} from './layout.ts';
import { endAwaits } from './awaits.ts';
import { chargeOpenTotals, initFunction, resetFigures } from './figures.ts';
import { foldSlab } from './fold.ts';
import { Atomics, fillWithZeros, Math } from './primordials.ts';
import { initTable } from './table.ts';
import { forgetTicker } from './ticker.ts';

/** What a thread says of itself when it claims a slab. */
export interface ThreadIdentity {
  readonly threadId: number;
  readonly name: string;
  /** Linux thread id, by which another thread can ask the system for this one's CPU time; 0 if unknown. */
  readonly osThreadId: number;
}

/** The addresses of all slabs ever made, in the order of their making. */
export function slabsOf({ I }: Arena): number[] {
  const count = Math.min(Atomics.load(I, CONTROL.slabCount), MAX_SLABS);
  return Array.from(I.subarray(SLAB_DIRECTORY, SLAB_DIRECTORY + count)).filter((slab) => slab !== 0);
}

/** A slab for this thread, zeroed, its stack holding the root frame; 0 when there is no room. */
export function claimSlab(arena: Arena, owner: number, thread: ThreadIdentity): number {
  return locked(arena, owner, () => {
    const { I } = arena;
    const slab = reusableSlab(arena) || newSlab(arena);
    if (slab === 0) {
      I[CONTROL.droppedThreads]++;
      return 0;
    }
    resetSlab(arena, slab);
    const name = encodeText(thread.name, THREAD_NAME_BYTES);
    writeBytes(arena, slab + SLAB_NAME, name);
    I[slab + SLAB.nameBytes] = name.length;
    I[slab + SLAB.serial] = I[CONTROL.threadCount];
    I[CONTROL.threadCount] = (I[CONTROL.threadCount] + 1) & 0x3fffffff; // serial + 1 is an owner of the lock: above 0
    I[slab + SLAB.threadId] = thread.threadId;
    I[slab + SLAB.osThreadId] = thread.osThreadId;
    I[slab + SLAB.regimeSwitches] = 0;
    I[slab + SLAB.session] = 0;
    I[slab + SLAB.epoch] = 0;
    I[slab + SLAB.seen] = I[slab + SLAB.tick] = NEVER_SEEN;
    I[slab + SLAB.tagging] = I[slab + SLAB.tag] = I[slab + SLAB.tagFromBase] = 0;
    I[slab + SLAB.tagClears] = I[CONTROL.tagClears];
    I[slab + SLAB.regime] = REGIME_OFF;
    I[slab + SLAB.clearEpoch] = I[CONTROL.clearEpoch];
    Atomics.store(I, slab + SLAB.state, SLAB_LIVE); // last: readers skip it until here
    return slab;
  });
}

/** Marks the thread as ended. Its figures stay. */
export function endSlab(arena: Arena, owner: number, slab: number): void {
  const { I, F } = arena;
  locked(arena, owner, () => {
    if (I[slab + SLAB.state] !== SLAB_LIVE) return;
    forgetTicker(arena, I[slab + SLAB.serial] + 1);
    I[slab + SLAB.sequence] = (I[slab + SLAB.sequence] + 1) & ~1; // it may have been terminated between two steps
    // Nobody else will.
    if (I[slab + SLAB.regime] === REGIME_EXACT) chargeOpenTotals(arena, slab);
    if (I[slab + SLAB.regime] !== REGIME_OFF) endAwaits(arena, slab, F[(slab >> 1) + SLAB.lastWallNs]);
    I[slab + SLAB.regime] = REGIME_OFF;
    I[slab + SLAB.session] = 0;
    I[slab + SLAB.endedOrder] = ++I[CONTROL.endedCount];
    Atomics.store(I, slab + SLAB.state, SLAB_ENDED);
  });
}

/** Ends the slab of a worker that could not do so itself, because it was terminated. */
export function endThread(arena: Arena, owner: number, threadId: number): void {
  releaseDead(arena, claimantOf(threadId));
  for (const slab of slabsOf(arena)) {
    if (arena.I[slab + SLAB.threadId] !== threadId || arena.I[slab + SLAB.state] !== SLAB_LIVE) continue;
    releaseDead(arena, arena.I[slab + SLAB.serial] + 1);
    endSlab(arena, owner, slab);
  }
}

/** Who a thread is to the lock until it has a serial: a number that no serial gives. */
export function claimantOf(threadId: number): number {
  return -1 - threadId;
}

export function slabName(arena: Arena, slab: number): string {
  return readText(arena, slab + SLAB_NAME, arena.I[slab + SLAB.nameBytes]);
}

function newSlab(arena: Arena): number {
  const { I } = arena;
  const index = I[CONTROL.slabCount];
  if (index >= MAX_SLABS) return 0;
  const slab = allocate(arena, SLAB_CALIBRATION + FUNCTION.words);
  if (slab === 0) return 0;
  const stack = allocate(arena, (I[CONTROL.maxFrames] + 1) * FRAME.words);
  const edgeCache = allocate(arena, EDGE_CACHE_WORDS);
  if (stack === 0 || edgeCache === 0) return 0;
  I.fill(NULL_EDGE, edgeCache, edgeCache + EDGE_CACHE_WORDS);
  I[slab + SLAB.edgeCache] = edgeCache;
  initTable(arena, slab + SLAB_EDGES, EDGE.words, I[CONTROL.maxEdges]);
  initTable(arena, slab + SLAB_NODES, NODE.words, I[CONTROL.maxEdges]);
  initTable(arena, slab + SLAB_AWAITS, AWAITS.words, I[CONTROL.maxEdges]);
  initTable(arena, slab + SLAB_TAGGED, TAGGED.words, I[CONTROL.maxEdges]);
  I[slab + SLAB.stack] = stack;
  I[slab + SLAB.stackEnd] = stack + I[CONTROL.maxFrames] * FRAME.words;
  I[slab + SLAB.root] = slab + SLAB_PSEUDO;
  I[slab + SLAB.overflow] = slab + SLAB_PSEUDO + FUNCTION.words;
  initFunction(I, I[slab + SLAB.root], ROOT_SITE);
  initFunction(I, I[slab + SLAB.overflow], OVERFLOW_SITE);
  initFunction(I, slab + SLAB_GC, GC_SITE);
  I[SLAB_DIRECTORY + index] = slab;
  Atomics.store(I, CONTROL.slabCount, index + 1);
  return slab;
}

/** A free slab, or the one that ended first if more than KEPT_ENDED_SLABS have ended. */
function reusableSlab(arena: Arena): number {
  const { I } = arena;
  let ended = 0;
  let oldest = 0;
  for (const slab of slabsOf(arena)) {
    const state = I[slab + SLAB.state];
    if (state === SLAB_FREE) return slab;
    if (state === SLAB_FOLDING) return foldAway(arena, slab); // a thread was terminated over it
    if (state !== SLAB_ENDED) continue;
    ended++;
    if (oldest === 0 || ((I[slab + SLAB.endedOrder] - I[oldest + SLAB.endedOrder]) | 0) < 0) oldest = slab;
  }
  if (ended <= KEPT_ENDED_SLABS) return 0;
  if (I[CONTROL.finishedSlab] === 0) {
    const finished = newSlab(arena);
    if (finished === 0) return 0;
    I[finished + SLAB.clearEpoch] = I[CONTROL.clearEpoch];
    I[finished + SLAB.state] = SLAB_FINISHED;
    I[CONTROL.foldedRing] = allocate(arena, MAX_FOLDED_THREADS * FOLDED_WORDS);
    Atomics.store(I, CONTROL.finishedSlab, finished);
  }
  return foldAway(arena, oldest);
}

/** test/model/claim.ts goes through all orders of this. Adds an ended slab to the finished one and frees it. Who is terminated here leaves the rest to the next one to come. */
function foldAway(arena: Arena, slab: number): number {
  const { I } = arena;
  // Odd from here on, and another number also where it was odd: a reader may be at work since the other one died.
  Atomics.add(I, CONTROL.foldSequence, (I[CONTROL.foldSequence] & 1) === 0 ? 1 : 2);
  foldSlab(arena, slab, I[CONTROL.finishedSlab]);
  Atomics.store(I, slab + SLAB.state, SLAB_FREE);
  Atomics.add(I, CONTROL.foldSequence, 1); // last: readers that saw an odd one or another one read again
  Atomics.notify(I, CONTROL.foldSequence);
  return slab;
}

/** Zeroes all figures of a slab and empties its stack. Function rows keep their sites. */
export function resetSlab(arena: Arena, slab: number): void {
  const { I, F } = arena;
  resetFigures(arena, slab);
  const stack = I[slab + SLAB.stack];
  I[slab + SLAB.sp] = stack;
  I[stack + FRAME.fn] = I[slab + SLAB.root];
  I[stack + FRAME.edge] = I[slab + SLAB.root] + FUNCTION_OWN_EDGE;
  fillWithZeros(F, (slab >> 1) + SLAB.lastWallNs, (slab + SLAB.words) >> 1);
}
