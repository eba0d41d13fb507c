// The profile: an immutable picture of all statistics at one moment. The model between the snapshot reader and everyone
// else (queries, exporters, CLI). Data only: readonly to the leaves, no methods; queries are free functions.
import type { SiteKind } from '../runtime/contract.ts';

/** Version of the model and of its JSON form. A reader refuses a newer one. */
export const PROFILE_FORMAT_VERSION = 2;

/** Where times come from. `cpu` is `null` when this machine offers no per-thread CPU clock; CPU columns are then `null`. */
export interface ClockInfo {
  readonly wall: string;
  readonly cpu: string | null;
  /** Measured cost of one reading, in ns. */
  readonly wallCostNs: number;
  readonly cpuCostNs: number | null;
  /** Smallest step seen between two readings, in ns. */
  readonly wallResolutionNs: number;
  readonly cpuResolutionNs: number | null;
}

export type Precision = 'adaptive' | 'exact' | 'sampled';

/** Times of a set of activations. `total*` counts recursion once. CPU is `null` where no CPU clock was available. */
export interface Times {
  /** Wall time without callees, in ns. */
  readonly selfWallNs: number;
  /** CPU time of the thread without callees, in ns. */
  readonly selfCpuNs: number | null;
  /** Wall time with callees, in ns. */
  readonly totalWallNs: number;
  /** CPU time of the thread with callees, in ns. */
  readonly totalCpuNs: number | null;
}

/** How often, without double counting. */
export interface Counts {
  /** Activations begun. */
  readonly calls: number;
  /** Activations begun while the function was not already on the same stack. */
  readonly primitiveCalls: number;
}

/** What async functions and generators do besides running. All 0 for functions that never suspend. */
export interface Suspensions {
  /** Times an activation went on after it had been suspended; for generators also the first time it ran. */
  readonly resumes: number;
  /** Wall time spent suspended at an `await`, in ns, up to now for what still waits. Concurrent waits add up. */
  readonly awaitNs: number;
}

/** One function, over all threads; `threads` holds the same figures for each thread. */
export interface FunctionStats extends Counts, Times, Suspensions {
  /** Index in `profile.functions`; edges refer to it. Not stable between profiles: use `key`. */
  readonly id: number;
  /** `file:line:column:name`, the identity by which profiles are merged and compared. */
  readonly key: string;
  readonly name: string;
  /** Path or URL of the original source. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  readonly kind: SiteKind | 'root' | 'overflow';
  /** Activations that had not ended when the profile was taken; their time so far is included. */
  readonly open: number;
  /** Standard error of `selfWallNs`, in ns: 0 when every charge was timed exactly. */
  readonly selfErrorNs: number;
  /** Standard error of `totalWallNs`, in ns. */
  readonly totalErrorNs: number;
  /**
   * The longest time one activation kept its thread without yielding it, callees included, in ns. In the sampled regime
   * known to within two ticks. In a difference of profiles: the longest since the figures were last cleared.
   */
  readonly longestBlockNs: number;
  readonly threads: readonly ThreadShare[];
  /** The part of the figures that was recorded under each tag; what ran under no tag is in none. */
  readonly tags: readonly TagShare[];
}

/** {@link ThreadShare.thread} of what folded threads did: of each only its summary is left. */
export const FOLDED_THREADS = -1;

/** One function's figures on one thread. */
export interface ThreadShare extends Counts, Times, Suspensions {
  /** `ThreadStats.id`, or {@link FOLDED_THREADS}. */
  readonly thread: number;
  readonly open: number;
}

/** One function's figures under one tag. */
export interface TagShare extends Counts, Times, Suspensions {
  /** `TagStats.id` */
  readonly tag: number;
  readonly open: number;
}

/** One caller → callee pair, over all threads. `total*` counts recursion of the pair once. */
export interface EdgeStats extends Counts, Times, Suspensions {
  /** `FunctionStats.id` of the caller; the root function for calls from the event loop. */
  readonly caller: number;
  /** `FunctionStats.id` of the callee. */
  readonly callee: number;
}

/** One thread (main or worker) of the process. */
export interface ThreadStats {
  /** Index in `profile.threads`, in order of first appearance. */
  readonly id: number;
  /** `threadId` of node:worker_threads: 0 is the main thread. */
  readonly threadId: number;
  readonly name: string;
  /** `folded`: ended, and only this summary of it is left. */
  readonly state: 'running' | 'ended' | 'folded';
  /** Time under profiling from the first event in each session to its end, in ns. */
  readonly wallNs: number;
  /** CPU time of the thread over the same span, in ns; of a thread still running: up to its last event. */
  readonly cpuNs: number | null;
  readonly calls: number;
  /** Changes between exact and sampled timing. */
  readonly regimeSwitches: number;
}

/** Name of the tag that holds what was recorded under tags beyond `maxTags`. */
export const OTHER_TAGS = '(other)';

/** One tag that something was recorded under. */
export interface TagStats {
  /** Index in `profile.tags`. */
  readonly id: number;
  readonly name: string;
  /** Wall and CPU time of all functions under the tag, callees not counted twice, in ns. */
  readonly wallNs: number;
  readonly cpuNs: number | null;
  readonly calls: number;
}

/** One node of the sampled call tree, for flame graphs. Node 0 is the root. */
export interface StackNode {
  /** Index of the parent in `profile.stacks`; -1 for the root. */
  readonly parent: number;
  /** `FunctionStats.id` */
  readonly fn: number;
  /** Wall time sampled with exactly this stack, in ns. */
  readonly selfWallNs: number;
  readonly selfCpuNs: number | null;
}

/** What did not fit, and so where the figures are incomplete. All zero in a complete profile. */
export interface Dropped {
  /** Calls whose caller → callee pair found no room: counted in the function under the overflow caller. */
  readonly edgeCalls: number;
  /** Calls of functions whose site found no room: counted under the overflow function. */
  readonly siteCalls: number;
  /** Calls deeper than the shadow stack: counted, not timed. */
  readonly deepCalls: number;
  /** Stack samples that found no room in the call tree. */
  readonly samples: number;
  /** Threads that found no slab and were not profiled. */
  readonly threads: number;
  /** Calls under a tag that found no room for figures of their own: recorded as if there were no tag. */
  readonly tagCalls: number;
}

/** A function that was left uninstrumented, and why. */
export interface NotInstrumented {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly kind: SiteKind;
  readonly reason: string;
}

/** The span between a start and the next stop. */
export interface Session {
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** So far, if still running. */
  readonly durationNs: number;
}

/** What the hooks themselves cost, measured at start; raw figures contain it, reports subtract it. */
export interface HookCost {
  /** Mean ns a call adds to the called function's own time, and to its caller's, in the exact regime. */
  readonly exactInnerNs: number;
  readonly exactOuterNs: number;
  /** The same in the sampled regime. */
  readonly sampledInnerNs: number;
  readonly sampledOuterNs: number;
  /** Share of calls timed exactly, 0 to 1. */
  readonly exactShare: number;
}

/** The figures themselves: what the runtime's reader gives. */
export interface Statistics {
  readonly running: boolean;
  readonly precision: Precision;
  readonly tickMs: number;
  /** Share of time the exact regime may cost, 0 to 1; only for `adaptive`. */
  readonly overhead: number;
  readonly clock: ClockInfo;
  readonly hookCost: HookCost | null;
  readonly sessions: readonly Session[];
  readonly threads: readonly ThreadStats[];
  readonly tags: readonly TagStats[];
  readonly functions: readonly FunctionStats[];
  readonly edges: readonly EdgeStats[];
  readonly stacks: readonly StackNode[];
  readonly dropped: Dropped;
  readonly notInstrumented: readonly NotInstrumented[];
}

/** Where and when a profile was taken. */
export interface ProfileHeader {
  readonly formatVersion: number;
  readonly everycallVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly pid: number;
  /** `process.argv` without the path of node. */
  readonly argv: readonly string[];
  /** When the snapshot was taken, in milliseconds since the epoch. */
  readonly takenAtMs: number;
}

export interface Profile extends ProfileHeader, Statistics {}
