// The call tree of samples: every frame's place in it is looked up once while the frame is on the stack, so that neither
// a tick nor the first await of an activation walks frames that were walked before.
import type { Arena } from './arena.ts';
import { soundTop } from './figures.ts';
import { FRAME, MAX_SAMPLE_DEPTH, NODE, REGIME_EXACT, SLAB, SLAB_NODES } from './layout.ts';
import { rowOf } from './table.ts';

export interface CallTree {
  /** The node of the frame at `sp`; 0 for the root, and where the tree has no room. */
  nodeAt(sp: number): number;
  /** Adds the time since the last sample to the node of the top frame. */
  sample(): void;
}

export function createCallTree(arena: Arena, slab: number): CallTree {
  const { I, F } = arena;
  const SP = slab + SLAB.sp;
  const REGIME = slab + SLAB.regime;
  const STACK = I[slab + SLAB.stack];
  const STACK_END = I[slab + SLAB.stackEnd];
  const ROOT = I[slab + SLAB.root];
  const NODES = slab + SLAB_NODES;
  const LAST_WALL = (slab >> 1) + SLAB.lastWallNs;
  const LAST_CPU = (slab >> 1) + SLAB.lastCpuNs;
  const LAST_SAMPLE_WALL = (slab >> 1) + SLAB.lastSampleWallNs;
  const LAST_SAMPLE_CPU = (slab >> 1) + SLAB.lastSampleCpuNs;

  function nodeAt(sp: number): number {
    let at = sp;
    while (at > STACK && I[at + FRAME.node] === 0 && I[at] !== ROOT) at -= FRAME.words;
    let node = I[at + FRAME.node]; // of a root frame 0
    for (at += FRAME.words; at <= sp; at += FRAME.words) {
      node = childOf(node, I[at + FRAME.fn]);
      if (node === 0) return 0;
      I[at + FRAME.node] = node;
      // In the exact regime it is known since the frame's start.
      if (I[REGIME] !== REGIME_EXACT) F[(at >> 1) + FRAME.heldSinceNs] = F[LAST_WALL];
    }
    return node;
  }

  function childOf(node: number, fn: number): number {
    const depth = node === 0 ? 1 : I[node + NODE.depth] + 1;
    if (depth > MAX_SAMPLE_DEPTH) return node;
    const child = rowOf(arena, NODES, node, fn);
    if (child !== 0) I[child + NODE.depth] = depth;
    return child;
  }

  function sample(): void {
    const sp = soundTop(I[SP], STACK, STACK_END);
    if (sp > STACK && I[sp] !== ROOT) {
      const node = nodeAt(sp);
      if (node === 0) F[(slab >> 1) + SLAB.droppedSamples]++;
      else {
        F[(node >> 1) + NODE.samples]++;
        F[(node >> 1) + NODE.wallNs] += F[LAST_WALL] - F[LAST_SAMPLE_WALL];
        F[(node >> 1) + NODE.cpuNs] += F[LAST_CPU] - F[LAST_SAMPLE_CPU];
      }
    }
    F[LAST_SAMPLE_WALL] = F[LAST_WALL];
    F[LAST_SAMPLE_CPU] = F[LAST_CPU];
  }

  return { nodeAt, sample };
}
