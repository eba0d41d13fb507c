// Adds profiles up by identity, and gives the sum its canonical form. Adds blindly: two snapshots of one run count twice, which
// `sharedSessions` tells.
import { EverycallError } from '../errors.ts';
import type {
  Dropped,
  FunctionStats,
  NotInstrumented,
  Part,
  ProcessInfo,
  Profile,
  Session,
  SourceFile,
  StackNode,
  TagStats,
  ThreadStats,
} from '../profile.ts';
import { FOLDED_THREADS, PROFILE_FORMAT_VERSION } from '../profile.ts';
import { Assembly, edgeOf, functionOf, stackOf } from './assembly.ts';
import { addCpu } from './figures.ts';

/**
 * One profile with the figures of all: of several files, processes, or sessions. The same are
 *
 * - processes of one `pid` and `startedAtMs`; the information is that of the snapshot taken last,
 * - threads of one process, `threadId` and name; folded ones only with folded ones, since their figures are apart,
 * - tags of one name, functions of one key, edges of one pair of functions, stacks of one path,
 * - sessions of one process that began at once; the longest stays.
 *
 * All that can be listed twice is sorted by what identifies it (the root function first), so the order of the profiles and
 * how they are grouped do not matter: exactly for whole numbers, else but for rounding. The merge of one profile is the same
 * profile in this form.
 *
 * @throws EverycallError `bad-option` without a profile
 */
export function merge(...profiles: readonly Profile[]): Profile {
  if (profiles.length === 0) throw new EverycallError('bad-option', 'merge() expects one or more profiles, got none');
  const processes = new Processes(profiles);
  const threads = new Threads(profiles, processes);
  const tags = new Tags(profiles);
  const places = profiles.map((_, i) => ({
    thread: (thread: number) =>
      thread < 0 ? FOLDED_THREADS - processes.idOf(i, FOLDED_THREADS - thread) : threads.idOf(i, thread),
    tag: (tag: number) => (tag < 0 ? tag : tags.idOf(i, tag)),
  }));
  return {
    formatVersion: PROFILE_FORMAT_VERSION,
    processes: processes.merged,
    sessions: mergeSessions(profiles, processes),
    threads: threads.merged,
    tags: tags.merged,
    ...mergeRows(profiles, places),
    dropped: mergeDropped(profiles),
    sources: distinct(
      profiles.flatMap(({ sources }) => sources),
      ({ file, hash }: SourceFile) => [file, hash],
    ),
    notInstrumented: distinct(
      profiles.flatMap(({ notInstrumented }) => notInstrumented),
      ({ file, line, column, name, kind, reason }: NotInstrumented) => [file, line, column, name, kind, reason],
    ),
  };
}

// ── identity ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** What identifies something, the most significant first; equally many values for all things of a kind. */
type Identity = readonly (string | number)[];

/** By code units, so that the order is the same on every machine. */
function compare(a: Identity, b: Identity): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

/** One of each, in order. */
function distinct<T>(things: readonly T[], identityOf: (thing: T) => Identity): T[] {
  const found = new Map(things.map((thing) => [JSON.stringify(identityOf(thing)), thing]));
  return [...found.values()].sort((a, b) => compare(identityOf(a), identityOf(b)));
}

/** The things of all profiles, those of one identity joined, and where each of them went. */
class Joined<T extends object> {
  readonly merged: readonly T[];
  readonly #ids: readonly (readonly number[])[];

  /** `ofProfiles[p][i]` is thing `i` of profile `p`. */
  constructor(ofProfiles: readonly (readonly T[])[], identityOf: (thing: T) => Identity, join: (a: T, b: T) => T) {
    const found = new Map<string, T>();
    const keyOf = (thing: T) => JSON.stringify(identityOf(thing));
    for (const thing of ofProfiles.flat()) {
      const known = found.get(keyOf(thing));
      found.set(keyOf(thing), known === undefined ? thing : join(known, thing));
    }
    const sorted = [...found].sort((a, b) => compare(identityOf(a[1]), identityOf(b[1])));
    const idByKey = new Map(sorted.map(([key], id) => [key, id]));
    this.merged = sorted.map(([, thing], id) => ('id' in thing ? { ...thing, id } : thing));
    this.#ids = ofProfiles.map((things) => things.map((thing) => idByKey.get(keyOf(thing))!));
  }

  /** The id in the sum of what was `id` in that profile. */
  idOf(profile: number, id: number): number {
    return this.#ids[profile][id];
  }
}

class Processes extends Joined<ProcessInfo> {
  constructor(profiles: readonly Profile[]) {
    super(
      profiles.map(({ processes }) => processes),
      ({ startedAtMs, pid }) => [startedAtMs, pid],
      (a, b) => (compare(recency(a), recency(b)) < 0 ? b : a),
    );
  }
}

/** Snapshots taken at once, with other information: any rule will do that asks for no order. */
function recency(process: ProcessInfo): Identity {
  return [process.takenAtMs, JSON.stringify(process)];
}

class Threads extends Joined<ThreadStats> {
  constructor(profiles: readonly Profile[], processes: Processes) {
    super(
      profiles.map(({ threads }, p) =>
        threads.map((thread) => ({ ...thread, process: processes.idOf(p, thread.process) })),
      ),
      ({ process, threadId, name, state }) => [process, threadId, name, state === 'folded' ? 1 : 0],
      (a, b) => ({
        ...a,
        state: a.state === 'running' ? b.state : a.state,
        wallNs: a.wallNs + b.wallNs,
        cpuNs: addCpu(a.cpuNs, b.cpuNs),
        calls: a.calls + b.calls,
        regimeSwitches: a.regimeSwitches + b.regimeSwitches,
      }),
    );
  }
}

class Tags extends Joined<TagStats> {
  constructor(profiles: readonly Profile[]) {
    super(
      profiles.map(({ tags }) => tags),
      ({ name }) => [name],
      (a, b) => ({
        ...a,
        wallNs: a.wallNs + b.wallNs,
        cpuNs: addCpu(a.cpuNs, b.cpuNs),
        calls: a.calls + b.calls,
      }),
    );
  }
}

function mergeSessions(profiles: readonly Profile[], processes: Processes): readonly Session[] {
  const all = profiles.map(({ sessions }, p) =>
    sessions.map((session) => ({ ...session, process: processes.idOf(p, session.process) })),
  );
  return new Joined<Session>(
    all,
    ({ process, startedAtMs }) => [process, startedAtMs],
    (a, b) => ({ ...a, durationNs: Math.max(a.durationNs, b.durationNs) }),
  ).merged;
}

function mergeDropped(profiles: readonly Profile[]): Dropped {
  return profiles
    .map(({ dropped }) => dropped)
    .reduce((a, b) => ({
      edgeCalls: a.edgeCalls + b.edgeCalls,
      siteCalls: a.siteCalls + b.siteCalls,
      deepCalls: a.deepCalls + b.deepCalls,
      samples: a.samples + b.samples,
      threads: a.threads + b.threads,
      tagCalls: a.tagCalls + b.tagCalls,
      durations: a.durations + b.durations,
    }));
}

// ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where a thread and a tag of a profile went. */
interface Places {
  readonly thread: (thread: number) => number;
  readonly tag: (tag: number) => number;
}

function mergeRows(
  profiles: readonly Profile[],
  places: readonly Places[],
): Pick<Profile, 'functions' | 'edges' | 'stacks'> {
  const assembly = new Assembly();
  // Named in order, functions get their ids in order; and where two have one key (a function that became an arrow), the
  // first in order gives its kind.
  const all = profiles.flatMap(({ functions }) => functions);
  for (const fn of all.sort((a, b) => compare(functionIdentity(a), functionIdentity(b)))) assembly.function(fn, fn.key);
  profiles.forEach(({ functions, edges, stacks }, p) => {
    const ids = functions.map((fn) => assembly.function(fn, fn.key));
    const move = <P extends Part>(part: P): P => ({
      ...part,
      thread: places[p].thread(part.thread),
      tag: places[p].tag(part.tag),
    });
    functions.forEach(({ parts }, fn) => {
      for (const part of parts) assembly.addToFunction(ids[fn], move(part));
    });
    for (const { caller, callee, line, parts } of edges) {
      for (const part of parts) assembly.addToEdge(ids[caller], ids[callee], line, move(part));
    }
    const nodes: number[] = [];
    for (const { parent, fn, parts } of stacks) {
      const node = assembly.stack(parent === -1 ? -1 : nodes[parent], ids[fn]);
      nodes.push(node);
      for (const part of parts) assembly.addToStack(node, move(part));
    }
  });
  const { functions, edges, stacks } = assembly.finish();
  return {
    functions: functions.map((fn) => functionOf(fn.id, fn.key, fn, fn.parts.toSorted(byPlace))),
    edges: edges
      .sort((a, b) => a.caller - b.caller || a.callee - b.callee)
      .map(({ caller, callee, line, parts }) => edgeOf(caller, callee, line, parts.toSorted(byPlace))),
    stacks: depthFirst(stacks).map(({ parent, fn, parts }) => stackOf(parent, fn, parts.toSorted(byPlace))),
  };
}

/** The root first, then what has no file. */
function functionIdentity({ kind, file, line, column, name, key }: FunctionStats): Identity {
  return [kind === 'root' ? 0 : 1, file, line, column, name, kind, key];
}

function byPlace(a: Part, b: Part): number {
  return a.thread - b.thread || a.tag - b.tag;
}

/** Each node followed by all below it, those of one parent in the order of their functions. */
function depthFirst(stacks: readonly StackNode[]): readonly StackNode[] {
  const children: number[][] = stacks.map(() => []);
  const roots: number[] = [];
  stacks.forEach(({ parent }, i) => (parent === -1 ? roots : children[parent]).push(i));
  const lastFirst = (nodes: readonly number[]) => nodes.toSorted((a, b) => stacks[b].fn - stacks[a].fn);
  const placed: number[] = [];
  const ordered: StackNode[] = [];
  const waiting = lastFirst(roots);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    placed[node] = ordered.length;
    const { parent } = stacks[node];
    ordered.push({ ...stacks[node], parent: parent === -1 ? -1 : placed[parent] });
    for (const child of lastFirst(children[node])) waiting.push(child);
  }
  return ordered;
}
