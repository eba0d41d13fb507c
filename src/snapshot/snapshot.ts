// The snapshot: reads all slabs of an arena into an immutable profile. Any thread may take one at any time; it pauses and
// changes nothing.
import { type Arena, readText } from '../../runtime/arena.ts';
import { INJECTED, measureClock, otherThreadCpuNs } from '../../runtime/clock.ts';
import { finiteNow, sessionAt, sessionsOf } from '../../runtime/control.ts';
import {
  CONTROL,
  FOLDED,
  FOLDED_WORDS,
  GC_SITE,
  MAX_FOLDED_THREADS,
  PRECISIONS,
  SESSION,
  SESSION_RING,
  SLAB,
  SLAB_FINISHED,
  SLAB_FOLDING,
  SLAB_FREE,
  SLAB_LIVE,
} from '../../runtime/layout.ts';
import { readSlab } from '../../runtime/raw.ts';
import { onlyTag, RAW, type RawSlab } from '../../runtime/raw-slab.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { ReadingMoment } from '../../runtime/slab-copy.ts';
import { slabName, slabsOf } from '../../runtime/slab.ts';
import { findTag, tagNames } from '../../runtime/tags.ts';
import { FOLDED_THREADS, PROFILE_FORMAT_VERSION } from '../profile.ts';
import type { ClockInfo, HookCost, ProcessInfo, Profile, ThreadStats } from '../profile.ts';
import { EVERYCALL_VERSION } from '../version.ts';
import { Collection } from './collect.ts';
import { readSites } from './sites.ts';

export interface SnapshotOptions {
  /** `threadId` of the only thread to show. */
  readonly thread?: number;
  /** The only tag to show. What calls into it from outside is the root there. */
  readonly tag?: string;
}

/** The only process of a snapshot. */
const PROCESS = 0;

/** What a snapshot is taken by: the runtime of a thread, or a reader without a slab (0) that is no thread of the profile. */
export type ArenaReader = Pick<Runtime, 'arena' | 'clock' | 'slab' | 'isRunning' | 'endTerminated'>;

/** All statistics of the arena at this moment. */
export function takeSnapshot(runtime: ArenaReader, options: SnapshotOptions = {}): Profile {
  const { arena, clock } = runtime;
  const { I } = arena;
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
  const tag = options.tag === undefined ? null : findTag(arena, options.tag);
  const read = (slab: number, momentOf: () => ReadingMoment): RawSlab => {
    const raw = readSlab(arena, slab, momentOf);
    return tag === null ? raw : onlyTag(raw, tag);
  };
  const sites = readSites(arena);
  const collection = new Collection(sites, tagNames(arena), hasCpu);
  const readings = live.map((slab) => {
    const serial = I[slab + SLAB.serial];
    const raw = read(slab, () => momentOf(runtime, slab, nowNs));
    return { slab, serial, raw, stats: threadStats(runtime, slab, raw, hasCpu) };
  });
  const withFolded = options.thread === undefined && options.tag === undefined;
  const finished = I[CONTROL.finishedSlab];
  // What is folded away while we read is in the finished slab, too: at one moment between two folds each is in one place.
  const { kept, folded, sums } = betweenFolds(arena, () => ({
    kept: readings
      .filter(({ slab, serial }) => I[slab + SLAB.serial] === serial && I[slab + SLAB.state] !== SLAB_FREE)
      // One whose folding stands still, its thread being dead, was read before it began. test/model/claim.ts found it.
      .map((reading) =>
        I[reading.slab + SLAB.state] === SLAB_FOLDING
          ? { ...reading, raw: read(reading.slab, () => ({ untilWallNs: 0, cpuNs: null })) }
          : reading,
      ),
    folded: withFolded ? foldedThreads(runtime, hasCpu) : [],
    sums:
      finished === 0 || options.thread !== undefined ? null : read(finished, () => ({ untilWallNs: 0, cpuNs: null })),
  }));
  const threads: ThreadStats[] = [...folded, ...kept.map(({ stats }) => stats)].map((thread, id) => ({
    ...thread,
    id,
  }));
  kept.forEach(({ slab, raw }, i) => collection.add(slab, raw, folded.length + i));
  if (sums !== null) collection.add(finished, sums, FOLDED_THREADS);
  const { functions, edges, stacks, tags } = collection.finish();
  const profile: Profile = {
    formatVersion: PROFILE_FORMAT_VERSION,
    processes: [processInfo(runtime, collection.exactShare())],
    sessions: sessionsOf(arena).map(({ startWallNs, stopWallNs, startedAtMs }) => ({
      process: PROCESS,
      startedAtMs,
      durationNs: Math.round(Math.max(0, Math.min(stopWallNs, nowNs) - startWallNs)),
    })),
    threads,
    functions,
    edges: [],
    stacks,
    tags,
    dropped: collection.dropped(I[CONTROL.droppedThreads]),
    sources: sites.sources.map((source) => ({ ...source })), // the reading is kept for the next snapshot
    notInstrumented: sites.left.map((left) => ({ ...left })),
  };
  // Not by `get` in the literal: that would hold on to all that was read here, as long as there is the profile.
  return defineProperty(profile, 'edges', { get: edges });
}

function processInfo(runtime: ArenaReader, exactShare: number): ProcessInfo {
  const { I, F } = runtime.arena;
  return {
    pid: process.pid,
    startedAtMs: F[CONTROL.startedAtMs],
    argv: process.argv.slice(1),
    nodeVersion: process.version,
    platform: `${process.platform} ${process.arch}`,
    everycallVersion: EVERYCALL_VERSION,
    takenAtMs: Date.now(),
    running: runtime.isRunning(),
    precision: PRECISIONS[I[CONTROL.precision]],
    tickMs: F[CONTROL.tickNs] / 1e6,
    overhead: F[CONTROL.overhead],
    clock: clockInfo(runtime),
    hookCost: hookCost(F, exactShare),
  };
}

/** When the slab is read, and the thread's CPU clock as far as it can be read from here. */
export function momentOf({ arena, clock, slab: own }: ArenaReader, slab: number, nowNs: number): ReadingMoment {
  const { I, F } = arena;
  const session = I[slab + SLAB.session];
  // So long ago that its end is forgotten: what was charged by then is all that is known.
  if ((I[CONTROL.session] - session) >>> 0 >= SESSION_RING) return { untilWallNs: 0, cpuNs: null };
  const stopWallNs = F[sessionAt(session) + SESSION.stopWallNs];
  if (session !== 0 && stopWallNs < nowNs) return { untilWallNs: stopWallNs, cpuNs: null };
  if (clock.cpuName === null || clock.cpuNs === null) return { untilWallNs: nowNs, cpuNs: null };
  if (slab === own) return { untilWallNs: nowNs, cpuNs: clock.cpuNs() };
  const injected = clock.cpuName === INJECTED; // the system's figures are on another clock
  return { untilWallNs: nowNs, cpuNs: injected ? null : otherThreadCpuNs(I[slab + SLAB.osThreadId]) };
}

/** Readings that are tried for one during which no slab is folded away. */
const FOLD_ATTEMPTS = 100;
/** A folding takes less; one whose thread was terminated over it stands still, and may be read as it is. */
const FOLD_PATIENCE_MS = 10;

function betweenFolds<T>({ I }: Arena, read: () => T): T {
  for (let attempt = 1; ; attempt++) {
    const before = Atomics.load(I, CONTROL.foldSequence);
    if ((before & 1) !== 0) wait(I, CONTROL.foldSequence, before, FOLD_PATIENCE_MS);
    const result = read();
    if (Atomics.load(I, CONTROL.foldSequence) === before || attempt === FOLD_ATTEMPTS) return result;
  }
}

/** Taken at load, before anyone wraps them. */
const { wait } = Atomics;
const { defineProperty } = Object;

function threadStats({ arena }: ArenaReader, slab: number, raw: RawSlab, hasCpu: boolean): Omit<ThreadStats, 'id'> {
  const { I } = arena;
  let wallNs = 0;
  let cpuNs = 0;
  let calls = 0;
  const { count, sites, figures } = raw.functions;
  for (let fn = 0; fn < count; fn++) {
    if (sites[fn] === GC_SITE) continue; // part of the functions that it interrupted
    wallNs += figures[fn * RAW.words + RAW.selfWall];
    cpuNs += figures[fn * RAW.words + RAW.selfCpu];
    calls += figures[fn * RAW.words + RAW.calls];
  }
  return {
    process: PROCESS,
    threadId: I[slab + SLAB.threadId],
    name: slabName(arena, slab),
    state: I[slab + SLAB.state] === SLAB_LIVE ? 'running' : 'ended',
    wallNs: Math.round(wallNs),
    cpuNs: hasCpu ? Math.round(cpuNs) : null,
    calls,
    regimeSwitches: I[slab + SLAB.regimeSwitches],
  };
}

function foldedThreads({ arena }: ArenaReader, hasCpu: boolean): Omit<ThreadStats, 'id'>[] {
  const { I, F } = arena;
  const ring = I[CONTROL.foldedRing];
  const written = Atomics.load(I, CONTROL.foldedThreads) >>> 0;
  const threads: Omit<ThreadStats, 'id'>[] = [];
  for (let i = Math.max(0, written - MAX_FOLDED_THREADS); i < written; i++) {
    const entry = ring + (i & (MAX_FOLDED_THREADS - 1)) * FOLDED_WORDS;
    threads.push({
      process: PROCESS,
      threadId: I[entry + FOLDED.threadId],
      name: readText(arena, entry + FOLDED.words, I[entry + FOLDED.nameBytes]),
      state: 'folded',
      wallNs: Math.round(F[(entry >> 1) + FOLDED.wallNs]),
      cpuNs: hasCpu ? Math.round(F[(entry >> 1) + FOLDED.cpuNs]) : null,
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

const measured = new WeakMap<ArenaReader, ClockInfo>();

/** What the clocks are and cost. Measured at the first call. */
export function clockInfo(runtime: ArenaReader): ClockInfo {
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
