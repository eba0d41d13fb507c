// The profile: an immutable picture of all statistics at one moment. The model between the snapshot reader and everyone
// else (queries, exporters, CLI). Data only: readonly to the leaves, no methods; queries are free functions.
import type { SiteKind } from '../runtime/contract.ts';

/** Version of the model and of its JSON form. A reader refuses a newer one. */
export const PROFILE_FORMAT_VERSION = 3;

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

/**
 * How long single activations took from begin to end, wall, as a log-linear histogram: those of at least `fromNs` and less
 * than `toNs`. Buckets without calls are left out; the others are in ascending order.
 */
export interface DurationBucket {
  readonly fromNs: number;
  readonly toNs: number;
  readonly calls: number;
}

/** All figures of a function. */
export interface FunctionFigures extends Counts, Times, Suspensions {
  /** Activations that had not ended when the profile was taken; their time so far is included. */
  readonly open: number;
  /** Activations that ended by throwing or rejecting. */
  readonly errors: number;
  /** Standard error of `selfWallNs`, in ns: 0 when every charge was timed exactly. */
  readonly selfErrorNs: number;
  /** Standard error of `totalWallNs`, in ns. */
  readonly totalErrorNs: number;
  /** The longest activation from begin to end, wall, of those that were timed exactly; 0 if none was. */
  readonly maxTotalNs: number;
  /**
   * The longest time one activation kept its thread without yielding it, callees included, in ns. In the sampled regime
   * known to within two ticks. In a difference of profiles: the longest since the figures were last cleared.
   */
  readonly longestBlockNs: number;
  /** Of the activations that both began and ended while time was charged exactly; of the others nothing is in here. */
  readonly durations: readonly DurationBucket[];
}

/** {@link Part.thread} of what the folded threads of process 0 did; of process `p` it is `FOLDED_THREADS - p`. */
export const FOLDED_THREADS = -1;

/** {@link Part.tag} of what ran under no tag. */
export const UNTAGGED = -1;

/** Which part of a row's figures: that of one thread under one tag. The parts of a row add up to it. */
export interface Part {
  /** `ThreadStats.id`; negative for the folded threads of a process, see {@link FOLDED_THREADS}. */
  readonly thread: number;
  /** `TagStats.id`, or {@link UNTAGGED}. */
  readonly tag: number;
}

export interface FunctionPart extends Part, FunctionFigures {}

/** What a function is, the same in every profile of the same source. */
export interface FunctionIdentity {
  readonly name: string;
  /** Path or URL of the original source; `node:fs` and the like for builtins. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  /** `gc`: its time is also in the functions that it interrupted. */
  readonly kind: SiteKind | 'root' | 'overflow' | 'gc';
}

/** One function: the sum of its parts. */
export interface FunctionStats extends FunctionIdentity, FunctionFigures {
  /** Index in `profile.functions`; edges refer to it. Not stable between profiles: use `key`. */
  readonly id: number;
  /** `file:line:column:name`, the identity by which profiles are merged and compared. */
  readonly key: string;
  readonly parts: readonly FunctionPart[];
}

/** All figures of an edge. `total*` counts recursion of the pair once. */
export interface EdgeFigures extends Counts, Times, Suspensions {}

export interface EdgePart extends Part, EdgeFigures {}

/** One caller → callee pair: the sum of its parts. */
export interface EdgeStats extends EdgeFigures {
  /** `FunctionStats.id` of the caller; the root function for calls from the event loop. */
  readonly caller: number;
  /** `FunctionStats.id` of the callee. */
  readonly callee: number;
  /**
   * Where in the caller's source the call stands, from 1: the first place that by its name can be it; the caller's own
   * line where there is none. 0 where the caller has no source.
   */
  readonly line: number;
  readonly parts: readonly EdgePart[];
}

/** One thread (main or worker) of the process. */
export interface ThreadStats {
  /** Index in `profile.threads`, in order of first appearance. */
  readonly id: number;
  /** Index in `profile.processes`. */
  readonly process: number;
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

/** All figures of a node of the call tree. */
export interface StackFigures {
  /** Samples taken of exactly this stack. */
  readonly samples: number;
  /** Wall time sampled with exactly this stack, in ns. */
  readonly selfWallNs: number;
  readonly selfCpuNs: number | null;
}

export interface StackPart extends Part, StackFigures {}

/** One node of the sampled call tree, for flame graphs: the sum of its parts. Node 0 is the root. */
export interface StackNode extends StackFigures {
  /** Index of the parent in `profile.stacks`, less than the node's own; -1 for the root. */
  readonly parent: number;
  /** `FunctionStats.id` */
  readonly fn: number;
  readonly parts: readonly StackPart[];
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
  /** Activations whose duration found no room in a histogram. */
  readonly durations: number;
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

/** One version of a source file that functions of the profile come from. */
export interface SourceFile {
  readonly file: string;
  /** Of the content that was instrumented. Two hashes of one file: figures of different sources may be added up. */
  readonly hash: string;
}

/** The span between a start and the next stop. */
export interface Session {
  /** Index in `profile.processes`. */
  readonly process: number;
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

/** A process that was profiled, and how. Several only in a merge of profiles. */
export interface ProcessInfo {
  readonly pid: number;
  /** When everycall was loaded in the process, in milliseconds since the epoch. With `pid` it tells processes apart. */
  readonly startedAtMs: number;
  /** `process.argv` without the path of node. */
  readonly argv: readonly string[];
  readonly nodeVersion: string;
  readonly platform: string;
  readonly everycallVersion: string;
  /** When the snapshot was taken, in milliseconds since the epoch. */
  readonly takenAtMs: number;
  /** Whether the profiler was running then. */
  readonly running: boolean;
  readonly precision: Precision;
  readonly tickMs: number;
  /** Share of time the exact regime may cost, 0 to 1; only for `adaptive`. */
  readonly overhead: number;
  readonly clock: ClockInfo;
  readonly hookCost: HookCost | null;
}

export interface Profile {
  readonly formatVersion: number;
  readonly processes: readonly ProcessInfo[];
  readonly sessions: readonly Session[];
  readonly threads: readonly ThreadStats[];
  readonly tags: readonly TagStats[];
  readonly functions: readonly FunctionStats[];
  /**
   * Of a snapshot, the rows are made when they are first asked for, from what was read at its moment. That is a property
   * like any other to all but `console.log` of a whole profile, which shows `[Getter]`.
   */
  readonly edges: readonly EdgeStats[];
  readonly stacks: readonly StackNode[];
  readonly dropped: Dropped;
  readonly sources: readonly SourceFile[];
  readonly notInstrumented: readonly NotInstrumented[];
}
