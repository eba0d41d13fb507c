// Sums over groups of functions: by file, by package, by thread. Only of what adds up without counting twice.
import { badOption } from '../option-checks.ts';
import type { EdgePart, FunctionPart, FunctionStats, Profile } from '../profile.ts';
import { addCpu } from './figures.ts';
import { packageOf } from './package-name.ts';

export type Grouping = 'file' | 'package' | 'thread';

/** What all functions of a group did. There is no total: callees within the group would count again with each caller. */
export interface GroupStats {
  /** The file; the package as `packageOf` names it; or the name of the thread, empty for folded ones. */
  readonly name: string;
  /** `ThreadStats.id`, negative for the folded threads of a process; `null` for other groups. */
  readonly thread: number | null;
  /** Functions that were called or open. */
  readonly functions: number;
  readonly calls: number;
  /** Calls that came from outside the group; on a thread: from the event loop. */
  readonly enteredCalls: number;
  readonly errors: number;
  readonly selfWallNs: number;
  readonly selfCpuNs: number | null;
  /**
   * Time of the calls that came from outside the group, callees of all groups included, in ns. What is called back into the
   * group from another one counts again.
   */
  readonly enteredWallNs: number;
  readonly enteredCpuNs: number | null;
}

/**
 * The groups that something ran in, the one with the most self time first. Self times add up to the whole: the event loop's
 * own time and garbage collection (which is also in the functions it interrupted) are in no group. What found no room is in
 * the group without a name.
 *
 * @throws EverycallError `bad-option` for another grouping
 */
export function groupBy(profile: Profile, grouping: Grouping): GroupStats[] {
  const { functions, edges, threads } = profile;
  const groupOf = groupings(grouping);
  const groups = new Map<string | number, Mutable<GroupStats>>();
  const at = (group: string | number) => {
    let sum = groups.get(group);
    if (sum === undefined) {
      const ofThread = typeof group === 'number';
      sum = { ...NOTHING, name: ofThread ? (threads[group]?.name ?? '') : group, thread: ofThread ? group : null };
      groups.set(group, sum);
    }
    return sum;
  };
  for (const fn of functions) {
    if (fn.kind === 'root' || fn.kind === 'gc') continue;
    const active = fn.parts.filter((part) => part.calls > 0 || part.open > 0 || part.totalWallNs > 0);
    for (const group of new Set(active.map((part) => groupOf(fn, part)))) at(group).functions++;
    for (const part of active) {
      const sum = at(groupOf(fn, part));
      sum.calls += part.calls;
      sum.errors += part.errors;
      sum.selfWallNs += part.selfWallNs;
      sum.selfCpuNs = addCpu(sum.selfCpuNs, part.selfCpuNs);
    }
  }
  for (const { caller, callee, parts } of edges) {
    const from = functions[caller];
    for (const part of parts) {
      const group = groupOf(functions[callee], part);
      const isWithin = from.kind !== 'root' && groupOf(from, part) === group;
      if (isWithin || !groups.has(group)) continue;
      const sum = at(group);
      sum.enteredCalls += part.calls;
      sum.enteredWallNs += part.totalWallNs;
      sum.enteredCpuNs = addCpu(sum.enteredCpuNs, part.totalCpuNs);
    }
  }
  return [...groups.values()].sort((a, b) => b.selfWallNs - a.selfWallNs || (a.name < b.name ? -1 : 1));
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING: GroupStats = {
  name: '',
  thread: null,
  functions: 0,
  calls: 0,
  enteredCalls: 0,
  errors: 0,
  selfWallNs: 0,
  selfCpuNs: 0,
  enteredWallNs: 0,
  enteredCpuNs: 0,
};

function groupings(grouping: Grouping): (fn: FunctionStats, part: FunctionPart | EdgePart) => string | number {
  switch (grouping) {
    case 'file':
      return ({ file }) => file;
    case 'package':
      return (fn) => packageOf(fn);
    case 'thread':
      return (_, { thread }) => thread;
    default:
      throw badOption('groupBy()', 'file, package or thread', grouping);
  }
}
