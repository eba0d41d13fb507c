// The sampled call tree as the flame formats need it: in depth-first order, by one clock, of one thread or of all. Reads
// the profile only; says nothing of any format.
import type { FunctionStats, Profile, StackNode } from '../profile.ts';
import type { Clock } from '../statistics/columns.ts';
import { partThreads, processNames } from './part-threads.ts';

/** Indices of all nodes, each before its callees, callees in the order in which they were first seen. */
export function depthFirst(stacks: readonly StackNode[]): number[] {
  const callees: number[][] = stacks.map(() => []);
  const waiting: number[] = [];
  for (let node = stacks.length - 1; node >= 0; node--) {
    const { parent } = stacks[node];
    if (parent < 0) waiting.push(node);
    else callees[parent].push(node); // the last first, as a stack wants it
  }
  const order: number[] = [];
  while (waiting.length > 0) {
    const node = waiting.pop()!;
    order.push(node);
    for (const callee of callees[node]) waiting.push(callee);
  }
  return order;
}

/** Time sampled with exactly the stack of each node, in whole ns; of all threads, or of one. */
export function selfTimes({ stacks }: Profile, clock: Clock, thread?: number): number[] {
  const selfNs = (figures: { readonly selfWallNs: number; readonly selfCpuNs: number | null }) =>
    clock === 'wall' ? figures.selfWallNs : (figures.selfCpuNs ?? 0);
  return stacks.map((node) => {
    if (thread === undefined) return Math.round(selfNs(node));
    return Math.round(node.parts.reduce((sum, part) => (part.thread === thread ? sum + selfNs(part) : sum), 0));
  });
}

/**
 * Functions on the node's stack, the outermost first. What the event loop called is outermost: the loop itself is there
 * only in the stack of its own time.
 */
export function stackOfNode(stacks: readonly StackNode[], node: number): number[] {
  if (stacks[node].parent < 0) return [stacks[node].fn];
  const path: number[] = [];
  for (let at = node; stacks[at].parent >= 0; at = stacks[at].parent) path.push(stacks[at].fn);
  return path.reverse();
}

/** What stands for a function in a flame graph; never empty. */
export function frameName({ name }: FunctionStats): string {
  return name === '' ? '(anonymous)' : name;
}

export interface TitledThread {
  /** `ThreadStats.id`, or what stands for the folded threads of a process. */
  readonly id: number;
  /** Index in `profile.processes`. */
  readonly process: number;
  /** Told apart from all others; with the pid in front where there are several processes. */
  readonly title: string;
}

/** All threads of the profile, and the folded ones of each process that has any in its stacks. */
export function titledThreads(profile: Profile): TitledThread[] {
  const folded = new Set<number>();
  for (const { parts } of profile.stacks) for (const { thread } of parts) if (thread < 0) folded.add(thread);
  const pids = processNames(profile);
  return partThreads(profile)
    .filter(({ thread }) => thread >= 0 || folded.has(thread))
    .map(({ thread, process, name }) => ({
      id: thread,
      process,
      title: pids.length > 1 ? `${pids[process]}: ${name}` : name,
    }));
}
