// What the page is given: the profile in columns, as JSON. The contract between the exporter and the page's client code;
// both are built together, so it has no version. Data only, no logic.
import type { FunctionFigures, ProcessInfo, Session, StackFigures, TagStats, ThreadStats } from '../../profile.ts';
import type { Clock } from '../../statistics/columns.ts';

/** One value a row; a single value stands for itself in every row. */
export type Column<T = number> = readonly T[] | T;

export const EDGE_COLUMNS = [
  'calls',
  'primitiveCalls',
  'resumes',
  'awaitNs',
  'selfWallNs',
  'selfCpuNs',
  'totalWallNs',
  'totalCpuNs',
] as const;

export const FUNCTION_COLUMNS = [
  ...EDGE_COLUMNS,
  'open',
  'errors',
  'selfErrorNs',
  'totalErrorNs',
  'maxTotalNs',
  'longestBlockNs',
] as const satisfies readonly (keyof FunctionFigures)[];

export const STACK_COLUMNS = ['samples', 'selfWallNs', 'selfCpuNs'] as const satisfies readonly (keyof StackFigures)[];

/**
 * The parts of all rows, one after the other: first those of row 0, `count[0]` of them, and so on. Times are rounded to
 * whole nanoseconds; CPU time is `null` where there is none.
 */
export type PartColumns<Name extends string> = {
  readonly count: Column;
  readonly thread: Column;
  readonly tag: Column;
} & { readonly [name in Name]: Column<number | null> };

export interface EmbeddedFunctions {
  readonly name: readonly string[];
  /** Index in `files`. */
  readonly file: Column;
  readonly line: Column;
  readonly column: Column;
  /** Index in `kinds`. */
  readonly kind: Column;
  readonly files: readonly string[];
  readonly kinds: readonly string[];
  readonly parts: PartColumns<(typeof FUNCTION_COLUMNS)[number]>;
  readonly durations: EmbeddedDurations;
}

/** Histograms of all parts of functions, one after the other. */
export interface EmbeddedDurations {
  /** `fromNs` and `toNs` of every bucket that occurs. */
  readonly bounds: readonly (readonly [fromNs: number, toNs: number])[];
  /** How many buckets each part has. */
  readonly count: Column;
  /** Index in `bounds`. */
  readonly bucket: Column;
  readonly calls: Column;
}

/** Embedded apart: the page reads it when details of a function are first looked at. */
export interface EmbeddedEdges {
  readonly size: number;
  readonly caller: Column;
  readonly callee: Column;
  readonly line: Column;
  readonly parts: PartColumns<(typeof EDGE_COLUMNS)[number]>;
  /** How many edges were left out to keep the page small; of each function by id, where there are any. */
  readonly cut: number;
  readonly cutCallers: readonly (readonly [fn: number, edges: number])[];
  readonly cutCallees: readonly (readonly [fn: number, edges: number])[];
}

/** {@link EmbeddedStacks.fn} of a node that stands for all smaller ones under its parent, which were left out. */
export const CUT_STACKS = -1;

export interface EmbeddedStacks {
  readonly size: number;
  /** Less than the node's own index; -1 for the root. */
  readonly parent: Column;
  readonly fn: Column;
  readonly parts: PartColumns<(typeof STACK_COLUMNS)[number]>;
  /** How many nodes were left out. */
  readonly cut: number;
}

export type EmbeddedProcess = Pick<
  ProcessInfo,
  | 'pid'
  | 'argv'
  | 'nodeVersion'
  | 'platform'
  | 'everycallVersion'
  | 'startedAtMs'
  | 'takenAtMs'
  | 'running'
  | 'precision'
  | 'tickMs'
  | 'overhead'
>;

export interface Embedded {
  readonly title: string;
  /** Which clock the page starts with. */
  readonly clock: Clock;
  readonly hasCpu: boolean;
  /** What makes figures incomplete, a sentence each. */
  readonly warnings: readonly string[];
  /** What else is to be known: left-out functions, and what was cut to keep the page small. */
  readonly remarks: readonly string[];
  readonly notInstrumented: number;
  readonly processes: readonly EmbeddedProcess[];
  readonly sessions: readonly Session[];
  readonly threads: readonly ThreadStats[];
  readonly tags: readonly TagStats[];
  readonly functions: EmbeddedFunctions;
  readonly stacks: EmbeddedStacks;
}
