// Reads one slab into plain figures, whoever's it is and whatever its thread is doing. Takes no lock and writes nothing:
// rows are complete once published, and the slab's sequence word tells whether several words changed while reading.
// What has elapsed since the thread's last event is added here, to the stack as it stands, not in the slab.
import type { Arena } from './arena.ts';
import {
  CONTROL,
  EDGE,
  FRAME,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  NODE,
  REGIME_EXACT,
  REGIME_OFF,
  SLAB,
  SLAB_EDGES,
  SLAB_LIVE,
  SLAB_NODES,
} from './layout.ts';
import { functionRows } from './figures.ts';
import { rowsOfTable } from './table.ts';

/** Times in ns; CPU is 0 throughout where there is no CPU clock. */
export interface RawTimes {
  selfWall: number;
  selfCpu: number;
  totalWall: number;
  totalCpu: number;
}

export interface RawFunction extends RawTimes {
  /** Site id, ROOT_SITE or OVERFLOW_SITE. */
  readonly site: number;
  calls: number;
  recursiveCalls: number;
  open: number;
  selfVariance: number;
  totalVariance: number;
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
  return { functions: [], edges: [], nodes: [], exactEvents: 0, deepCalls: 0, droppedSamples: 0 };
}

function readOnce(arena: Arena, slab: number, moment: ReadingMoment): RawSlab {
  const { I, F } = arena;
  const functions = new Map<number, RawFunction>();
  const edges = new Map<number, RawEdge>();
  for (const fn of functionRows(arena, slab)) {
    const row = fn >> 1;
    functions.set(fn, {
      site: I[fn + FUNCTION.site],
      calls: 0,
      recursiveCalls: 0,
      open: Math.max(0, I[fn + FUNCTION.depth]) + F[row + FUNCTION.unfinished],
      selfWall: 0,
      selfCpu: 0,
      totalWall: F[row + FUNCTION.totalWallNs],
      totalCpu: F[row + FUNCTION.totalCpuNs],
      selfVariance: F[row + FUNCTION.selfVariance],
      totalVariance: F[row + FUNCTION.totalVariance],
    });
  }
  const root = functions.get(I[slab + SLAB.root])!;
  const addEdge = (edge: number, caller: RawFunction | null, callee: RawFunction) => {
    const row = edge >> 1;
    edges.set(edge, {
      caller,
      callee,
      calls: F[row + EDGE.calls],
      recursiveCalls: F[row + EDGE.recursiveCalls],
      selfWall: F[row + EDGE.selfWallNs],
      selfCpu: F[row + EDGE.selfCpuNs],
      totalWall: F[row + EDGE.totalWallNs],
      totalCpu: F[row + EDGE.totalCpuNs],
    });
  };
  for (const [fn, raw] of functions) addEdge(fn + FUNCTION_OWN_EDGE, null, raw);
  for (const edge of rowsOfTable(arena, slab + SLAB_EDGES)) {
    const caller = functions.get(I[edge + EDGE.caller]);
    const callee = functions.get(I[edge + EDGE.callee]);
    if (caller !== undefined && callee !== undefined) addEdge(edge, caller, callee);
  }
  addElapsed(arena, slab, moment, functions, edges);
  for (const edge of edges.values()) addToCallee(edge);
  root.calls = root.recursiveCalls = root.open = 0;
  return {
    functions: [...functions.values()],
    edges: [...edges.values()].filter((edge) => edge.callee !== root && edge.calls > 0),
    nodes: readNodes(arena, slab, functions),
    exactEvents: F[(slab >> 1) + SLAB.exactEvents] + I[slab + SLAB.granted] - Math.max(0, I[slab + SLAB.budget]),
    deepCalls: F[(slab >> 1) + SLAB.deepCalls],
    droppedSamples: F[(slab >> 1) + SLAB.droppedSamples],
  };
}

/** A function's calls and self time are the sums over the edges into it, so they always agree with these. */
function addToCallee(edge: RawEdge): void {
  const { callee } = edge;
  callee.calls += edge.calls;
  callee.recursiveCalls += edge.recursiveCalls;
  callee.selfWall += edge.selfWall;
  callee.selfCpu += edge.selfCpu;
}

/** Adds the time since the last event to the stack: what the next event would charge. */
function addElapsed(
  { I, F }: Arena,
  slab: number,
  { untilWallNs, cpuNs }: ReadingMoment,
  functions: ReadonlyMap<number, RawFunction>,
  edges: ReadonlyMap<number, RawEdge>,
): void {
  const header = slab >> 1;
  const regime = I[slab + SLAB.regime];
  if (I[slab + SLAB.state] !== SLAB_LIVE || I[slab + SLAB.session] === 0 || regime === REGIME_OFF) return;
  const lastWall = F[header + SLAB.lastWallNs];
  const lastCpu = F[header + SLAB.lastCpuNs];
  const wall = Math.max(0, untilWallNs - lastWall);
  const passed = (cpuNs ?? lastCpu) - lastCpu;
  const cpu = passed > 0 ? Math.min(wall, passed) : 0; // NaN is not above 0
  const stack = I[slab + SLAB.stack];
  const sp = I[slab + SLAB.sp];
  const top = edges.get(I[sp + FRAME.edge]);
  if (top === undefined) return; // a moving thread: the next event charges it
  top.selfWall += wall;
  top.selfCpu += cpu;
  const met = new Set<RawTimes>();
  for (let at = stack + FRAME.words; at <= sp; at += FRAME.words) {
    // In the exact regime the totals of open activations wait for their end: all of it is still to be added.
    const start = at >> 1;
    const exact = regime === REGIME_EXACT;
    const openWall = exact ? Math.max(0, lastWall + wall - F[start + FRAME.startWallNs]) : wall;
    const openCpu = exact ? Math.max(0, lastCpu + cpu - F[start + FRAME.startCpuNs]) : cpu;
    for (const row of [functions.get(I[at + FRAME.fn]), edges.get(I[at + FRAME.edge])]) {
      if (row === undefined || met.has(row)) continue;
      met.add(row); // the first frame of a row is its outermost: recursion counts once
      row.totalWall += openWall;
      row.totalCpu += openCpu;
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
    if (fn === undefined || parent === undefined) continue;
    indexOf.set(node, nodes.length);
    nodes.push({ parent, fn, wall: F[(node >> 1) + NODE.wallNs], cpu: F[(node >> 1) + NODE.cpuNs] });
  }
  return nodes;
}
