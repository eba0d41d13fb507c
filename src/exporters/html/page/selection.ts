// The figures of one thread, process or tag: rows again, of those parts alone. No DOM.
import type { EdgeStats, FunctionStats } from '../../../profile.ts';
import { edgeOf } from '../../../statistics/assembly.ts';
import { isNothing } from '../../../statistics/figures.ts';

/** What the figures are about; `null` is everything. */
export interface Selection {
  /** `ThreadStats.id`, and the negative ids of folded threads. */
  readonly threads: ReadonlySet<number> | null;
  /** `TagStats.id`, or UNTAGGED. */
  readonly tag: number | null;
}

export const EVERYTHING: Selection = { threads: null, tag: null };

export function isSelected({ threads, tag }: Selection, ofThread: number, ofTag: number): boolean {
  return (threads === null || threads.has(ofThread)) && (tag === null || tag === ofTag);
}

/**
 * The functions that were active. Without the event loop: the root's time is what passed between jobs, so next to functions
 * it would only say how long the process idled.
 */
export function activeRows(rows: readonly FunctionStats[]): FunctionStats[] {
  return rows.filter((fn) => fn.kind !== 'root' && (!isNothing(fn) || fn.open > 0));
}

/** The edges that were used, with the figures of the selection, the one of most total time first. */
export function selectEdges(edges: readonly EdgeStats[], selection: Selection): EdgeStats[] {
  return edges
    .map((edge) => {
      const parts = edge.parts.filter(({ thread, tag }) => isSelected(selection, thread, tag));
      return edgeOf(edge.caller, edge.callee, edge.line, parts);
    })
    .filter((edge) => !isNothing(edge))
    .sort((a, b) => b.totalWallNs - a.totalWallNs || b.calls - a.calls);
}
