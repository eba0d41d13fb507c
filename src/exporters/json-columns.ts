// What the JSON form of a profile is made of, and how each piece of it is checked: small things as objects, functions, edges
// and stacks as columns of tables. json.ts writes and reads them.
import { SITE_KINDS } from '../../runtime/contract.ts';
import { PROFILE_FORMAT_VERSION } from '../profile.ts';
import type {
  ClockInfo,
  Dropped,
  DurationBucket,
  EdgeFigures,
  EdgePart,
  EdgeStats,
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
import type { Column, Columns } from './json-table.ts';
import { amount, flag, list, Mismatch, object, oneOf, orNull, text, whole } from './shape.ts';
import type { Check, Shape } from './shape.ts';

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

export type Small = Pick<
  Profile,
  'processes' | 'sessions' | 'threads' | 'tags' | 'dropped' | 'sources' | 'notInstrumented' | 'formatVersion'
>;

export const SMALL: Shape<Small> = {
  formatVersion,
  processes: list(object(process)),
  sessions: list(object(session)),
  threads: list(object(thread)),
  tags: list(object(tag)),
  dropped: object(dropped),
  sources: list(object(source)),
  notInstrumented: list(object(notInstrumented)),
};

export function formatVersion(value: unknown): number {
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
export const durations: Check<readonly DurationBucket[]> = (value) => {
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
export const functionColumns = (fileIndex: ReadonlyMap<string, number>): Columns<FunctionStats> => ({
  name: { of: ({ name }) => name, check: text },
  file: { of: ({ file }) => fileIndex.get(file), check: count },
  ...fields(ofRow<FunctionStats>, {
    line: count,
    column: count,
    kind: oneOf(...SITE_KINDS, 'root', 'overflow', 'gc'),
  }),
});

const place = fields(ofPart<Part>, { thread: whole(Number.MIN_SAFE_INTEGER), tag: index });

export const functionPartColumns: Columns<FunctionStats, FunctionPart> = {
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
export const edgeColumns: Columns<EdgeStats, EdgePart> = {
  ...fields(ofRow<EdgeStats>, { caller: count, callee: count, line: count }),
  ...place,
  ...fields(ofPart<EdgePart>, edgeFigures),
};

export const stackColumns: Columns<StackNode> = fields(ofRow<StackNode>, { parent: index, fn: count });

export const stackPartColumns: Columns<StackNode, StackPart> = {
  node: { of: (_, __, i) => i, check: count },
  ...place,
  ...fields(ofPart<StackPart>, { samples: count, selfWallNs: ns, selfCpuNs: cpuNs }),
};
