// How long activations took: a log-linear histogram for each function row that has any (the idea is that of HdrHistogram:
// eight equally wide buckets for every power of two, so each is 6 to 12 % wide). O(1) an activation.
//
//   FUNCTION.durations ─► DURATIONS [next | line 0, line 1, … of powers of two] ─► 8 counts each, one cache line
//
// Most functions stay within a few powers of two, so a line is made when it is first needed. What is forgotten goes to the
// slab's lists of free histograms and free lines, so that clearing often needs no more memory than clearing once.
import { type Arena, allocate } from './arena.ts';
import { DURATION_LINE_WORDS, DURATION_LINES, DURATIONS, FUNCTION, SLAB } from './layout.ts';
import { fillWithZeros, Math } from './primordials.ts';

/** Buckets of a line, a power of two. */
const BUCKETS = 8;
/** Below this many ns, the first line: buckets of 4 ns, about what a clock can tell. */
const FIRST_POWER = 5;
const LAST_BUCKET = DURATION_LINES * BUCKETS - 1;

/** The bucket of a duration; longer ones than the last bucket holds are in it, too. */
export function bucketOf(ns: number): number {
  if (!(ns >= 1 << FIRST_POWER)) return ns > 0 ? ns >> 2 : 0;
  let power = 0;
  let scaled = ns;
  if (ns >= 2 ** 31) {
    power = 20;
    scaled = ns / 2 ** 20;
    if (!(scaled < 2 ** 31)) return LAST_BUCKET;
  }
  const whole = scaled | 0;
  const top = 31 - Math.clz32(whole);
  const bucket = (power + top - FIRST_POWER + 1) * BUCKETS + ((whole >> (top - 3)) & (BUCKETS - 1));
  return bucket < LAST_BUCKET ? bucket : LAST_BUCKET;
}

/** The least duration of a bucket, and that of the next. */
function boundsOf(bucket: number): { fromNs: number; toNs: number } {
  const line = Math.floor(bucket / BUCKETS);
  const place = bucket % BUCKETS;
  const power = line === 0 ? 2 ** FIRST_POWER : 2 ** (line + FIRST_POWER - 1);
  const from = line === 0 ? 0 : power;
  return { fromNs: from + (power * place) / BUCKETS, toNs: from + (power * (place + 1)) / BUCKETS };
}

/** Counts one activation of a function row. Without room for it, counts that. Never throws but at the stack's end. */
export function recordDuration(arena: Arena, slab: number, fn: number, ns: number): void {
  add(arena, slab, fn, bucketOf(ns), 1);
}

function add(arena: Arena, slab: number, fn: number, bucket: number, calls: number): void {
  const { I, F } = arena;
  const durations = I[fn + FUNCTION.durations] || histogram(arena, slab, fn);
  const link = durations + DURATIONS.lines + (bucket >> 3);
  let line = durations === 0 ? 0 : I[link];
  if (line === 0 && durations !== 0) line = I[link] = newLine(arena, slab);
  if (line === 0) F[(slab >> 1) + SLAB.droppedDurations] += calls;
  else F[(line >> 1) + (bucket & (BUCKETS - 1))] += calls;
}

/** Gives the function row a histogram; 0 when there is no room. */
function histogram(arena: Arena, slab: number, fn: number): number {
  const { I } = arena;
  let durations = I[slab + SLAB.freeDurations];
  if (durations !== 0) I[slab + SLAB.freeDurations] = I[durations + DURATIONS.next];
  else durations = allocate(arena, DURATIONS.words);
  I[fn + FUNCTION.durations] = durations;
  return durations;
}

function newLine(arena: Arena, slab: number): number {
  const { I } = arena;
  const free = I[slab + SLAB.freeDurationLines];
  if (free === 0) return allocate(arena, DURATION_LINE_WORDS);
  I[slab + SLAB.freeDurationLines] = I[free];
  I[free] = 0;
  return free;
}

function* linesOf({ I }: Arena, fn: number): Generator<readonly [first: number, line: number]> {
  const durations = I[fn + FUNCTION.durations];
  if (durations === 0) return;
  for (let i = 0; i < DURATION_LINES; i++) {
    const line = I[durations + DURATIONS.lines + i];
    if (line !== 0) yield [i * BUCKETS, line];
  }
}

/** Appends the buckets that have calls, ascending, each as the number of the bucket and the calls. */
export function readBuckets({ I, F }: Arena, durations: number, into: number[]): void {
  for (let i = 0; i < DURATION_LINES; i++) {
    const line = I[durations + DURATIONS.lines + i];
    if (line === 0) continue;
    for (let k = 0; k < BUCKETS; k++) {
      const calls = F[(line >> 1) + k];
      if (calls > 0) into.push(i * BUCKETS + k, calls);
    }
  }
}

const BOUNDS = Array.from({ length: DURATION_LINES * BUCKETS }, (_, bucket) => boundsOf(bucket));

/** A bucket as it is shown. */
export function durationOf(bucket: number, calls: number): { fromNs: number; toNs: number; calls: number } {
  const { fromNs, toNs } = BOUNDS[bucket];
  return { fromNs, toNs, calls };
}

/** Takes the histogram from a function row that is to be zeroed, and keeps its memory for others. */
export function releaseDurations(arena: Arena, slab: number, fn: number): void {
  const { I, F } = arena;
  const durations = I[fn + FUNCTION.durations];
  if (durations === 0) return;
  I[fn + FUNCTION.durations] = 0; // first: no reader comes here any more
  for (let i = 0; i < DURATION_LINES; i++) {
    const line = I[durations + DURATIONS.lines + i];
    if (line === 0) continue;
    fillWithZeros(F, line >> 1, (line + DURATION_LINE_WORDS) >> 1);
    I[line] = I[slab + SLAB.freeDurationLines];
    I[slab + SLAB.freeDurationLines] = line;
    I[durations + DURATIONS.lines + i] = 0;
  }
  I[durations + DURATIONS.next] = I[slab + SLAB.freeDurations];
  I[slab + SLAB.freeDurations] = durations;
}

/** Adds the histogram of one function row to that of another, in the slab `into`. */
export function foldDurations(arena: Arena, fn: number, into: number, target: number): void {
  for (const [first, line] of linesOf(arena, fn)) {
    for (let i = 0; i < BUCKETS; i++) {
      const calls = arena.F[(line >> 1) + i];
      if (calls === 0) continue;
      add(arena, into, target, first + i, calls);
      arena.F[(line >> 1) + i] = 0; // moved, see fold.ts
    }
  }
}
