// Cuts what a page could not hold: the edges and the stacks with the least time. What is cut stays visible: edges as a
// count at either end, stacks as one node under their parent with all their time.
import type { EdgeStats, StackNode } from '../../profile.ts';
import { stackOf } from '../../statistics/assembly.ts';
import { STACK_ADDITION } from '../../statistics/figures.ts';
import type { StackPart } from '../../profile.ts';
import { CUT_STACKS } from './embedded.ts';

export interface CutEdges {
  readonly kept: readonly EdgeStats[];
  readonly left: readonly EdgeStats[];
}

/** The `most` edges of the greatest total wall time, of equal ones the first, in the order they came in. */
export function cutEdges(edges: readonly EdgeStats[], most: number): CutEdges {
  const isKept = greatest(
    edges.map(({ totalWallNs }) => totalWallNs),
    most,
  );
  return { kept: edges.filter((_, e) => isKept[e] === 1), left: edges.filter((_, e) => isKept[e] === 0) };
}

export interface CutStacks {
  readonly kept: readonly StackNode[];
  readonly left: number;
}

/**
 * The `most` nodes of the greatest total wall time, and of those left out one node under each that lost any. A node is
 * kept only with all its ancestors: they have at least its time and come before it.
 */
export function cutStacks(stacks: readonly StackNode[], most: number): CutStacks {
  if (stacks.length <= most) return { kept: stacks, left: 0 };
  const totalNs = stacks.map(({ selfWallNs }) => selfWallNs);
  for (let n = stacks.length - 1; n > 0; n--) totalNs[stacks[n].parent] += totalNs[n];
  totalNs[0] = Infinity; // there is always a root
  const isKept = greatest(totalNs, Math.max(1, most));
  const kept: StackNode[] = [];
  const lost = new Map<number, Map<string, StackPart>>();
  /** Where each node ended up: its own new index, or that of its nearest ancestor that was kept. */
  const place: number[] = [];
  stacks.forEach((node, n) => {
    const parent = node.parent < 0 ? -1 : place[node.parent];
    if (isKept[n] === 1) {
      place.push(kept.length);
      kept.push({ ...node, parent });
      return;
    }
    place.push(parent);
    const parts = lost.get(parent) ?? lost.set(parent, new Map()).get(parent)!;
    for (const part of node.parts) {
      const id = `${part.thread} ${part.tag}`;
      const known = parts.get(id);
      const { thread, tag } = part;
      parts.set(id, known === undefined ? part : { thread, tag, ...STACK_ADDITION.add(known, part) });
    }
  });
  const left = stacks.length - kept.length;
  for (const [parent, parts] of lost) kept.push(stackOf(parent, CUT_STACKS, [...parts.values()]));
  return { kept, left };
}

/** 1 for each of the `most` greatest values, of equal ones the first. */
function greatest(values: readonly number[], most: number): Uint8Array {
  const isKept = new Uint8Array(values.length);
  if (values.length <= most) return isKept.fill(1);
  if (most === 0) return isKept;
  const ascending = Float64Array.from(values).sort();
  const least = ascending[values.length - most];
  let room = most;
  values.forEach((value, i) => {
    if (value > least) {
      isKept[i] = 1;
      room--;
    }
  });
  for (let i = 0; room > 0; i++) {
    if (values[i] === least) {
      isKept[i] = 1;
      room--;
    }
  }
  return isKept;
}
