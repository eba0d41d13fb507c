// The sampled call tree in the Trace Event Format, for Perfetto and chrome://tracing:
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. A summary, no history: of every thread the
// tree is laid out from 0 on, each stack once, as wide as its time. Lost: when and in which order things happened, edges, errors.
import { FOLDED_THREADS } from '../profile.ts';
import type { FunctionStats, Profile } from '../profile.ts';
import type { Clock } from '../statistics/columns.ts';
import { checkedClock } from './exporter-options.ts';
import { depthFirst, frameName, selfTimes, titledThreads } from './stacks.ts';

/** Options of {@link renderTraceEvent}. */
export interface TraceEventOptions {
  /** What the widths are. Default `wall`. */
  readonly clock?: Clock;
}

type Event = Readonly<Record<string, unknown>>;

/**
 * The profile as JSON of trace events: names of processes and threads, a complete event (`X`) for each stack of each thread,
 * and a counter (`C`) for each tag of each process with its self time in ms. Times are in µs, to the ns.
 *
 * @throws EverycallError `bad-option` for an unknown clock, or one that the profile has no times of
 */
export function renderTraceEvent(profile: Profile, options: TraceEventOptions = {}): string {
  const clock = checkedClock('renderTraceEvent', profile, options.clock);
  const pids = pidsOf(profile);
  const threads = titledThreads(profile);
  const layout =
    `summary of ${clock === 'wall' ? 'wall' : 'CPU'} time: widths are sums over the whole profile; ` +
    'positions say nothing of when or in which order functions ran';
  const order = depthFirst(profile.stacks);
  const events: Event[] = [
    ...profile.processes.flatMap(({ argv }, process) => [
      metadata('process_name', { pid: pids[process] }, { name: argv.join(' ') || 'node' }),
      metadata('process_labels', { pid: pids[process] }, { labels: layout }),
      metadata('process_sort_index', { pid: pids[process] }, { sort_index: process }),
    ]),
    ...threads.flatMap(({ process, title }, i) => [
      metadata('thread_name', { pid: pids[process], tid: tidOf(i) }, { name: title }),
      metadata('thread_sort_index', { pid: pids[process], tid: tidOf(i) }, { sort_index: i }),
    ]),
    ...threads.flatMap(({ id, process }, i) => spans(profile, order, clock, id, { pid: pids[process], tid: tidOf(i) })),
    ...tagCounters(profile, clock, pids),
  ];
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  const otherData = { exporter: 'everycall', layout, clock };
  return `{"displayTimeUnit":"ns","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines}\n]}\n`;
}

/** Readers take a process by its pid, which two machines may both have given: then our own numbers tell them apart. */
function pidsOf({ processes }: Profile): number[] {
  const pids = processes.map(({ pid }) => pid);
  return new Set(pids).size === pids.length ? pids : pids.map((_, process) => process + 1);
}

/** From 1: thread 0 is the idle thread to some readers. */
function tidOf(index: number): number {
  return index + 1;
}

interface Track {
  readonly pid: number;
  readonly tid: number;
}

function metadata(name: string, track: Partial<Track>, args: Event): Event {
  return { ph: 'M', name, cat: '__metadata', ts: 0, tid: 0, ...track, args };
}

/** One event a node, a caller before its callees, which lie within it: first what they took, then its own time. */
function spans(profile: Profile, order: readonly number[], clock: Clock, thread: number, track: Track): Event[] {
  const { stacks, functions } = profile;
  const selfNs = selfTimes(profile, clock, thread);
  const totalNs = [...selfNs];
  for (let i = order.length - 1; i > 0; i--) totalNs[stacks[order[i]].parent] += totalNs[order[i]];
  /** Where the next callee of each node begins. */
  const nextNs = stacks.map(() => 0);
  const events: Event[] = [];
  for (const node of order) {
    const { parent, fn } = stacks[node];
    // The event loop is no span around all others; its own time would be one of nothing.
    if (parent < 0 || totalNs[node] === 0) continue;
    const beginNs = nextNs[parent];
    nextNs[parent] += totalNs[node];
    nextNs[node] = beginNs;
    events.push({
      ph: 'X',
      name: frameName(functions[fn]),
      cat: functions[fn].kind,
      ts: beginNs / 1000,
      dur: totalNs[node] / 1000,
      ...track,
      args: placeOf(functions[fn]), // no figures: readers take calls of other arguments for other functions
    });
  }
  return events;
}

/** Line and column from 1. */
function placeOf({ file, line, column }: FunctionStats): { file?: string; line?: number; column?: number } {
  return file === '' ? {} : { file, line, column: column + 1 };
}

function tagCounters({ tags, threads, functions }: Profile, clock: Clock, pids: readonly number[]): Event[] {
  const selfNs = pids.map(() => tags.map(() => 0));
  for (const { parts } of functions) {
    for (const { thread, tag, selfWallNs, selfCpuNs } of parts) {
      if (tag < 0) continue;
      const process = thread < 0 ? FOLDED_THREADS - thread : threads[thread].process;
      selfNs[process][tag] += clock === 'wall' ? selfWallNs : (selfCpuNs ?? 0);
    }
  }
  return pids.flatMap((pid, process) =>
    tags.flatMap(({ id, name }) =>
      selfNs[process][id] === 0
        ? []
        : [
            {
              ph: 'C',
              name: `tag ${name}`,
              cat: 'tag',
              ts: 0,
              pid,
              tid: 0,
              args: { 'self ms': selfNs[process][id] / 1e6 },
            },
          ],
    ),
  );
}
