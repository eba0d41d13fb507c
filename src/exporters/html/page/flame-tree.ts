// The flame graph's tree: time of every node under a selection, its children by time, and where each lies. No DOM.
// Nodes keep the index they have in the profile, so that a place in the tree outlives a change of selection or clock.
import type { Clock } from '../../../statistics/columns.ts';
import type { EmbeddedStacks } from '../embedded.ts';
import { at, starts } from './column.ts';
import { isSelected } from './selection.ts';
import type { Selection } from './selection.ts';

export interface FlameTree {
  readonly size: number;
  readonly parent: Int32Array;
  /** `FunctionStats.id`; CUT_STACKS where smaller stacks were left out. */
  readonly fn: Int32Array;
  /** Of the root 0. */
  readonly depth: Int32Array;
  readonly selfNs: Float64Array;
  /** The time of the node and all below it. The root's is that of all functions: idling is not in it. */
  readonly totalNs: Float64Array;
  readonly samples: Float64Array;
  /** Where the node begins, in ns from the left. */
  readonly fromNs: Float64Array;
  /** The children of node `n` that have time, the longest first: from `firstChild[n]` to before `firstChild[n + 1]`. */
  readonly children: Int32Array;
  readonly firstChild: Int32Array;
  readonly deepest: number;
}

export const ROOT_NODE = 0;

export function flameTree(stacks: EmbeddedStacks, selection: Selection, clock: Clock): FlameTree {
  const { size, parts } = stacks;
  const parent = new Int32Array(size);
  const fn = new Int32Array(size);
  for (let n = 0; n < size; n++) {
    parent[n] = at(stacks.parent, n);
    fn[n] = at(stacks.fn, n);
  }
  const selfNs = new Float64Array(size);
  const samples = new Float64Array(size);
  const time = clock === 'wall' ? parts.selfWallNs : parts.selfCpuNs;
  const start = starts(parts.count, size);
  for (let n = 1; n < size; n++) {
    for (let p = start[n]; p < start[n + 1]; p++) {
      if (!isSelected(selection, at(parts.thread, p), at(parts.tag, p))) continue;
      selfNs[n] += at(time, p) ?? 0;
      samples[n] += at(parts.samples, p) ?? 0;
    }
  }
  return treeOf(parent, fn, selfNs, samples);
}

/** The tree of nodes with these self times and samples; a parent comes before its children. Takes the arrays over. */
export function treeOf(parent: Int32Array, fn: Int32Array, selfNs: Float64Array, samples: Float64Array): FlameTree {
  const size = parent.length;
  const totalNs = selfNs.slice();
  for (let n = size - 1; n > 0; n--) {
    totalNs[parent[n]] += totalNs[n];
    samples[parent[n]] += samples[n];
  }
  return { size, parent, fn, selfNs, totalNs, samples, ...placed(size, parent, totalNs) };
}

function placed(size: number, parent: Int32Array, totalNs: Float64Array) {
  const firstChild = new Int32Array(size + 1);
  for (let n = 1; n < size; n++) if (totalNs[n] > 0) firstChild[parent[n] + 1]++;
  for (let n = 0; n < size; n++) firstChild[n + 1] += firstChild[n];
  const children = new Int32Array(firstChild[size]);
  const next = firstChild.slice();
  for (let n = 1; n < size; n++) if (totalNs[n] > 0) children[next[parent[n]]++] = n;

  const depth = new Int32Array(size);
  const fromNs = new Float64Array(size);
  let deepest = 0;
  // A parent comes before its children, so its own place is known.
  for (let n = 0; n < size; n++) {
    if (totalNs[n] === 0) continue;
    const own = children.subarray(firstChild[n], firstChild[n + 1]);
    if (own.length > 1) own.sort((a, b) => totalNs[b] - totalNs[a] || a - b);
    let from = fromNs[n];
    for (const child of own) {
      depth[child] = depth[n] + 1;
      fromNs[child] = from;
      from += totalNs[child];
    }
    if (own.length > 0) deepest = Math.max(deepest, depth[n] + 1);
  }
  return { firstChild, children, depth, fromNs, deepest };
}

export function childrenOf(tree: FlameTree, node: number): Int32Array {
  return tree.children.subarray(tree.firstChild[node], tree.firstChild[node + 1]);
}

/** The node and its ancestors, the root first. */
export function pathTo({ parent }: FlameTree, node: number): number[] {
  const path: number[] = [];
  for (let n = node; n >= 0; n = parent[n]) path.unshift(n);
  return path;
}

/** The node of that depth at that place, looking only at and below `top`; -1 where there is none. */
export function nodeAt(tree: FlameTree, top: number, depth: number, atNs: number): number {
  let node = top;
  while (tree.depth[node] < depth) {
    const child = childrenOf(tree, node).find((c) => atNs < tree.fromNs[c] + tree.totalNs[c]);
    if (child === undefined || atNs < tree.fromNs[child]) return -1;
    node = child;
  }
  return node;
}

/** Time below functions that match; a match within a match counts once. */
export function matchedNs(tree: FlameTree, matches: Uint8Array): number {
  const isInside = new Uint8Array(tree.size);
  let sumNs = 0;
  for (let n = 1; n < tree.size; n++) {
    if (isInside[tree.parent[n]] === 1) isInside[n] = 1;
    else if (matches[tree.fn[n]] === 1) {
      isInside[n] = 1;
      sumNs += tree.totalNs[n];
    }
  }
  return sumNs;
}
