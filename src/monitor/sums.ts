// The figures of all functions at one moment as plain rows of numbers: what frames are made from, several times a second.
// Reads what runtime/raw.ts reads, by the same rules, but makes no object for a function or an edge; a test holds the two
// against each other.
import type { Arena } from '../../runtime/arena.ts';
import { functionRows, taggedRows } from '../../runtime/figures.ts';
import {
  AWAITS,
  CONTROL,
  EDGE,
  FRAME,
  FRAME_WITHIN_FUNCTION,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  GC_SITE,
  NO_TAG,
  OVERFLOW_SITE,
  REGIME_EXACT,
  REGIME_OFF,
  ROOT_SITE,
  SLAB,
  SLAB_AWAITS,
  SLAB_EDGES,
  SLAB_LIVE,
} from '../../runtime/layout.ts';
import type { ReadingMoment } from '../../runtime/slab-copy.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { tagsClearedSince } from '../../runtime/tags.ts';
import type { FunctionIds } from './function-ids.ts';

/** Columns of a function's row. */
export const CALLS = 0;
export const RECURSIVE_CALLS = 1;
export const SELF_WALL = 2;
export const SELF_CPU = 3;
export const TOTAL_WALL = 4;
export const TOTAL_CPU = 5;
export const AWAIT = 6;
export const OPEN = 7;
export const ERRORS = 8;
export const COLUMNS = 9;

/** Sums of one thread, or of one tag. */
export interface Sum {
  wallNs: number;
  cpuNs: number;
  calls: number;
}

/** Sums over one slab or several. */
export class Sums {
  /** Row of function `id` from `id * COLUMNS` on. */
  rows: Float64Array;
  readonly tags = new Map<number, Sum>();
  /** Of all functions but garbage collection, which is part of what it interrupted. */
  thread: Sum = { wallNs: 0, cpuNs: 0, calls: 0 };
  unplacedCalls = 0;
  siteCalls = 0;
  deepCalls = 0;
  samples = 0;
  tagCalls = 0;
  durations = 0;
  /** Whether anything waits at an `await`. */
  isAwaiting = false;

  constructor(functions: number) {
    this.rows = new Float64Array(functions * COLUMNS);
  }

  /** All 0, with room for so many functions. */
  reset(functions: number): void {
    if (this.rows.length < functions * COLUMNS) this.rows = new Float64Array(functions * COLUMNS * 2);
    else this.rows.fill(0);
    this.tags.clear();
    this.thread = { wallNs: 0, cpuNs: 0, calls: 0 };
    this.unplacedCalls = this.siteCalls = this.deepCalls = this.samples = this.tagCalls = this.durations = 0;
    this.isAwaiting = false;
  }

  /** Adds the sums of one slab to those of all; the thread's own stay its own. */
  add(slab: Sums, functions: number): void {
    const { rows } = this;
    const more = slab.rows;
    for (let i = functions * COLUMNS - 1; i >= 0; i--) rows[i] += more[i];
    for (const [tag, sum] of slab.tags) {
      const known = sumOf(this.tags, tag);
      known.wallNs += sum.wallNs;
      known.cpuNs += sum.cpuNs;
      known.calls += sum.calls;
    }
    this.unplacedCalls += slab.unplacedCalls;
    this.siteCalls += slab.siteCalls;
    this.deepCalls += slab.deepCalls;
    this.samples += slab.samples;
    this.tagCalls += slab.tagCalls;
    this.durations += slab.durations;
  }
}

function sumOf(sums: Map<number, Sum>, tag: number): Sum {
  let sum = sums.get(tag);
  if (sum === undefined) sums.set(tag, (sum = { wallNs: 0, cpuNs: 0, calls: 0 }));
  return sum;
}

/** Readings that are tried before one is taken in which figures of one event may be apart. */
const ATTEMPTS = 4;

/** Makes `sums` those of the slab. */
export function sumSlab(arena: Arena, slab: number, momentOf: () => ReadingMoment, ids: FunctionIds, sums: Sums): void {
  const { I } = arena;
  const functions = ids.names.length;
  sums.reset(functions);
  if (I[slab + SLAB.clearEpoch] !== Atomics.load(I, CONTROL.clearEpoch)) return;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) sums.reset(functions);
    const before = Atomics.load(I, slab + SLAB.sequence);
    sumOnce(arena, slab, momentOf(), ids, sums);
    if ((before & 1) === 0 && Atomics.load(I, slab + SLAB.sequence) === before) break;
  }
}

function sumOnce(arena: Arena, slab: number, moment: ReadingMoment, ids: FunctionIds, sums: Sums): void {
  const { I, F } = arena;
  const { rows } = sums;
  const cleared = tagsClearedSince(arena, I[slab + SLAB.tagClears]); // and the thread has had no event since
  const isCleared = cleared.size === 0 ? () => false : (fn: number) => cleared.has(I[fn + FUNCTION.tag]);

  function addFunction(fn: number): void {
    const site = I[fn + FUNCTION.site];
    const id = ids.of(site);
    if (id < 0) return;
    const row = fn >> 1;
    const at = id * COLUMNS;
    if (site !== ROOT_SITE) {
      rows[at + OPEN] += Math.max(0, I[fn + FUNCTION.depth]) + F[row + FUNCTION.unfinished];
      rows[at + TOTAL_WALL] += F[row + FUNCTION.totalWallNs];
      rows[at + TOTAL_CPU] += F[row + FUNCTION.totalCpuNs];
      rows[at + ERRORS] += F[row + FUNCTION.errors];
    }
    const calls = addEdge(fn + FUNCTION_OWN_EDGE, fn);
    if (site !== ROOT_SITE && site !== GC_SITE) sums.unplacedCalls += calls;
  }

  function addEdge(edge: number, fn: number): number {
    const site = I[fn + FUNCTION.site];
    const id = ids.of(site);
    if (id < 0) return 0;
    const row = edge >> 1;
    const calls = site === ROOT_SITE ? 0 : F[row + EDGE.calls];
    if (site === OVERFLOW_SITE) sums.siteCalls += calls;
    addSelf(id, I[fn + FUNCTION.tag], calls, F[row + EDGE.selfWallNs], F[row + EDGE.selfCpuNs]);
    if (site !== ROOT_SITE) rows[id * COLUMNS + RECURSIVE_CALLS] += F[row + EDGE.recursiveCalls];
    return calls;
  }

  function addSelf(id: number, tag: number, calls: number, wall: number, cpu: number): void {
    const at = id * COLUMNS;
    rows[at + CALLS] += calls;
    rows[at + SELF_WALL] += wall;
    rows[at + SELF_CPU] += cpu;
    if (ids.names[id].kind !== 'gc') addTo(sums.thread, calls, wall, cpu);
    if (tag !== NO_TAG) addTo(sumOf(sums.tags, tag), calls, wall, cpu);
  }

  function addTo(sum: Sum, calls: number, wall: number, cpu: number): void {
    sum.calls += calls;
    sum.wallNs += wall;
    sum.cpuNs += cpu;
  }

  for (const fn of functionRows(arena, slab)) addFunction(fn);
  for (const { row } of taggedRows(arena, slab)) if (!isCleared(row)) addFunction(row);
  for (const edge of rowsOfTable(arena, slab + SLAB_EDGES)) {
    const callee = I[edge + EDGE.callee];
    if (!isCleared(callee)) addEdge(edge, callee);
  }
  addAwaits();
  if (isRecording(arena, slab)) addElapsed();
  sums.deepCalls = F[(slab >> 1) + SLAB.deepCalls];
  sums.samples = F[(slab >> 1) + SLAB.droppedSamples];
  sums.tagCalls = F[(slab >> 1) + SLAB.droppedTagCalls];
  sums.durations = F[(slab >> 1) + SLAB.droppedDurations];

  function addAwaits(): void {
    const recording = isRecording(arena, slab);
    for (const row of rowsOfTable(arena, slab + SLAB_AWAITS)) {
      const fn = I[row + AWAITS.fn];
      const id = ids.of(I[fn + FUNCTION.site]);
      if (id < 0 || isCleared(fn)) continue;
      const at = row >> 1;
      const elapsed = recording ? Math.max(0, moment.untilWallNs - F[at + AWAITS.changedWallNs]) : 0;
      rows[id * COLUMNS + OPEN] += I[row + AWAITS.suspended];
      rows[id * COLUMNS + TOTAL_WALL] += elapsed * F[at + AWAITS.awaitingTotal];
      rows[id * COLUMNS + AWAIT] += F[at + AWAITS.awaitNs] + elapsed * F[at + AWAITS.awaiting];
      if (F[at + AWAITS.awaiting] > 0) sums.isAwaiting = true;
    }
  }

  /** The time since the last event: what the next one would charge. */
  function addElapsed(): void {
    const header = slab >> 1;
    const exact = I[slab + SLAB.regime] === REGIME_EXACT;
    const lastWall = F[header + SLAB.lastWallNs];
    const lastCpu = F[header + SLAB.lastCpuNs];
    const wall = Math.max(0, moment.untilWallNs - lastWall);
    const passed = (moment.cpuNs ?? lastCpu) - lastCpu;
    const cpu = passed > 0 ? Math.min(wall, passed) : 0;
    const sp = I[slab + SLAB.sp];
    const top = I[I[sp + FRAME.edge] + EDGE.callee];
    const topId = ids.of(I[top + FUNCTION.site]);
    if (topId < 0 || isCleared(top)) return;
    addSelf(topId, I[top + FUNCTION.tag], 0, wall, cpu);
    const met = new Set<number>();
    for (let at = I[slab + SLAB.stack] + FRAME.words; at <= sp; at += FRAME.words) {
      const fn = I[at + FRAME.fn];
      if (met.has(fn)) continue;
      met.add(fn); // the first frame of a function is its outermost: recursion counts once
      const id = ids.of(I[fn + FUNCTION.site]);
      if (id <= 0 || (I[at + FRAME.flags] & FRAME_WITHIN_FUNCTION) !== 0 || isCleared(fn)) continue; // 0: the root
      const start = at >> 1;
      rows[id * COLUMNS + TOTAL_WALL] += exact ? Math.max(0, lastWall + wall - F[start + FRAME.startWallNs]) : wall;
      rows[id * COLUMNS + TOTAL_CPU] += exact ? Math.max(0, lastCpu + cpu - F[start + FRAME.startCpuNs]) : cpu;
    }
  }
}

/** Whether time is passing for the slab: its thread is alive and records. */
export function isRecording({ I }: Arena, slab: number): boolean {
  return I[slab + SLAB.state] === SLAB_LIVE && I[slab + SLAB.session] !== 0 && I[slab + SLAB.regime] !== REGIME_OFF;
}
