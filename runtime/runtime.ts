// One thread's runtime: puts arena, slab, clock, hooks and ticker together. Cold code; the hot part is hooks.ts.
import type { Arena } from './arena.ts';
import { type Builtins, createBuiltins } from './builtins.ts';
import { calibrate } from './calibrate.ts';
import { type Clock, INJECTED } from './clock.ts';
import { type Collections, createCollections } from './collections.ts';
import { CONTRACT_VERSION, type Hooks, NOT_ACTIVATED, NOT_ENTERED } from './contract.ts';
import {
  clearFigures,
  clearTagFigures,
  finiteNow,
  isRunning,
  type SessionOptions,
  startSession,
  stopSession,
} from './control.ts';
import { addBlock, blocksByFile } from './figures.ts';
import { createHooks, type ThreadHooks } from './hooks.ts';
import { createIteration } from './iteration.ts';
import { CONTROL, FILE, NO_TAG, SLAB } from './layout.ts';
import { Math } from './primordials.ts';
import { registerFile } from './registry.ts';
import { claimantOf, claimSlab, endSlab, endThread, type ThreadIdentity } from './slab.ts';
import { contextTag, runTagged } from './tag-context.ts';
import { advanceTick, wakeTicker } from './ticker.ts';

/** The base of a file whose sites found no room: negative, so all of them go to the overflow function. */
const OVERFLOW_BASE = -(2 ** 30);

/** One thread's hooks and its control of the arena it shares with the others. */
export interface Runtime extends Hooks {
  readonly arena: Arena;
  readonly clock: Clock;
  /** Address of this thread's slab; 0 if it found none and is not profiled. */
  readonly slab: number;
  /** Place in the order in which threads were attached. */
  readonly serial: number;
  /** Begins a session for all threads; false if one is running. */
  start(options: SessionOptions): boolean;
  /** Ends the session for all threads; false if none is running. */
  stop(): boolean;
  /** Forgets all figures of all threads. */
  clear(): void;
  /** Forgets the figures under one tag, of all threads. */
  clearTag(tag: string): void;
  /** Runs work under a tag: what it calls, now and by way of promises and timers. Result and errors pass through. */
  withTag<T>(tag: string, work: () => T): T;
  /**
   * Puts a tag in force for whatever has none of its own on this thread, from the next stack that begins, until it is set
   * anew; `undefined` for none. For who runs one piece of work after the other and is not called by it, as test runners
   * do: it reaches what no call leads to, and unlike `withTag` does not follow the work into its timers.
   */
  setStandingTag(tag: string | undefined): void;
  /** The tag in force here. */
  tagOf(): string | undefined;
  isRunning(): boolean;
  /** Charges what has elapsed on this thread, as an event would. */
  settle(): void;
  /** Runs work of the profiler itself, whose time is charged to nobody. */
  withoutCharge<T>(work: () => T): T;
  /** Runs work of the profiler itself: the built-in functions it calls are not the program's. Its time is the caller's. */
  asOwnWork<T>(work: () => T): T;
  /** Adds this thread's garbage collections so far to their row, where a session records them. */
  noteCollections(): void;
  /** Moves the tick word on by one: for those who bring their own clock and have no ticker. */
  tick(): void;
  /** Marks this thread as ended. Its figures stay readable. */
  end(): void;
  /** Takes note of a worker started by this thread, which cannot tell its own end when it is terminated. */
  watchWorker(worker: WatchedWorker): void;
  /** Marks those of the watched workers as ended that are no more. */
  endTerminated(): void;
}

/** A Worker of node:worker_threads: its `threadId` is -1 once it has ended. */
export interface WatchedWorker {
  readonly threadId: number;
}

/** The hooks of a thread that found no slab. */
const INERT: ThreadHooks = {
  enter: () => NOT_ENTERED,
  exit: () => {},
  enterModule: () => NOT_ENTERED,
  activate: () => NOT_ACTIVATED,
  finish: () => {},
  suspend: (_, value) => value,
  pause: (_, value) => value as never,
  resume: (_, value) => value as never,
  enterTag: () => NO_TAG,
  leaveTag: () => {},
  followTags: () => {},
  settle: () => {},
  withoutCharge: (work) => work(),
};

export interface AttachOptions {
  readonly clock: Clock;
  readonly thread: ThreadIdentity;
  /** Whether a ticker thread may be started; without one call `tick()`. */
  readonly ticker: boolean;
  readonly queueMicrotask: (callback: () => void) => void;
}

/** Claims a slab of the arena for this thread. Never throws; without room the thread is simply not profiled. */
export function attachRuntime(arena: Arena, { clock, thread, ticker, queueMicrotask }: AttachOptions): Runtime {
  const { I, F } = arena;
  const slab = claimSlab(arena, claimantOf(thread.threadId), thread);
  const serial = slab === 0 ? -1 : I[slab + SLAB.serial];
  const owner = slab === 0 ? claimantOf(thread.threadId) : serial + 1;
  const bases = slab === 0 ? new Map<number, number>() : blocksByFile(arena, slab);
  /** How deep this runtime is in its own work; also what it is known by among others. */
  const own = { depth: 0 };
  function asOwnWork<T>(work: () => T): T {
    own.depth++;
    try {
      return work();
    } finally {
      own.depth--;
    }
  }
  let builtins: Builtins | null = null;
  let collections: Collections | null = null;
  const hooks =
    slab === 0
      ? INERT
      : createHooks(arena, slab, clock, {
          wakeTicker: () => ticker && asOwnWork(() => wakeTicker(arena, owner)),
          noteCollections: () => collections?.note(),
          followBuiltins: () => builtins !== null && builtins.follow(),
          exactEventCostNs: () => F[CONTROL.exactEventCostNs] || 50,
          queueMicrotask,
          contextTag: tagOf,
          lockOwner: owner,
        });
  const { enter, exit, enterModule, activate, finish, suspend, pause, resume, settle } = hooks;
  const { delegate, dispose } = createIteration(hooks);
  const register: Hooks['register'] = (file, hash, count, table) => {
    try {
      return baseOf(String(file), String(hash), count >>> 0, String(table));
    } catch {
      return OVERFLOW_BASE;
    }
  };
  if (slab !== 0) {
    collections = createCollections(arena, slab, asOwnWork);
    builtins = createBuiltins(arena, slab, { own, collections, enter, exit, register, settle, queueMicrotask });
  }
  let standingTag: string | undefined;
  function tagOf(): string | undefined {
    return contextTag(own) ?? standingTag;
  }

  function baseOf(file: string, hash: string, count: number, table: string): number {
    const record = registerFile(arena, owner, file, hash, count, table);
    if (record === 0 || slab === 0) return OVERFLOW_BASE;
    const base = bases.get(record) ?? addBlock(arena, slab, record, I[record + FILE.firstSite], count);
    if (base === 0) return OVERFLOW_BASE;
    bases.set(record, base);
    return base;
  }

  /** Once a process; with a clock of somebody else's, whose readings may move it, the costs stay unknown. */
  function measureHooks(): void {
    if (F[CONTROL.exactInnerNs] !== 0 || clock.wallName === INJECTED || slab === 0) return;
    calibrate(arena, slab, clock, hooks);
    const { exactInnerNs, exactOuterNs, sampledInnerNs, sampledOuterNs } = CONTROL;
    const added = F[exactInnerNs] + F[exactOuterNs] - F[sampledInnerNs] - F[sampledOuterNs];
    F[CONTROL.exactEventCostNs] = Math.max(20, added / 2);
  }

  const workers = new Map<number, WeakRef<WatchedWorker>>();
  function endTerminated(): void {
    for (const [threadId, worker] of workers) {
      if ((worker.deref()?.threadId ?? -1) !== -1) continue; // a running worker is never collected
      workers.delete(threadId);
      endThread(arena, owner, threadId);
    }
  }

  return {
    version: CONTRACT_VERSION,
    state: I,
    enter,
    exit,
    enterModule,
    activate,
    finish,
    suspend,
    pause,
    resume,
    delegate,
    dispose,
    register,
    arena,
    clock,
    slab,
    serial,
    start(options) {
      if (!isRunning(arena)) measureHooks();
      const started = startSession(arena, owner, clock.wallNs, options);
      settle();
      return started;
    },
    stop() {
      const stopped = stopSession(arena, owner, clock.wallNs);
      settle();
      return stopped;
    },
    clear() {
      clearFigures(arena, owner, clock.wallNs);
      settle();
    },
    clearTag(tag) {
      clearTagFigures(arena, owner, tag);
      settle();
    },
    withTag(tag, work) {
      const before = hooks.enterTag(tag);
      try {
        return runTagged(own, tag, work);
      } finally {
        hooks.leaveTag(before);
      }
    },
    setStandingTag(tag) {
      standingTag = tag;
      hooks.followTags();
    },
    tagOf,
    isRunning: () => isRunning(arena),
    settle,
    withoutCharge: (work) => asOwnWork(() => hooks.withoutCharge(work)),
    asOwnWork,
    noteCollections: () => collections?.note(),
    tick() {
      F[CONTROL.tickWallNs] = finiteNow(arena, clock.wallNs);
      advanceTick(I);
    },
    end() {
      settle();
      collections?.note();
      if (slab !== 0) endSlab(arena, owner, slab);
    },
    watchWorker(worker) {
      endTerminated();
      workers.set(worker.threadId, new WeakRef(worker));
    },
    endTerminated,
  };
}
