// The figures of a span: a later profile less an earlier one of the same process.
import type {
  Counts,
  EdgeStats,
  FunctionStats,
  Profile,
  StackNode,
  Suspensions,
  TagShare,
  ThreadShare,
  ThreadStats,
  Times,
} from '../profile.ts';

/**
 * What was added from `before` to `after`, both of one process with no clear between: rows that did not change are left
 * out, `open` is as `after` has it. Where figures went down all the same, after a clear, those of `after` stand.
 */
export function subtract(after: Profile, before: Profile): Profile {
  const earlier = new Map(before.functions.map((fn) => [fn.key, fn]));
  const threadKey = (profile: Profile, id: number) => {
    const thread = profile.threads[id] as ThreadStats | undefined;
    return thread === undefined ? 'folded' : `${thread.threadId} ${thread.name}`;
  };
  const functions: FunctionStats[] = [];
  const newId = new Map<number, number>();
  const keep = (fn: FunctionStats): number => {
    let id = newId.get(fn.id);
    if (id === undefined) {
      id = functions.length;
      newId.set(fn.id, id);
      functions.push(differenceOfFunctions(id, fn));
    }
    return id;
  };
  function differenceOfFunctions(id: number, fn: FunctionStats): FunctionStats {
    const old = earlier.get(fn.key);
    if (old === undefined) return { ...fn, id };
    const oldShares = new Map(old.threads.map((share) => [threadKey(before, share.thread), share]));
    const threads = differenceOfShares(fn.threads, (share: ThreadShare) =>
      oldShares.get(threadKey(after, share.thread)),
    );
    const oldTags = new Map(old.tags.map((share) => [before.tags[share.tag].name, share]));
    const tags = differenceOfShares(fn.tags, (share: TagShare) => oldTags.get(after.tags[share.tag].name));
    // Variances add up, so they also subtract.
    const error = (now: number, then: number) => Math.sqrt(Math.max(0, now * now - then * then));
    return {
      ...fn,
      ...difference(fn, old),
      id,
      selfErrorNs: error(fn.selfErrorNs, old.selfErrorNs),
      totalErrorNs: error(fn.totalErrorNs, old.totalErrorNs),
      threads,
      tags,
    };
  }
  for (const fn of after.functions) {
    const old = earlier.get(fn.key);
    if (fn.kind === 'root' || old === undefined || changed(difference(fn, old)) || fn.open > 0) keep(fn);
  }
  const edgeKey = (profile: Profile, edge: EdgeStats) =>
    `${profile.functions[edge.caller].key}\n${profile.functions[edge.callee].key}`;
  const oldEdges = new Map(before.edges.map((edge) => [edgeKey(before, edge), edge]));
  const edges: EdgeStats[] = [];
  for (const edge of after.edges) {
    const old = oldEdges.get(edgeKey(after, edge));
    const left = old === undefined ? edge : { ...edge, ...difference(edge, old) };
    if (changed(left)) edges.push({ ...left, caller: keepById(edge.caller), callee: keepById(edge.callee) });
  }
  function keepById(id: number): number {
    return keep(after.functions[id]);
  }
  const threads = after.threads.map((thread) => {
    const old = before.threads.find((other) => other.threadId === thread.threadId && other.name === thread.name);
    if (old === undefined) return thread;
    return {
      ...thread,
      wallNs: less(thread.wallNs, old.wallNs),
      cpuNs: lessCpu(thread.cpuNs, old.cpuNs),
      calls: less(thread.calls, old.calls),
      regimeSwitches: less(thread.regimeSwitches, old.regimeSwitches),
    };
  });
  const tags = after.tags.map((tag) => {
    const old = before.tags.find((other) => other.name === tag.name);
    if (old === undefined) return tag;
    const { wallNs, cpuNs, calls } = old;
    return {
      ...tag,
      wallNs: less(tag.wallNs, wallNs),
      cpuNs: lessCpu(tag.cpuNs, cpuNs),
      calls: less(tag.calls, calls),
    };
  });
  const stacks = subtractStacks(after, before).map((node) => ({ ...node, fn: keepById(node.fn) }));
  const { dropped } = after;
  return {
    ...after,
    sessions: after.sessions
      .map((session) => {
        const old = before.sessions.find((other) => other.startedAtMs === session.startedAtMs);
        return old === undefined ? session : { ...session, durationNs: less(session.durationNs, old.durationNs) };
      })
      .filter((session) => session.durationNs > 0),
    threads,
    tags,
    functions,
    edges,
    stacks,
    dropped: {
      edgeCalls: less(dropped.edgeCalls, before.dropped.edgeCalls),
      siteCalls: less(dropped.siteCalls, before.dropped.siteCalls),
      deepCalls: less(dropped.deepCalls, before.dropped.deepCalls),
      samples: less(dropped.samples, before.dropped.samples),
      threads: less(dropped.threads, before.dropped.threads),
      tagCalls: less(dropped.tagCalls, before.dropped.tagCalls),
    },
  };
}

function less(now: number, then: number): number {
  return now >= then ? now - then : now;
}

function lessCpu(now: number | null, then: number | null): number | null {
  return now === null || then === null ? now : less(now, then);
}

type Figures = Counts & Times & Suspensions;

function differenceOfShares<Share extends Figures>(
  shares: readonly Share[],
  oldOf: (share: Share) => Share | undefined,
): Share[] {
  return shares
    .map((share) => {
      const old = oldOf(share);
      return old === undefined ? share : { ...share, ...difference(share, old) };
    })
    .filter(changed);
}

function difference(now: Figures, then: Figures): Figures {
  return {
    calls: less(now.calls, then.calls),
    primitiveCalls: less(now.primitiveCalls, then.primitiveCalls),
    selfWallNs: less(now.selfWallNs, then.selfWallNs),
    selfCpuNs: lessCpu(now.selfCpuNs, then.selfCpuNs),
    totalWallNs: less(now.totalWallNs, then.totalWallNs),
    totalCpuNs: lessCpu(now.totalCpuNs, then.totalCpuNs),
    resumes: less(now.resumes, then.resumes),
    awaitNs: less(now.awaitNs, then.awaitNs),
  };
}

function changed(row: Figures): boolean {
  return row.calls !== 0 || row.totalWallNs !== 0 || row.selfWallNs !== 0 || row.resumes !== 0;
}

/** The call tree keeps its shape; nodes without new time remain as inner nodes. */
function subtractStacks(after: Profile, before: Profile): StackNode[] {
  const oldByPlace = new Map<string, number>();
  const oldPlaces: string[] = [];
  before.stacks.forEach((node, i) => {
    oldPlaces[i] = node.parent === -1 ? '' : `${oldPlaces[node.parent]}\n${before.functions[node.fn].key}`;
    oldByPlace.set(oldPlaces[i], i);
  });
  const places: string[] = [];
  return after.stacks.map((node, i) => {
    places[i] = node.parent === -1 ? '' : `${places[node.parent]}\n${after.functions[node.fn].key}`;
    const old = before.stacks[oldByPlace.get(places[i]) ?? -1] as StackNode | undefined;
    if (old === undefined) return node;
    return {
      ...node,
      selfWallNs: less(node.selfWallNs, old.selfWallNs),
      selfCpuNs: lessCpu(node.selfCpuNs, old.selfCpuNs),
    };
  });
}
