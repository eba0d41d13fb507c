// Who called a function, and whom it called; and finding a function to ask about.
import { badOption } from '../option-checks.ts';
import type { Counts, EdgeStats, FunctionStats, Profile } from '../profile.ts';
import { nameTest } from './filter.ts';

/** One edge as seen from one of its ends. */
export interface Call {
  /** The other end: the caller in {@link callersOf}, the callee in {@link calleesOf}. */
  readonly fn: FunctionStats;
  readonly edge: EdgeStats;
  /** Total time of one call along this edge, in ns, not of the callee's calls in general; `null` if no call began. */
  readonly averageWallNs: number | null;
  /** The same in CPU time; `null` also without a CPU clock. */
  readonly averageCpuNs: number | null;
}

/**
 * Who called the function, the one on whose behalf it took longest first. `fn` may come from another profile: the function
 * of the same key is meant, and without one nothing has called it.
 */
export function callersOf(profile: Profile, fn: Pick<FunctionStats, 'key'>): Call[] {
  return ends(profile, fn, 'incoming', 'caller');
}

/** Whom the function called, the one that took longest first; see {@link callersOf}. */
export function calleesOf(profile: Profile, fn: Pick<FunctionStats, 'key'>): Call[] {
  return ends(profile, fn, 'outgoing', 'callee');
}

/**
 * All functions of that key or name, in which `*` may stand for any text, or with a name in which the pattern is found; in
 * the order of the profile.
 *
 * @throws EverycallError `bad-option` for anything else
 */
export function findFunctions({ functions }: Profile, what: string | RegExp): FunctionStats[] {
  if (typeof what !== 'string' && !(what instanceof RegExp))
    throw badOption('findFunctions()', 'a name or a RegExp', what);
  const named = nameTest(what);
  return functions.filter(({ key, name }) => key === what || named(name));
}

/** The function of that key; else, of those {@link findFunctions} gives, the one with the largest total time. */
export function findFunction(profile: Profile, what: string | RegExp): FunctionStats | undefined {
  const found = findFunctions(profile, what);
  return found.find(({ key }) => key === what) ?? found.toSorted((a, b) => b.totalWallNs - a.totalWallNs).at(0);
}

/** Whether the function, or the pair of an edge, was called while it was already on the stack. */
export function isRecursive({ calls, primitiveCalls }: Counts): boolean {
  return calls > primitiveCalls;
}

function ends(
  profile: Profile,
  { key }: Pick<FunctionStats, 'key'>,
  direction: 'incoming' | 'outgoing',
  other: 'caller' | 'callee',
): Call[] {
  const graph = graphOf(profile);
  const edges = graph[direction].get(graph.idByKey.get(key) ?? -1) ?? [];
  return edges
    .map((edge) => ({
      fn: profile.functions[edge[other]],
      edge,
      averageWallNs: edge.calls === 0 ? null : edge.totalWallNs / edge.calls,
      averageCpuNs: edge.calls === 0 || edge.totalCpuNs === null ? null : edge.totalCpuNs / edge.calls,
    }))
    .sort((a, b) => b.edge.totalWallNs - a.edge.totalWallNs || (a.fn.key < b.fn.key ? -1 : 1));
}

interface Graph {
  readonly idByKey: ReadonlyMap<string, number>;
  readonly outgoing: ReadonlyMap<number, readonly EdgeStats[]>;
  readonly incoming: ReadonlyMap<number, readonly EdgeStats[]>;
}

/** Profiles never change, so each is looked through once. */
const graphs = new WeakMap<Profile, Graph>();

function graphOf(profile: Profile): Graph {
  let graph = graphs.get(profile);
  if (graph === undefined) {
    graph = {
      idByKey: new Map(profile.functions.map(({ key, id }) => [key, id])),
      outgoing: grouped(profile.edges, ({ caller }) => caller),
      incoming: grouped(profile.edges, ({ callee }) => callee),
    };
    graphs.set(profile, graph);
  }
  return graph;
}

function grouped(edges: readonly EdgeStats[], groupOf: (edge: EdgeStats) => number): Map<number, EdgeStats[]> {
  const groups = new Map<number, EdgeStats[]>();
  for (const edge of edges) {
    const group = groups.get(groupOf(edge));
    if (group === undefined) groups.set(groupOf(edge), [edge]);
    else group.push(edge);
  }
  return groups;
}
