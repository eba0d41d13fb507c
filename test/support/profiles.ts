// Builds small profiles for tests: the numbers a test is about, and plain values for all others.
import { PROFILE_FORMAT_VERSION } from '../../src/profile.ts';
import type { EdgeStats, FunctionStats, Profile, ThreadShare, ThreadStats } from '../../src/profile.ts';

/** One call span: a name, own time in ns, and the spans it called. */
export type Span = readonly [name: string, selfNs: number, ...callees: Span[]];

const NO_COUNTS = { calls: 0, primitiveCalls: 0 };
const NO_TIMES = { selfWallNs: 0, selfCpuNs: 0, totalWallNs: 0, totalCpuNs: 0, resumes: 0, awaitNs: 0 };

export function makeFunction(id: number, fields: Partial<FunctionStats> = {}): FunctionStats {
  const { name = `f${id}`, file = '/app/main.js', line = id + 1, column = 0 } = fields;
  const key = `${file}:${line}:${column}:${name}`;
  const nothing = { open: 0, selfErrorNs: 0, totalErrorNs: 0, longestBlockNs: 0 };
  const rest = { kind: 'function', ...nothing, threads: [], tags: [] } as const;
  return { id, key, name, file, line, column, ...rest, ...NO_COUNTS, ...NO_TIMES, ...fields };
}

export function makeEdge(caller: number, callee: number, fields: Partial<EdgeStats> = {}): EdgeStats {
  return { caller, callee, ...NO_COUNTS, ...NO_TIMES, ...fields };
}

export function makeThread(id: number, fields: Partial<ThreadStats> = {}): ThreadStats {
  return {
    id,
    threadId: id,
    name: id === 0 ? 'main' : `worker ${id}`,
    state: 'running',
    wallNs: 1e9,
    cpuNs: 5e8,
    calls: 0,
    regimeSwitches: 0,
    ...fields,
  };
}

export function makeShare(thread: number, fields: Partial<ThreadShare> = {}): ThreadShare {
  return { thread, open: 0, ...NO_COUNTS, ...NO_TIMES, ...fields };
}

export const ROOT = makeFunction(0, { name: '(event loop)', key: '(event loop)', file: '', line: 0, kind: 'root' });

export function makeProfile(fields: Partial<Profile> = {}): Profile {
  return {
    formatVersion: PROFILE_FORMAT_VERSION,
    everycallVersion: '0.1.0',
    nodeVersion: 'v20.19.0',
    platform: 'linux x64',
    pid: 4711,
    argv: ['/app/main.js'],
    takenAtMs: 1_700_000_000_000,
    running: false,
    precision: 'exact',
    tickMs: 1,
    overhead: 0.03,
    clock: { wall: 'test', cpu: 'test', wallCostNs: 0, cpuCostNs: 0, wallResolutionNs: 1, cpuResolutionNs: 1 },
    hookCost: null,
    sessions: [{ startedAtMs: 1_699_999_999_000, durationNs: 1e9 }],
    threads: [makeThread(0)],
    tags: [],
    functions: [ROOT],
    edges: [],
    stacks: [{ parent: -1, fn: 0, selfWallNs: 0, selfCpuNs: 0 }],
    dropped: { edgeCalls: 0, siteCalls: 0, deepCalls: 0, samples: 0, threads: 0, tagCalls: 0 },
    notInstrumented: [],
    ...fields,
  };
}

/** As a profile without a per-thread CPU clock is. */
export function withoutCpu(profile: Profile): Profile {
  const none = { selfCpuNs: null, totalCpuNs: null };
  return {
    ...profile,
    clock: { ...profile.clock, cpu: null, cpuCostNs: null, cpuResolutionNs: null },
    threads: profile.threads.map((thread) => ({ ...thread, cpuNs: null })),
    tags: profile.tags.map((tag) => ({ ...tag, cpuNs: null })),
    functions: profile.functions.map((fn) => ({
      ...fn,
      ...none,
      threads: fn.threads.map((share) => ({ ...share, ...none })),
      tags: fn.tags.map((share) => ({ ...share, ...none })),
    })),
    edges: profile.edges.map((edge) => ({ ...edge, ...none })),
    stacks: profile.stacks.map((node) => ({ ...node, selfCpuNs: null })),
  };
}

export interface SpanCosts {
  readonly innerNs: number;
  readonly outerNs: number;
}

/**
 * The profile an exact run of these spans gives, CPU equal to wall; `threads[t]` are the outermost spans of thread `t`.
 * With `costs` every call also has what the hooks add to it and to its caller (the root's own time included).
 */
export function profileOfSpans(
  threads: readonly (readonly Span[])[],
  costs: SpanCosts = { innerNs: 0, outerNs: 0 },
): Profile {
  type Row = { calls: number; primitiveCalls: number; self: number; total: number };
  const newRow = (): Row => ({ calls: 0, primitiveCalls: 0, self: 0, total: 0 });
  const names = ['(event loop)'];
  const shares: Row[][] = [threads.map(newRow)];
  const edges = new Map<string, Row>();
  const idOf = (name: string) => {
    if (!names.includes(name)) {
      names.push(name);
      shares.push(threads.map(newRow));
    }
    return names.indexOf(name);
  };
  const edgeOf = (pair: string) => edges.get(pair) ?? edges.set(pair, newRow()).get(pair)!;

  function play([name, selfNs, ...callees]: Span, caller: number, open: Set<number | string>, thread: number): number {
    const id = idOf(name);
    const pair = `${caller} ${id}`;
    const isPrimitive = !open.has(id);
    const isPrimitivePair = !open.has(pair);
    open.add(id).add(pair);
    const ownNs = selfNs + costs.innerNs + callees.length * costs.outerNs;
    const totalNs = callees.reduce((sum, callee) => sum + play(callee, id, open, thread), ownNs);
    if (isPrimitive) open.delete(id);
    if (isPrimitivePair) open.delete(pair);
    for (const [row, primitive, outermost] of [
      [shares[id][thread], isPrimitive, isPrimitive],
      [edgeOf(pair), isPrimitive, isPrimitivePair],
    ] as const) {
      row.calls++;
      row.self += ownNs;
      if (primitive) row.primitiveCalls++;
      if (outermost) row.total += totalNs;
    }
    return totalNs;
  }
  threads.forEach((spans, t) => {
    for (const span of spans) play(span, 0, new Set(), t);
    shares[0][t].self = shares[0][t].total = spans.length * costs.outerNs;
  });

  const figures = ({ calls, primitiveCalls, self, total }: Row) => ({
    calls,
    primitiveCalls,
    selfWallNs: self,
    selfCpuNs: self,
    totalWallNs: total,
    totalCpuNs: total,
  });
  const sum = (rows: readonly Row[]) =>
    rows.reduce((a, b) => ({
      calls: a.calls + b.calls,
      primitiveCalls: a.primitiveCalls + b.primitiveCalls,
      self: a.self + b.self,
      total: a.total + b.total,
    }));
  return makeProfile({
    threads: threads.map((_, t) => makeThread(t, { calls: shares.reduce((n, rows) => n + rows[t].calls, 0) })),
    functions: names.map((name, id) => ({
      ...(id === 0 ? ROOT : makeFunction(id, { name })),
      ...figures(sum(shares[id])),
      threads: shares[id].map((row, t) => makeShare(t, figures(row))).filter((s) => s.calls > 0 || s.selfWallNs > 0),
    })),
    edges: [...edges].map(([pair, row]) => {
      const [caller, callee] = pair.split(' ').map(Number);
      return makeEdge(caller, callee, figures(row));
    }),
    hookCost:
      costs.innerNs + costs.outerNs === 0
        ? null
        : {
            exactInnerNs: costs.innerNs,
            exactOuterNs: costs.outerNs,
            sampledInnerNs: 0,
            sampledOuterNs: 0,
            exactShare: 1,
          },
  });
}
