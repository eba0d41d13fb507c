// Adds up what was read of the slabs to the functions, edges, stacks and tags of the model.
import type {
  EdgeStats,
  FunctionStats,
  NotInstrumented,
  StackNode,
  Statistics,
  Suspensions,
  TagShare,
  TagStats,
  ThreadShare,
  Times,
} from '../src/profile.ts';
import { SITE_KINDS, type SiteTable } from './contract.ts';
import { NO_TAG, OVERFLOW_SITE, ROOT_SITE } from './layout.ts';
import type { RawFunction, RawSlab, RawTimes } from './raw.ts';
import { registeredFiles } from './registry.ts';
import type { Runtime } from './runtime.ts';
import { tagNames } from './tags.ts';

type Site = Pick<FunctionStats, 'key' | 'name' | 'file' | 'line' | 'column' | 'kind'>;

/** The registry as objects: site by id, and what was left uninstrumented. */
function readSites(runtime: Runtime): { byId: Site[]; left: NotInstrumented[] } {
  const byId: Site[] = [];
  const left: NotInstrumented[] = [];
  for (const { firstSite, siteCount, file, table } of registeredFiles(runtime.arena)) {
    let parsed: Pick<SiteTable, 'sites' | 'left' | 'files'> = { sites: [], left: [] };
    try {
      const read = JSON.parse(table) as SiteTable | null;
      if (Array.isArray(read?.sites) && Array.isArray(read.left)) parsed = read;
    } catch {
      // made by something else: its functions are shown without a name
    }
    for (let i = 0; i < siteCount; i++) {
      const [name, kind, line, column, source] = parsed.sites[i] ?? [`<site ${firstSite + i}>`, 1, 0, 0];
      const original = parsed.files?.[source ?? -1] ?? file;
      const key = `${original}:${line}:${column}:${name}`;
      byId[firstSite + i] = { key, name, file: original, line, column, kind: SITE_KINDS[kind] ?? 'function' };
    }
    for (const [name, kind, line, column, reason, source] of parsed.left) {
      const original = parsed.files?.[source ?? -1] ?? file;
      left.push({ name, file: original, line, column, kind: SITE_KINDS[kind] ?? 'function', reason });
    }
  }
  return { byId, left };
}

const PSEUDO_SITES: Readonly<Record<number, Site>> = {
  [ROOT_SITE]: { key: '(event loop)', name: '(event loop)', file: '', line: 0, column: 0, kind: 'root' },
  [OVERFLOW_SITE]: { key: '(overflow)', name: '(overflow)', file: '', line: 0, column: 0, kind: 'overflow' },
};

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface MutableFunction extends Writable<Omit<FunctionStats, 'threads' | 'tags'>> {
  threads: Writable<ThreadShare>[];
  tags: Writable<TagShare>[];
}

type Share = Omit<ThreadShare, 'thread'>;

/** Adds up slabs by identity: two sites with one key, from two versions of a file, are one function. */
export class Merge {
  readonly sites: { byId: Site[]; left: NotInstrumented[] };
  readonly #hasCpu: boolean;
  readonly #tagNames: ReadonlyMap<number, string>;
  readonly #functions: MutableFunction[] = [];
  readonly #functionByKey = new Map<string, number>();
  readonly #functionBySite = new Map<number, number>();
  readonly #edges: Writable<EdgeStats>[] = [];
  readonly #edgeByPair = new Map<number, number>();
  readonly #stacks: Writable<StackNode>[] = [];
  readonly #stackByPlace = new Map<number, number>();
  readonly #tags: Writable<TagStats>[] = [];
  #exactEvents = 0;
  #deepCalls = 0;
  #droppedSamples = 0;
  #droppedTagCalls = 0;

  constructor(runtime: Runtime, hasCpu: boolean) {
    this.sites = readSites(runtime);
    this.#hasCpu = hasCpu;
    this.#tagNames = tagNames(runtime.arena);
    this.#stacks.push({ parent: -1, fn: this.#functionOf(ROOT_SITE), selfWallNs: 0, selfCpuNs: hasCpu ? 0 : null });
  }

  #functionOf(site: number): number {
    const known = this.#functionBySite.get(site);
    if (known !== undefined) return known;
    const info = PSEUDO_SITES[site] ?? this.sites.byId[site] ?? PSEUDO_SITES[OVERFLOW_SITE];
    let id = this.#functionByKey.get(info.key);
    if (id === undefined) {
      id = this.#functions.length;
      this.#functionByKey.set(info.key, id);
      const { name, file, line, column, kind, key } = info;
      const nothing = { calls: 0, primitiveCalls: 0, open: 0, selfErrorNs: 0, totalErrorNs: 0, longestBlockNs: 0 };
      const times = this.#times({ selfWall: 0, selfCpu: 0, totalWall: 0, totalCpu: 0, resumes: 0, await: 0 });
      this.#functions.push({ id, key, name, file, line, column, kind, ...nothing, ...times, threads: [], tags: [] });
    }
    this.#functionBySite.set(site, id);
    return id;
  }

  /** A torn reading of a moving thread must not show more self than total. */
  #times({ selfWall, selfCpu, totalWall, totalCpu, resumes, await: awaitNs }: RawTimes): Times & Suspensions {
    return {
      selfWallNs: selfWall,
      selfCpuNs: this.#hasCpu ? selfCpu : null,
      totalWallNs: Math.max(selfWall, totalWall),
      totalCpuNs: this.#hasCpu ? Math.max(selfCpu, totalCpu) : null,
      resumes,
      awaitNs,
    };
  }

  #addTimes(to: Writable<Times & Suspensions>, from: Times & Suspensions): void {
    to.resumes += from.resumes;
    to.awaitNs += from.awaitNs;
    to.selfWallNs += from.selfWallNs;
    to.totalWallNs += from.totalWallNs;
    if (to.selfCpuNs !== null) to.selfCpuNs += from.selfCpuNs ?? 0;
    if (to.totalCpuNs !== null) to.totalCpuNs += from.totalCpuNs ?? 0;
  }

  add(raw: RawSlab, thread: number): void {
    this.#exactEvents += raw.exactEvents;
    this.#deepCalls += raw.deepCalls;
    this.#droppedSamples += raw.droppedSamples;
    this.#droppedTagCalls += raw.droppedTagCalls;
    for (const fn of raw.functions) this.#addFunction(fn, thread);
    for (const edge of raw.edges) {
      const caller = this.#functionOf(edge.caller?.site ?? OVERFLOW_SITE);
      const callee = this.#functionOf(edge.callee.site);
      const pair = caller * 2 ** 26 + callee;
      const times = this.#times(edge);
      const calls = edge.calls;
      const primitiveCalls = edge.calls - edge.recursiveCalls;
      const at = this.#edgeByPair.get(pair);
      if (at === undefined) {
        this.#edgeByPair.set(pair, this.#edges.length);
        this.#edges.push({ caller, callee, calls, primitiveCalls, ...times });
      } else {
        const sum = this.#edges[at];
        sum.calls += calls;
        sum.primitiveCalls += primitiveCalls;
        this.#addTimes(sum, times);
      }
    }
    this.#addStacks(raw);
  }

  #addFunction(fn: RawFunction, thread: number): void {
    if (fn.calls === 0 && fn.open === 0 && fn.selfWall === 0 && fn.totalWall === 0) return;
    if (fn.site === ROOT_SITE) {
      fn.totalWall = 0; // the root's total is the thread's time; its self is what no instrumented function ran
      fn.totalCpu = 0;
      fn.longestBlock = 0; // it is what runs while nothing holds the thread
    }
    const sum = this.#functions[this.#functionOf(fn.site)];
    const times = this.#times(fn);
    const { calls, open } = fn;
    const primitiveCalls = fn.calls - fn.recursiveCalls;
    sum.calls += calls;
    sum.primitiveCalls += primitiveCalls;
    sum.open += open;
    // Kept as variances until all slabs are in.
    sum.selfErrorNs += fn.selfVariance;
    sum.totalErrorNs += fn.totalVariance;
    sum.longestBlockNs = Math.max(sum.longestBlockNs, fn.longestBlock);
    this.#addTimes(sum, times);
    const share = { calls, primitiveCalls, open, ...times };
    const known = sum.threads.find((each) => each.thread === thread); // of another tag
    if (known === undefined) sum.threads.push({ thread, ...share });
    else this.#addShare(known, share);
    if (fn.tag !== NO_TAG) this.#addTag(sum, fn.tag, share);
  }

  #addShare(to: Writable<Share>, from: Share): void {
    to.calls += from.calls;
    to.primitiveCalls += from.primitiveCalls;
    to.open += from.open;
    this.#addTimes(to, from);
  }

  #addTag(fn: MutableFunction, tagId: number, share: Share): void {
    const name = this.#tagNames.get(tagId);
    if (name === undefined) return; // forgotten since the slab was read
    let tag = this.#tags.find((each) => each.name === name);
    if (tag === undefined) {
      tag = { id: this.#tags.length, name, wallNs: 0, cpuNs: this.#hasCpu ? 0 : null, calls: 0 };
      this.#tags.push(tag);
    }
    tag.wallNs += share.selfWallNs;
    tag.calls += share.calls;
    if (tag.cpuNs !== null) tag.cpuNs += share.selfCpuNs ?? 0;
    const { id } = tag;
    const known = fn.tags.find((each) => each.tag === id); // of another thread
    if (known === undefined) fn.tags.push({ tag: id, ...share });
    else this.#addShare(known, share);
  }

  #addStacks(raw: RawSlab): void {
    const placed: number[] = [];
    for (const node of raw.nodes) {
      const parent = node.parent === -1 ? 0 : placed[node.parent];
      const fn = this.#functionOf(node.fn.site);
      const place = parent * 2 ** 26 + fn;
      let at = this.#stackByPlace.get(place);
      if (at === undefined) {
        at = this.#stacks.length;
        this.#stackByPlace.set(place, at);
        this.#stacks.push({ parent, fn, selfWallNs: 0, selfCpuNs: this.#hasCpu ? 0 : null });
      }
      const sum = this.#stacks[at];
      sum.selfWallNs += node.wall;
      if (sum.selfCpuNs !== null) sum.selfCpuNs += node.cpu;
      placed.push(at);
    }
  }

  dropped(threads: number): Statistics['dropped'] {
    const overflow = this.#functionBySite.get(OVERFLOW_SITE);
    const siteCalls = overflow === undefined ? 0 : this.#functions[overflow].calls;
    let unplaced = 0;
    for (const edge of this.#edges) if (edge.caller === overflow) unplaced += edge.calls;
    return {
      edgeCalls: Math.max(0, unplaced - siteCalls - this.#deepCalls),
      siteCalls,
      deepCalls: this.#deepCalls,
      samples: this.#droppedSamples,
      threads,
      tagCalls: this.#droppedTagCalls,
    };
  }

  finish() {
    let calls = 0;
    for (const fn of this.#functions) {
      calls += fn.calls;
      fn.selfErrorNs = Math.sqrt(fn.selfErrorNs);
      fn.totalErrorNs = Math.sqrt(fn.totalErrorNs);
    }
    return {
      functions: this.#functions as readonly FunctionStats[],
      edges: this.#edges as readonly EdgeStats[],
      stacks: this.#stacks as readonly StackNode[],
      tags: this.#tags as readonly TagStats[],
      exactShare: calls === 0 ? 0 : Math.min(1, this.#exactEvents / (2 * calls)),
    };
  }
}
