// GET /v1/edges: who calls one function and whom it calls, at this moment. Frames have no edges: there are many, and one looks
// at those of one function at a time.
import { finiteNow } from '../../runtime/control.ts';
import { EDGE, SLAB, SLAB_FINISHED, SLAB_FREE } from '../../runtime/layout.ts';
import { readSlab } from '../../runtime/raw.ts';
import { NO_CALLER, NOT_SHOWN, type RawEdges } from '../../runtime/raw-slab.ts';
import { slabsOf } from '../../runtime/slab.ts';
import { momentOf } from '../snapshot/snapshot.ts';
import { answerJson, Refusal } from './answers.ts';
import type { MonitorContext } from './context.ts';
import type { LiveEdge, LiveEdges } from './frame.ts';
import { OVERFLOW_ID } from './function-ids.ts';
import { epochOf } from './live.ts';
import { numberOf, takeOnly } from './query.ts';
import type { Exchange } from './routes.ts';

export function answerEdges(context: MonitorContext, { response, query }: Exchange): void {
  takeOnly(query, ['function', 'thread']);
  const id = numberOf(query, 'function', 0, 0x7fffffff);
  if (id === undefined) throw new Refusal(400, 'bad-parameter', "expected 'function', the id of one in frames");
  const thread = numberOf(query, 'thread', 0, 0x7fffffff) ?? null;
  answerJson(response, edgesOf(context, id, thread));
}

/**
 * Costs what reading all functions and edges of the threads costs.
 *
 * @param thread `null` for all
 * @throws Refusal 404 for a function that is not known
 */
export function edgesOf({ reader, live: { ids } }: MonitorContext, id: number, thread: number | null): LiveEdges {
  const { arena, clock } = reader;
  const { I } = arena;
  ids.follow(arena);
  if (ids.names[id] === undefined) throw new Refusal(404, 'not-found', `expected the id of a function, got ${id}`);
  const hasCpu = clock.cpuName !== null;
  const epoch = epochOf(reader);
  const nowNs = finiteNow(arena, clock.wallNs);
  const [callers, callees] = [new Map<number, LiveEdge>(), new Map<number, LiveEdge>()];
  for (const slab of slabsOf(arena)) {
    const state = I[slab + SLAB.state];
    const isFolded = state === SLAB_FINISHED;
    if (state === SLAB_FREE || (thread !== null && (isFolded || I[slab + SLAB.serial] !== thread))) continue;
    const moment = () => (isFolded ? { untilWallNs: 0, cpuNs: null } : momentOf(reader, slab, nowNs));
    const { edges, functions } = readSlab(arena, slab, moment);
    const idOf = (fn: number) => (fn === NO_CALLER ? OVERFLOW_ID : ids.of(functions.sites[fn]));
    for (let edge = 0; edge < edges.count; edge++) {
      if (edges.callees[edge] === NOT_SHOWN) continue;
      const callee = idOf(edges.callees[edge]);
      // Of a pair that found no room only the callee is known.
      const caller = idOf(edges.callers[edge]);
      if (callee < 0 || caller < 0) continue;
      if (callee === id) add(callers, caller, edges, edge, hasCpu);
      if (caller === id) add(callees, callee, edges, edge, hasCpu);
    }
  }
  const shown = new Set([id, ...callers.keys(), ...callees.keys()]);
  return {
    id,
    epoch,
    nowNs: Math.round(nowNs),
    callers: [...callers.values()],
    callees: [...callees.values()],
    named: [...shown].map((each) => ids.names[each]),
  };
}

/** Rounds each thread's part, as profiles do. */
function add(sums: Map<number, LiveEdge>, id: number, edges: RawEdges, edge: number, hasCpu: boolean): void {
  const { round, max } = Math;
  const { F } = edges;
  const at = (edge * EDGE.words) >> 1;
  const known = sums.get(id);
  const cpu = (before: number | null | undefined, ns: number) => (hasCpu ? (before ?? 0) + round(ns) : null);
  const selfWall = F[at + EDGE.selfWallNs];
  const selfCpu = F[at + EDGE.selfCpuNs];
  sums.set(id, {
    id,
    calls: (known?.calls ?? 0) + F[at + EDGE.calls],
    selfWallNs: (known?.selfWallNs ?? 0) + round(selfWall),
    selfCpuNs: cpu(known?.selfCpuNs, selfCpu),
    // A torn reading of a moving thread must not show more self than total.
    totalWallNs: (known?.totalWallNs ?? 0) + round(max(selfWall, F[at + EDGE.totalWallNs])),
    totalCpuNs: cpu(known?.totalCpuNs, max(selfCpu, F[at + EDGE.totalCpuNs])),
    awaitNs: (known?.awaitNs ?? 0) + round(edges.awaitNs(edge)),
  });
}
