// What the page knows: takes frames, and gives the views a picture of the moment that does not change under them. No DOM.
import { type FlameTree, treeOf } from '../../exporters/html/page/flame-tree.ts';
import type { Clock } from '../../statistics/columns.ts';
import type { Dropped, FunctionIdentity } from '../../profile.ts';
import type { Frame, LiveBlock, LiveTag, LiveThread } from '../frame.ts';
import { Figures } from './figures.ts';
import { Groups } from './groups.ts';
import { type Moment, Timeline } from './timeline.ts';
import { Trend } from './trend.ts';

const CALLS = 0;
const PRIMITIVE = 1;
const SELF_WALL = 2;
const SELF_CPU = 3;
const TOTAL_WALL = 4;
const TOTAL_CPU = 5;
const AWAIT = 6;
const ERRORS = 7;
const OPEN = 8;
const COLUMNS = 9;

const NODE_SAMPLES = 0;
const NODE_WALL = 1;
const NODE_CPU = 2;
const NODE_COLUMNS = 3;
/** Above any id of a function. */
const FUNCTIONS = 2 ** 26;

/** A function as the table shows it: figures since the mark, if there is one, and of the last second. */
export interface LiveRow extends FunctionIdentity {
  readonly id: number;
  readonly calls: number;
  readonly primitiveCalls: number;
  readonly selfWallNs: number;
  readonly selfCpuNs: number | null;
  readonly totalWallNs: number;
  readonly totalCpuNs: number | null;
  readonly awaitNs: number;
  readonly errors: number;
  /** Of this moment, mark or not. */
  readonly open: number;
  readonly callsPerSecond: number;
  /** Self time a second, as a share of one thread. */
  readonly wallShare: number;
  readonly cpuShare: number | null;
}

export interface TagRow extends LiveTag {
  readonly callsPerSecond: number;
}

/** The moment. */
export interface Picture {
  /** Frames taken so far. */
  readonly frames: number;
  readonly atMs: number;
  readonly isRunning: boolean;
  readonly precision: Frame['precision'];
  readonly overhead: number;
  /** Since when the figures are; `null` for all. */
  readonly markedAtMs: number | null;
  readonly hasCpu: boolean;
  /** Those that were called, without the event loop. */
  readonly rows: readonly LiveRow[];
  readonly threads: readonly LiveThread[];
  readonly moments: ReadonlyMap<number, readonly Moment[]>;
  readonly blocks: readonly LiveBlock[];
  readonly tags: readonly TagRow[];
  readonly dropped: Dropped;
  readonly callsPerSecond: number;
  /** CPU time a second of all threads, as a share of one processor. */
  readonly load: number;
}

export class Model {
  /** By id; those that have not been named yet are empty. */
  readonly names: FunctionIdentity[] = [];
  /** How many have been named: they come in any order, so the length of `names` does not tell whether there are new ones. */
  named = 0;
  readonly groups = new Groups();
  readonly trends = { wall: new Trend(), cpu: new Trend() };
  readonly #figures = new Figures(COLUMNS);
  readonly #nodes = new Figures(NODE_COLUMNS);
  readonly #parent: number[] = [-1];
  readonly #fn: number[] = [0];
  readonly #nodeOf = new Map<number, number>();
  /** From ids of the connection to our own, which outlive it. */
  #nodeIds = new Map<number, number>([[0, 0]]);
  readonly #timeline = new Timeline();
  readonly #tags = new Map<string, LiveTag>();
  #tagsBefore = new Map<string, number>();
  #tagMark: ReadonlyMap<string, LiveTag> | null = null;
  #markedAtMs: number | null = null;
  #epoch = -1;
  #hasCpu = true;
  #frames = 0;
  #last: Frame | null = null;

  take(frame: Frame): void {
    this.#frames++;
    if (frame.isFull) this.#beginAnew(frame.epoch);
    else {
      this.#figures.begin(frame.intervalNs);
      this.#nodes.begin(frame.intervalNs);
    }
    this.named += frame.named.length;
    for (const { id, key: _, ...identity } of frame.named) {
      while (this.names.length < id) this.names.push({ name: '', file: '', line: 0, column: 0, kind: 'function' });
      this.names[id] = identity;
      this.groups.add(id, identity);
    }
    this.#takeFunctions(frame);
    this.#takeNodes(frame);
    this.#tagsBefore = new Map([...this.#tags].map(([name, { calls }]) => [name, calls]));
    for (const tag of frame.tags) this.#tags.set(tag.name, tag);
    this.#timeline.take(frame);
    const { now } = this.#figures;
    const { wall, cpu } = this.trends;
    wall.take((id) => now[id * COLUMNS + SELF_WALL], this.names.length, frame.intervalNs, frame.isFull);
    cpu.take((id) => now[id * COLUMNS + SELF_CPU], this.names.length, frame.intervalNs, frame.isFull);
    this.#last = frame;
  }

  /** A new connection goes on where the last one ended; after a clear there is nothing to go on from. */
  #beginAnew(epoch: number): void {
    if (epoch !== this.#epoch) {
      this.clearMark();
      this.trends.wall.clear();
      this.trends.cpu.clear();
    }
    this.#epoch = epoch;
    this.#figures.now.fill(0);
    this.#figures.forgetPast();
    this.#nodes.now.fill(0);
    this.#nodes.forgetPast();
    this.#nodeIds = new Map([[0, 0]]);
    this.#tags.clear();
  }

  #takeFunctions({ functions }: Frame): void {
    const figures = this.#figures;
    figures.makeRoom(Math.max(this.names.length, ...ends(functions.map(({ id }) => id + 1))));
    const { now } = figures;
    for (const fn of functions) {
      const at = fn.id * COLUMNS;
      this.#hasCpu = fn.selfCpuNs !== null;
      now[at + CALLS] = fn.calls;
      now[at + PRIMITIVE] = fn.primitiveCalls;
      now[at + SELF_WALL] = fn.selfWallNs;
      now[at + SELF_CPU] = fn.selfCpuNs ?? 0;
      now[at + TOTAL_WALL] = fn.totalWallNs;
      now[at + TOTAL_CPU] = fn.totalCpuNs ?? 0;
      now[at + AWAIT] = fn.awaitNs;
      now[at + ERRORS] = fn.errors;
      now[at + OPEN] = fn.open;
    }
  }

  #takeNodes({ nodes }: Frame): void {
    if (nodes === undefined) return;
    nodes.id.forEach((id, i) => {
      const parent = this.#nodeIds.get(nodes.parent[i]);
      if (parent === undefined) return;
      const node = this.#nodeAt(parent, nodes.fn[i]);
      this.#nodeIds.set(id, node);
      this.#nodes.makeRoom(node + 1);
      const at = node * NODE_COLUMNS;
      this.#nodes.now[at + NODE_SAMPLES] = nodes.samples[i];
      this.#nodes.now[at + NODE_WALL] = nodes.selfWallNs[i];
      this.#nodes.now[at + NODE_CPU] = nodes.selfCpuNs?.[i] ?? 0;
    });
  }

  #nodeAt(parent: number, fn: number): number {
    const key = parent * FUNCTIONS + fn;
    let node = this.#nodeOf.get(key);
    if (node === undefined) {
      node = this.#parent.length;
      this.#nodeOf.set(key, node);
      this.#parent.push(parent);
      this.#fn.push(fn);
    }
    return node;
  }

  /** From now on figures are those since this moment. */
  setMark(): void {
    this.#figures.setMark();
    this.#nodes.setMark();
    this.#tagMark = new Map(this.#tags);
    this.#markedAtMs = this.#last?.atMs ?? Date.now();
  }

  clearMark(): void {
    this.#figures.mark = this.#nodes.mark = this.#tagMark = null;
    this.#markedAtMs = null;
  }

  /** `null` before the first frame. */
  picture(): Picture | null {
    const frame = this.#last;
    if (frame === null) return null;
    const rows = this.#rows();
    return {
      frames: this.#frames,
      atMs: frame.atMs,
      isRunning: frame.isRunning,
      precision: frame.precision,
      overhead: frame.overhead,
      markedAtMs: this.#markedAtMs,
      hasCpu: this.#hasCpu,
      rows,
      threads: frame.threads,
      moments: this.#timeline.moments,
      blocks: this.#timeline.blocks,
      tags: this.#tagRows(frame.intervalNs),
      dropped: frame.dropped,
      callsPerSecond: rows.reduce((sum, row) => sum + row.callsPerSecond, 0),
      load: frame.threads.reduce((sum, { id }) => sum + (this.#timeline.moments.get(id)?.at(-1)?.load ?? 0), 0),
    };
  }

  #rows(): LiveRow[] {
    const figures = this.#figures;
    const cpu = (ns: number) => (this.#hasCpu ? ns : null);
    const rows: LiveRow[] = [];
    for (let id = 0; id < this.names.length; id++) {
      const identity = this.names[id];
      const at = id * COLUMNS;
      if (identity.kind === 'root' || identity.name === '') continue;
      const calls = figures.total(at + CALLS);
      const selfWallNs = figures.total(at + SELF_WALL);
      const open = figures.now[at + OPEN];
      if (calls === 0 && selfWallNs === 0 && open === 0 && figures.total(at + AWAIT) === 0) continue;
      rows.push({
        ...identity,
        id,
        calls,
        primitiveCalls: figures.total(at + PRIMITIVE),
        selfWallNs,
        selfCpuNs: cpu(figures.total(at + SELF_CPU)),
        totalWallNs: figures.total(at + TOTAL_WALL),
        totalCpuNs: cpu(figures.total(at + TOTAL_CPU)),
        awaitNs: figures.total(at + AWAIT),
        errors: figures.total(at + ERRORS),
        open,
        callsPerSecond: figures.rate(at + CALLS),
        wallShare: figures.rate(at + SELF_WALL) / 1e9,
        cpuShare: cpu(figures.rate(at + SELF_CPU) / 1e9),
      });
    }
    return rows;
  }

  #tagRows(intervalNs: number): TagRow[] {
    return [...this.#tags.values()].map((tag) => {
      const mark = this.#tagMark?.get(tag.name);
      const before = this.#tagsBefore.get(tag.name) ?? tag.calls;
      return {
        name: tag.name,
        calls: tag.calls - (mark?.calls ?? 0),
        wallNs: tag.wallNs - (mark?.wallNs ?? 0),
        cpuNs: tag.cpuNs === null ? null : tag.cpuNs - (mark?.cpuNs ?? 0),
        callsPerSecond: intervalNs > 0 ? Math.max(0, ((tag.calls - before) / intervalNs) * 1e9) : 0,
      };
    });
  }

  /** The flame graph's, of this moment; since the mark, if there is one. */
  tree(clock: Clock): FlameTree {
    const size = this.#parent.length;
    const selfNs = new Float64Array(size);
    const samples = new Float64Array(size);
    const column = clock === 'wall' ? NODE_WALL : NODE_CPU;
    for (let node = 1; node < size; node++) {
      const at = node * NODE_COLUMNS;
      selfNs[node] = Math.max(0, this.#nodes.total(at + column));
      samples[node] = Math.max(0, this.#nodes.total(at + NODE_SAMPLES));
    }
    return treeOf(Int32Array.from(this.#parent), Int32Array.from(this.#fn), selfNs, samples);
  }
}

function ends(numbers: readonly number[]): [number] {
  return [numbers.reduce((most, n) => Math.max(most, n), 0)];
}
