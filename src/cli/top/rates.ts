// What functions and threads did in the last interval: the differences between one frame and the one before. Knows nothing of
// how that is shown.
import type { Frame, LiveEdge, LiveEdges, LiveFunction, LiveName, LiveThread } from '../../monitor/frame.ts';
import type { Dropped, Precision } from '../../profile.ts';

/** `null` until an interval has passed. Shares are of wall time: 1 is one thread all the time; several add up to more. */
export interface Rates {
  readonly callsPerSecond: number;
  readonly selfWall: number;
  /** CPU shares are `null` where there is no CPU clock. */
  readonly selfCpu: number | null;
  readonly totalWall: number;
  readonly totalCpu: number | null;
  /** How many activations waited at an `await`, on average. */
  readonly awaiting: number;
  readonly errorsPerSecond: number;
}

export interface FunctionRow {
  readonly fn: LiveName;
  readonly figures: LiveFunction;
  readonly rates: Rates | null;
}

export interface ThreadRow {
  readonly thread: LiveThread;
  readonly callsPerSecond: number | null;
  /** Share of one processor; `null` also where there is no CPU clock. */
  readonly cpu: number | null;
  /** The function that it is in, the innermost; `undefined` if in none. */
  readonly current: LiveName | undefined;
  /** The function that the event loop called. */
  readonly outermost: LiveName | undefined;
}

export interface EdgeRow {
  readonly side: 'caller' | 'callee';
  readonly fn: LiveName;
  readonly figures: LiveEdge;
  readonly rates: Rates | null;
}

/** What is known at one moment; later frames leave it as it is. */
export interface Moment {
  readonly atMs: number;
  readonly isRunning: boolean;
  readonly precision: Precision;
  readonly overhead: number;
  readonly dropped: Dropped;
  /** Whether rates are known. */
  readonly hasRates: boolean;
  /** All that have figures, but the event loop, in no order. */
  readonly functions: readonly FunctionRow[];
  readonly threads: readonly ThreadRow[];
}

/** Follows the frames of one subscription. */
export class LiveFigures {
  readonly #names = new Map<number, LiveName>();
  readonly #functions = new Map<number, LiveFunction>();
  /** Of the functions whose figures changed in the last interval. */
  #rates = new Map<number, Rates>();
  #threads: readonly ThreadRow[] = [];
  #last: Frame | undefined;
  #hasRates = false;

  take(frame: Frame): void {
    for (const name of frame.named) this.#names.set(name.id, name);
    const before = frame.isFull ? new Map<number, LiveFunction>() : this.#functions;
    // The last frame comes after whatever time; the figures of the last whole interval say more.
    if (frame.gone !== true) {
      this.#hasRates = frame.intervalNs > 0;
      this.#rates = new Map();
      if (this.#hasRates) {
        for (const now of frame.functions) {
          this.#rates.set(now.id, ratesOf(before.get(now.id), now, frame.intervalNs));
        }
      }
    }
    if (frame.isFull) this.#functions.clear();
    for (const fn of frame.functions) this.#functions.set(fn.id, fn);
    this.#threads = this.#threadRows(frame);
    this.#last = frame;
  }

  /** `undefined` before the first frame. */
  moment(): Moment | undefined {
    if (this.#last === undefined) return undefined;
    const { atMs, isRunning, precision, overhead, dropped } = this.#last;
    const functions: FunctionRow[] = [];
    for (const figures of this.#functions.values()) {
      const fn = this.#names.get(figures.id);
      if (fn === undefined || fn.kind === 'root') continue;
      functions.push({ fn, figures, rates: this.#hasRates ? (this.#rates.get(figures.id) ?? NOTHING(figures)) : null });
    }
    return {
      ...{ atMs, isRunning, precision, overhead, dropped, functions },
      hasRates: this.#hasRates,
      threads: this.#threads,
    };
  }

  #threadRows(frame: Frame): ThreadRow[] {
    const before = new Map(this.#threads.map((row) => [row.thread.id, row]));
    const seconds = frame.intervalNs / 1e9;
    return frame.threads.map((thread) => {
      const was = before.get(thread.id);
      const { stack = [] } = thread;
      const functions = { current: this.#names.get(stack.at(-1) ?? -1), outermost: this.#names.get(stack[0] ?? -1) };
      if (frame.gone === true && was !== undefined) return { ...was, thread: { ...thread, state: 'ended' } };
      if (seconds === 0) return { thread, callsPerSecond: null, cpu: null, ...functions };
      // After a clear all begins at 0 again.
      const since = (now: number, then: number | null | undefined) => now - (frame.isFull ? 0 : (then ?? 0));
      const cpuNs = thread.cpuNs === null ? null : since(thread.cpuNs, was?.thread.cpuNs);
      return {
        thread,
        callsPerSecond: Math.max(0, since(thread.calls, was?.thread.calls)) / seconds,
        cpu: cpuNs === null ? null : Math.max(0, cpuNs) / frame.intervalNs,
        ...functions,
      };
    });
  }
}

const NOTHING = ({ selfCpuNs }: { readonly selfCpuNs: number | null }): Rates => ({
  callsPerSecond: 0,
  selfWall: 0,
  selfCpu: selfCpuNs === null ? null : 0,
  totalWall: 0,
  totalCpu: selfCpuNs === null ? null : 0,
  awaiting: 0,
  errorsPerSecond: 0,
});

type Figures = LiveEdge & { readonly errors?: number };

function ratesOf(before: Figures | undefined, now: Figures, intervalNs: number): Rates {
  // Sampled times are estimates, which a later reading may put lower.
  const share = (then: number | null | undefined, value: number) => Math.max(0, value - (then ?? 0)) / intervalNs;
  const cpu = (then: number | null | undefined, value: number | null) => (value === null ? null : share(then, value));
  const perSecond = (then: number | undefined, value: number) => Math.max(0, value - (then ?? 0)) / (intervalNs / 1e9);
  return {
    callsPerSecond: perSecond(before?.calls, now.calls),
    selfWall: share(before?.selfWallNs, now.selfWallNs),
    selfCpu: cpu(before?.selfCpuNs, now.selfCpuNs),
    totalWall: share(before?.totalWallNs, now.totalWallNs),
    totalCpu: cpu(before?.totalCpuNs, now.totalCpuNs),
    awaiting: share(before?.awaitNs, now.awaitNs),
    errorsPerSecond: perSecond(before?.errors, now.errors ?? 0),
  };
}

/** @param before the same function's, an interval ago; `null` where there are none: then there are no rates */
export function edgeRows(before: LiveEdges | null, now: LiveEdges): EdgeRow[] {
  const names = new Map(now.named.map((name) => [name.id, name]));
  const isComparable = before?.id === now.id && before.nowNs < now.nowNs;
  const rows = (side: EdgeRow['side'], edges: readonly LiveEdge[], then: readonly LiveEdge[]): EdgeRow[] => {
    const known = new Map(before?.epoch === now.epoch ? then.map((edge) => [edge.id, edge]) : []);
    return edges.map((figures) => ({
      side,
      fn: names.get(figures.id)!,
      figures,
      rates: isComparable ? ratesOf(known.get(figures.id), figures, now.nowNs - before.nowNs) : null,
    }));
  };
  return [...rows('caller', now.callers, before?.callers ?? []), ...rows('callee', now.callees, before?.callees ?? [])];
}
