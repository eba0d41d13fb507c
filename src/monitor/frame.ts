// What GET /v1/events sends: one frame an interval, each as the data of one server-sent event. Types only. Times are ns,
// wall unless they say otherwise, CPU times `null` where the machine has no per-thread CPU clock.
import type { Dropped, FunctionIdentity, Precision } from '../profile.ts';

/**
 * The state of the process at one moment. Figures are totals so far, never differences: a reader subtracts the last frame it
 * has seen, so a frame that was left out loses nothing. What has not changed since the subscriber's last frame is left out
 * of `functions`, `named` and `tags`.
 */
export interface Frame {
  /** From 1, for each subscriber. */
  readonly seq: number;
  /**
   * Forget all figures of earlier frames: the subscriber's first frame, or figures were cleared since the last. All that is
   * not 0 is in here. What was `named` stays named.
   */
  readonly isFull: boolean;
  /** Moves when figures are cleared, all or those of a tag. */
  readonly epoch: number;
  /** When the figures were read, in milliseconds since the epoch of Unix. */
  readonly atMs: number;
  /** Time since the figures of the subscriber's last frame were read: what to divide differences by. 0 in the first. */
  readonly intervalNs: number;
  readonly isRunning: boolean;
  readonly precision: Precision;
  /** Share of time that exact timing may cost in the adaptive precision. */
  readonly overhead: number;
  /** All threads that have figures of their own, in the order in which they came. */
  readonly threads: readonly LiveThread[];
  readonly functions: readonly LiveFunction[];
  /** Identities of functions, each sent once, in or before the first frame that has figures of it. */
  readonly named: readonly LiveName[];
  readonly tags: readonly LiveTag[];
  /** Event-loop blocks that began or went on since the last frame; each is sent once more when it is over. */
  readonly blocks: readonly LiveBlock[];
  /** Nodes of the call tree that have changed; only where the subscriber asked for stacks. */
  readonly nodes?: LiveNodes;
  /** See Profile.dropped. */
  readonly dropped: Dropped;
  /** Functions with changes that `limit` left out of this frame; they come in a later one. */
  readonly held?: number;
  /** The process ends, or, where the client says so, is no more: there are no further frames. */
  readonly gone?: true;
}

/**
 * `running`: in a function. `awaiting`: in none, and some wait at an `await`. `idle`: neither. Code that is not instrumented is
 * not seen: a thread that runs nothing else is idle.
 */
export type ThreadState = 'running' | 'awaiting' | 'idle' | 'ended';

export interface LiveThread {
  /** Place in the order in which threads came, from 0. Never used again. */
  readonly id: number;
  /** `threadId` of node:worker_threads: 0 is the main thread. */
  readonly threadId: number;
  readonly name: string;
  readonly state: ThreadState;
  /** Time under profiling. */
  readonly wallNs: number;
  readonly cpuNs: number | null;
  readonly calls: number;
  /** How long the function that is outermost on its stack has held the thread; 0 if none does. In the sampled regime a tick less at most. */
  readonly blockedForNs: number;
  /** Ids of the functions on its stack, outermost first; of a deep stack the outermost 32 and the innermost 32. */
  readonly stack?: readonly number[];
}

export interface LiveFunction {
  /** Index in the order of `named`; not that of a profile. */
  readonly id: number;
  readonly calls: number;
  readonly primitiveCalls: number;
  readonly selfWallNs: number;
  readonly selfCpuNs: number | null;
  readonly totalWallNs: number;
  readonly totalCpuNs: number | null;
  readonly awaitNs: number;
  readonly open: number;
  readonly errors: number;
}

export interface LiveName extends FunctionIdentity {
  readonly id: number;
  /** As in profiles: `file:line:column:name`. */
  readonly key: string;
}

export interface LiveTag {
  readonly name: string;
  readonly calls: number;
  readonly wallNs: number;
  readonly cpuNs: number | null;
}

/** One time that a function held its thread for 50 ms or more, so that nothing else could run there. */
export interface LiveBlock {
  /** From 1, for each process. */
  readonly id: number;
  /** `LiveThread.id` */
  readonly thread: number;
  /** Id of the outermost function: the one that the event loop called. */
  readonly fn: number;
  readonly startedAtMs: number;
  /** So far, if it is not over. */
  readonly durationNs: number;
  readonly isOver: boolean;
}

/**
 * Nodes of the call tree, as columns: the figures of `id[i]` are at `i` everywhere. Charged once a tick, so they are
 * samples of what the functions are charged. A parent is sent before its children. A full frame has the whole tree and,
 * like a new connection, may give other ids.
 */
export interface LiveNodes {
  /** From 1; 0 is the root, which is never sent. */
  readonly id: readonly number[];
  readonly parent: readonly number[];
  readonly fn: readonly number[];
  readonly samples: readonly number[];
  /** Without callees, as are the CPU times. */
  readonly selfWallNs: readonly number[];
  readonly selfCpuNs: readonly number[] | null;
}

/** GET /v1/edges */
export interface LiveEdges {
  /** The function that was asked for. */
  readonly id: number;
  /** As in frames: where it has moved, so have the figures begun anew. */
  readonly epoch: number;
  /** When they were read: for differences. */
  readonly nowNs: number;
  /** Calls of it, by caller; those of the event loop have its id. */
  readonly callers: readonly LiveEdge[];
  /** Calls by it. */
  readonly callees: readonly LiveEdge[];
  /** It and all the others. */
  readonly named: readonly LiveName[];
}

/** Calls from one function to another, totals so far. The times are the callee's, as called from there. */
export interface LiveEdge {
  /** The other one. */
  readonly id: number;
  readonly calls: number;
  readonly selfWallNs: number;
  readonly selfCpuNs: number | null;
  readonly totalWallNs: number;
  readonly totalCpuNs: number | null;
  readonly awaitNs: number;
}

/** GET /v1/status */
export interface MonitorStatus {
  /** Of this protocol. */
  readonly protocol: typeof PROTOCOL_VERSION;
  readonly everycallVersion: string;
  readonly nodeVersion: string;
  readonly pid: number;
  /** `process.argv` without the path of node. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** When everycall was loaded in the process, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly uptimeMs: number;
  readonly isRunning: boolean;
  readonly precision: Precision;
  readonly overhead: number;
  readonly tickMs: number;
  readonly epoch: number;
  readonly threads: readonly Omit<LiveThread, 'stack'>[];
  /** Functions that are known; not all of them were called. */
  readonly functionCount: number;
  readonly subscribers: number;
  /** Where it listens for HTTP, if it does; the token is told over the private socket only. */
  readonly http: { readonly host: string; readonly port: number; readonly token?: string } | null;
}

/** Raised with every change that a reader of frames or of the routes must know of. */
export const PROTOCOL_VERSION = 1;

/** The body of every answer that is no success. */
export interface MonitorFailure {
  readonly error: { readonly code: string; readonly message: string };
}
