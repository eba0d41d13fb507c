// The difference of two profiles: what `diff` gives and the exporters of a diff show. Data only, readonly to the leaves.
import type { FunctionIdentity } from '../profile.ts';

/** A figure in both profiles. 0 where the row is not in one of them. */
export interface Change {
  readonly before: number;
  readonly after: number;
  /** `after` less `before`. */
  readonly absolute: number;
  /** `absolute` as a share of `before`: 1 is twice as much. `null` where there was nothing before. */
  readonly relative: number | null;
}

/** A time, in ns, in both profiles. */
export interface TimeChange extends Change {
  /** Standard error of `absolute`, in ns: 0 where all was timed exactly. */
  readonly errorNs: number;
  /** Whether the change is more than chance explains, see `DiffOptions`. */
  readonly isSignificant: boolean;
}

/**
 * `added` and `removed`: only in one of the profiles. `changed`: another count, or a significant change of a time. `same`:
 * neither.
 */
export type DiffStatus = 'added' | 'removed' | 'changed' | 'same';

/** What functions and edges are compared by. */
export interface DiffFigures {
  readonly status: DiffStatus;
  readonly calls: Change;
  readonly primitiveCalls: Change;
  readonly selfWallNs: TimeChange;
  /** `null` where one of the profiles has no CPU clock. */
  readonly selfCpuNs: TimeChange | null;
  readonly totalWallNs: TimeChange;
  readonly totalCpuNs: TimeChange | null;
}

export interface FunctionDiff extends DiffFigures {
  /** What the function is before and after: other lines where it moved within its file; `null` where it is not. */
  readonly before: FunctionIdentity | null;
  readonly after: FunctionIdentity | null;
  readonly errors: Change;
}

/** Ends as a {@link FunctionDiff} has them; of an edge that is in both profiles both are in both. */
export interface EdgeDiff extends DiffFigures {
  readonly caller: Pick<FunctionDiff, 'before' | 'after'>;
  readonly callee: Pick<FunctionDiff, 'before' | 'after'>;
}

/** All functions of a profile together, without the event loop. */
export interface DiffTotals {
  readonly processes: Change;
  readonly calls: Change;
  readonly errors: Change;
  readonly selfWallNs: Change;
  readonly selfCpuNs: Change | null;
}

export interface ProfileDiff {
  /** As they were used. */
  readonly options: {
    readonly factor: number;
    readonly minNs: number;
    readonly minRelative: number;
    readonly per: 'all' | 'process';
  };
  readonly totals: DiffTotals;
  /** Those that differ; with the option `same` all. */
  readonly functions: readonly FunctionDiff[];
  readonly edges: readonly EdgeDiff[];
  /** How many functions and edges of both profiles do not differ. */
  readonly sameFunctions: number;
  readonly sameEdges: number;
}
