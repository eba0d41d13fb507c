// The figures of this moment as metrics of Prometheus. Counters only rise: where a reading of a thread that runs comes out
// lower than the one before, the one before stands; after a clear all begin anew, which Prometheus takes for a restart.
import { CONTROL } from '../../runtime/layout.ts';
import { EVERYCALL_VERSION } from '../version.ts';
import { BLOCK_BOUNDS_S, BlockHistogram } from './block-histogram.ts';
import type { MonitorContext } from './context.ts';
import { boundText, type Family, type Sample } from './exposition.ts';
import type { LiveFunction, LiveName, LiveThread } from './frame.ts';
import type { Live } from './live.ts';

/** What the functions can be chosen by, and their figures: the column, the family's name, its help and the value. */
const FUNCTION_FIGURES = [
  ['calls', 'calls', 'Calls of the function.', ({ calls }) => calls],
  ['errors', 'errors', 'Calls of the function that ended by throwing or rejecting.', ({ errors }) => errors],
  ['selfWall', 'self_wall_seconds', 'Wall time in the function without its callees.', (fn) => seconds(fn.selfWallNs)],
  ['selfCpu', 'self_cpu_seconds', 'CPU time in the function without its callees.', (fn) => seconds(fn.selfCpuNs)],
  ['totalWall', 'total_wall_seconds', 'Wall time in the function with its callees.', (fn) => seconds(fn.totalWallNs)],
  ['totalCpu', 'total_cpu_seconds', 'CPU time in the function with its callees.', (fn) => seconds(fn.totalCpuNs)],
  ['await', 'await_seconds', 'Time that calls of the function waited at an await.', (fn) => seconds(fn.awaitNs)],
] as const satisfies readonly (readonly [string, string, string, (fn: LiveFunction) => number | null])[];

export type MetricColumn = (typeof FUNCTION_FIGURES)[number][0];
export const METRIC_COLUMNS: readonly MetricColumn[] = FUNCTION_FIGURES.map(([column]) => column);

/** Threads with series of their own at most; the sums over all threads have all. */
export const MOST_THREADS = 64;

const DROPPED: Readonly<Record<keyof Live['dropped'], string>> = {
  edgeCalls: 'calls_without_caller',
  siteCalls: 'calls_of_unknown_functions',
  deepCalls: 'calls_too_deep',
  samples: 'stack_samples',
  threads: 'threads',
  tagCalls: 'calls_without_tag',
  durations: 'durations',
};

export interface MetricsChoice {
  /** Functions at most, those with the highest figures. */
  readonly top: number;
  readonly by: MetricColumn;
}

export class Metrics {
  readonly blocks: BlockHistogram;
  readonly #context: MonitorContext;
  /** By family and whose it is: the highest value that was given since the last clear. */
  readonly #highest = new Map<string, number>();
  /** The same of the threads of the last reading alone: threads come and go without end. */
  #highestOfThreads = new Map<string, number>();
  #epoch = -1;

  constructor(context: MonitorContext) {
    this.#context = context;
    this.blocks = new BlockHistogram(context.reader);
  }

  /** Costs one reading of all figures. */
  read(choice: MetricsChoice): Family[] {
    const { live } = this.#context;
    this.blocks.keepLooking();
    live.read();
    if (this.#epoch !== live.epoch) {
      this.#highest.clear();
      this.#highestOfThreads.clear();
    }
    this.#epoch = live.epoch;
    return [...this.#ofProcess(), ...this.#ofThreads(), this.#blocksFamily(), ...this.#ofFunctions(choice)];
  }

  #ofProcess(): Family[] {
    const { live, reader, push } = this.#context;
    const { I, F } = reader.arena;
    let [calls, cpuNs] = [0, 0];
    live.ids.names.forEach(({ kind }, id) => {
      if (kind === 'gc') return; // also in what it interrupted
      const fn = live.functionOf(id);
      calls += fn.calls;
      cpuNs += fn.selfCpuNs ?? 0;
    });
    const gauge = (name: string, help: string, value: number, labels?: Sample['labels']): Family => ({
      ...{ name: `everycall_${name}`, type: 'gauge', help },
      samples: [{ value, ...(labels !== undefined && { labels }) }],
    });
    const counter = (name: string, help: string, samples: readonly Sample[]): Family =>
      this.#counter(`everycall_${name}`, help, samples);
    return [
      gauge('build_info', 'Versions of everycall and of Node.js.', 1, {
        version: EVERYCALL_VERSION,
        node_version: process.version,
      }),
      gauge('start_time_seconds', 'When everycall was loaded, since the epoch.', F[CONTROL.startedAtMs] / 1e3),
      gauge('running', 'Whether the profiler records: 1 or 0.', reader.isRunning() ? 1 : 0),
      gauge('functions', 'Functions that are known, called or not.', I[CONTROL.siteCount]),
      gauge('threads', 'Threads that have figures of their own.', live.threads.length),
      gauge('arena_size_bytes', 'Size of the memory for statistics, used or not.', 4 * I[CONTROL.capacity]),
      gauge('arena_used_bytes', 'Memory for statistics that is in use.', 4 * I[CONTROL.nextFree]),
      ...(push === undefined
        ? []
        : [
            counter(
              'pushed_profiles',
              'Profiles for a server, by what became of them.',
              Object.entries(push.counts).map(([outcome, value]: [string, number]) => ({ labels: { outcome }, value })),
            ),
            gauge('push_queue_profiles', 'Profiles that wait to be sent.', push.length),
          ]),
      counter('calls', 'Calls of all functions on all threads.', [{ value: calls }]),
      ...(reader.clock.cpuName === null
        ? []
        : [counter('cpu_seconds', 'CPU time of all threads while recorded.', [{ value: cpuNs / 1e9 }])]),
      counter(
        'dropped',
        'What found no room, by kind.',
        Object.entries(DROPPED).map(([key, kind]) => ({
          labels: { kind },
          value: live.dropped[key as keyof typeof DROPPED],
        })),
      ),
    ];
  }

  #ofThreads(): Family[] {
    const all = this.#context.live.threads;
    const rank = ({ state, wallNs }: LiveThread) => (state === 'ended' ? 0 : 1e30) + wallNs;
    const threads = [...all].sort((a, b) => rank(b) - rank(a)).slice(0, MOST_THREADS);
    const samples = (valueOf: (thread: LiveThread) => number | null): Sample[] =>
      threads.flatMap((thread) => {
        const value = valueOf(thread);
        return value === null ? [] : [{ labels: { thread: thread.name, id: String(thread.id) }, value }];
      });
    const before = this.#highestOfThreads;
    const now = (this.#highestOfThreads = new Map());
    return [
      rising(
        'everycall_thread_cpu_seconds',
        'CPU time of the thread while recorded.',
        samples(({ cpuNs }) => seconds(cpuNs)),
        before,
        now,
      ),
      rising(
        'everycall_thread_wall_seconds',
        'Wall time of the thread while recorded.',
        samples(({ wallNs }) => seconds(wallNs)),
        before,
        now,
      ),
      {
        name: 'everycall_thread_blocked_seconds',
        type: 'gauge',
        help: 'How long one function has held the thread by now; 0 if none does.',
        samples: samples(({ blockedForNs }) => seconds(blockedForNs)),
      },
    ];
  }

  #blocksFamily(): Family {
    const { counts, sumS } = this.blocks;
    let below = 0;
    const buckets = counts.map((count, i): Sample => {
      below += count;
      const bound = BLOCK_BOUNDS_S[i];
      return {
        ...{ suffix: '_bucket', value: below },
        labels: { le: bound === undefined ? '+Inf' : boundText(bound) },
      };
    });
    return {
      name: 'everycall_event_loop_block_seconds',
      type: 'histogram',
      help: 'Times that one function held its thread for 50 ms or longer, while metrics are read.',
      samples: [...buckets, { suffix: '_sum', value: sumS }, { suffix: '_count', value: below }],
    };
  }

  #ofFunctions({ top, by }: MetricsChoice): Family[] {
    const { live } = this.#context;
    const rankOf = FUNCTION_FIGURES.find(([column]) => column === by)![3];
    const called = live.ids.names.flatMap((name) => {
      if (name.kind === 'root' || name.kind === 'overflow') return [];
      const fn = live.functionOf(name.id);
      const rank = rankOf(fn) ?? 0;
      return fn.calls > 0 || rank > 0 ? [{ fn, rank, labels: labelsOf(name) }] : [];
    });
    const chosen = called.sort((a, b) => b.rank - a.rank || a.fn.id - b.fn.id).slice(0, top);
    return FUNCTION_FIGURES.map(([, name, help, valueOf]) =>
      this.#counter(
        `everycall_function_${name}`,
        help,
        chosen.flatMap(({ fn, labels }) => {
          const value = valueOf(fn);
          return value === null ? [] : [{ labels, value }];
        }),
      ),
    );
  }

  #counter(name: string, help: string, samples: readonly Sample[]): Family {
    return rising(name, help, samples, this.#highest, this.#highest);
  }
}

/** A counter that is nowhere below what `before` says, which is noted in `now`. */
function rising(
  name: string,
  help: string,
  samples: readonly Sample[],
  before: ReadonlyMap<string, number>,
  now: Map<string, number>,
): Family {
  const risen = samples.map((sample) => {
    const key = `${name}\n${Object.values(sample.labels ?? {}).join('\n')}`;
    const value = Math.max(before.get(key) ?? 0, sample.value);
    now.set(key, value);
    return { ...sample, value };
  });
  return { name, type: 'counter', help, samples: risen };
}

/** With the column, since a line may hold several functions of one name, and no two series may have the same labels. */
function labelsOf({ name, file, line, column }: LiveName): Record<string, string> {
  return { function: name, file, line: String(line), column: String(column + 1) };
}

function seconds<T extends number | null>(ns: T): T {
  return (ns === null ? null : ns / 1e9) as T;
}
