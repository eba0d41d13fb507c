// Adds up what was read of the slabs: rows of functions, edges and stacks for the model, each part of them by thread and tag.
import { EDGE, GC_SITE, NO_TAG, OVERFLOW_SITE, ROOT_SITE } from '../../runtime/layout.ts';
import { NO_CALLER, NOT_SHOWN, RAW, type RawFunctions, type RawSlab } from '../../runtime/raw-slab.ts';
import type { Dropped, EdgeStats, Profile, TagStats } from '../profile.ts';
import { UNTAGGED } from '../profile.ts';
import { Assembly } from '../statistics/assembly.ts';
import type { CallLine } from './edge-lines.ts';
import { EdgeRows } from './edge-rows.ts';
import type { Sites } from './sites.ts';

const whole = Math.round;
/** 0 as a small integer: see counts below. */
const errorNs = (variance: number) => (variance === 0 ? 0 : Math.sqrt(variance));
/** Of self and total: a torn reading of a moving thread must not show more self than total. */
const larger = Math.max;

/** The rows of one snapshot, while slabs are being added. */
export class Collection {
  readonly #sites: Sites;
  readonly #callLine: CallLine;
  readonly #hasCpu: boolean;
  readonly #tagNames: ReadonlyMap<number, string>;
  readonly #tagIds = new Map<number, number>();
  readonly #tags: { -readonly [K in keyof TagStats]: TagStats[K] }[] = [];
  readonly #assembly = new Assembly();
  readonly #edges: EdgeRows;
  readonly #idBySite = new Map<number, number>();
  readonly #root: number;
  #calls = 0;
  #exactEvents = 0;
  #siteCalls = 0;
  #unplacedCalls = 0;
  #deepCalls = 0;
  #samples = 0;
  #tagCalls = 0;
  #durations = 0;

  /** `tagNames` by the arena's ids. */
  constructor(sites: Sites, tagNames: ReadonlyMap<number, string>, hasCpu: boolean) {
    this.#sites = sites;
    this.#callLine = sites.callLines();
    this.#tagNames = tagNames;
    this.#hasCpu = hasCpu;
    this.#edges = new EdgeRows(hasCpu);
    this.#root = this.#assembly.stack(-1, this.#idOf(ROOT_SITE));
  }

  #idOf(site: number): number {
    const first = this.#sites.firstOf(site);
    let id = this.#idBySite.get(first);
    if (id === undefined) {
      const known = this.#sites.of(first);
      id = this.#assembly.addFunction(known, known.key);
      this.#idBySite.set(first, id);
    }
    return id;
  }

  /** The model's id of an arena's tag. */
  #tagOf(arenaTag: number): number {
    if (arenaTag === NO_TAG) return UNTAGGED;
    let id = this.#tagIds.get(arenaTag);
    if (id === undefined) {
      const name = this.#tagNames.get(arenaTag);
      if (name === undefined) return UNTAGGED; // forgotten since the slab was read
      id = this.#tags.length;
      this.#tagIds.set(arenaTag, id);
      this.#tags.push({ id, name, wallNs: 0, cpuNs: this.#hasCpu ? 0 : null, calls: 0 });
    }
    return id;
  }

  add(slab: number, raw: RawSlab, thread: number): void {
    this.#exactEvents += raw.exactEvents;
    this.#deepCalls += raw.deepCalls;
    this.#samples += raw.droppedSamples;
    this.#tagCalls += raw.droppedTagCalls;
    this.#durations += raw.droppedDurations;
    const { functions } = raw;
    /** The model's ids by the functions of the reading; -1 for those that are not named yet. */
    const ids = new Int32Array(functions.count).fill(-1);
    const tags = new Int32Array(functions.count).fill(UNTAGGED);
    for (let fn = 0; fn < functions.count; fn++) this.#addFunction(functions, fn, ids, tags, thread);
    this.#addEdges(slab, raw, ids, tags, thread);
    this.#addStacks(raw, ids, thread);
  }

  /** Names the functions that edges name, and keeps the rest until the edges are asked for. */
  #addEdges(slab: number, { functions, edges }: RawSlab, ids: Int32Array, tags: Int32Array, thread: number): void {
    const { sites } = functions;
    const { callers, callees, F, count } = edges;
    let unplaced = 0;
    let noCaller = -1;
    for (let edge = 0; edge < count; edge++) {
      const caller = callers[edge];
      const callee = callees[edge];
      if (callee === NOT_SHOWN) continue;
      if (caller === NO_CALLER) noCaller = this.#idOf(OVERFLOW_SITE);
      else if (ids[caller] < 0) ids[caller] = this.#idOf(sites[caller]);
      if (ids[callee] < 0) {
        ids[callee] = this.#idOf(sites[callee]);
        tags[callee] = this.#tagOf(functions.tags[callee]);
      }
      if (caller === NO_CALLER || sites[caller] === OVERFLOW_SITE) {
        unplaced += F[((edge * EDGE.words) >> 1) + EDGE.calls];
      }
    }
    this.#unplacedCalls += unplaced;
    const lines = this.#sites.edgeLines.of(slab, count, this.#callLine);
    const lineOf = (edge: number) => {
      const caller = callers[edge];
      return lines(edge, caller === NO_CALLER ? OVERFLOW_SITE : sites[caller], sites[callees[edge]]);
    };
    this.#edges.add({ edges, thread, ids, noCaller, tags, lineOf });
  }

  #addFunction(
    { sites, tags: arenaTags, figures, durations }: RawFunctions,
    fn: number,
    ids: Int32Array,
    tags: Int32Array,
    thread: number,
  ): void {
    const at = fn * RAW.words;
    // Counts are whole already, but not small integers to V8: these take no memory of their own.
    const calls = whole(figures[at + RAW.calls]);
    const open = whole(figures[at + RAW.open]);
    const errors = whole(figures[at + RAW.errors]);
    const selfWall = figures[at + RAW.selfWall];
    const selfCpu = figures[at + RAW.selfCpu];
    if (calls === 0 && open === 0 && errors === 0 && selfWall === 0 && figures[at + RAW.totalWall] === 0) return;
    const site = sites[fn];
    const isRoot = site === ROOT_SITE;
    if (site !== GC_SITE) this.#calls += calls;
    if (site === OVERFLOW_SITE) this.#siteCalls += calls;
    const id = (ids[fn] = this.#idOf(site));
    const tag = (tags[fn] = this.#tagOf(arenaTags[fn]));
    // The root's total is the thread's time; its self is what no instrumented function ran.
    const totalWall = isRoot ? 0 : figures[at + RAW.totalWall];
    const totalCpu = isRoot ? 0 : figures[at + RAW.totalCpu];
    this.#assembly.addToFunction(id, {
      thread,
      tag,
      calls,
      primitiveCalls: whole(calls - figures[at + RAW.recursiveCalls]),
      resumes: whole(figures[at + RAW.resumes]),
      awaitNs: whole(figures[at + RAW.await]),
      selfWallNs: whole(selfWall),
      selfCpuNs: this.#hasCpu ? whole(selfCpu) : null,
      totalWallNs: whole(larger(selfWall, totalWall)),
      totalCpuNs: this.#hasCpu ? whole(larger(selfCpu, totalCpu)) : null,
      open,
      errors,
      selfErrorNs: errorNs(figures[at + RAW.selfVariance]),
      totalErrorNs: errorNs(figures[at + RAW.totalVariance]),
      maxTotalNs: whole(figures[at + RAW.maxTotal]),
      longestBlockNs: isRoot ? 0 : whole(figures[at + RAW.longestBlock]), // it runs while nothing holds the thread
      durations: durations[fn],
    });
    if (tag === UNTAGGED) return;
    const sum = this.#tags[tag];
    sum.wallNs += whole(selfWall);
    sum.calls += calls;
    if (sum.cpuNs !== null) sum.cpuNs += whole(selfCpu);
  }

  /** Stacks that nothing was charged to, which a cleared tag leaves behind, are not shown, and so name no functions. */
  #addStacks({ nodes, functions }: RawSlab, ids: Int32Array, thread: number): void {
    const isShown = nodes.map(({ samples, wall }) => samples > 0 || wall > 0);
    for (let i = nodes.length - 1; i >= 0; i--) if (isShown[i] && nodes[i].parent >= 0) isShown[nodes[i].parent] = true;
    const placed: number[] = [];
    for (const [i, { parent, fn, samples, wall, cpu }] of nodes.entries()) {
      if (!isShown[i]) continue;
      if (ids[fn] < 0) ids[fn] = this.#idOf(functions.sites[fn]);
      const node = this.#assembly.stack(parent === -1 ? this.#root : placed[parent], ids[fn]);
      placed[i] = node;
      if (samples === 0 && wall === 0) continue;
      this.#assembly.addToStack(node, {
        thread,
        tag: this.#tagOf(functions.tags[fn]),
        samples,
        selfWallNs: whole(wall),
        selfCpuNs: this.#hasCpu ? whole(cpu) : null,
      });
    }
  }

  /** Share of calls timed exactly, 0 to 1. */
  exactShare(): number {
    return this.#calls === 0 ? 0 : Math.min(1, this.#exactEvents / (2 * this.#calls));
  }

  dropped(threads: number): Dropped {
    return {
      edgeCalls: Math.max(0, this.#unplacedCalls - this.#siteCalls - this.#deepCalls),
      siteCalls: this.#siteCalls,
      deepCalls: this.#deepCalls,
      samples: this.#samples,
      threads,
      tagCalls: this.#tagCalls,
      durations: this.#durations,
    };
  }

  /**
   * The rows, but for those of the edges: of these there may be very many, and who takes snapshots again and again asks for
   * few of them. `edges` makes them when it is first called, of what was read.
   */
  finish(): Pick<Profile, 'functions' | 'stacks' | 'tags'> & { edges(): EdgeStats[] } {
    const { functions, stacks } = this.#assembly.finish();
    let columns: EdgeRows | null = this.#edges; // not longer than they are needed
    let rows: EdgeStats[] = [];
    const edges = () => {
      if (columns !== null) {
        rows = columns.finish(functions.length);
        columns = null;
      }
      return rows;
    };
    return { functions, edges, stacks, tags: this.#tags };
  }
}
