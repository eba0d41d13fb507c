// Reads one slab into plain figures, whoever's it is and whatever its thread is doing. Takes no lock and writes nothing:
// rows are complete once published, and the slab's sequence word tells whether several words changed while reading.
// What has elapsed since the thread's last event is added here, to the stack as it stands, not in the slab.
import type { Arena } from './arena.ts';
import {
  AWAITS,
  CONTROL,
  EDGE,
  FRAME,
  FRAME_WITHIN_EDGE,
  FRAME_WITHIN_FUNCTION,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  GC_SITE,
  NODE,
  NO_TAG,
  REGIME_EXACT,
  REGIME_OFF,
  ROOT_SITE,
  SLAB,
  SLAB_AWAITS,
  SLAB_EDGES,
  SLAB_LIVE,
  SLAB_NODES,
} from './layout.ts';
import { readDurations } from './durations.ts';
import { functionRows, taggedRows, soundTop } from './figures.ts';
import { rowsOfTable } from './table.ts';
import { tagsClearedSince } from './tags.ts';

/** Times in ns; CPU is 0 throughout where there is no CPU clock. */
export interface RawTimes {
  selfWall: number;
  selfCpu: number;
  totalWall: number;
  totalCpu: number;
  resumes: number;
  await: number;
}

export interface RawFunction extends RawTimes {
  /** Site id, ROOT_SITE, OVERFLOW_SITE or GC_SITE. */
  readonly site: number;
  /** Tag id; NO_TAG for what ran under none. */
  readonly tag: number;
  calls: number;
  recursiveCalls: number;
  open: number;
  selfVariance: number;
  totalVariance: number;
  longestBlock: number;
  /** Activations that ended by throwing. */
  errors: number;
  /** The longest activation that was timed exactly from begin to end; 0 if none was. */
  maxTotal: number;
  /** Of the activations that were timed exactly: those of at least `fromNs` and less than `toNs`. Ascending, none empty. */
  readonly durations: readonly RawDuration[];
}

export interface RawDuration {
  readonly fromNs: number;
  readonly toNs: number;
  readonly calls: number;
}

/** `caller` is `null` where the pair found no room. */
export interface RawEdge extends RawTimes {
  readonly caller: RawFunction | null;
  readonly callee: RawFunction;
  calls: number;
  recursiveCalls: number;
}

export interface RawNode {
  /** Index of the parent in `nodes`; -1 under the root. */
  readonly parent: number;
  readonly fn: RawFunction;
  readonly samples: number;
  readonly wall: number;
  readonly cpu: number;
}

export interface RawSlab {
  readonly functions: RawFunction[];
  readonly edges: RawEdge[];
  readonly nodes: RawNode[];
  readonly exactEvents: number;
  readonly deepCalls: number;
  readonly droppedSamples: number;
  readonly droppedTagCalls: number;
  readonly droppedDurations: number;
}

/** When the reader looks, and what it knows of the other thread's time. */
export interface ReadingMoment {
  /** Now, or the end of the session the slab is still in, on the arena's wall clock. */
  readonly untilWallNs: number;
  /** The thread's CPU clock now; `null` if it cannot be read from here: then CPU stays as of the last event. */
  readonly cpuNs: number | null;
}

/** Readings that are tried before one is taken in which figures of one event may be apart. */
const ATTEMPTS = 4;

export function readSlab(arena: Arena, slab: number, momentOf: () => ReadingMoment): RawSlab {
  const { I } = arena;
  let raw = emptySlab();
  if (I[slab + SLAB.clearEpoch] !== Atomics.load(I, CONTROL.clearEpoch)) return raw;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = Atomics.load(I, slab + SLAB.sequence);
    raw = readOnce(arena, slab, momentOf());
    if ((before & 1) === 0 && Atomics.load(I, slab + SLAB.sequence) === before) break;
  }
  return raw;
}

function emptySlab(): RawSlab {
  return {
    functions: [],
    edges: [],
    nodes: [],
    exactEvents: 0,
    deepCalls: 0,
    droppedSamples: 0,
    droppedTagCalls: 0,
    droppedDurations: 0,
  };
}

function readOnce(arena: Arena, slab: number, moment: ReadingMoment): RawSlab {
  const { I, F } = arena;
  const functions = new Map<number, RawFunction>();
  const addFunction = (fn: number) => {
    const row = fn >> 1;
    const isRoot = I[fn + FUNCTION.site] === ROOT_SITE; // there end frames that were open at a start, stop or clear
    functions.set(fn, {
      site: I[fn + FUNCTION.site],
      tag: I[fn + FUNCTION.tag],
      calls: 0,
      recursiveCalls: 0,
      open: Math.max(0, I[fn + FUNCTION.depth]) + F[row + FUNCTION.unfinished],
      selfWall: 0,
      selfCpu: 0,
      totalWall: F[row + FUNCTION.totalWallNs],
      totalCpu: F[row + FUNCTION.totalCpuNs],
      resumes: 0,
      await: 0,
      selfVariance: F[row + FUNCTION.selfVariance],
      totalVariance: F[row + FUNCTION.totalVariance],
      longestBlock: F[row + FUNCTION.longestBlockNs],
      errors: isRoot ? 0 : F[row + FUNCTION.errors],
      maxTotal: isRoot ? 0 : F[row + FUNCTION.maxTotalNs],
      durations: isRoot ? [] : readDurations(arena, fn),
    });
  };
  for (const fn of functionRows(arena, slab)) addFunction(fn);
  const cleared = tagsClearedSince(arena, I[slab + SLAB.tagClears]); // and the thread has had no event since
  for (const { row } of taggedRows(arena, slab)) if (!cleared.has(I[row + FUNCTION.tag])) addFunction(row);
  const root = functions.get(I[slab + SLAB.root])!;
  const edges = new RawEdges(arena, functions);
  for (const edge of rowsOfTable(arena, slab + SLAB_EDGES)) {
    const caller = functions.get(I[edge + EDGE.caller]) ?? root; // one whose tag was cleared
    const callee = functions.get(I[edge + EDGE.callee]);
    if (callee !== undefined) edges.add(edge, caller, callee);
  }
  addAwaits(arena, slab, moment, functions, edges);
  addElapsed(arena, slab, moment, functions, edges);
  for (const edge of edges.own) addToCallee(edge);
  for (const edge of edges.rows) addToCallee(edge);
  root.calls = root.recursiveCalls = root.open = 0;
  return {
    functions: [...functions.values()],
    edges: [...edges.own, ...edges.rows].filter(
      ({ callee, calls }) => callee !== root && callee.site !== GC_SITE && calls > 0,
    ),
    nodes: readNodes(arena, slab, functions),
    exactEvents: F[(slab >> 1) + SLAB.exactEvents] + I[slab + SLAB.granted] - Math.max(0, I[slab + SLAB.budget]),
    deepCalls: F[(slab >> 1) + SLAB.deepCalls],
    droppedSamples: F[(slab >> 1) + SLAB.droppedSamples],
    droppedTagCalls: F[(slab >> 1) + SLAB.droppedTagCalls],
    droppedDurations: F[(slab >> 1) + SLAB.droppedDurations],
  };
}

/**
 * The edges of a reading. There may be a hundred thousand, of which what waits or is open asks for a few: these are found
 * by their addresses, which ascend in the order in which the rows were made, and no index is built.
 */
class RawEdges {
  /** From no caller that is known: those of functions that have any such calls, and what was asked for. */
  readonly own: RawEdge[] = [];
  readonly rows: RawEdge[] = [];
  readonly #F: Float64Array;
  readonly #functions: ReadonlyMap<number, RawFunction>;
  readonly #ownByAddress = new Map<number, RawEdge>();
  readonly #addresses: number[] = [];

  constructor({ F }: Arena, functions: ReadonlyMap<number, RawFunction>) {
    this.#F = F;
    this.#functions = functions;
    for (const [fn, raw] of functions) if (this.#isUsed((fn + FUNCTION_OWN_EDGE) >> 1)) this.#addOwn(fn, raw);
  }

  add(edge: number, caller: RawFunction, callee: RawFunction): void {
    this.#addresses.push(edge);
    this.rows.push(this.#read(edge, caller, callee));
  }

  get(edge: number): RawEdge | undefined {
    const own = this.#ownByAddress.get(edge);
    if (own !== undefined) return own;
    let low = 0;
    for (let high = this.#addresses.length; low < high;) {
      const middle = (low + high) >>> 1;
      if (this.#addresses[middle] < edge) low = middle + 1;
      else high = middle;
    }
    if (this.#addresses[low] === edge) return this.rows[low];
    const fn = this.#functions.get(edge - FUNCTION_OWN_EDGE);
    return fn === undefined ? undefined : this.#addOwn(edge - FUNCTION_OWN_EDGE, fn);
  }

  #isUsed(row: number): boolean {
    const F = this.#F;
    return F[row + EDGE.calls] + F[row + EDGE.selfWallNs] + F[row + EDGE.selfCpuNs] + F[row + EDGE.totalWallNs] !== 0;
  }

  #addOwn(fn: number, callee: RawFunction): RawEdge {
    const edge = this.#read(fn + FUNCTION_OWN_EDGE, null, callee);
    this.own.push(edge);
    this.#ownByAddress.set(fn + FUNCTION_OWN_EDGE, edge);
    return edge;
  }

  #read(edge: number, caller: RawFunction | null, callee: RawFunction): RawEdge {
    const F = this.#F;
    const row = edge >> 1;
    return {
      caller,
      callee,
      recursiveCalls: F[row + EDGE.recursiveCalls], // before the calls, which the thread counts first
      calls: F[row + EDGE.calls],
      selfWall: F[row + EDGE.selfWallNs],
      selfCpu: F[row + EDGE.selfCpuNs],
      totalWall: F[row + EDGE.totalWallNs],
      totalCpu: F[row + EDGE.totalCpuNs],
      resumes: 0,
      await: 0,
    };
  }
}

/** A function's calls and self time are the sums over the edges into it, so they always agree with these. */
function addToCallee(edge: RawEdge): void {
  const { callee } = edge;
  callee.calls += edge.calls;
  callee.recursiveCalls += edge.recursiveCalls;
  callee.selfWall += edge.selfWall;
  callee.selfCpu += edge.selfCpu;
  callee.resumes += edge.resumes;
  callee.await += edge.await;
}

/** Whether time is passing for the slab: its thread is alive and records. */
function isRecording({ I }: Arena, slab: number): boolean {
  return I[slab + SLAB.state] === SLAB_LIVE && I[slab + SLAB.session] !== 0 && I[slab + SLAB.regime] !== REGIME_OFF;
}

/** Adds what was and is suspended, the waiting up to now included. */
function addAwaits(
  arena: Arena,
  slab: number,
  { untilWallNs }: ReadingMoment,
  functions: ReadonlyMap<number, RawFunction>,
  edges: RawEdges,
): void {
  const { I, F } = arena;
  const recording = isRecording(arena, slab);
  for (const row of rowsOfTable(arena, slab + SLAB_AWAITS)) {
    const edge = edges.get(I[row + AWAITS.edge]);
    const fn = functions.get(I[row + AWAITS.fn]);
    if (edge === undefined || fn === undefined) continue;
    const at = row >> 1;
    const elapsed = recording ? Math.max(0, untilWallNs - F[at + AWAITS.changedWallNs]) : 0;
    fn.open += I[row + AWAITS.suspended];
    fn.totalWall += elapsed * F[at + AWAITS.awaitingTotal];
    edge.totalWall += elapsed * F[at + AWAITS.awaitingEdgeTotal];
    edge.await += F[at + AWAITS.awaitNs] + elapsed * F[at + AWAITS.awaiting];
    edge.resumes += F[at + AWAITS.resumes];
  }
}

/** Adds the time since the last event to the stack: what the next event would charge. */
function addElapsed(
  arena: Arena,
  slab: number,
  { untilWallNs, cpuNs }: ReadingMoment,
  functions: ReadonlyMap<number, RawFunction>,
  edges: RawEdges,
): void {
  if (!isRecording(arena, slab)) return;
  const { I, F } = arena;
  const header = slab >> 1;
  const exact = I[slab + SLAB.regime] === REGIME_EXACT;
  const lastWall = F[header + SLAB.lastWallNs];
  const lastCpu = F[header + SLAB.lastCpuNs];
  const wall = Math.max(0, untilWallNs - lastWall);
  const passed = (cpuNs ?? lastCpu) - lastCpu;
  const cpu = passed > 0 ? Math.min(wall, passed) : 0; // NaN is not above 0
  const stack = I[slab + SLAB.stack];
  const sp = soundTop(I[slab + SLAB.sp], stack, stack + I[CONTROL.maxFrames] * FRAME.words);
  const top = edges.get(I[sp + FRAME.edge]);
  if (top === undefined) return; // a moving thread: the next event charges it
  top.selfWall += wall;
  top.selfCpu += cpu;
  const met = new Set<RawTimes>();
  for (let at = stack + FRAME.words; at <= sp; at += FRAME.words) {
    // In the exact regime the totals of open activations wait for their end: all of it is still to be added.
    const start = at >> 1;
    const openWall = exact ? Math.max(0, lastWall + wall - F[start + FRAME.startWallNs]) : wall;
    const openCpu = exact ? Math.max(0, lastCpu + cpu - F[start + FRAME.startCpuNs]) : cpu;
    const flags = I[at + FRAME.flags];
    const fn = functions.get(I[at + FRAME.fn]);
    const edge = edges.get(I[at + FRAME.edge]);
    for (const [row, within] of [
      [fn, FRAME_WITHIN_FUNCTION],
      [edge, FRAME_WITHIN_EDGE],
    ] as const) {
      if (row === undefined || met.has(row)) continue;
      met.add(row); // the first frame of a row is its outermost: recursion counts once
      if ((flags & within) !== 0) continue;
      row.totalWall += openWall;
      row.totalCpu += openCpu;
    }
    if (fn !== undefined && (exact || I[at + FRAME.node] !== 0)) {
      fn.longestBlock = Math.max(fn.longestBlock, lastWall + wall - F[start + FRAME.heldSinceNs]);
    }
  }
}

function readNodes(arena: Arena, slab: number, functions: ReadonlyMap<number, RawFunction>): RawNode[] {
  const { I, F } = arena;
  const nodes: RawNode[] = [];
  const indexOf = new Map([[0, -1]]);
  for (const node of rowsOfTable(arena, slab + SLAB_NODES)) {
    const fn = functions.get(I[node + NODE.fn]);
    const parent = indexOf.get(I[node + NODE.parent]);
    if (parent === undefined) continue;
    // Of one whose tag was cleared the rest of the stack hangs on what called it.
    indexOf.set(node, fn === undefined ? parent : nodes.length);
    if (fn === undefined) continue;
    const at = node >> 1;
    nodes.push({ parent, fn, samples: F[at + NODE.samples], wall: F[at + NODE.wallNs], cpu: F[at + NODE.cpuNs] });
  }
  return nodes;
}

/** The part of a reading that lies under a tag: calls from outside it come from the root there. NO_TAG gives nothing. */
export function onlyTag(raw: RawSlab, tag: number): RawSlab {
  const isIn = (fn: RawFunction | null) => fn !== null && fn.tag === tag && tag !== NO_TAG;
  const root = raw.functions.find(({ site }) => site === ROOT_SITE) ?? null;
  const kept = new Map<number, number>();
  const nodes: RawNode[] = [];
  raw.nodes.forEach((node, i) => {
    if (!isIn(node.fn)) return;
    kept.set(i, nodes.length);
    nodes.push({ ...node, parent: kept.get(node.parent) ?? -1 });
  });
  return {
    ...raw,
    functions: raw.functions.filter(isIn),
    edges: raw.edges
      .filter(({ callee }) => isIn(callee))
      .map((edge) => (isIn(edge.caller) || edge.caller === null ? edge : { ...edge, caller: root })),
    nodes,
  };
}
