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
// nothing. Threads, sessions and sampled stacks are measured spans: they stay. Standard errors stay too.
import type { EdgeStats, FunctionStats, HookCost, Profile, TagShare, ThreadShare, Times } from '../profile.ts';
import { componentsCalleesFirst } from './components.ts';

/**
 * The profile without the hooks' cost; `hookCost` is then `null`, since none is left in it, so that doing it twice does
 * no harm. The same profile where `hookCost` is already `null`. No time falls below 0 and no total below its self; what
 * added up before (threads and incoming edges to their function) still does.
 */
export function compensate(profile: Profile): Profile {
  const { hookCost, functions, edges } = profile;
  if (hookCost === null) return profile;
  const graph = callGraph(functions, edges);
  const cost = costsOfOwnTime(functions, edges, hookCost);
  const wall = correct(functions, edges, graph, cost, (row) => [row.selfWallNs, row.totalWallNs]);
  const hasCpu = profile.clock.cpu !== null && functions.every((fn) => fn.selfCpuNs !== null);
  const cpu = hasCpu
    ? correct(functions, edges, graph, cost, (row) => [row.selfCpuNs ?? 0, row.totalCpuNs ?? 0])
    : null;

  const times = (wallNs: SelfAndTotal, cpuNs: SelfAndTotal | undefined): Partial<Times> => ({
    selfWallNs: wallNs[0],
    totalWallNs: wallNs[1],
    ...(cpuNs === undefined ? {} : { selfCpuNs: cpuNs[0], totalCpuNs: cpuNs[1] }),
  });
  return {
    ...profile,
    hookCost: null,
    functions: functions.map((fn, f) => ({
      ...fn,
      ...times(wall.functions[f], cpu?.functions[f]),
      threads: fn.threads.map((share, i) => ({ ...share, ...times(wall.threads[f][i], cpu?.threads[f][i]) })),
      tags: fn.tags.map((share, i) => ({ ...share, ...times(wall.tags[f][i], cpu?.tags[f][i]) })),
    })),
    edges: edges.map((edge, e) => ({ ...edge, ...times(wall.edges[e], cpu?.edges[e]) })),
  };
}

type SelfAndTotal = readonly [selfNs: number, totalNs: number];

/** Reads one clock's times of a row. */
type Clocked = (row: Row) => SelfAndTotal;
type Row = FunctionStats | EdgeStats | Share;
type Share = ThreadShare | TagShare;

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

/** What hooks put into each function's own time: through its own calls, and through those it made. In ns. */
interface OwnCosts {
  readonly innerNs: number;
  readonly outerNs: readonly number[];
}

function costsOfOwnTime(
  functions: readonly FunctionStats[],
  edges: readonly EdgeStats[],
  { exactShare, exactInnerNs, exactOuterNs, sampledInnerNs, sampledOuterNs }: HookCost,
): OwnCosts {
  const innerNs = exactShare * exactInnerNs + (1 - exactShare) * sampledInnerNs;
  const outerNsPerCall = exactShare * exactOuterNs + (1 - exactShare) * sampledOuterNs;
  const outerNs = functions.map(() => 0);
  for (const { caller, calls } of edges) {
    if (functions[caller].kind !== 'overflow') outerNs[caller] += calls * outerNsPerCall;
  }
  return { innerNs, outerNs };
}

/** Times the hooks at the start and end of a stay on the stack ran: at each call, and at each resumption. */
function stays({ calls, resumes }: Row, { kind }: FunctionStats): number {
  // The first resumption of a generator is its call.
  return kind === 'generator' || kind === 'async-generator' ? Math.max(calls, resumes) : calls + resumes;
}

function correct(
  functions: readonly FunctionStats[],
  edges: readonly EdgeStats[],
  { from, to, circles }: CallGraph,
  { innerNs, outerNs }: OwnCosts,
  clocked: Clocked,
) {
  const selfOf = (row: Row) => clocked(row)[0];
  const totalOf = (row: Row) => clocked(row)[1];
  const edgeSelf = edges.map(selfOf);
  const edgeTotal = edges.map(totalOf);
  const threadSelf: number[][] = [];
  const tagSelf: number[][] = [];
  const self = functions.map((fn, f) => {
    const costNs = stays(fn, fn) * innerNs + outerNs[f];
    const correctedNs = Math.max(0, selfOf(fn) - costNs);
    const apportion = (parts: readonly (EdgeStats | Share)[]) =>
      apportioned(
        correctedNs,
        selfOf(fn),
        parts.map((part) => {
          // What it called itself goes by calls; of what was only open (no call begun), or is the event loop, by time.
          const weight = fn.calls > 0 ? part.calls / fn.calls : selfOf(fn) > 0 ? selfOf(part) / selfOf(fn) : 0;
          return { selfNs: selfOf(part), costNs: stays(part, fn) * innerNs + weight * outerNs[f] };
        }),
      );
    threadSelf.push(apportion(fn.threads));
    tagSelf.push(apportion(fn.tags));
    const incoming = apportion(to[f].map((e) => edges[e]));
    to[f].forEach((e, i) => (edgeSelf[e] = incoming[i]));
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

  const pair = (selfNs: number, totalNs: number): SelfAndTotal => [selfNs, totalNs];
  function shares(f: number, parts: readonly Share[], selfNs: readonly number[]): SelfAndTotal[] {
    const calleesNs = totalOf(functions[f]) - selfOf(functions[f]);
    const kept = calleesNs > 0 ? (total[f] - self[f]) / calleesNs : 0;
    return parts.map((part, i) => pair(selfNs[i], selfNs[i] + Math.max(0, totalOf(part) - selfOf(part)) * kept));
  }
  return {
    functions: functions.map((_, f) => pair(self[f], total[f])),
    edges: edges.map((_, e) => pair(edgeSelf[e], edgeTotal[e])),
    threads: functions.map((fn, f) => shares(f, fn.threads, threadSelf[f])),
    tags: functions.map((fn, f) => shares(f, fn.tags, tagSelf[f])),
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
