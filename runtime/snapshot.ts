// The snapshot: merges all slabs of an arena into the immutable Statistics of src/profile.ts (the model, nothing else of src/). Any thread may
// take one at any time; it pauses and changes nothing.
import type {
  ClockInfo,
  EdgeStats,
  FunctionStats,
  HookCost,
  NotInstrumented,
  StackNode,
  Statistics,
  ThreadShare,
  ThreadStats,
  Times,
} from '../src/profile.ts';
import { FOLDED_THREADS } from '../src/profile.ts';
import { readText } from './arena.ts';
import { INJECTED, measureClock, otherThreadCpuNs } from './clock.ts';
import { SITE_KINDS, type SiteTable } from './contract.ts';
import { finiteNow, sessionsOf } from './control.ts';
import {
  CONTROL,
  FOLDED,
  FOLDED_WORDS,
  MAX_FOLDED_THREADS,
  OVERFLOW_SITE,
  PRECISIONS,
  ROOT_SITE,
  SESSION,
  SESSIONS,
  SESSION_RING,
  SLAB,
  SLAB_FINISHED,
  SLAB_FREE,
  SLAB_LIVE,
} from './layout.ts';
import { readSlab, type RawFunction, type RawSlab, type RawTimes, type ReadingMoment } from './raw.ts';
import { registeredFiles } from './registry.ts';
import type { Runtime } from './runtime.ts';
import { slabName, slabsOf } from './slab.ts';

export interface SnapshotOptions {
  /** `threadId` of the only thread to show. */
  readonly thread?: number;
}

/** All statistics of the arena at this moment. */
export function takeSnapshot(runtime: Runtime, options: SnapshotOptions = {}): Statistics {
  const { arena, clock } = runtime;
  const { I, F } = arena;
  runtime.endTerminated();
  const nowNs = finiteNow(arena, clock.wallNs);
  const hasCpu = clock.cpuName !== null;
  const slabs = slabsOf(arena).filter(
    (slab) =>
      I[slab + SLAB.state] !== SLAB_FREE &&
      (options.thread === undefined || I[slab + SLAB.threadId] === options.thread),
  );
  const live = slabs
    .filter((slab) => I[slab + SLAB.state] !== SLAB_FINISHED)
    .sort((a, b) => I[a + SLAB.serial] - I[b + SLAB.serial]);
  const folded = options.thread === undefined ? foldedThreads(runtime, hasCpu) : [];
  const merge = new Merge(runtime, hasCpu);
  const threads: ThreadStats[] = folded.map((thread, id) => ({ ...thread, id }));
  for (const slab of live) {
    const raw = readSlab(arena, slab, () => momentOf(runtime, slab, nowNs));
    threads.push(threadStats(runtime, slab, threads.length, raw, hasCpu));
    merge.add(raw, threads.length - 1);
  }
  for (const slab of slabs.filter((candidate) => !live.includes(candidate))) {
    merge.add(
      readSlab(arena, slab, () => ({ untilWallNs: 0, cpuNs: null })),
      FOLDED_THREADS,
    );
  }
  const { functions, edges, stacks, exactShare } = merge.finish();
  return {
    running: runtime.isRunning(),
    precision: PRECISIONS[I[CONTROL.precision]],
    tickMs: F[CONTROL.tickNs] / 1e6,
    overhead: F[CONTROL.overhead],
    clock: clockInfo(runtime),
    hookCost: hookCost(F, exactShare),
    sessions: sessionsOf(arena).map(({ startWallNs, stopWallNs, startedAtMs }) => ({
      startedAtMs,
      durationNs: Math.max(0, Math.min(stopWallNs, nowNs) - startWallNs),
    })),
    threads,
    functions,
    edges,
    stacks,
    dropped: merge.dropped(I[CONTROL.droppedThreads]),
    notInstrumented: merge.sites.left,
  };
}

/** When the slab is read, and the thread's CPU clock as far as it can be read from here. */
function momentOf({ arena, clock, slab: own }: Runtime, slab: number, nowNs: number): ReadingMoment {
  const { I, F } = arena;
  const session = I[slab + SLAB.session];
  // So long ago that its end is forgotten: what was charged by then is all that is known.
  if (I[CONTROL.session] - session >= SESSION_RING) return { untilWallNs: 0, cpuNs: null };
  const stopWallNs = F[((SESSIONS + (session % SESSION_RING) * SESSION.words) >> 1) + SESSION.stopWallNs];
  if (session !== 0 && stopWallNs < nowNs) return { untilWallNs: stopWallNs, cpuNs: null };
  if (clock.cpuName === null || clock.cpuNs === null) return { untilWallNs: nowNs, cpuNs: null };
  if (slab === own) return { untilWallNs: nowNs, cpuNs: clock.cpuNs() };
  const injected = clock.cpuName === INJECTED; // the system's figures are on another clock
  return { untilWallNs: nowNs, cpuNs: injected ? null : otherThreadCpuNs(I[slab + SLAB.osThreadId]) };
}

function threadStats({ arena }: Runtime, slab: number, id: number, raw: RawSlab, hasCpu: boolean): ThreadStats {
  const { I } = arena;
  let wallNs = 0;
  let cpuNs = 0;
  let calls = 0;
  for (const fn of raw.functions) {
    wallNs += fn.selfWall;
    cpuNs += fn.selfCpu;
    calls += fn.calls;
  }
  return {
    id,
    threadId: I[slab + SLAB.threadId],
    name: slabName(arena, slab),
    state: I[slab + SLAB.state] === SLAB_LIVE ? 'running' : 'ended',
    wallNs,
    cpuNs: hasCpu ? cpuNs : null,
    calls,
    regimeSwitches: I[slab + SLAB.regimeSwitches],
  };
}

function foldedThreads({ arena }: Runtime, hasCpu: boolean): Omit<ThreadStats, 'id'>[] {
  const { I, F } = arena;
  const ring = I[CONTROL.foldedRing];
  const written = Atomics.load(I, CONTROL.foldedThreads);
  const threads: Omit<ThreadStats, 'id'>[] = [];
  for (let i = Math.max(0, written - MAX_FOLDED_THREADS); i < written; i++) {
    const entry = ring + (i % MAX_FOLDED_THREADS) * FOLDED_WORDS;
    threads.push({
      threadId: I[entry + FOLDED.threadId],
      name: readText(arena, entry + FOLDED.words, I[entry + FOLDED.nameBytes]),
      state: 'folded',
      wallNs: F[(entry >> 1) + FOLDED.wallNs],
      cpuNs: hasCpu ? F[(entry >> 1) + FOLDED.cpuNs] : null,
      calls: F[(entry >> 1) + FOLDED.calls],
      regimeSwitches: I[entry + FOLDED.regimeSwitches],
    });
  }
  return threads;
}

function hookCost(F: Float64Array, exactShare: number): HookCost | null {
  const exactInnerNs = F[CONTROL.exactInnerNs];
  if (exactInnerNs === 0) return null; // not calibrated
  return {
    exactInnerNs,
    exactOuterNs: F[CONTROL.exactOuterNs],
    sampledInnerNs: F[CONTROL.sampledInnerNs],
    sampledOuterNs: F[CONTROL.sampledOuterNs],
    exactShare,
  };
}

const measured = new WeakMap<Runtime, ClockInfo>();

/** What the clocks are and cost. Measured at the first call. */
export function clockInfo(runtime: Runtime): ClockInfo {
  let info = measured.get(runtime);
  if (info === undefined) {
    const { wallNs, cpuNs, wallName, cpuName } = runtime.clock;
    const injected = wallName === INJECTED; // reading it may move it
    const wall = injected ? { costNs: 0, resolutionNs: 0 } : measureClock(wallNs);
    const cpu = injected || cpuName === null || cpuNs === null ? null : measureClock(cpuNs);
    info = {
      wall: wallName,
      cpu: cpuName,
      wallCostNs: wall.costNs,
      cpuCostNs: cpu?.costNs ?? null,
      wallResolutionNs: wall.resolutionNs,
      cpuResolutionNs: cpu?.resolutionNs ?? null,
    };
    measured.set(runtime, info);
  }
  return info;
}

type Site = Pick<FunctionStats, 'key' | 'name' | 'file' | 'line' | 'column' | 'kind'>;

/** The registry as objects: site by id, and what was left uninstrumented. */
function readSites(runtime: Runtime): { byId: Site[]; left: NotInstrumented[] } {
  const byId: Site[] = [];
  const left: NotInstrumented[] = [];
  for (const { firstSite, siteCount, file, table } of registeredFiles(runtime.arena)) {
    let parsed: Pick<SiteTable, 'sites' | 'left' | 'files'> = { sites: [], left: [] };
    try {
      const read = JSON.parse(table) as SiteTable | null;
      if (Array.isArray(read?.sites) && Array.isArray(read.left)) parsed = read;
    } catch {
      // made by something else: its functions are shown without a name
    }
    for (let i = 0; i < siteCount; i++) {
      const [name, kind, line, column, source] = parsed.sites[i] ?? [`<site ${firstSite + i}>`, 1, 0, 0];
      const original = parsed.files?.[source ?? -1] ?? file;
      const key = `${original}:${line}:${column}:${name}`;
      byId[firstSite + i] = { key, name, file: original, line, column, kind: SITE_KINDS[kind] ?? 'function' };
    }
    for (const [name, kind, line, column, reason, source] of parsed.left) {
      const original = parsed.files?.[source ?? -1] ?? file;
      left.push({ name, file: original, line, column, kind: SITE_KINDS[kind] ?? 'function', reason });
    }
  }
  return { byId, left };
}

const PSEUDO_SITES: Readonly<Record<number, Site>> = {
  [ROOT_SITE]: { key: '(event loop)', name: '(event loop)', file: '', line: 0, column: 0, kind: 'root' },
  [OVERFLOW_SITE]: { key: '(overflow)', name: '(overflow)', file: '', line: 0, column: 0, kind: 'overflow' },
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Adds up slabs by identity: two sites with one key, from two versions of a file, are one function. */
class Merge {
  readonly sites: { byId: Site[]; left: NotInstrumented[] };
  readonly #hasCpu: boolean;
  readonly #functions: (Writable<Omit<FunctionStats, 'threads'>> & { threads: ThreadShare[] })[] = [];
  readonly #functionByKey = new Map<string, number>();
  readonly #functionBySite = new Map<number, number>();
  readonly #edges: Writable<EdgeStats>[] = [];
  readonly #edgeByPair = new Map<number, number>();
  readonly #stacks: Writable<StackNode>[] = [];
  readonly #stackByPlace = new Map<number, number>();
  #exactEvents = 0;
  #deepCalls = 0;
  #droppedSamples = 0;

  constructor(runtime: Runtime, hasCpu: boolean) {
    this.sites = readSites(runtime);
    this.#hasCpu = hasCpu;
    this.#stacks.push({ parent: -1, fn: this.#functionOf(ROOT_SITE), selfWallNs: 0, selfCpuNs: hasCpu ? 0 : null });
  }

  #functionOf(site: number): number {
    const known = this.#functionBySite.get(site);
    if (known !== undefined) return known;
    const info = PSEUDO_SITES[site] ?? this.sites.byId[site] ?? PSEUDO_SITES[OVERFLOW_SITE];
    let id = this.#functionByKey.get(info.key);
    if (id === undefined) {
      id = this.#functions.length;
      this.#functionByKey.set(info.key, id);
      const { name, file, line, column, kind, key } = info;
      const nothing = { calls: 0, primitiveCalls: 0, open: 0, selfErrorNs: 0, totalErrorNs: 0 };
      const times = this.#times({ selfWall: 0, selfCpu: 0, totalWall: 0, totalCpu: 0 });
      this.#functions.push({ id, key, name, file, line, column, kind, ...nothing, ...times, threads: [] });
    }
    this.#functionBySite.set(site, id);
    return id;
  }

  /** A torn reading of a moving thread must not show more self than total. */
  #times({ selfWall, selfCpu, totalWall, totalCpu }: RawTimes) {
    return {
      selfWallNs: selfWall,
      selfCpuNs: this.#hasCpu ? selfCpu : null,
      totalWallNs: Math.max(selfWall, totalWall),
      totalCpuNs: this.#hasCpu ? Math.max(selfCpu, totalCpu) : null,
    };
  }

  #addTimes(to: Writable<Times>, from: Times): void {
    to.selfWallNs += from.selfWallNs;
    to.totalWallNs += from.totalWallNs;
    if (to.selfCpuNs !== null) to.selfCpuNs += from.selfCpuNs ?? 0;
    if (to.totalCpuNs !== null) to.totalCpuNs += from.totalCpuNs ?? 0;
  }

  add(raw: RawSlab, thread: number): void {
    this.#exactEvents += raw.exactEvents;
    this.#deepCalls += raw.deepCalls;
    this.#droppedSamples += raw.droppedSamples;
    for (const fn of raw.functions) this.#addFunction(fn, thread);
    for (const edge of raw.edges) {
      const caller = this.#functionOf(edge.caller?.site ?? OVERFLOW_SITE);
      const callee = this.#functionOf(edge.callee.site);
      const pair = caller * 2 ** 26 + callee;
      const times = this.#times(edge);
      const calls = edge.calls;
      const primitiveCalls = edge.calls - edge.recursiveCalls;
      const at = this.#edgeByPair.get(pair);
      if (at === undefined) {
        this.#edgeByPair.set(pair, this.#edges.length);
        this.#edges.push({ caller, callee, calls, primitiveCalls, ...times });
      } else {
        const sum = this.#edges[at];
        sum.calls += calls;
        sum.primitiveCalls += primitiveCalls;
        this.#addTimes(sum, times);
      }
    }
    this.#addStacks(raw);
  }

  #addFunction(fn: RawFunction, thread: number): void {
    if (fn.calls === 0 && fn.open === 0 && fn.selfWall === 0 && fn.totalWall === 0) return;
    if (fn.site === ROOT_SITE) {
      fn.totalWall = 0; // the root's total is the thread's time; its self is what no instrumented function ran
      fn.totalCpu = 0;
    }
    const sum = this.#functions[this.#functionOf(fn.site)];
    const times = this.#times(fn);
    const { calls, open } = fn;
    const primitiveCalls = fn.calls - fn.recursiveCalls;
    sum.calls += calls;
    sum.primitiveCalls += primitiveCalls;
    sum.open += open;
    // Kept as variances until all slabs are in.
    sum.selfErrorNs += fn.selfVariance;
    sum.totalErrorNs += fn.totalVariance;
    this.#addTimes(sum, times);
    sum.threads.push({ thread, calls, primitiveCalls, open, ...times });
  }

  #addStacks(raw: RawSlab): void {
    const placed: number[] = [];
    for (const node of raw.nodes) {
      const parent = node.parent === -1 ? 0 : placed[node.parent];
      const fn = this.#functionOf(node.fn.site);
      const place = parent * 2 ** 26 + fn;
      let at = this.#stackByPlace.get(place);
      if (at === undefined) {
        at = this.#stacks.length;
        this.#stackByPlace.set(place, at);
        this.#stacks.push({ parent, fn, selfWallNs: 0, selfCpuNs: this.#hasCpu ? 0 : null });
      }
      const sum = this.#stacks[at];
      sum.selfWallNs += node.wall;
      if (sum.selfCpuNs !== null) sum.selfCpuNs += node.cpu;
      placed.push(at);
    }
  }

  dropped(threads: number): Statistics['dropped'] {
    const overflow = this.#functionBySite.get(OVERFLOW_SITE);
    const siteCalls = overflow === undefined ? 0 : this.#functions[overflow].calls;
    let unplaced = 0;
    for (const edge of this.#edges) if (edge.caller === overflow) unplaced += edge.calls;
    return {
      edgeCalls: Math.max(0, unplaced - siteCalls - this.#deepCalls),
      siteCalls,
      deepCalls: this.#deepCalls,
      samples: this.#droppedSamples,
      threads,
    };
  }

  finish() {
    let calls = 0;
    for (const fn of this.#functions) {
      calls += fn.calls;
      fn.selfErrorNs = Math.sqrt(fn.selfErrorNs);
      fn.totalErrorNs = Math.sqrt(fn.totalErrorNs);
    }
    return {
      functions: this.#functions as readonly FunctionStats[],
      edges: this.#edges as readonly EdgeStats[],
      stacks: this.#stacks as readonly StackNode[],
      exactShare: calls === 0 ? 0 : Math.min(1, this.#exactEvents / (2 * calls)),
    };
  }
}
