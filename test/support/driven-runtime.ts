// A runtime under an injected clock, driven as instrumented code drives it, and read back as plain tables. Threads are
// simulated: each is another runtime over the same arena.
import { CONTROL, TICKER_LIVE } from '../../runtime/layout.ts';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { type RuntimeOptions, attachTo, createRuntime } from '../../runtime/instance.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import type { EdgeStats, FunctionStats, Precision, Profile } from '../../src/profile.ts';
import type { Call } from './call-forest.ts';
import type { Row, Table } from './reference-profiler.ts';

/** Ns of wall time in a tick: above the 20 µs after which the exact regime reads the CPU clock again. */
export const WALL_NS = 1_000_000;
/** Ns of CPU time in a tick, unless told otherwise. */
export const CPU_NS = 250_000;

export const PRECISIONS: readonly Precision[] = ['exact', 'sampled', 'adaptive'];

/** So small a budget that the adaptive precision changes regime every few events. */
const TINY_OVERHEAD = 1e-5;

export interface DrivenOptions extends Omit<RuntimeOptions, 'clock' | 'ticker'> {
  readonly precision?: Precision;
  /** Names of the sites to register. */
  readonly names?: readonly string[];
  /** Whether the tick word moves before each event, so that sampling misses nothing; default true. */
  readonly tickEachEvent?: boolean;
}

export const ALPHABET = [...'abcdefghimprsxyz'];

/** A process with one thread; further ones by `thread()`. */
export class DrivenRuntime {
  wallNs = 0;
  cpuNs = 0;
  readonly precision: Precision;
  readonly #names: readonly string[];
  readonly #tickEachEvent: boolean;
  readonly main: DrivenThread;

  constructor(options: DrivenOptions = {}) {
    const { precision = 'exact', names = ALPHABET, tickEachEvent = true, ...capacities } = options;
    this.precision = precision;
    this.#names = names;
    this.#tickEachEvent = tickEachEvent;
    const clock = { wallNs: () => this.wallNs, cpuNs: () => this.cpuNs };
    const runtime = createRuntime({ arenaBytes: 4 << 20, maxFrames: 1024, ...capacities, clock });
    const { I, F } = runtime.arena;
    I[CONTROL.tickerState] = TICKER_LIVE; // we are the ticker
    F[CONTROL.exactEventCostNs] = 50;
    this.main = this.#driven(runtime);
  }

  #driven(runtime: Runtime): DrivenThread {
    const kind = 1;
    const sites = this.#names.map((name, i) => [name, kind, i + 1, 0]);
    const base = runtime.register('forest.js', 'hash', sites.length, JSON.stringify({ sites, left: [] }));
    return new DrivenThread(this, runtime, base, this.#names);
  }

  /** One more thread of the process. It has no system thread whose CPU clock others could ask for. */
  thread(name = 'worker', threadId = 1): DrivenThread {
    return this.#driven(attachTo(this.main.runtime, { threadId, name, osThreadId: 0 }));
  }

  /** Time passes, for all threads. */
  pass(ticks: number, cpuNs = ticks * CPU_NS): void {
    this.wallNs += ticks * WALL_NS;
    this.cpuNs += cpuNs;
  }

  beforeEvent(runtime: Runtime): void {
    if (this.#tickEachEvent && this.precision !== 'exact') runtime.tick();
  }

  start(by: DrivenThread = this.main): boolean {
    const overhead = this.precision === 'adaptive' ? TINY_OVERHEAD : 0.03;
    return by.runtime.start({ precision: this.precision, overhead, tickMs: 1, onlyThread: null });
  }

  stop(by: DrivenThread = this.main): boolean {
    return by.runtime.stop();
  }

  clear(by: DrivenThread = this.main): void {
    by.runtime.clear();
  }

  snapshot(by: DrivenThread = this.main): Profile {
    return takeSnapshot(by.runtime);
  }
}

export class DrivenThread {
  readonly process: DrivenRuntime;
  readonly runtime: Runtime;
  readonly base: number;
  readonly #siteOf: ReadonlyMap<string, number>;

  constructor(process: DrivenRuntime, runtime: Runtime, base: number, names: readonly string[]) {
    this.process = process;
    this.runtime = runtime;
    this.base = base;
    this.#siteOf = new Map(names.map((name, i) => [name, base + i * SITE_STRIDE]));
  }

  site(name: string): number {
    const site = this.#siteOf.get(name);
    if (site === undefined) throw new RangeError(`no site is called ${name}`);
    return site;
  }

  /** What the injected code does at a function's start … */
  enter(name: string): number {
    this.process.beforeEvent(this.runtime);
    return this.runtime.state[0] === 0 ? 0 : this.runtime.enter(this.site(name));
  }

  /** … and at its end. */
  exit(handle: number): void {
    this.process.beforeEvent(this.runtime);
    if (handle !== 0) this.runtime.exit(handle);
  }

  /** An instrumented function: spends `self` ticks, then runs its body. */
  instrument<A extends unknown[], R>(name: string, self: number, body: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const handle = this.enter(name);
      try {
        this.process.pass(self);
        return body(...args);
      } finally {
        this.exit(handle);
      }
    };
  }

  run(forest: readonly Call[]): void {
    for (const { name, self, children } of forest) this.instrument(name, self, () => this.run(children))();
  }
}

/** All functions but the root, and all edges, by name. */
export function tableOf({ functions, edges }: Profile): Table {
  const table: Table = {};
  for (const fn of functions) {
    if (fn.kind !== 'root' && fn.calls + fn.open > 0) table[fn.name] = { ...rowOf(fn), open: fn.open };
  }
  for (const edge of edges) {
    const key = `${functions[edge.caller].name}→${functions[edge.callee].name}`;
    if (key in table) throw new Error(`two rows for ${key}`);
    table[key] = rowOf(edge);
  }
  return table;
}

function rowOf({
  calls,
  primitiveCalls,
  selfWallNs,
  selfCpuNs,
  totalWallNs,
  totalCpuNs,
}: FunctionStats | EdgeStats): Row {
  if (selfCpuNs === null || totalCpuNs === null) throw new TypeError('expected CPU times');
  return { calls, primitiveCalls, selfWallNs, selfCpuNs, totalWallNs, totalCpuNs };
}

/**
 * The same as a few characters a row: `calls/primitiveCalls total self` in ticks, with ` open n` where calls are open.
 * Calls from the event loop are left out unless asked for.
 */
export function cellsOf(statistics: Profile, options: { clock?: 'wall' | 'cpu'; root?: boolean } = {}) {
  const cells: Record<string, string> = {};
  for (const [key, row] of Object.entries(tableOf(statistics))) {
    if (options.root !== true && key.startsWith('(event loop)')) continue;
    const wall = options.clock !== 'cpu';
    const total = wall ? row.totalWallNs / WALL_NS : row.totalCpuNs / CPU_NS;
    const self = wall ? row.selfWallNs / WALL_NS : row.selfCpuNs / CPU_NS;
    cells[key] = `${row.calls}/${row.primitiveCalls} ${total} ${self}${row.open ? ` open ${row.open}` : ''}`;
  }
  return cells;
}

/** Reads a table written like that, one row a line. */
export function parseCells(text: string): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const line of text.trim().split('\n')) {
    const [, key, figures] = /^\s*(.*\S)\s+(\d+\/\d+ .*\S)\s*$/.exec(line)!;
    cells[key] = figures;
  }
  return cells;
}
