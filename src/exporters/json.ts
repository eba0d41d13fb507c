// The profile as JSON, and back. Nothing is lost; docs/formats.md describes every field. What comes back is checked in
// full, since such files are edited, cut short and made by other programs.
import { SITE_KINDS } from '../../runtime/contract.ts';
import { PROFILE_FORMAT_VERSION } from '../profile.ts';
import type {
  ClockInfo,
  Counts,
  Dropped,
  EdgeStats,
  FunctionStats,
  HookCost,
  NotInstrumented,
  Profile,
  Session,
  StackNode,
  Suspensions,
  TagShare,
  TagStats,
  ThreadShare,
  ThreadStats,
  Times,
} from '../profile.ts';
import { amount, at, flag, list, Mismatch, object, oneOf, orNull, text, whole } from './shape.ts';
import type { Check, Shape } from './shape.ts';

/** First field of the file: tells it from other JSON. */
const FORMAT = 'everycall.profile';

/** One line of JSON. Throws {@link Mismatch} if the profile is not one that {@link parseJson} would take. */
export function renderJson(profile: Profile): string {
  checkProfile(profile);
  return `${JSON.stringify({ format: FORMAT, ...profile })}\n`;
}

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
  const profile: Record<string, unknown> = { ...value };
  delete profile.format;
  return checkProfile(profile);
}

const count = whole();
const ns = amount();

const counts: Shape<Counts> = { calls: count, primitiveCalls: count };
const times: Shape<Times> = { selfWallNs: ns, selfCpuNs: orNull(ns), totalWallNs: ns, totalCpuNs: orNull(ns) };

const suspensions: Shape<Suspensions> = { resumes: count, awaitNs: ns };

const clock: Shape<ClockInfo> = {
  wall: text,
  cpu: orNull(text),
  wallCostNs: ns,
  cpuCostNs: orNull(ns),
  wallResolutionNs: ns,
  cpuResolutionNs: orNull(ns),
};

const hookCost: Shape<HookCost> = {
  exactInnerNs: ns,
  exactOuterNs: ns,
  sampledInnerNs: ns,
  sampledOuterNs: ns,
  exactShare: amount(0, 1),
};

const session: Shape<Session> = { startedAtMs: ns, durationNs: ns };

const thread: Shape<ThreadStats> = {
  id: count,
  threadId: count,
  name: text,
  state: oneOf('running', 'ended', 'folded'),
  wallNs: ns,
  cpuNs: orNull(ns),
  calls: count,
  regimeSwitches: count,
};

const share: Shape<ThreadShare> = { ...counts, ...times, ...suspensions, thread: whole(-1), open: count };

const tag: Shape<TagStats> = { id: count, name: text, wallNs: ns, cpuNs: orNull(ns), calls: count };

const tagShare: Shape<TagShare> = { ...counts, ...times, ...suspensions, tag: count, open: count };

const fn: Shape<FunctionStats> = {
  ...counts,
  ...times,
  ...suspensions,
  id: count,
  key: text,
  name: text,
  file: text,
  line: count,
  column: count,
  kind: oneOf(...SITE_KINDS, 'root', 'overflow'),
  open: count,
  selfErrorNs: ns,
  totalErrorNs: ns,
  longestBlockNs: ns,
  threads: list(object(share)),
  tags: list(object(tagShare)),
};

const edge: Shape<EdgeStats> = { ...counts, ...times, ...suspensions, caller: count, callee: count };

const node: Shape<StackNode> = { parent: whole(-1), fn: count, selfWallNs: ns, selfCpuNs: orNull(ns) };

const dropped: Shape<Dropped> = {
  edgeCalls: count,
  siteCalls: count,
  deepCalls: count,
  samples: count,
  threads: count,
  tagCalls: count,
};

const notInstrumented: Shape<NotInstrumented> = {
  name: text,
  file: text,
  line: count,
  column: count,
  kind: oneOf(...SITE_KINDS),
  reason: text,
};

const profileFields = object<Profile>({
  formatVersion,
  everycallVersion: text,
  nodeVersion: text,
  platform: text,
  pid: count,
  argv: list(text),
  takenAtMs: ns,
  running: flag,
  precision: oneOf('adaptive', 'exact', 'sampled'),
  tickMs: ns,
  overhead: amount(0, 1),
  clock: object(clock),
  hookCost: orNull(object(hookCost)),
  sessions: list(object(session)),
  threads: list(object(thread)),
  tags: list(object(tag)),
  functions: list(object(fn)),
  edges: list(object(edge)),
  stacks: list(object(node)),
  dropped: object(dropped),
  notInstrumented: list(object(notInstrumented)),
});

function formatVersion(value: unknown): number {
  const version = whole(1)(value);
  if (version !== PROFILE_FORMAT_VERSION) {
    const age = version > PROFILE_FORMAT_VERSION ? 'a newer' : 'an older';
    throw new Mismatch(String(PROFILE_FORMAT_VERSION), `${version}: ${age} everycall wrote it`);
  }
  return version;
}

const checkProfile: Check<Profile> = (value) => {
  // First: in a file of a newer version other fields may differ too, and saying so would mislead.
  if (typeof value === 'object' && value !== null) {
    at('.formatVersion', () => formatVersion(Reflect.get(value, 'formatVersion')));
  }
  const profile = profileFields(value);
  checkReferences(profile);
  return profile;
};

/** Every index points to something, so that no reader needs to ask. */
function checkReferences({ functions, threads, tags, edges, stacks }: Profile): void {
  const below = (index: number, length: number, what: string) => {
    if (index >= length) throw new Mismatch(`the index of one of ${length} ${what}`, String(index));
  };
  const own = (id: number, i: number) => {
    if (id !== i) throw new Mismatch(`its own index ${i}`, String(id));
  };
  functions.forEach((row, i) => {
    at(`.functions[${i}].id`, () => own(row.id, i));
    row.threads.forEach(({ thread: id }, s) =>
      at(`.functions[${i}].threads[${s}].thread`, () => below(id, threads.length, 'threads')),
    );
    row.tags.forEach((share, s) => at(`.functions[${i}].tags[${s}].tag`, () => below(share.tag, tags.length, 'tags')));
  });
  threads.forEach((row, i) => at(`.threads[${i}].id`, () => own(row.id, i)));
  tags.forEach((row, i) => at(`.tags[${i}].id`, () => own(row.id, i)));
  edges.forEach(({ caller, callee }, i) => {
    at(`.edges[${i}].caller`, () => below(caller, functions.length, 'functions'));
    at(`.edges[${i}].callee`, () => below(callee, functions.length, 'functions'));
  });
  stacks.forEach((row, i) => {
    at(`.stacks[${i}].fn`, () => below(row.fn, functions.length, 'functions'));
    at(`.stacks[${i}].parent`, () => {
      // A parent comes before its children, so the tree has no circles and one root.
      if (i === 0 ? row.parent !== -1 : row.parent < 0 || row.parent >= i) {
        throw new Mismatch(i === 0 ? '-1, the root' : `an index from 0 to ${i - 1}`, String(row.parent));
      }
    });
  });
}
