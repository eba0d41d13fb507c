// The snapshot: merges all slabs of an arena into the immutable Statistics of src/profile.ts (the model, nothing else of src/). Any thread may
// take one at any time; it pauses and changes nothing.
import type { ClockInfo, HookCost, Statistics, ThreadStats } from '../src/profile.ts';
import { FOLDED_THREADS } from '../src/profile.ts';
import { readText } from './arena.ts';
import { INJECTED, measureClock, otherThreadCpuNs } from './clock.ts';
import { finiteNow, sessionsOf } from './control.ts';
import {
  CONTROL,
  FOLDED,
  FOLDED_WORDS,
  MAX_FOLDED_THREADS,
  PRECISIONS,
  SESSION,
  SESSIONS,
  SESSION_RING,
  SLAB,
  SLAB_FINISHED,
  SLAB_FREE,
  SLAB_LIVE,
} from './layout.ts';
import { Merge } from './merge.ts';
import { onlyTag, readSlab, type RawSlab, type ReadingMoment } from './raw.ts';
import type { Runtime } from './runtime.ts';
import { slabName, slabsOf } from './slab.ts';
import { findTag } from './tags.ts';

export interface SnapshotOptions {
  /** `threadId` of the only thread to show. */
  readonly thread?: number;
  /** The only tag to show. What calls into it from outside is the root there. */
  readonly tag?: string;
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
  const folded = options.thread === undefined && options.tag === undefined ? foldedThreads(runtime, hasCpu) : [];
  const tag = options.tag === undefined ? null : findTag(arena, options.tag);
  const read = (slab: number, momentOf: () => ReadingMoment): RawSlab => {
    const raw = readSlab(arena, slab, momentOf);
    return tag === null ? raw : onlyTag(raw, tag);
  };
  const merge = new Merge(runtime, hasCpu);
  const threads: ThreadStats[] = folded.map((thread, id) => ({ ...thread, id }));
  for (const slab of live) {
    const raw = read(slab, () => momentOf(runtime, slab, nowNs));
    threads.push(threadStats(runtime, slab, threads.length, raw, hasCpu));
    merge.add(raw, threads.length - 1);
  }
  for (const slab of slabs.filter((candidate) => !live.includes(candidate))) {
    merge.add(
      read(slab, () => ({ untilWallNs: 0, cpuNs: null })),
      FOLDED_THREADS,
    );
  }
  const { functions, edges, stacks, tags, exactShare } = merge.finish();
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
    tags,
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
