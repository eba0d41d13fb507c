// A driven process and what `everycall top` makes of it, without a monitor or a terminal between.
import { EDGE_COLUMNS, FUNCTION_COLUMNS, THREAD_COLUMNS } from '../../../src/cli/top/columns.ts';
import { LiveFigures, type Moment } from '../../../src/cli/top/rates.ts';
import type { Shot } from '../../../src/cli/top/view.ts';
import type { LiveName } from '../../../src/monitor/frame.ts';
import { Live } from '../../../src/monitor/live.ts';
import { Subscription } from '../../../src/monitor/subscription.ts';
import { DrivenRuntime } from '../../support/driven-runtime.ts';

export class Followed {
  readonly driven: DrivenRuntime;
  readonly figures = new LiveFigures();
  readonly live: Live;
  readonly #subscription: Subscription;

  constructor(names?: readonly string[]) {
    this.driven = new DrivenRuntime(names === undefined ? {} : { names, arenaBytes: 16 << 20 });
    const { arena, clock, isRunning } = this.driven.main.runtime;
    const reader = { arena, clock, slab: 0, isRunning, endTerminated: () => {} };
    this.live = new Live(reader);
    this.#subscription = new Subscription(this.live, reader);
    this.driven.start();
  }

  /** So many calls of the function, each of one tick. */
  call(name: string, times: number, thread = this.driven.main): void {
    const run = thread.instrument(name, 1, () => {});
    for (let i = 0; i < times; i++) run();
  }

  /** The next frame is there. */
  next(isLast = false): Moment {
    this.live.read();
    this.figures.take(this.#subscription.next(isLast));
    return this.figures.moment()!;
  }
}

export const SUBJECT = { pid: 4711, command: 'server.ts --port 80', cwd: '/app', startedAtMs: 1_000_000 };

/** Functions of these names, the first the busiest; one thread. */
export function shotOf(names: readonly string[], more: Partial<Shot> = {}): Shot {
  const rates = { selfCpu: null, totalWall: 0, totalCpu: null, awaiting: 0, errorsPerSecond: 0 };
  const figures = { primitiveCalls: 1, selfCpuNs: null, totalWallNs: 1, totalCpuNs: null, awaitNs: 0, errors: 0 };
  const moment: Moment = {
    atMs: 1_060_000,
    isRunning: true,
    precision: 'adaptive',
    overhead: 0.03,
    dropped: { edgeCalls: 0, siteCalls: 0, deepCalls: 0, samples: 0, threads: 0, tagCalls: 0, durations: 0 },
    hasRates: true,
    functions: names.map((name, id) => ({
      fn: nameOf(name, id),
      figures: { ...figures, id, calls: 1, selfWallNs: 1, open: 0 },
      rates: { ...rates, callsPerSecond: 10 * (id + 1), selfWall: 0.5 / (id + 1) },
    })),
    threads: [
      {
        thread: {
          ...{ id: 0, threadId: 0, name: 'main', state: 'idle' as const },
          ...{ wallNs: 1, cpuNs: null, calls: 1, blockedForNs: 0 },
        },
        ...{ callsPerSecond: 10, cpu: null, current: undefined, outermost: undefined },
      },
    ],
  };
  return { subject: SUBJECT, moment, edges: null, isGone: false, ...more };
}

export function nameOf(name: string, id: number): LiveName {
  return { id, key: name, name, file: '/app/src/a.ts', line: id + 1, column: 0, kind: 'function' };
}

export const LISTS = { functions: FUNCTION_COLUMNS, threads: THREAD_COLUMNS, edges: EDGE_COLUMNS };
