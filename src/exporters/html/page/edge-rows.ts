// Edges as rows, by the function at either end. Made when asked for: most are never looked at. No DOM.
import type { EdgeFigures, EdgePart, EdgeStats } from '../../../profile.ts';
import { edgeOf } from '../../../statistics/assembly.ts';
import { EDGE_COLUMNS } from '../embedded.ts';
import type { Column, EmbeddedEdges } from '../embedded.ts';
import { at, starts } from './column.ts';

export interface Edges {
  callersOf(fn: number): EdgeStats[];
  calleesOf(fn: number): EdgeStats[];
  /** How many callers and callees are not in the page. */
  cutCallersOf(fn: number): number;
  cutCalleesOf(fn: number): number;
}

/** `read` is called when edges are first needed, and only then. */
export function readEdgesLazily(read: () => EmbeddedEdges): Edges {
  let edges: Edges | undefined;
  const known = () => (edges ??= readEdges(read()));
  return {
    callersOf: (fn) => known().callersOf(fn),
    calleesOf: (fn) => known().calleesOf(fn),
    cutCallersOf: (fn) => known().cutCallersOf(fn),
    cutCalleesOf: (fn) => known().cutCalleesOf(fn),
  };
}

function readEdges({ size, caller, callee, line, parts, cutCallers, cutCallees }: EmbeddedEdges): Edges {
  const start = starts(parts.count, size);
  const edgeAt = (e: number): EdgeStats => {
    const own: EdgePart[] = [];
    for (let p = start[e]; p < start[e + 1]; p++) {
      const figures: Record<string, unknown> = {};
      for (const figure of EDGE_COLUMNS) figures[figure] = at<number | null>(parts[figure], p);
      own.push({ thread: at(parts.thread, p), tag: at(parts.tag, p), ...(figures as unknown as EdgeFigures) });
    }
    return edgeOf(at(caller, e), at(callee, e), at(line, e), own);
  };
  const index = (end: Column) => {
    let byFunction: Map<number, number[]> | undefined;
    return (fn: number) => {
      if (byFunction === undefined) {
        byFunction = new Map();
        for (let e = 0; e < size; e++) {
          const known = byFunction.get(at(end, e));
          if (known === undefined) byFunction.set(at(end, e), [e]);
          else known.push(e);
        }
      }
      return (byFunction.get(fn) ?? []).map(edgeAt);
    };
  };
  const callers = new Map(cutCallers);
  const callees = new Map(cutCallees);
  return {
    callersOf: index(callee),
    calleesOf: index(caller),
    cutCallersOf: (fn) => callers.get(fn) ?? 0,
    cutCalleesOf: (fn) => callees.get(fn) ?? 0,
  };
}
