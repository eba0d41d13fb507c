// The figures of a span: a later profile less an earlier one of the same process.
import type {
  DurationBucket,
  EdgeFigures,
  FunctionFigures,
  FunctionStats,
  Part,
  Profile,
  StackFigures,
  ThreadStats,
} from '../profile.ts';
import { Assembly } from './assembly.ts';
import { isNothing } from './figures.ts';

/**
 * What was added from `before` to `after`, both of one process with no clear between: rows that did not change are left
 * out; `open` and maxima are as `after` has them. Where figures went down all the same, after a clear, those of `after`
 * stand.
 */
export function subtract(after: Profile, before: Profile): Profile {
  const assembly = new Assembly();
  const earlier = new Map(before.functions.map((fn) => [fn.key, fn]));
  const oldPlace = placesOf(before);
  const newPlace = placesOf(after);
  const idOf = (fn: FunctionStats) => assembly.function(fn, fn.key);

  /** The parts of a row less those that the same row had before. */
  function change<P extends Part>(
    parts: readonly P[],
    old: readonly P[] | undefined,
    difference: (now: P, then: P) => P,
  ): P[] {
    const then = new Map(old?.map((part) => [oldPlace(part), part]));
    return parts.map((part) => {
      const same = then.get(newPlace(part));
      return same === undefined ? part : difference(part, same);
    });
  }

  const root = assembly.stack(-1, idOf(after.functions[after.stacks[0].fn]));
  for (const fn of after.functions) {
    const old = earlier.get(fn.key);
    const changed = change(fn.parts, old?.parts, lessFunction).filter((part) => !isNothing(part) || part.open > 0);
    if (changed.length === 0 && fn.kind !== 'root' && old !== undefined) continue;
    const id = idOf(fn);
    for (const part of changed) assembly.addToFunction(id, part);
  }
  const oldEdges = new Map(before.edges.map((edge) => [edgeKey(before, edge), edge]));
  for (const edge of after.edges) {
    const { caller, callee, line, parts } = edge;
    for (const part of change(parts, oldEdges.get(edgeKey(after, edge))?.parts, lessEdge)) {
      if (isNothing(part)) continue;
      assembly.addToEdge(idOf(after.functions[caller]), idOf(after.functions[callee]), line, part);
    }
  }
  const oldStacks = new Map(stackPaths(before).map((path, i) => [path, before.stacks[i]]));
  const nodes = [root];
  stackPaths(after).forEach((path, i) => {
    const { parent, fn, parts } = after.stacks[i];
    // The call tree keeps its shape; nodes without new time remain as inner nodes.
    if (i > 0) nodes[i] = assembly.stack(nodes[parent], idOf(after.functions[fn]));
    for (const part of change(parts, oldStacks.get(path)?.parts, lessStack)) {
      if (part.samples !== 0 || part.selfWallNs !== 0) assembly.addToStack(nodes[i], part);
    }
  });

  return {
    ...after,
    sessions: after.sessions
      .map((session) => {
        const old = before.sessions.find((other) => other.startedAtMs === session.startedAtMs);
        return old === undefined ? session : { ...session, durationNs: less(session.durationNs, old.durationNs) };
      })
      .filter((session) => session.durationNs > 0),
    threads: after.threads.map((thread) => {
      const old = before.threads.find((other) => threadKey(other) === threadKey(thread));
      if (old === undefined) return thread;
      return {
        ...thread,
        wallNs: less(thread.wallNs, old.wallNs),
        cpuNs: lessCpu(thread.cpuNs, old.cpuNs),
        calls: less(thread.calls, old.calls),
        regimeSwitches: less(thread.regimeSwitches, old.regimeSwitches),
      };
    }),
    tags: after.tags.map((tag) => {
      const old = before.tags.find((other) => other.name === tag.name);
      if (old === undefined) return tag;
      return {
        ...tag,
        wallNs: less(tag.wallNs, old.wallNs),
        cpuNs: lessCpu(tag.cpuNs, old.cpuNs),
        calls: less(tag.calls, old.calls),
      };
    }),
    ...assembly.finish(),
    dropped: {
      edgeCalls: less(after.dropped.edgeCalls, before.dropped.edgeCalls),
      siteCalls: less(after.dropped.siteCalls, before.dropped.siteCalls),
      deepCalls: less(after.dropped.deepCalls, before.dropped.deepCalls),
      samples: less(after.dropped.samples, before.dropped.samples),
      threads: less(after.dropped.threads, before.dropped.threads),
      tagCalls: less(after.dropped.tagCalls, before.dropped.tagCalls),
      durations: less(after.dropped.durations, before.dropped.durations),
    },
  };
}

// ── the same row in both profiles ──────────────────────────────────────────────────────────────────────────────────

function threadKey({ threadId, name }: ThreadStats): string {
  return `${threadId} ${name}`;
}

/** Names thread and tag of a part in a way that holds in both profiles. */
function placesOf({ threads, tags }: Profile): (part: Part) => string {
  return ({ thread, tag }) =>
    `${thread < 0 ? thread : threadKey(threads[thread])}\n${tag < 0 ? tag : `tag ${tags[tag].name}`}`;
}

function edgeKey({ functions }: Profile, { caller, callee }: { caller: number; callee: number }): string {
  return `${functions[caller].key}\n${functions[callee].key}`;
}

function stackPaths({ stacks, functions }: Profile): string[] {
  const paths: string[] = [];
  for (const { parent, fn } of stacks) paths.push(parent === -1 ? '' : `${paths[parent]}\n${functions[fn].key}`);
  return paths;
}

// ── less ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function less(now: number, then: number): number {
  return now >= then ? now - then : now;
}

function lessCpu(now: number | null, then: number | null): number | null {
  return now === null || then === null ? now : less(now, then);
}

function lessEdge<P extends EdgeFigures>(now: P, then: P): P {
  return {
    ...now,
    calls: less(now.calls, then.calls),
    primitiveCalls: less(now.primitiveCalls, then.primitiveCalls),
    resumes: less(now.resumes, then.resumes),
    awaitNs: less(now.awaitNs, then.awaitNs),
    selfWallNs: less(now.selfWallNs, then.selfWallNs),
    selfCpuNs: lessCpu(now.selfCpuNs, then.selfCpuNs),
    totalWallNs: less(now.totalWallNs, then.totalWallNs),
    totalCpuNs: lessCpu(now.totalCpuNs, then.totalCpuNs),
  };
}

function lessFunction<P extends FunctionFigures>(now: P, then: P): P {
  // Variances add up, so they also subtract.
  const error = (nowNs: number, thenNs: number) => Math.sqrt(Math.max(0, nowNs * nowNs - thenNs * thenNs));
  return {
    ...lessEdge(now, then),
    errors: less(now.errors, then.errors),
    selfErrorNs: error(now.selfErrorNs, then.selfErrorNs),
    totalErrorNs: error(now.totalErrorNs, then.totalErrorNs),
    durations: lessDurations(now.durations, then.durations),
  };
}

function lessDurations(now: readonly DurationBucket[], then: readonly DurationBucket[]): DurationBucket[] {
  const old = new Map(then.map(({ fromNs, calls }) => [fromNs, calls]));
  return now
    .map((bucket) => ({ ...bucket, calls: less(bucket.calls, old.get(bucket.fromNs) ?? 0) }))
    .filter(({ calls }) => calls > 0);
}

function lessStack<P extends StackFigures>(now: P, then: P): P {
  return {
    ...now,
    samples: less(now.samples, then.samples),
    selfWallNs: less(now.selfWallNs, then.selfWallNs),
    selfCpuNs: lessCpu(now.selfCpuNs, then.selfCpuNs),
  };
}
