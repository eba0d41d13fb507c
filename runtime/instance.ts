// This thread's only runtime of the process-wide arena. Whichever copy of the code is loaded first in a thread (CommonJS
// or ESM, in whatever vm context) makes it and leaves it under RUNTIME_KEY; the arena comes from the parent thread, or is
// made here.
import workerThreads, { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from 'node:worker_threads';
import { type Arena, type Capacities, createArena, emptyArena, viewArena } from './arena.ts';
import { type Clock, INJECTED, sharedNowNs, systemClock } from './clock.ts';
import { RUNTIME_KEY } from './contract.ts';
import { CONTROL, LAYOUT_VERSION } from './layout.ts';
import { attachRuntime, type Runtime } from './runtime.ts';
import type { ThreadIdentity } from './slab.ts';

/**
 * What copies of everycall in one process must have in common to share a runtime and a report. Under this key the arena's
 * buffer passes from a thread to the workers it starts.
 */
export const SHARED_KEY = `${RUNTIME_KEY}+${LAYOUT_VERSION}`;

/** Under this the hooks tell a worker its name: Node 20 does not, and no preload finds the script in `process.argv` yet. */
export const WORKER_NAME_KEY = 'everycall.worker-name/1';
/** What Node calls a worker without a name. */
const UNNAMED_WORKER = 'WorkerThread';

export interface RuntimeOptions extends Capacities {
  /** For tests and embedding: times of your own. Default: the system's. */
  readonly clock?: Partial<Pick<Clock, 'wallNs' | 'cpuNs'>>;
  /** Whether the sampled regime gets a ticker thread; default false: call `tick()`. */
  readonly ticker?: boolean;
}

/** A runtime of its own with an arena of its own, apart from the process-wide one. Throws only if there is no memory. */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const arena = createArena(options);
  if (arena === null) throw new RangeError('everycall: no address space for an arena');
  const origin = sharedNowNs();
  arena.F[CONTROL.originNs] = origin;
  const { wallNs, cpuNs } = options.clock ?? {};
  const clock: Clock =
    wallNs === undefined
      ? systemClock(origin)
      : {
          wallNs: numberOrNaN(wallNs),
          cpuNs: cpuNs ? numberOrNaN(cpuNs) : null,
          wallName: INJECTED,
          cpuName: cpuNs ? INJECTED : null,
        };
  return attachRuntime(arena, { clock, thread: identity(), ticker: options.ticker ?? false, queueMicrotask });
}

/** Somebody else's clock may throw. What is no number stands still, everywhere. */
function numberOrNaN(read: () => number): () => number {
  return () => {
    try {
      return read();
    } catch {
      return NaN;
    }
  };
}

/** A runtime over the arena of another one, as a second thread would have it. */
export function attachTo(other: Runtime, thread: Partial<ThreadIdentity> = {}): Runtime {
  const arena = viewArena(other.arena.I.buffer as SharedArrayBuffer);
  return attachRuntime(arena, {
    clock: other.clock,
    thread: { ...identity(), ...thread },
    ticker: false,
    queueMicrotask,
  });
}

type Holder = { readonly [key: symbol]: Runtime | undefined };

/**
 * This thread's runtime; made at the first call. Without memory for an arena it is there and never runs. Test runners run
 * files in vm contexts, each with a `globalThis` of its own: what all contexts of a thread have in common are Node's own
 * modules, so it is kept on one of these, and on `globalThis` for scripts, which cannot import. A copy that cannot read the
 * arena of the one that came first has a runtime of its own, beside it.
 */
export function threadRuntime(): Runtime {
  const first = (workerThreads as unknown as Holder)[Symbol.for(RUNTIME_KEY)];
  const key = Symbol.for(first === undefined || isReadable(first.arena) ? RUNTIME_KEY : SHARED_KEY);
  const runtime = (workerThreads as unknown as Holder)[key] ?? makeRuntime();
  for (const holder of [workerThreads, globalThis] as unknown as Holder[]) {
    if (holder[key] === runtime) continue;
    Object.defineProperty(holder, key, { value: runtime, configurable: true, writable: true }); // not enumerable
  }
  return runtime;
}

function makeRuntime(): Runtime {
  const arena = inheritedArena() ?? newArena();
  const runtime = attachRuntime(arena, {
    clock: systemClock(arena.F[CONTROL.originNs]),
    thread: identity(),
    ticker: true,
    queueMicrotask,
  });
  if (!isMainThread) process.on('exit', () => runtime.end());
  return runtime;
}

function inheritedArena(): Arena | null {
  const buffer = getEnvironmentData(SHARED_KEY);
  // Not `instanceof`: in a vm context that is another class.
  if (Object.prototype.toString.call(buffer) !== '[object SharedArrayBuffer]') return null;
  const arena = viewArena(buffer as unknown as SharedArrayBuffer);
  return isReadable(arena) ? arena : null;
}

function isReadable({ I }: Arena): boolean {
  return I[CONTROL.layoutVersion] === LAYOUT_VERSION;
}

function newArena(): Arena {
  const shared = createArena(capacitiesFromEnvironment()) ?? createArena({ arenaBytes: 256 << 10, maxFrames: 64 });
  const arena = shared ?? emptyArena();
  arena.F[CONTROL.originNs] = sharedNowNs();
  if (shared !== null) setEnvironmentData(SHARED_KEY, arena.I.buffer as SharedArrayBuffer);
  return arena;
}

/** `EVERYCALL_ARENA=bytes=…,sites=…,edges=…,frames=…`; what is not a positive whole number is left at its default. */
function capacitiesFromEnvironment(): Capacities {
  const given = new Map(
    (process.env.EVERYCALL_ARENA ?? '').split(',').map((part) => part.split('=', 2) as [string, string]),
  );
  const limit = (name: string) => {
    const value = Number(given.get(name));
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  };
  return {
    arenaBytes: limit('bytes'),
    maxSites: limit('sites'),
    maxEdges: limit('edges'),
    maxFrames: limit('frames'),
  };
}

function identity(): ThreadIdentity {
  return { threadId, name: threadName(), osThreadId: osThreadId() };
}

function threadName(): string {
  if (isMainThread) return 'main';
  const script = process.argv[1]?.split(/[\\/]/).pop() ?? 'worker';
  return `${givenName() ?? script}#${threadId}`;
}

/** What the program called this worker, or the hooks in its place. */
function givenName(): string | undefined {
  const told = getEnvironmentData(WORKER_NAME_KEY) as unknown;
  setEnvironmentData(WORKER_NAME_KEY, undefined); // it is not that of the workers which this one starts
  if (typeof told === 'string') return told;
  const { threadName: name } = workerThreads as { threadName?: string };
  return name === '' || name === UNNAMED_WORKER ? undefined : name;
}

/** `/proc/thread-self` is a link to `PID/task/TID`, on Linux. */
function osThreadId(): number {
  if (process.platform !== 'linux') return 0;
  try {
    const { readlinkSync } = process.getBuiltinModule('node:fs');
    return Number(readlinkSync('/proc/thread-self').split('/')[2]) || 0;
  } catch {
    return 0;
  }
}
