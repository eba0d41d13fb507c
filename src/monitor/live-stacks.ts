// The call tree of the whole arena at one moment, for subscribers who asked for stacks: one tree over all threads, each
// node with the time charged to it by the ticks. Nodes keep their ids until figures are cleared, so frames can leave out
// what has not changed.
import {
  CONTROL,
  FUNCTION,
  NODE,
  NO_TAG,
  ROOT_SITE,
  SLAB,
  SLAB_FINISHED,
  SLAB_FREE,
  SLAB_NODES,
} from '../../runtime/layout.ts';
import { slabsOf } from '../../runtime/slab.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { tagsClearedSince } from '../../runtime/tags.ts';
import type { ArenaReader } from '../snapshot/snapshot.ts';
import type { FunctionIds } from './function-ids.ts';

export const ROOT_NODE = 0;
/** What finds no room is charged to what called it. More could not be told apart on a screen. */
export const MOST_NODES = 50_000;
/** A reading is followed by at least so many times what it took: it may not take more than a fiftieth of a processor. */
const REST = 50;
/** Above any id of a function. */
const FUNCTIONS = 2 ** 26;

export class LiveStacks {
  /** Of the root -1; a parent has a smaller id than its children. */
  readonly parent: number[] = [];
  /** Function ids. */
  readonly fn: number[] = [];
  samples = new Float64Array(256);
  wallNs = new Float64Array(256);
  cpuNs = new Float64Array(256);
  /** By node: the reading in which its figures changed last; 0 if they were never anything but 0. */
  changedAt = new Int32Array(256);
  readings = 0;
  readonly #reader: ArenaReader;
  readonly #only: number | null;
  readonly #ids: FunctionIds;
  readonly #nodeOf = new Map<number, number>();
  #before = [new Float64Array(256), new Float64Array(256), new Float64Array(256)] as const;
  #epoch = -1;
  #nextMs = -Infinity;

  /** @param only the thread whose stacks these are, by its `LiveThread.id`; `null` for all threads */
  constructor(reader: ArenaReader, ids: FunctionIds, only: number | null = null) {
    this.#reader = reader;
    this.#ids = ids;
    this.#only = only;
    this.#reset();
  }

  /** The tree as it is now, unless it was read a moment ago. `epoch` is that of the figures beside it; with another one it begins anew. */
  read(epoch: number, nowMs = performance.now()): void {
    if (epoch !== this.#epoch) this.#reset();
    else if (nowMs < this.#nextMs) return;
    this.#epoch = epoch;
    this.readings++;
    this.#before = [this.samples.slice(), this.wallNs.slice(), this.cpuNs.slice()];
    this.samples.fill(0);
    this.wallNs.fill(0);
    this.cpuNs.fill(0);
    const { arena } = this.#reader;
    const { I } = arena;
    for (const slab of slabsOf(arena)) {
      const state = I[slab + SLAB.state];
      const isFolded = state === SLAB_FINISHED;
      if (state === SLAB_FREE || I[slab + SLAB.clearEpoch] !== Atomics.load(I, CONTROL.clearEpoch)) continue;
      if (this.#only !== null && (isFolded || I[slab + SLAB.serial] !== this.#only)) continue;
      this.#addSlab(slab);
    }
    this.#noteChanges();
    this.#nextMs = nowMs + (performance.now() - nowMs) * REST;
  }

  #addSlab(slab: number): void {
    const { arena } = this.#reader;
    const { I, F } = arena;
    const cleared = tagsClearedSince(arena, I[slab + SLAB.tagClears]);
    const idOf = new Map<number, number>([[0, ROOT_NODE]]);
    for (const node of rowsOfTable(arena, slab + SLAB_NODES)) {
      const parent = idOf.get(I[node + NODE.parent]);
      if (parent === undefined) continue;
      const fn = I[node + NODE.fn];
      const tag = I[fn + FUNCTION.tag];
      const isCleared = tag !== NO_TAG && cleared.has(tag); // what it called hangs on what called it
      const isRoot = I[fn + FUNCTION.site] === ROOT_SITE;
      const id = isCleared || isRoot ? parent : this.#child(parent, this.#ids.of(I[fn + FUNCTION.site]));
      idOf.set(node, id);
      if (isCleared || isRoot || id === ROOT_NODE) continue;
      const at = node >> 1;
      this.samples[id] += F[at + NODE.samples];
      this.wallNs[id] += F[at + NODE.wallNs];
      this.cpuNs[id] += F[at + NODE.cpuNs];
    }
  }

  /** The parent itself for a function that is not known yet, and where there is no room. */
  #child(parent: number, fn: number): number {
    if (fn < 0) return parent;
    const key = parent * FUNCTIONS + fn;
    const known = this.#nodeOf.get(key);
    if (known !== undefined) return known;
    const id = this.parent.length;
    if (id >= MOST_NODES) return parent;
    this.#nodeOf.set(key, id);
    this.parent.push(parent);
    this.fn.push(fn);
    if (id >= this.samples.length) this.#widen(id * 2);
    return id;
  }

  #widen(nodes: number): void {
    const wider = (from: Float64Array) => {
      const to = new Float64Array(nodes);
      to.set(from);
      return to;
    };
    this.samples = wider(this.samples);
    this.wallNs = wider(this.wallNs);
    this.cpuNs = wider(this.cpuNs);
    const changedAt = new Int32Array(nodes);
    changedAt.set(this.changedAt);
    this.changedAt = changedAt;
  }

  #noteChanges(): void {
    const [samples, wallNs, cpuNs] = this.#before;
    for (let id = 1; id < this.parent.length; id++) {
      const isSame =
        this.samples[id] === (samples[id] ?? 0) &&
        this.wallNs[id] === (wallNs[id] ?? 0) &&
        this.cpuNs[id] === (cpuNs[id] ?? 0);
      // A node that only leads to others is news, too.
      if (!isSame || this.changedAt[id] === 0) this.changedAt[id] = this.readings;
    }
  }

  #reset(): void {
    this.parent.length = this.fn.length = 0;
    this.#nodeOf.clear();
    this.parent.push(-1);
    this.fn.push(0);
    this.samples.fill(0);
    this.wallNs.fill(0);
    this.cpuNs.fill(0);
    this.changedAt.fill(0);
  }
}
