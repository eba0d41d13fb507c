// What frames are made of: the figures of the whole arena at one moment, and which of them are not what they were at the
// reading before. Read on demand, whoever asks; nothing here runs by itself.
import { finiteNow } from '../../runtime/control.ts';
import { tagNames } from '../../runtime/tags.ts';
import {
  CONTROL,
  FRAME,
  FUNCTION,
  PRECISIONS,
  SLAB,
  SLAB_FINISHED,
  SLAB_FREE,
  SLAB_LIVE,
} from '../../runtime/layout.ts';
import { slabName, slabsOf } from '../../runtime/slab.ts';
import type { Dropped } from '../profile.ts';
import { type ArenaReader, momentOf } from '../snapshot/snapshot.ts';
import { BlockWatch, holdOf } from './blocks.ts';
import type { LiveBlock, LiveFunction, LiveTag, LiveThread, ThreadState } from './frame.ts';
import { FunctionIds, ROOT_ID } from './function-ids.ts';
import {
  AWAIT,
  CALLS,
  COLUMNS,
  ERRORS,
  isRecording,
  OPEN,
  RECURSIVE_CALLS,
  SELF_CPU,
  SELF_WALL,
  Sums,
  sumSlab,
  TOTAL_CPU,
  TOTAL_WALL,
} from './sums.ts';

/** Frames of a stack that are shown at either end. */
const SHOWN_FRAMES = 32;

export class Live {
  readonly ids: FunctionIds;
  readonly watch: BlockWatch;
  /** How often it has been read; 0 before the first time. */
  readings = 0;
  /** By function id: the reading in which its figures changed last; 0 if they were never anything but 0. */
  changedAt = new Int32Array(0);
  /** On the arena's wall clock. */
  nowNs = 0;
  atMs = 0;
  epoch = -1;
  threads: LiveThread[] = [];
  tags: LiveTag[] = [];
  dropped: Dropped = { edgeCalls: 0, siteCalls: 0, deepCalls: 0, samples: 0, threads: 0, tagCalls: 0, durations: 0 };
  readonly #reader: ArenaReader;
  readonly #only: number | null;
  readonly #hasCpu: boolean;
  readonly #slab = new Sums(0);
  #sums = new Sums(0);
  #before = new Sums(0);

  /**
   * @param only the thread whose functions and tags these are, by its `LiveThread.id`; `null` for all threads
   * @param all whose ids of functions and blocks these share
   */
  constructor(reader: ArenaReader, only: number | null = null, all?: Live) {
    this.ids = all?.ids ?? new FunctionIds();
    this.watch = all?.watch ?? new BlockWatch();
    this.#reader = reader;
    this.#only = only;
    this.#hasCpu = reader.clock.cpuName !== null;
  }

  /** The figures as they are now. */
  read(): void {
    const { arena, clock } = this.#reader;
    const { I } = arena;
    [this.#before, this.#sums] = [this.#sums, this.#before];
    this.readings++;
    this.epoch = epochOf(this.#reader);
    this.ids.follow(arena);
    const functions = this.ids.names.length;
    this.#sums.reset(functions);
    this.nowNs = finiteNow(arena, clock.wallNs);
    this.atMs = Date.now();
    const threads: LiveThread[] = [];
    for (const slab of slabsOf(arena)) {
      const state = I[slab + SLAB.state];
      if (state === SLAB_FREE) continue;
      const isFolded = state === SLAB_FINISHED;
      const moment = () => (isFolded ? { untilWallNs: 0, cpuNs: null } : momentOf(this.#reader, slab, this.nowNs));
      sumSlab(arena, slab, moment, this.ids, this.#slab);
      if (this.#only === null || (!isFolded && this.#only === I[slab + SLAB.serial])) {
        this.#sums.add(this.#slab, functions);
      }
      if (!isFolded) threads.push(this.#thread(slab));
    }
    this.threads = threads.sort((a, b) => a.id - b.id);
    this.#readTags();
    this.#noteChanges(functions);
    const { unplacedCalls, siteCalls, deepCalls, samples, tagCalls, durations } = this.#sums;
    this.dropped = {
      edgeCalls: Math.max(0, unplacedCalls - siteCalls - deepCalls),
      siteCalls,
      deepCalls,
      samples,
      threads: I[CONTROL.droppedThreads],
      tagCalls,
      durations,
    };
  }

  #thread(slab: number): LiveThread {
    const { arena } = this.#reader;
    const { I } = arena;
    const { wallNs, cpuNs, calls } = this.#slab.thread;
    const isLive = I[slab + SLAB.state] === SLAB_LIVE;
    const hold = isLive && isRecording(arena, slab) ? holdOf(arena, slab) : null;
    const stack = hold === null ? [] : this.#stackOf(slab);
    const state: ThreadState = !isLive
      ? 'ended'
      : hold !== null
        ? 'running'
        : this.#slab.isAwaiting
          ? 'awaiting'
          : 'idle';
    return {
      id: I[slab + SLAB.serial],
      threadId: I[slab + SLAB.threadId],
      name: slabName(arena, slab),
      state,
      wallNs: Math.round(wallNs),
      cpuNs: this.#hasCpu ? Math.round(cpuNs) : null,
      calls,
      blockedForNs: hold === null ? 0 : Math.max(0, Math.round(this.nowNs - hold.sinceNs)),
      ...(stack.length > 0 && { stack }),
    };
  }

  #stackOf(slab: number): number[] {
    const { I } = this.#reader.arena;
    const stack: number[] = [];
    const first = I[slab + SLAB.stack] + FRAME.words;
    const depth = (I[slab + SLAB.sp] - first) / FRAME.words + 1;
    for (let i = 0; i < depth; i++) {
      if (i === SHOWN_FRAMES && depth > 2 * SHOWN_FRAMES) i = depth - SHOWN_FRAMES;
      const id = this.ids.of(I[I[first + i * FRAME.words + FRAME.fn] + FUNCTION.site]);
      if (id > ROOT_ID) stack.push(id);
    }
    return stack;
  }

  #readTags(): void {
    const names = tagNames(this.#reader.arena);
    this.tags = [...this.#sums.tags].flatMap(([tag, { wallNs, cpuNs, calls }]) => {
      const name = names.get(tag);
      if (name === undefined || (calls === 0 && wallNs === 0)) return []; // forgotten, or cleared
      return [{ name, calls, wallNs: Math.round(wallNs), cpuNs: this.#hasCpu ? Math.round(cpuNs) : null }];
    });
  }

  #noteChanges(functions: number): void {
    const { rows } = this.#sums;
    const old = this.#before.rows;
    if (this.changedAt.length < functions) {
      const wider = new Int32Array(functions * 2);
      wider.set(this.changedAt);
      this.changedAt = wider;
    }
    for (let id = 0; id < functions; id++) {
      const at = id * COLUMNS;
      for (let i = at; i < at + COLUMNS; i++) {
        if (rows[i] === (old[i] ?? 0)) continue;
        this.changedAt[id] = this.readings;
        break;
      }
    }
  }

  /** Self wall time of the function, ns, as of the last reading. */
  selfWallOf(id: number): number {
    return this.#sums.rows[id * COLUMNS + SELF_WALL];
  }

  /** The figures of the function as of the last reading. */
  functionOf(id: number): LiveFunction {
    const { rows } = this.#sums;
    const at = id * COLUMNS;
    const { round, max } = Math;
    const calls = rows[at + CALLS];
    // A torn reading of a moving thread must not show more self than total. The root's total is the thread's time.
    const isRoot = id === ROOT_ID;
    const total = (self: number, whole: number) => round(isRoot ? self : max(self, whole));
    return {
      id,
      calls,
      primitiveCalls: calls - rows[at + RECURSIVE_CALLS],
      selfWallNs: round(rows[at + SELF_WALL]),
      selfCpuNs: this.#hasCpu ? round(rows[at + SELF_CPU]) : null,
      totalWallNs: total(rows[at + SELF_WALL], rows[at + TOTAL_WALL]),
      totalCpuNs: this.#hasCpu ? total(rows[at + SELF_CPU], rows[at + TOTAL_CPU]) : null,
      awaitNs: round(rows[at + AWAIT]),
      open: rows[at + OPEN],
      errors: rows[at + ERRORS],
    };
  }

  /** Looks at what holds the threads; see blocks.ts. */
  look(): void {
    const { arena, clock } = this.#reader;
    this.watch.look(arena, slabsOf(arena), finiteNow(arena, clock.wallNs));
  }

  /** Blocks that have changed since so many looks, but those in which functions are that are not known yet. */
  blocksSince(looks: number): LiveBlock[] {
    return this.watch.blocks.flatMap(({ id, thread, site, startNs, endNs, isOver, changedAt }) => {
      const fn = this.ids.of(site);
      if (changedAt <= looks || fn < 0) return [];
      const startedAtMs = this.atMs - (this.nowNs - startNs) / 1e6;
      return [{ id, thread, fn, startedAtMs, durationNs: Math.round(endNs - startNs), isOver }];
    });
  }
}

/** Moves at every clear, of all figures or of a tag. */
export function epochOf({ arena: { I } }: Pick<ArenaReader, 'arena'>): number {
  return Atomics.load(I, CONTROL.clearEpoch) + Atomics.load(I, CONTROL.tagClears);
}

export function precisionOf({ arena: { I } }: Pick<ArenaReader, 'arena'>): (typeof PRECISIONS)[number] {
  return PRECISIONS[I[CONTROL.precision]];
}
