// Builds small profiles for tests: the numbers a test is about, and plain values for all others.
import { PROFILE_FORMAT_VERSION, UNTAGGED } from '../../src/profile.ts';
import type {
  Dropped,
  EdgePart,
  EdgeStats,
  FunctionIdentity,
  FunctionPart,
  FunctionStats,
  ProcessInfo,
  Profile,
  StackPart,
  ThreadStats,
} from '../../src/profile.ts';
import { edgeOf, functionOf, keyOf, stackOf } from '../../src/statistics/assembly.ts';
import { NO_EDGE_FIGURES, NO_FUNCTION_FIGURES, NO_STACK_FIGURES } from '../../src/statistics/figures.ts';

/** One call span: a name, own time in ns, and the spans it called. */
export type Span = readonly [name: string, selfNs: number, ...callees: Span[]];

export function makePart(fields: Partial<FunctionPart> = {}): FunctionPart {
  return { thread: 0, tag: UNTAGGED, ...NO_FUNCTION_FIGURES, ...fields };
}

export function makeEdgePart(fields: Partial<EdgePart> = {}): EdgePart {
  return { thread: 0, tag: UNTAGGED, ...NO_EDGE_FIGURES, ...fields };
}

export function makeStackPart(fields: Partial<StackPart> = {}): StackPart {
  return { thread: 0, tag: UNTAGGED, ...NO_STACK_FIGURES, ...fields };
}

/** The function with these figures, all in one part of the main thread unless `parts` says otherwise. */
export function makeFunction(
  id: number,
  fields: Partial<FunctionIdentity & FunctionPart & { parts: readonly FunctionPart[] }> = {},
): FunctionStats {
  const {
    name = `f${id}`,
    file = '/app/main.js',
    line = id + 1,
    column = 0,
    kind = 'function',
    parts,
    ...figures
  } = fields;
  const identity = { name, file, line, column, kind };
  return functionOf(id, keyOf(identity), identity, parts ?? [makePart(figures)]);
}

export function makeEdge(
  caller: number,
  callee: number,
  fields: Partial<EdgePart & { line: number; parts: readonly EdgePart[] }> = {},
): EdgeStats {
  const { line = caller + 1, parts, ...figures } = fields;
  return edgeOf(caller, callee, line, parts ?? [makeEdgePart(figures)]);
}

export function makeThread(id: number, fields: Partial<ThreadStats> = {}): ThreadStats {
  return {
    id,
    process: 0,
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

export const ROOT = makeFunction(0, { name: '(event loop)', file: '', line: 0, kind: 'root', parts: [] });

export function makeProcess(fields: Partial<ProcessInfo> = {}): ProcessInfo {
  return {
    pid: 4711,
    startedAtMs: 1_699_999_998_000,
    argv: ['/app/main.js'],
    nodeVersion: 'v20.19.0',
    platform: 'linux x64',
    everycallVersion: '0.1.0',
    takenAtMs: 1_700_000_000_000,
    running: false,
    precision: 'exact',
    tickMs: 1,
    overhead: 0.03,
    clock: { wall: 'test', cpu: 'test', wallCostNs: 0, cpuCostNs: 0, wallResolutionNs: 1, cpuResolutionNs: 1 },
    hookCost: null,
    ...fields,
  };
}

export const NOTHING_DROPPED: Dropped = {
  edgeCalls: 0,
  siteCalls: 0,
  deepCalls: 0,
  samples: 0,
  threads: 0,
  tagCalls: 0,
  durations: 0,
};

/** `process` changes the only process, all other fields the profile itself. */
export function makeProfile({
  process = {},
  ...fields
}: Partial<Profile> & { process?: Partial<ProcessInfo> } = {}): Profile {
  return {
    formatVersion: PROFILE_FORMAT_VERSION,
    processes: [makeProcess(process)],
    sessions: [{ process: 0, startedAtMs: 1_699_999_999_000, durationNs: 1e9 }],
    threads: [makeThread(0)],
    tags: [],
    functions: [ROOT],
    edges: [],
    stacks: [stackOf(-1, 0, [])],
    dropped: NOTHING_DROPPED,
    sources: [],
    notInstrumented: [],
    ...fields,
  };
}

/** As a profile without a per-thread CPU clock is. */
export function withoutCpu(profile: Profile): Profile {
  const none = { selfCpuNs: null, totalCpuNs: null };
  return {
    ...profile,
    processes: profile.processes.map((process) => ({
      ...process,
      clock: { ...process.clock, cpu: null, cpuCostNs: null, cpuResolutionNs: null },
    })),
    threads: profile.threads.map((thread) => ({ ...thread, cpuNs: null })),
    tags: profile.tags.map((tag) => ({ ...tag, cpuNs: null })),
    functions: profile.functions.map((fn) =>
      functionOf(
        fn.id,
        fn.key,
        fn,
        fn.parts.map((part) => ({ ...part, ...none })),
      ),
    ),
    edges: profile.edges.map(({ caller, callee, line, parts }) =>
      edgeOf(
        caller,
        callee,
        line,
        parts.map((part) => ({ ...part, ...none })),
      ),
    ),
    stacks: profile.stacks.map(({ parent, fn, parts }) =>
      stackOf(
        parent,
        fn,
        parts.map((part) => ({ ...part, selfCpuNs: null })),
      ),
    ),
  };
}

export interface SpanCosts {
  readonly innerNs: number;
  readonly outerNs: number;
}

/**
 * The profile an exact run of these spans gives, CPU equal to wall, each span one sample of its stack; `threads[t]` are the
 * outermost spans of thread `t`. With `costs` every call also has what the hooks add to it and to its caller (the root's
 * own time included).
 */
export function profileOfSpans(
  threads: readonly (readonly Span[])[],
  costs: SpanCosts = { innerNs: 0, outerNs: 0 },
): Profile {
  type Row = { calls: number; primitiveCalls: number; self: number; total: number };
  const newRow = (): Row => ({ calls: 0, primitiveCalls: 0, self: 0, total: 0 });
  const newRows = () => threads.map(newRow);
  const names = ['(event loop)'];
  const shares: Row[][] = [newRows()];
  const edges = new Map<string, Row[]>();
  const stacks = new Map<string, { parent: number; fn: number; index: number; rows: Row[] }>();
  const idOf = (name: string) => {
    if (!names.includes(name)) {
      names.push(name);
      shares.push(newRows());
    }
    return names.indexOf(name);
  };
  const edgeOfPair = (pair: string) => edges.get(pair) ?? edges.set(pair, newRows()).get(pair)!;
  const nodeOf = (parent: number, fn: number) => {
    const place = `${parent} ${fn}`;
    const made = stacks.get(place) ?? { parent, fn, index: stacks.size, rows: newRows() };
    stacks.set(place, made);
    return made;
  };
  nodeOf(-1, 0);

  function play(
    [name, selfNs, ...callees]: Span,
    caller: number,
    open: Set<number | string>,
    thread: number,
    under: number,
  ): number {
    const id = idOf(name);
    const pair = `${caller} ${id}`;
    const isPrimitive = !open.has(id);
    const isPrimitivePair = !open.has(pair);
    open.add(id).add(pair);
    const ownNs = selfNs + costs.innerNs + callees.length * costs.outerNs;
    const node = nodeOf(under, id);
    node.rows[thread].calls++;
    node.rows[thread].self += ownNs;
    const totalNs = callees.reduce((sum, callee) => sum + play(callee, id, open, thread, node.index), ownNs);
    if (isPrimitive) open.delete(id);
    if (isPrimitivePair) open.delete(pair);
    for (const [row, primitive, outermost] of [
      [shares[id][thread], isPrimitive, isPrimitive],
      [edgeOfPair(pair)[thread], isPrimitive, isPrimitivePair],
    ] as const) {
      row.calls++;
      row.self += ownNs;
      if (primitive) row.primitiveCalls++;
      if (outermost) row.total += totalNs;
    }
    return totalNs;
  }
  threads.forEach((spans, t) => {
    for (const span of spans) play(span, 0, new Set(), t, 0);
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
  const used = (rows: readonly Row[]) =>
    rows.flatMap((row, thread) => (row.calls > 0 || row.self > 0 ? [{ thread, row }] : []));
  return makeProfile({
    threads: threads.map((_, t) => makeThread(t, { calls: shares.reduce((n, rows) => n + rows[t].calls, 0) })),
    functions: names.map((name, id) => {
      const parts = used(shares[id]).map(({ thread, row }) => makePart({ thread, ...figures(row) }));
      return id === 0 ? functionOf(0, ROOT.key, ROOT, parts) : makeFunction(id, { name, parts });
    }),
    edges: [...edges].map(([pair, rows]) => {
      const [caller, callee] = pair.split(' ').map(Number);
      return makeEdge(caller, callee, {
        parts: used(rows).map(({ thread, row }) => makeEdgePart({ thread, ...figures(row) })),
      });
    }),
    stacks: [...stacks.values()].map(({ parent, fn, rows }) =>
      stackOf(
        parent,
        fn,
        used(rows).map(({ thread, row }) =>
          makeStackPart({ thread, samples: row.calls, selfWallNs: row.self, selfCpuNs: row.self }),
        ),
      ),
    ),
    process: {
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
    },
  });
}
