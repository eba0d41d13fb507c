// Profiles by chance, for property tests. A random program is played on several threads, processes and tags, and counted the
// slow way; so all figures agree with each other, as those of a real run do: parts with their rows, edges with functions,
// threads and tags with what ran there. All figures are whole numbers, so that sums do not depend on their order.
import fc from 'fast-check';
import type {
  DurationBucket,
  EdgePart,
  FunctionIdentity,
  FunctionPart,
  Part,
  ProcessInfo,
  Profile,
  TagStats,
  ThreadStats,
} from '../../src/profile.ts';
import { FOLDED_THREADS, UNTAGGED } from '../../src/profile.ts';
import { Assembly } from '../../src/statistics/assembly.ts';
import { makeEdgePart, makePart, makeProcess, makeProfile, makeStackPart, makeThread, ROOT } from './profiles.ts';

export interface AnyProfileOptions {
  /** Whether there is a CPU clock. Default: as it happens, for all processes of a profile alike. */
  readonly cpu?: boolean;
  /** Standard errors other than 0. They add as variances do, so sums are not exact then. Default false. */
  readonly sampled?: boolean;
}

// Few of each, so that two profiles have much in common. `__proto__`, '0' and '' are names like any other.
const TAGS = ['', '0', 'GET /ünïcode', '__proto__'];
const FILES = [
  '/app/main.js',
  'C:\\app\\main.js',
  '/app/node_modules/@scope/pack/main.js',
  '/app/lib/other.js',
  'node:fs',
];
const NAMES = ['f', 'g', 'constructor', '<anonymous>', 'größe', 'A.m'];

const anyFunction: fc.Arbitrary<FunctionIdentity> = fc.record({
  name: fc.constantFrom(...NAMES),
  file: fc.constantFrom(...FILES),
  line: fc.integer({ min: 1, max: 2 }),
  column: fc.integer({ min: 0, max: 1 }),
  kind: fc.constantFrom('function', 'arrow', 'async'),
});

/** One event of a program. */
interface Step {
  readonly does: 'call' | 'return' | 'throw' | 'run' | 'await' | 'sample';
  readonly fn: number;
  /** The tag of a call: an index, one below 0 for that of the caller. */
  readonly tag: number;
  readonly ns: number;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('call', 'call', 'call', 'return', 'return', 'throw', 'run', 'run', 'await', 'sample'),
  fn: fc.nat(5),
  tag: fc.integer({ min: -4, max: 2 }),
  ns: fc.nat(1000),
});

interface AnyThread {
  readonly threadId: number;
  readonly state: ThreadStats['state'];
  readonly steps: readonly Step[];
}

const anyThread: fc.Arbitrary<AnyThread> = fc.record({
  threadId: fc.nat(2),
  state: fc.constantFrom('running', 'running', 'ended', 'folded'),
  steps: fc.array(anyStep, { maxLength: 30 }),
});

const anyProcess = fc.record({
  pid: fc.integer({ min: 1, max: 2 }),
  startedAtMs: fc.integer({ min: 1, max: 2 }),
  takenAtMs: fc.integer({ min: 3, max: 5 }),
  running: fc.boolean(),
  argv: fc.constantFrom(['/app/main.js'], ['/app/main.js', '--fast']),
  sessions: fc.uniqueArray(fc.record({ startedAtMs: fc.nat(3), durationNs: fc.nat(1000) }), {
    maxLength: 2,
    selector: ({ startedAtMs }) => startedAtMs,
  }),
  threads: fc.uniqueArray(anyThread, { minLength: 1, maxLength: 3, selector: ({ threadId }) => threadId }),
});

const anyDropped = fc.record({
  edgeCalls: fc.nat(3),
  siteCalls: fc.nat(3),
  deepCalls: fc.nat(3),
  samples: fc.nat(3),
  threads: fc.nat(3),
  tagCalls: fc.nat(3),
  durations: fc.nat(3),
});

const anySource = fc.record({ file: fc.constantFrom(...FILES), hash: fc.constantFrom('h1', 'h2') });

const anyLeft = fc.record({
  name: fc.constantFrom(...NAMES),
  file: fc.constantFrom(...FILES),
  line: fc.integer({ min: 1, max: 2 }),
  column: fc.constant(0),
  kind: fc.constantFrom('function', 'method'),
  reason: fc.constantFrom('eval', 'with'),
});

/** A profile of one or two processes. */
export function anyProfile({ cpu, sampled = false }: AnyProfileOptions = {}): fc.Arbitrary<Profile> {
  return fc
    .record({
      hasCpu: cpu === undefined ? fc.boolean() : fc.constant(cpu),
      functions: fc.uniqueArray(anyFunction, { minLength: 6, maxLength: 6, selector: (fn) => JSON.stringify(fn) }),
      tags: fc.shuffledSubarray(TAGS, { minLength: 3, maxLength: 3 }),
      processes: fc.uniqueArray(anyProcess, {
        minLength: 1,
        maxLength: 2,
        selector: ({ pid, startedAtMs }) => `${pid} ${startedAtMs}`,
      }),
      dropped: anyDropped,
      sources: fc.uniqueArray(anySource, { maxLength: 3, selector: ({ file, hash }) => file + hash }),
      notInstrumented: fc.uniqueArray(anyLeft, { maxLength: 3, selector: (left) => JSON.stringify(left) }),
    })
    .map(({ hasCpu, functions, tags, processes, ...rest }) => {
      const program = new Program(functions, tags, hasCpu, sampled);
      const infos: ProcessInfo[] = [];
      for (const { threads, pid, startedAtMs, takenAtMs, running, argv } of processes) {
        const process = infos.length;
        const made = makeProcess({ pid, startedAtMs, takenAtMs, running, argv });
        infos.push(
          hasCpu ? made : { ...made, clock: { ...made.clock, cpu: null, cpuCostNs: null, cpuResolutionNs: null } },
        );
        for (const thread of threads) program.play(thread, process);
      }
      return makeProfile({
        ...rest,
        processes: infos,
        sessions: processes.flatMap(({ sessions }, process) => sessions.map((session) => ({ process, ...session }))),
        ...program.finish(),
      });
    });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A row of the slow count: an activation's function and tag, and how many of it are open. */
interface Counted<P extends Part> {
  readonly part: Mutable<P>;
  open: number;
}

interface Frame {
  readonly fn: number;
  readonly row: Counted<FunctionPart>;
  readonly edge: Counted<EdgePart>;
  wallNs: number;
  cpuNs: number;
}

class Program {
  readonly #functions: readonly FunctionIdentity[];
  readonly #tagNames: readonly string[];
  readonly #hasCpu: boolean;
  readonly #sampled: boolean;
  readonly #assembly = new Assembly();
  readonly #root = this.#assembly.function(ROOT, ROOT.key);
  readonly #rootNode = this.#assembly.stack(-1, this.#root);
  readonly #threads: ThreadStats[] = [];
  readonly #tags: Mutable<TagStats>[] = [];

  constructor(functions: readonly FunctionIdentity[], tags: readonly string[], hasCpu: boolean, sampled: boolean) {
    this.#functions = functions;
    this.#tagNames = tags;
    this.#hasCpu = hasCpu;
    this.#sampled = sampled;
  }

  #tagOf(wanted: number, caller: number): number {
    if (wanted < 0) return caller;
    const name = this.#tagNames[wanted];
    const known = this.#tags.findIndex((tag) => tag.name === name);
    return known >= 0 ? known : this.#tags.push({ id: this.#tags.length, name, wallNs: 0, cpuNs: 0, calls: 0 }) - 1;
  }

  play({ threadId, state, steps }: AnyThread, process: number): void {
    const id = this.#threads.length;
    const thread = state === 'folded' ? FOLDED_THREADS - process : id;
    const rows = new Map<string, Counted<FunctionPart> & { fn: number }>();
    const edges = new Map<string, Counted<EdgePart> & { caller: number; callee: number }>();
    const stack: Frame[] = [];
    const rowOf = (fn: number, tag: number) => {
      const key = `${fn} ${tag}`;
      if (!rows.has(key)) rows.set(key, { fn, part: makePart({ thread, tag }), open: 0 });
      return rows.get(key)!;
    };
    const rootRow = rowOf(this.#root, UNTAGGED);

    const call = ({ fn: index, tag: wanted }: Step) => {
      const fn = this.#assembly.function(this.#functions[index]);
      const caller = stack.at(-1);
      const callerTag = caller?.row.part.tag ?? UNTAGGED;
      const tag = this.#tagOf(wanted, callerTag);
      const row = rowOf(fn, tag);
      const key = `${caller?.fn ?? this.#root} ${callerTag} ${fn} ${tag}`;
      if (!edges.has(key)) {
        edges.set(key, { caller: caller?.fn ?? this.#root, callee: fn, part: makeEdgePart({ thread, tag }), open: 0 });
      }
      const edge = edges.get(key)!;
      for (const counted of [row, edge]) {
        counted.part.calls++;
        if (row.open === 0) counted.part.primitiveCalls++;
      }
      row.open++;
      edge.open++;
      stack.push({ fn, row, edge, wallNs: 0, cpuNs: 0 });
    };

    const leave = (how: 'return' | 'throw' | 'stay') => {
      const frame = stack.pop();
      if (frame === undefined) return;
      const { row, edge, wallNs, cpuNs } = frame;
      for (const counted of [row, edge]) {
        counted.open--;
        if (counted.open > 0) continue;
        counted.part.totalWallNs += wallNs;
        counted.part.totalCpuNs! += cpuNs;
      }
      if (how === 'stay') row.part.open++;
      else {
        row.part.durations = withDuration(row.part.durations, wallNs);
        row.part.maxTotalNs = Math.max(row.part.maxTotalNs, wallNs);
      }
      if (how === 'throw') row.part.errors++;
      row.part.longestBlockNs = Math.max(row.part.longestBlockNs, wallNs);
      const caller = stack.at(-1);
      if (caller === undefined) return;
      caller.wallNs += wallNs;
      caller.cpuNs += cpuNs;
    };

    const run = ({ ns }: Step) => {
      const frame = stack.at(-1);
      const cpuNs = Math.floor(ns / 2);
      for (const { part } of frame === undefined ? [rootRow] : [frame.row, frame.edge]) {
        part.selfWallNs += ns;
        part.selfCpuNs! += cpuNs;
      }
      if (frame === undefined) return;
      frame.wallNs += ns;
      frame.cpuNs += cpuNs;
      if (!this.#sampled) return;
      frame.row.part.selfErrorNs = Math.hypot(frame.row.part.selfErrorNs, ns % 10);
      for (const { part } of new Set(stack.map(({ row }) => row))) {
        part.totalErrorNs = Math.hypot(part.totalErrorNs, ns % 10);
      }
    };

    const wait = ({ ns }: Step) => {
      const frame = stack.at(-1);
      if (frame === undefined) return;
      for (const { part } of [frame.row, frame.edge]) {
        part.resumes++;
        part.awaitNs += ns;
      }
    };

    const sample = ({ ns }: Step) => {
      const frame = stack.at(-1);
      if (frame === undefined) return;
      const node = stack.reduce((parent, { fn }) => this.#assembly.stack(parent, fn), this.#rootNode);
      this.#assembly.addToStack(
        node,
        makeStackPart({
          thread,
          tag: frame.row.part.tag,
          samples: 1,
          selfWallNs: ns,
          selfCpuNs: this.#hasCpu ? Math.floor(ns / 2) : null,
        }),
      );
    };

    for (const step of steps) {
      if (step.does === 'call') call(step);
      else if (step.does === 'run') run(step);
      else if (step.does === 'await') wait(step);
      else if (step.does === 'sample') sample(step);
      else leave(step.does);
    }
    while (stack.length > 0) leave('stay');

    for (const { fn, part } of rows.values()) this.#assembly.addToFunction(fn, this.#clocked(part));
    for (const { caller, callee, part } of edges.values()) {
      this.#assembly.addToEdge(caller, callee, caller === this.#root ? 0 : callee + 1, this.#clocked(part));
    }
    this.#sumUp(
      [...rows.values()].map(({ part }) => part),
      { id, process, threadId, state },
    );
  }

  #clocked<P extends EdgePart>(part: P): P {
    return this.#hasCpu ? part : { ...part, selfCpuNs: null, totalCpuNs: null };
  }

  #sumUp(parts: readonly FunctionPart[], thread: Pick<ThreadStats, 'id' | 'process' | 'threadId' | 'state'>): void {
    const sum = makeThread(thread.id, { ...thread, wallNs: 0, cpuNs: 0 }) as Mutable<ThreadStats>;
    sum.name = thread.threadId === 0 ? 'main' : `worker ${thread.threadId}`;
    for (const { tag, selfWallNs, selfCpuNs, calls } of parts) {
      for (const row of tag === UNTAGGED ? [sum] : [sum, this.#tags[tag]]) {
        row.wallNs += selfWallNs;
        row.cpuNs! += selfCpuNs!;
        row.calls += calls;
      }
    }
    this.#threads.push(this.#hasCpu ? sum : { ...sum, cpuNs: null });
  }

  finish(): Pick<Profile, 'threads' | 'tags' | 'functions' | 'edges' | 'stacks'> {
    const tags = this.#hasCpu ? this.#tags : this.#tags.map((tag) => ({ ...tag, cpuNs: null }));
    return { threads: this.#threads, tags, ...this.#assembly.finish() };
  }
}

/** One bucket to each power of two. */
function withDuration(durations: readonly DurationBucket[], ns: number): readonly DurationBucket[] {
  const fromNs = ns === 0 ? 0 : 2 ** Math.floor(Math.log2(ns));
  const known = durations.find((bucket) => bucket.fromNs === fromNs);
  const bucket = { fromNs, toNs: ns === 0 ? 1 : 2 * fromNs, calls: (known?.calls ?? 0) + 1 };
  return [...durations.filter((other) => other !== known), bucket].sort((a, b) => a.fromNs - b.fromNs);
}
