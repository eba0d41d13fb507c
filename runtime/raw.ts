// Reads one slab into plain figures, whoever's it is and whatever its thread is doing: works out what a copy of it says.
// What has elapsed since the thread's last event is added here, to the stack as it stands, not in the slab.
//
// Nothing is made for each of the edges, of which there may be a hundred thousand.
import type { Arena } from './arena.ts';
import { durationOf } from './durations.ts';
import {
  AWAITS,
  CONTROL,
  EDGE,
  FRAME,
  FRAME_WITHIN_EDGE,
  FRAME_WITHIN_FUNCTION,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  NODE,
  REGIME_EXACT,
  ROOT_SITE,
  SLAB,
} from './layout.ts';
import {
  NO_CALLER,
  NOT_SHOWN,
  RAW,
  type RawDuration,
  RawEdges,
  type RawFunctions,
  type RawNode,
  type RawSlab,
} from './raw-slab.ts';
import { GC_ROW, type ReadingMoment, ROOT_ROW, SlabCopy } from './slab-copy.ts';

export function readSlab(arena: Arena, slab: number, momentOf: () => ReadingMoment): RawSlab {
  const { I } = arena;
  const copy = new SlabCopy();
  if (I[slab + SLAB.clearEpoch] === Atomics.load(I, CONTROL.clearEpoch)) copy.take(arena, slab, momentOf);
  const { header, functions: rows } = copy;
  const reading = new Reading(copy);
  if (rows.count > 0) reading.complete();
  const counter = (column: number) => (header.count === 0 ? 0 : header.F[column]);
  return {
    functions: reading.functions,
    edges: reading.edges,
    nodes: reading.nodes(),
    exactEvents:
      header.count === 0 ? 0 : header.F[SLAB.exactEvents] + header.I[SLAB.granted] - Math.max(0, header.I[SLAB.budget]),
    deepCalls: counter(SLAB.deepCalls),
    droppedSamples: counter(SLAB.droppedSamples),
    droppedTagCalls: counter(SLAB.droppedTagCalls),
    droppedDurations: counter(SLAB.droppedDurations),
  };
}

const NO_DURATIONS: readonly RawDuration[] = [];

/** What a copy says, while it is being worked out. */
class Reading {
  readonly functions: RawFunctions;
  readonly edges: RawEdges;
  readonly #copy: SlabCopy;
  /** Rows of the edges from no known caller, by their functions. */
  readonly #own = new Map<number, number>();
  /**
   * Edges that are read, but not shown: nothing calls the root or the garbage collection, and of what was never called
   * there is nothing to show.
   */
  readonly #hidden: number[] = [];

  constructor(copy: SlabCopy) {
    this.#copy = copy;
    this.functions = functionsOf(copy);
    this.edges = new RawEdges(copy.edges);
  }

  complete(): void {
    this.#addEdges();
    this.#addOwnEdges();
    this.#addAwaits();
    this.#addElapsed();
    for (const edge of this.#hidden) this.edges.callees[edge] = NOT_SHOWN;
    const root = ROOT_ROW * RAW.words;
    const { figures } = this.functions;
    figures[root + RAW.calls] = figures[root + RAW.recursiveCalls] = figures[root + RAW.open] = 0;
  }

  /**
   * Finds callers and callees. A function's calls and self time are the sums over the edges into it, so they always agree with
   * these.
   */
  #addEdges(): void {
    const { edges, rowOf } = this.#copy;
    const { callers, callees } = this.edges;
    const { figures } = this.functions;
    const { I, F, count } = edges;
    for (let edge = 0; edge < count; edge++) {
      const row = edge * EDGE.words;
      const caller = rowOf.get(I[row + EDGE.caller]);
      const callee = rowOf.get(I[row + EDGE.callee]);
      callers[edge] = caller < 0 ? ROOT_ROW : caller; // one whose tag was cleared
      callees[edge] = callee < 0 ? NOT_SHOWN : callee;
      if (callee < 0) continue;
      addToCallee(F, row >> 1, figures, callee * RAW.words);
      if (callee === ROOT_ROW || callee === GC_ROW || !(F[(row >> 1) + EDGE.calls] > 0)) this.#hidden.push(edge);
    }
  }

  /** The edges from no known caller, of functions that have any such calls. */
  #addOwnEdges(): void {
    const { functions } = this.#copy;
    const { F, count } = functions;
    for (let fn = 0, at = FUNCTION_OWN_EDGE >> 1; fn < count; fn++, at += FUNCTION.words >> 1) {
      if (F[at + EDGE.calls] + F[at + EDGE.selfWallNs] + F[at + EDGE.selfCpuNs] + F[at + EDGE.totalWallNs] !== 0)
        this.#ownEdge(fn);
    }
  }

  #ownEdge(fn: number): number {
    const known = this.#own.get(fn);
    if (known !== undefined) return known;
    const { functions } = this.#copy;
    const edge = this.edges.push(NO_CALLER, fn);
    this.#own.set(fn, edge);
    const at = (edge * EDGE.words) >> 1;
    const from = (fn * FUNCTION.words + FUNCTION_OWN_EDGE) >> 1;
    this.edges.F.set(functions.F.subarray(from, from + (EDGE.words >> 1)), at);
    addToCallee(this.edges.F, at, this.functions.figures, fn * RAW.words);
    if (fn === ROOT_ROW || fn === GC_ROW || !(this.edges.F[at + EDGE.calls] > 0)) this.#hidden.push(edge);
    return edge;
  }

  /** The row of the edge; -1 if it is none, or its callee is not known. */
  #edgeAt(address: number): number {
    const { edges, rowOf } = this.#copy;
    const edge = edges.rowAt(address);
    if (edge >= 0) return this.edges.callees[edge] < 0 ? -1 : edge;
    const fn = rowOf.get(address - FUNCTION_OWN_EDGE);
    return fn < 0 ? -1 : this.#ownEdge(fn);
  }

  /** Adds what was and is suspended, the waiting up to now included. */
  #addAwaits(): void {
    const { awaits, moment, isRecording, rowOf } = this.#copy;
    const { figures } = this.functions;
    const { I, F, count } = awaits;
    for (let row = 0; row < count * AWAITS.words; row += AWAITS.words) {
      const edge = this.#edgeAt(I[row + AWAITS.edge]);
      const fn = rowOf.get(I[row + AWAITS.fn]);
      if (edge < 0 || fn < 0) continue;
      const at = row >> 1;
      const elapsed = isRecording ? Math.max(0, moment.untilWallNs - F[at + AWAITS.changedWallNs]) : 0;
      figures[fn * RAW.words + RAW.open] += I[row + AWAITS.suspended];
      figures[fn * RAW.words + RAW.totalWall] += elapsed * F[at + AWAITS.awaitingTotal];
      this.edges.F[((edge * EDGE.words) >> 1) + EDGE.totalWallNs] += elapsed * F[at + AWAITS.awaitingEdgeTotal];
      const resumes = F[at + AWAITS.resumes];
      const awaitNs = F[at + AWAITS.awaitNs] + elapsed * F[at + AWAITS.awaiting];
      this.edges.addSuspensions(edge, resumes, awaitNs);
      const callee = this.edges.callees[edge] * RAW.words;
      figures[callee + RAW.resumes] += resumes;
      figures[callee + RAW.await] += awaitNs;
    }
  }

  /** Adds the time since the last event to the stack: what the next event would charge. */
  #addElapsed(): void {
    const { header, frames, moment, isRecording, rowOf } = this.#copy;
    if (!isRecording) return;
    const exact = header.I[SLAB.regime] === REGIME_EXACT;
    const lastWall = header.F[SLAB.lastWallNs];
    const lastCpu = header.F[SLAB.lastCpuNs];
    const wall = Math.max(0, moment.untilWallNs - lastWall);
    const passed = (moment.cpuNs ?? lastCpu) - lastCpu;
    const cpu = passed > 0 ? Math.min(wall, passed) : 0; // NaN is not above 0
    const { figures } = this.functions;
    const { I, F, count } = frames;
    const top = this.#edgeAt(I[(count - 1) * FRAME.words + FRAME.edge]);
    if (top < 0) return; // a moving thread: the next event charges it
    this.edges.F[((top * EDGE.words) >> 1) + EDGE.selfWallNs] += wall;
    this.edges.F[((top * EDGE.words) >> 1) + EDGE.selfCpuNs] += cpu;
    figures[this.edges.callees[top] * RAW.words + RAW.selfWall] += wall;
    figures[this.edges.callees[top] * RAW.words + RAW.selfCpu] += cpu;
    const metFunctions = new Set<number>();
    const metEdges = new Set<number>();
    for (let at = FRAME.words; at < count * FRAME.words; at += FRAME.words) {
      // In the exact regime the totals of open activations wait for their end: all of it is still to be added.
      const start = at >> 1;
      const openWall = exact ? Math.max(0, lastWall + wall - F[start + FRAME.startWallNs]) : wall;
      const openCpu = exact ? Math.max(0, lastCpu + cpu - F[start + FRAME.startCpuNs]) : cpu;
      const flags = I[at + FRAME.flags];
      const fn = rowOf.get(I[at + FRAME.fn]);
      const edge = this.#edgeAt(I[at + FRAME.edge]);
      // The first frame of a row is its outermost: recursion counts once.
      if (fn >= 0 && !metFunctions.has(fn)) {
        metFunctions.add(fn);
        if ((flags & FRAME_WITHIN_FUNCTION) === 0) {
          figures[fn * RAW.words + RAW.totalWall] += openWall;
          figures[fn * RAW.words + RAW.totalCpu] += openCpu;
        }
      }
      if (edge >= 0 && !metEdges.has(edge)) {
        metEdges.add(edge);
        if ((flags & FRAME_WITHIN_EDGE) === 0) {
          this.edges.F[((edge * EDGE.words) >> 1) + EDGE.totalWallNs] += openWall;
          this.edges.F[((edge * EDGE.words) >> 1) + EDGE.totalCpuNs] += openCpu;
        }
      }
      if (fn >= 0 && (exact || I[at + FRAME.node] !== 0)) {
        const block = fn * RAW.words + RAW.longestBlock;
        figures[block] = Math.max(figures[block], lastWall + wall - F[start + FRAME.heldSinceNs]);
      }
    }
  }

  nodes(): RawNode[] {
    const { nodes, rowOf } = this.#copy;
    const { I, F, count } = nodes;
    const read: RawNode[] = [];
    const indexOf = new Int32Array(count).fill(-1);
    for (let row = 0; row < count; row++) {
      const node = row * NODE.words;
      const fn = rowOf.get(I[node + NODE.fn]);
      let parent = -1;
      if (I[node + NODE.parent] !== 0) {
        const above = nodes.rowAt(I[node + NODE.parent]);
        if (above < 0 || above >= row) continue;
        parent = indexOf[above];
      }
      // Of one whose tag was cleared the rest of the stack hangs on what called it.
      indexOf[row] = fn < 0 ? parent : read.length;
      if (fn < 0) continue;
      const at = node >> 1;
      read.push({ parent, fn, samples: F[at + NODE.samples], wall: F[at + NODE.wallNs], cpu: F[at + NODE.cpuNs] });
    }
    return read;
  }
}

/** Adds an edge's figures, from `at` on, to those of its callee, from `sum` on. */
function addToCallee(F: Float64Array, at: number, figures: Float64Array, sum: number): void {
  const calls = F[at + EDGE.calls];
  // The thread counts a call first, then that it is a recursive one, and may have been met in between.
  if (F[at + EDGE.recursiveCalls] > calls) F[at + EDGE.recursiveCalls] = calls;
  figures[sum + RAW.calls] += calls;
  figures[sum + RAW.recursiveCalls] += F[at + EDGE.recursiveCalls];
  figures[sum + RAW.selfWall] += F[at + EDGE.selfWallNs];
  figures[sum + RAW.selfCpu] += F[at + EDGE.selfCpuNs];
}

/** The figures that a function's row has itself. */
function functionsOf({ functions, durationRows, durationEnds, buckets }: SlabCopy): RawFunctions {
  const { I, F, count } = functions;
  const sites = new Int32Array(count);
  const tags = new Int32Array(count);
  const figures = new Float64Array(count * RAW.words);
  const durations = new Array<readonly RawDuration[]>(count).fill(NO_DURATIONS);
  for (let fn = 0; fn < count; fn++) {
    const row = fn * FUNCTION.words;
    const at = row >> 1;
    const to = fn * RAW.words;
    const isRoot = I[row + FUNCTION.site] === ROOT_SITE; // there end frames that were open at a start, stop or clear
    sites[fn] = I[row + FUNCTION.site];
    tags[fn] = I[row + FUNCTION.tag];
    figures[to + RAW.open] = Math.max(0, I[row + FUNCTION.depth]) + F[at + FUNCTION.unfinished];
    figures[to + RAW.totalWall] = F[at + FUNCTION.totalWallNs];
    figures[to + RAW.totalCpu] = F[at + FUNCTION.totalCpuNs];
    figures[to + RAW.selfVariance] = F[at + FUNCTION.selfVariance];
    figures[to + RAW.totalVariance] = F[at + FUNCTION.totalVariance];
    figures[to + RAW.longestBlock] = F[at + FUNCTION.longestBlockNs];
    figures[to + RAW.errors] = isRoot ? 0 : F[at + FUNCTION.errors];
    figures[to + RAW.maxTotal] = isRoot ? 0 : F[at + FUNCTION.maxTotalNs];
  }
  for (let i = 0, from = 0; i < durationRows.length; from = durationEnds[i++]) {
    const made = new Array<RawDuration>((durationEnds[i] - from) / 2);
    for (let k = 0; k < made.length; k++) made[k] = durationOf(buckets[from + 2 * k], buckets[from + 2 * k + 1]);
    durations[durationRows[i]] = made;
  }
  return { count, sites, tags, figures, durations };
}
