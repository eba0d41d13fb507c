// Subtracts from a profile what the hooks themselves cost, so that small functions are not inflated. The idea is that of
// php-spx: measure the probe at start, in the process that is profiled, and take it off in the report; the raw profile
// stays as it was measured.
//
// Own time is corrected exactly as far as the calibration is: each call adds `inner` to the called function's own time
// and `outer` to its caller's; a resumption adds `inner` once more. How much of it lies inside a *total* is known only where edges prove it:
//
//   total'(f) = total(f) − cost of f's own time − Σ over f → c of total(f → c) × share of hooks in total(c)
//
// so a callee's hooks are taken to weigh the same from every caller, in proportion to time. Functions that call each other
// in circles share one proportion, that of the circle as a whole. Calls whose edge was dropped prove nothing and correct
// nothing. Threads, sessions and sampled stacks are measured spans: they stay. Standard errors, longest activations
// and histograms of durations stay too.
import type { EdgeStats, FunctionStats, HookCost, Part, Profile, Suspensions, Counts, Times } from '../profile.ts';
import { edgeOf, functionOf } from './assembly.ts';
import { componentsCalleesFirst } from './components.ts';

/**
 * The profile without the hooks' cost; `hookCost` of its processes is then `null`, since none is left in it, so that doing
 * it twice does no harm. The same profile where it is `null` already. No time falls below 0 and no total below its self;
 * what added up before (parts to their row, and incoming edges to their function) still does.
 */
export function compensate(profile: Profile): Profile {
  const { processes, threads, functions, edges } = profile;
  if (processes.every(({ hookCost }) => hookCost === null)) return profile;
  const costs = processes.map(({ hookCost }) => perCall(hookCost));
  const costOf = (thread: number) => costs[thread < 0 ? -1 - thread : threads[thread].process];
  const graph = callGraph(functions, edges);
  const outer = outerCosts(functions, edges, costOf);
  const wall = correct(functions, edges, graph, outer, costOf, (row) => [row.selfWallNs, row.totalWallNs]);
  const hasCpu = processes.every(({ clock }) => clock.cpu !== null);
  const cpu = hasCpu
    ? correct(functions, edges, graph, outer, costOf, (row) => [row.selfCpuNs ?? 0, row.totalCpuNs ?? 0])
    : null;

  const times = (wallNs: SelfAndTotal, cpuNs: SelfAndTotal | undefined): Partial<Times> => ({
    selfWallNs: wallNs[0],
    totalWallNs: wallNs[1],
    ...(cpuNs === undefined ? {} : { selfCpuNs: cpuNs[0], totalCpuNs: cpuNs[1] }),
  });
  return {
    ...profile,
    processes: processes.map((process) => ({ ...process, hookCost: null })),
    functions: functions.map((fn, f) =>
      functionOf(
        fn.id,
        fn.key,
        fn,
        fn.parts.map((part, i) => ({ ...part, ...times(wall.functions[f][i], cpu?.functions[f][i]) })),
      ),
    ),
    edges: edges.map(({ caller, callee, line, parts }, e) =>
      edgeOf(
        caller,
        callee,
        line,
        parts.map((part, i) => ({ ...part, ...times(wall.edges[e][i], cpu?.edges[e][i]) })),
      ),
    ),
  };
}

type SelfAndTotal = readonly [selfNs: number, totalNs: number];

/** Reads one clock's times of a row. */
type Clocked = (row: Row) => SelfAndTotal;
type Row = Counts & Times & Suspensions;

/** What the hooks of one call put into the called function's own time, and into its caller's. In ns. */
interface CallCost {
  readonly innerNs: number;
  readonly outerNs: number;
}

/** That of the thread's process. */
type CostOf = (thread: number) => CallCost;

function perCall(hookCost: HookCost | null): CallCost {
  if (hookCost === null) return { innerNs: 0, outerNs: 0 };
  const { exactShare, exactInnerNs, exactOuterNs, sampledInnerNs, sampledOuterNs } = hookCost;
  return {
    innerNs: exactShare * exactInnerNs + (1 - exactShare) * sampledInnerNs,
    outerNs: exactShare * exactOuterNs + (1 - exactShare) * sampledOuterNs,
  };
}

interface CallGraph {
  /** Indices of the edges from and to each function. Calls under the overflow caller have no caller that is known. */
  readonly from: readonly (readonly number[])[];
  readonly to: readonly (readonly number[])[];
  /** Functions that call each other in circles, callees first. */
  readonly circles: readonly (readonly number[])[];
}

function callGraph(functions: readonly FunctionStats[], edges: readonly EdgeStats[]): CallGraph {
  const from: number[][] = functions.map(() => []);
  const to: number[][] = functions.map(() => []);
  edges.forEach(({ caller, callee }, e) => {
    if (functions[caller].kind !== 'overflow') from[caller].push(e);
    to[callee].push(e);
  });
  const callees = from.map((list) => list.map((e) => edges[e].callee));
  return { from, to, circles: componentsCalleesFirst(functions.length, callees) };
}

/** What the calls that each function made put into its own time, by thread. In ns. */
function outerCosts(
  functions: readonly FunctionStats[],
  edges: readonly EdgeStats[],
  costOf: CostOf,
): readonly ReadonlyMap<number, number>[] {
  const outer = functions.map(() => new Map<number, number>());
  for (const { caller, parts } of edges) {
    if (functions[caller].kind === 'overflow') continue;
    const costs = outer[caller];
    for (const { thread, calls } of parts) {
      costs.set(thread, (costs.get(thread) ?? 0) + calls * costOf(thread).outerNs);
    }
  }
  return outer;
}

/** Times the hooks at the start and end of a stay on the stack ran: at each call, and at each resumption. */
function stays({ calls, resumes }: Row, { kind }: FunctionStats): number {
  // The first resumption of a generator is its call.
  return kind === 'generator' || kind === 'async-generator' ? Math.max(calls, resumes) : calls + resumes;
}

/** Corrected times of one clock, of each part of each function and edge. */
function correct(
  functions: readonly FunctionStats[],
  edges: readonly EdgeStats[],
  { from, to, circles }: CallGraph,
  outer: readonly ReadonlyMap<number, number>[],
  costOf: CostOf,
  clocked: Clocked,
): { functions: SelfAndTotal[][]; edges: SelfAndTotal[][] } {
  const selfOf = (row: Row) => clocked(row)[0];
  const totalOf = (row: Row) => clocked(row)[1];
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const edgePartSelf: number[][] = edges.map(() => []);
  const edgeSelf = edges.map(selfOf);
  const edgeTotal = edges.map(totalOf);
  const partSelf: number[][] = [];
  const self = functions.map((fn, f) => {
    const onThread = new Map<number, { calls: number; selfNs: number }>();
    for (const part of fn.parts) {
      const known = onThread.get(part.thread) ?? { calls: 0, selfNs: 0 };
      onThread.set(part.thread, { calls: known.calls + part.calls, selfNs: known.selfNs + selfOf(part) });
    }
    const costOfPart = (part: Row & Part) => {
      const { calls, selfNs } = onThread.get(part.thread) ?? { calls: 0, selfNs: 0 };
      // What it called itself goes by calls; of what was only open (no call begun), or is the event loop, by time.
      const weight = calls > 0 ? part.calls / calls : selfNs > 0 ? selfOf(part) / selfNs : 0;
      return stays(part, fn) * costOf(part.thread).innerNs + weight * (outer[f].get(part.thread) ?? 0);
    };
    const apportion = (parts: readonly (Row & Part)[]) =>
      apportioned(
        correctedNs,
        selfOf(fn),
        parts.map((part) => ({ selfNs: selfOf(part), costNs: costOfPart(part) })),
      );
    const correctedNs = Math.max(0, selfOf(fn) - sum(fn.parts.map(costOfPart)));
    partSelf.push(apportion(fn.parts));
    const incoming = apportion(to[f].flatMap((e) => edges[e].parts));
    let taken = 0;
    for (const e of to[f]) {
      edgePartSelf[e] = incoming.slice(taken, (taken += edges[e].parts.length));
      edgeSelf[e] = sum(edgePartSelf[e]);
    }
    return correctedNs;
  });

  const total = functions.map(totalOf);
  for (const circle of circles) {
    const members = new Set(circle);
    let rawNs = 0;
    let costNs = 0;
    for (const f of circle) {
      rawNs += selfOf(functions[f]);
      costNs += selfOf(functions[f]) - self[f];
      // The event loop's total is its own time alone: the snapshot gives it no callees' time.
      for (const e of functions[f].kind === 'root' ? [] : from[f]) {
        if (members.has(edges[e].callee)) continue;
        rawNs += totalOf(edges[e]);
        costNs += totalOf(edges[e]) - edgeTotal[e];
      }
    }
    const costShare = rawNs > 0 ? costNs / rawNs : 0;
    for (const f of circle) {
      const totalNs = totalOf(functions[f]);
      // What the edges do not explain of a total (its edge was dropped) is not reduced along with the rest.
      total[f] = Math.max(self[f], totalNs - Math.min(costNs, totalNs * costShare));
      for (const e of to[f]) {
        const scaledNs = totalNs > 0 ? (totalOf(edges[e]) * total[f]) / totalNs : 0;
        edgeTotal[e] = Math.max(edgeSelf[e], scaledNs);
      }
    }
  }

  /** The parts of a row with what was kept of their callees' time. */
  function parted(
    row: Row & { readonly parts: readonly Row[] },
    partsNs: readonly number[],
    selfNs: number,
    totalNs: number,
  ): SelfAndTotal[] {
    const calleesNs = totalOf(row) - selfOf(row);
    const kept = calleesNs > 0 ? (totalNs - selfNs) / calleesNs : 0;
    return row.parts.map((part, i) => [partsNs[i], partsNs[i] + Math.max(0, totalOf(part) - selfOf(part)) * kept]);
  }
  return {
    functions: functions.map((fn, f) => parted(fn, partSelf[f], self[f], total[f])),
    edges: edges.map((edge, e) => parted(edge, edgePartSelf[e], edgeSelf[e], edgeTotal[e])),
  };
}

/**
 * Parts of a function's own time less their cost, so that they still add up to the corrected whole: a part that is too
 * small for its cost leaves some of it for the others. Time of the whole that no part has is treated as one more part.
 */
function apportioned(
  correctedNs: number,
  wholeNs: number,
  parts: readonly { readonly selfNs: number; readonly costNs: number }[],
): number[] {
  const restNs = Math.max(0, wholeNs - parts.reduce((sum, part) => sum + part.selfNs, 0));
  const left = parts.map(({ selfNs, costNs }) => Math.max(0, selfNs - costNs));
  const leftNs = left.reduce((sum, ns) => sum + ns, restNs);
  const scale = leftNs > 0 ? Math.min(1, correctedNs / leftNs) : 0;
  return left.map((ns) => ns * scale);
}
