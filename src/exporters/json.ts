// The profile as JSON, and back. Nothing is lost; docs/formats.md describes every field. Small things are objects; functions,
// edges and stacks, of which there may be a million, are tables (json-table.ts). A row's sums are not written: its parts give them. What
// comes back is checked in full, since such files are edited, cut short and made by other programs.
import { SITE_KINDS } from '../../runtime/contract.ts';
import { PROFILE_FORMAT_VERSION } from '../profile.ts';
import type {
  ClockInfo,
  Dropped,
  DurationBucket,
  EdgeFigures,
  EdgePart,
  EdgeStats,
  FunctionIdentity,
  FunctionPart,
  FunctionStats,
  HookCost,
  NotInstrumented,
  Part,
  ProcessInfo,
  Profile,
  Session,
  SourceFile,
  StackNode,
  StackPart,
  TagStats,
  ThreadStats,
} from '../profile.ts';
import { edgeOf, functionOf, keyOf, stackOf } from '../statistics/assembly.ts';
import type { Column, Columns } from './json-table.ts';
import { readTable, writeTable } from './json-table.ts';
import { amount, at, flag, list, Mismatch, object, oneOf, orNull, text, whole } from './shape.ts';
import type { Check, Shape } from './shape.ts';

/** First field of the file: tells it from other JSON. */
const FORMAT = 'everycall.profile';

const count = whole();
const ns = amount();
const cpuNs = orNull(ns);
const index = whole(-1);

// ── small things, as objects ───────────────────────────────────────────────────────────────────────────────────────

const clock: Shape<ClockInfo> = {
  wall: text,
  cpu: orNull(text),
  wallCostNs: ns,
  cpuCostNs: cpuNs,
  wallResolutionNs: ns,
  cpuResolutionNs: cpuNs,
};

const hookCost: Shape<HookCost> = {
  exactInnerNs: ns,
  exactOuterNs: ns,
  sampledInnerNs: ns,
  sampledOuterNs: ns,
  exactShare: amount(0, 1),
};

const process: Shape<ProcessInfo> = {
  pid: count,
  startedAtMs: ns,
  argv: list(text),
  nodeVersion: text,
  platform: text,
  everycallVersion: text,
  takenAtMs: ns,
  running: flag,
  precision: oneOf('adaptive', 'exact', 'sampled'),
  tickMs: ns,
  overhead: amount(0, 1),
  clock: object(clock),
  hookCost: orNull(object(hookCost)),
};

const session: Shape<Session> = { process: count, startedAtMs: ns, durationNs: ns };

const thread: Shape<ThreadStats> = {
  id: count,
  process: count,
  threadId: count,
  name: text,
  state: oneOf('running', 'ended', 'folded'),
  wallNs: ns,
  cpuNs,
  calls: count,
  regimeSwitches: count,
};

const tag: Shape<TagStats> = { id: count, name: text, wallNs: ns, cpuNs, calls: count };

const dropped: Shape<Dropped> = {
  edgeCalls: count,
  siteCalls: count,
  deepCalls: count,
  samples: count,
  threads: count,
  tagCalls: count,
  durations: count,
};

const source: Shape<SourceFile> = { file: text, hash: text };

const notInstrumented: Shape<NotInstrumented> = {
  name: text,
  file: text,
  line: count,
  column: count,
  kind: oneOf(...SITE_KINDS),
  reason: text,
};

type Small = Pick<
  Profile,
  'processes' | 'sessions' | 'threads' | 'tags' | 'dropped' | 'sources' | 'notInstrumented' | 'formatVersion'
>;

const SMALL: Shape<Small> = {
  formatVersion,
  processes: list(object(process)),
  sessions: list(object(session)),
  threads: list(object(thread)),
  tags: list(object(tag)),
  dropped: object(dropped),
  sources: list(object(source)),
  notInstrumented: list(object(notInstrumented)),
};

function formatVersion(value: unknown): number {
  const version = whole(1)(value);
  if (version !== PROFILE_FORMAT_VERSION) {
    const age = version > PROFILE_FORMAT_VERSION ? 'a newer' : 'an older';
    throw new Mismatch(String(PROFILE_FORMAT_VERSION), `${version}: ${age} everycall wrote it`);
  }
  return version;
}

// ── functions, edges and stacks, as tables ─────────────────────────────────────────────────────────────────────────

/** Columns that take the fields of their names, from the row itself or from the part of it. */
function fields<T, Row, P>(
  from: (row: Row, part: P) => T,
  checks: { readonly [K in keyof T]?: Check<T[K]> },
): Columns<Row, P> {
  const columns: Record<string, Column<Row, P>> = {};
  for (const [name, check] of Object.entries(checks)) {
    const key = name as keyof T;
    columns[name] = { of: (row, part) => from(row, part)[key], check: check as Check<unknown> };
  }
  return columns;
}

const ofRow = <Row>(row: Row) => row;
const ofPart = <P>(_: unknown, part: P) => part;

const edgeFigures: { readonly [K in keyof EdgeFigures]: Check<EdgeFigures[K]> } = {
  calls: count,
  primitiveCalls: count,
  resumes: count,
  awaitNs: ns,
  selfWallNs: ns,
  selfCpuNs: cpuNs,
  totalWallNs: ns,
  totalCpuNs: cpuNs,
};

/** A bucket is the list `[fromNs, toNs, calls]`. */
const bucketList = list(list(ns));
const durations: Check<readonly DurationBucket[]> = (value) => {
  const buckets = bucketList(value);
  return Object.freeze(
    buckets.map((bucket, i) => {
      const [fromNs, toNs, calls] = bucket;
      const ascends = toNs > fromNs && (i === 0 || fromNs >= buckets[i - 1][1]);
      if (bucket.length !== 3 || !ascends || !Number.isSafeInteger(calls)) {
        throw Object.assign(new Mismatch('[from, to, calls], ascending', JSON.stringify(bucket)), { path: `[${i}]` });
      }
      return Object.freeze({ fromNs, toNs, calls });
    }),
  );
};

/** File names stand in a list of their own, since most functions share theirs. */
const functionColumns = (fileIndex: ReadonlyMap<string, number>): Columns<FunctionStats> => ({
  name: { of: ({ name }) => name, check: text },
  file: { of: ({ file }) => fileIndex.get(file), check: count },
  ...fields(ofRow<FunctionStats>, {
    line: count,
    column: count,
    kind: oneOf(...SITE_KINDS, 'root', 'overflow', 'gc'),
  }),
});

const place = fields(ofPart<Part>, { thread: whole(Number.MIN_SAFE_INTEGER), tag: index });

const functionPartColumns: Columns<FunctionStats, FunctionPart> = {
  fn: { of: ({ id }) => id, check: count },
  ...place,
  ...fields(ofPart<FunctionPart>, {
    ...edgeFigures,
    open: count,
    errors: count,
    selfErrorNs: ns,
    totalErrorNs: ns,
    maxTotalNs: ns,
    longestBlockNs: ns,
  }),
  durations: {
    of: (_, part) => part.durations.map(({ fromNs, toNs, calls }) => [fromNs, toNs, calls]),
    check: bucketList,
  },
};

/** A row for each part; those of one edge follow each other. */
const edgeColumns: Columns<EdgeStats, EdgePart> = {
  ...fields(ofRow<EdgeStats>, { caller: count, callee: count, line: count }),
  ...place,
  ...fields(ofPart<EdgePart>, edgeFigures),
};

const stackColumns: Columns<StackNode> = fields(ofRow<StackNode>, { parent: index, fn: count });

const stackPartColumns: Columns<StackNode, StackPart> = {
  node: { of: (_, __, i) => i, check: count },
  ...place,
  ...fields(ofPart<StackPart>, { samples: count, selfWallNs: ns, selfCpuNs: cpuNs }),
};

// ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The document. Throws {@link Mismatch} if the profile is not one that {@link parseJson} would take. */
export function renderJson(profile: Profile): string {
  return [...jsonPieces(profile)].join('');
}

/** The document in pieces, none of them long. Throws {@link Mismatch} as renderJson does, at the latest at the last piece. */
export function* jsonPieces(profile: Profile): Generator<string> {
  const small = Object.entries(SMALL) as [keyof Small, Check<unknown>][];
  const { functions, edges, stacks } = profile;
  const files = [...new Set(functions.map(({ file }) => file))];
  const fileIndex = new Map(files.map((file, i) => [file, i]));
  yield `{"format":${JSON.stringify(FORMAT)}`;
  for (const [name, check] of small) {
    yield `,\n${JSON.stringify(name)}:${JSON.stringify(at(`.${name}`, () => check(profile[name])))}`;
  }
  yield `,\n"files":${JSON.stringify(list(text)(files))}`;
  const references = new References(profile);
  for (const { parts } of [...functions, ...stacks]) for (const each of parts) references.checkPart(each);
  for (const { id, key, kind } of functions) references.checkFunction(id, key, kind);
  for (const { caller, callee, parts } of edges) {
    references.checkEdge(caller, callee);
    for (const each of parts) references.checkPart(each);
  }
  stacks.forEach(({ parent, fn }, i) => references.checkStack(parent, fn, i));
  references.checkWhole();
  function* table<Row, P>(
    name: string,
    columns: Columns<Row, P>,
    rows: readonly Row[],
    partsOf: (row: Row) => readonly P[],
  ): Generator<string> {
    yield `,\n${JSON.stringify(name)}:`;
    try {
      yield* writeTable(columns, rows, partsOf);
    } catch (error) {
      if (error instanceof Mismatch) error.path = `.${name}${error.path}`;
      throw error;
    }
  }
  const partsOf = <P>({ parts }: { readonly parts: readonly P[] }) => parts;
  const onePart = () => [undefined];
  yield* table('functions', functionColumns(fileIndex), functions, onePart);
  yield* table('functionParts', functionPartColumns, functions, partsOf<FunctionPart>);
  yield* table('edges', edgeColumns, edges, partsOf<EdgePart>);
  yield* table('stacks', stackColumns, stacks, onePart);
  yield* table('stackParts', stackPartColumns, stacks, partsOf<StackPart>);
  yield '}\n';
}

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

const TABLES = ['files', 'functions', 'functionParts', 'edges', 'stacks', 'stackParts'];

/** The profile in the text, frozen to the leaves. Throws {@link Mismatch} saying what was expected and what came. */
export function parseJson(json: string): Profile {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    const { message } = error as SyntaxError;
    throw new Mismatch('JSON', json.trim() === '' ? 'an empty file' : `something else or a part of it (${message})`);
  }
  if (typeof value !== 'object' || value === null || Reflect.get(value, 'format') !== FORMAT) {
    throw new Mismatch(`"format": "${FORMAT}"`, 'other JSON');
  }
  // First: in a file of a newer version other fields may differ too, and saying so would mislead.
  at('.formatVersion', () => formatVersion(Reflect.get(value, 'formatVersion')));
  const rest: Record<string, unknown> = { ...value };
  delete rest.format;
  const tables = new Map(TABLES.map((name) => [name, Object.hasOwn(rest, name) ? rest[name] : undefined]));
  for (const name of TABLES) delete rest[name];
  const small = object<Small>(SMALL)(rest);
  const references = new References(small);
  const table = <Row, P>(
    name: string,
    columns: Columns<Row, P>,
    take: (values: readonly never[], row: number) => void,
  ) => at(`.${name}`, () => readTable(tables.get(name), columns, take));

  const files = at('.files', () => list(text)(tables.get('files')));
  const identities: FunctionIdentity[] = [];
  table('functions', functionColumns(new Map()), ([name, file, line, column, kind], row) => {
    below(file, files.length, 'files');
    const identity: FunctionIdentity = { name, file: files[file], line, column, kind };
    references.checkFunction(row, keyOf(identity), kind);
    identities.push(identity);
  });
  const functionParts: FunctionPart[][] = identities.map(() => []);
  const partNames = Object.keys(functionPartColumns);
  table('functionParts', functionPartColumns, (values) => {
    below(values[0], identities.length, 'functions');
    const made: Record<string, unknown> = {};
    for (let k = 1; k < partNames.length; k++) made[partNames[k]] = values[k];
    made.durations = at('.durations', () => durations(made.durations));
    references.checkPart(made as unknown as Part);
    functionParts[values[0]].push(Object.freeze(made) as unknown as FunctionPart);
  });
  const functions: FunctionStats[] = identities.map((identity, id) =>
    Object.freeze(functionOf(id, keyOf(identity), identity, Object.freeze(functionParts[id]))),
  );

  const edges: EdgeStats[] = [];
  let pair: { caller: number; callee: number; line: number; parts: EdgePart[] } | undefined;
  const closePair = () => {
    if (pair === undefined) return;
    edges.push(Object.freeze(edgeOf(pair.caller, pair.callee, pair.line, Object.freeze(pair.parts))));
  };
  table(
    'edges',
    edgeColumns,
    ([
      caller,
      callee,
      line,
      thread,
      tag,
      calls,
      primitiveCalls,
      resumes,
      awaitNs,
      selfWallNs,
      selfCpuNs,
      totalWallNs,
      totalCpuNs,
    ]) => {
      if (pair?.caller !== caller || pair.callee !== callee) {
        closePair();
        references.checkEdge(caller, callee);
        pair = { caller, callee, line, parts: [] };
      }
      const times = { selfWallNs, selfCpuNs, totalWallNs, totalCpuNs };
      const made: EdgePart = { thread, tag, calls, primitiveCalls, resumes, awaitNs, ...times };
      references.checkPart(made);
      pair.parts.push(Object.freeze(made));
    },
  );
  closePair();

  const nodes: { parent: number; fn: number; parts: StackPart[] }[] = [];
  table('stacks', stackColumns, ([parent, fn], row) => {
    references.checkStack(parent, fn, row);
    nodes.push({ parent, fn, parts: [] });
  });
  table('stackParts', stackPartColumns, ([node, thread, tag, samples, selfWallNs, selfCpuNs]) => {
    below(node, nodes.length, 'stacks');
    const made: StackPart = { thread, tag, samples, selfWallNs, selfCpuNs };
    references.checkPart(made);
    nodes[node].parts.push(Object.freeze(made));
  });
  references.checkWhole();
  const stacks = nodes.map(({ parent, fn, parts }) => Object.freeze(stackOf(parent, fn, Object.freeze(parts))));
  for (const rows of [functions, edges, stacks]) Object.freeze(rows);
  return Object.freeze({ ...small, functions, edges, stacks });
}

// ── what must fit together ─────────────────────────────────────────────────────────────────────────────────────────

function below(id: number, length: number, what: string): void {
  if (id >= length) throw new Mismatch(`the index of one of ${length} ${what}`, String(id));
}

/** Every index points to something, so that no reader needs to ask. */
class References {
  readonly #small: Pick<Small, 'processes' | 'threads' | 'tags'>;
  readonly #keys = new Set<string>();
  readonly #pairs: number[] = [];
  readonly #kinds: string[] = [];
  #stackCount = 0;

  constructor(small: Pick<Small, 'processes' | 'sessions' | 'threads' | 'tags'>) {
    this.#small = small;
    const { processes, sessions, threads, tags } = small;
    if (processes.length === 0) throw Object.assign(new Mismatch('a process', 'none'), { path: '.processes' });
    const own = (rows: readonly { readonly id: number }[], name: string) =>
      rows.forEach(({ id }, i) =>
        at(`.${name}[${i}].id`, () => {
          if (id !== i) throw new Mismatch(`its own index ${i}`, String(id));
        }),
      );
    own(threads, 'threads');
    own(tags, 'tags');
    for (const [name, rows] of Object.entries({ sessions, threads })) {
      rows.forEach((row, i) => at(`.${name}[${i}].process`, () => below(row.process, processes.length, 'processes')));
    }
  }

  checkPart({ thread, tag }: Part): void {
    const { processes, threads, tags } = this.#small;
    below(thread, threads.length, 'threads');
    if (thread < -processes.length) throw new Mismatch(`a thread from -${processes.length}`, String(thread));
    below(tag, tags.length, 'tags');
  }

  checkFunction(id: number, key: string, kind: string): void {
    if (id !== this.#kinds.length) throw new Mismatch(`its own index ${this.#kinds.length}`, String(id));
    if (this.#keys.has(key)) throw new Mismatch('each function once', JSON.stringify(key));
    this.#keys.add(key);
    this.#kinds.push(kind);
  }

  checkEdge(caller: number, callee: number): void {
    below(caller, this.#kinds.length, 'functions');
    below(callee, this.#kinds.length, 'functions');
    this.#pairs.push(caller * this.#kinds.length + callee);
  }

  /** A parent comes before its children, so the tree has no circles and one root. */
  checkStack(parent: number, fn: number, i: number): void {
    below(fn, this.#kinds.length, 'functions');
    if (i === 0 ? parent !== -1 : parent < 0 || parent >= i) {
      throw new Mismatch(i === 0 ? '-1, the root' : `a parent from 0 to ${i - 1}`, String(parent));
    }
    if (i === 0 && this.#kinds[fn] !== 'root')
      throw new Mismatch('the root function', `one of kind ${this.#kinds[fn]}`);
    this.#stackCount++;
  }

  checkWhole(): void {
    const pairs = Float64Array.from(this.#pairs).sort(); // a set would take a second for a million
    const twice = pairs.find((pair, i) => pair === pairs[i - 1]);
    if (twice !== undefined) {
      const [caller, callee] = [Math.floor(twice / this.#kinds.length), twice % this.#kinds.length];
      throw Object.assign(new Mismatch('the rows of each edge together', `${caller} → ${callee} apart`), {
        path: '.edges',
      });
    }
    if (this.#stackCount === 0) throw Object.assign(new Mismatch('the root', 'nothing'), { path: '.stacks' });
  }
}
