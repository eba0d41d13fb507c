// Adds up what was read of the slabs: rows of functions, edges and stacks for the model, each part of them by thread and tag.
import { GC_SITE, NO_TAG, OVERFLOW_SITE, ROOT_SITE } from '../../runtime/layout.ts';
import type { RawFunction, RawSlab } from '../../runtime/raw.ts';
import type { Dropped, Profile, TagStats } from '../profile.ts';
import { UNTAGGED } from '../profile.ts';
import { Assembly } from '../statistics/assembly.ts';
import type { Sites } from './sites.ts';

const wholeNs = Math.round;
/** Of self and total: a torn reading of a moving thread must not show more self than total. */
const larger = Math.max;

/** The rows of one snapshot, while slabs are being added. */
export class Collection {
  readonly #sites: Sites;
  readonly #hasCpu: boolean;
  readonly #tagNames: ReadonlyMap<number, string>;
  readonly #tagIds = new Map<number, number>();
  readonly #tags: { -readonly [K in keyof TagStats]: TagStats[K] }[] = [];
  readonly #assembly = new Assembly();
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
    this.#tagNames = tagNames;
    this.#hasCpu = hasCpu;
    this.#root = this.#assembly.stack(-1, this.#idOf(ROOT_SITE));
  }

  /** Two sites with one key, from two versions of a file, are one function. */
  #idOf(site: number): number {
    let id = this.#idBySite.get(site);
    if (id === undefined) {
      const known = this.#sites.of(site);
      id = this.#assembly.function(known, known.key);
      this.#idBySite.set(site, id);
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

  add(raw: RawSlab, thread: number): void {
    this.#exactEvents += raw.exactEvents;
    this.#deepCalls += raw.deepCalls;
    this.#samples += raw.droppedSamples;
    this.#tagCalls += raw.droppedTagCalls;
    this.#durations += raw.droppedDurations;
    for (const fn of raw.functions) this.#addFunction(fn, thread);
    for (const edge of raw.edges) {
      const callerSite = edge.caller?.site ?? OVERFLOW_SITE;
      if (callerSite === OVERFLOW_SITE) this.#unplacedCalls += edge.calls;
      const { calls, selfWall, selfCpu } = edge;
      this.#assembly.addToEdge(
        this.#idOf(callerSite),
        this.#idOf(edge.callee.site),
        this.#sites.callLine(callerSite, edge.callee.site),
        {
          thread,
          tag: this.#tagOf(edge.callee.tag),
          calls,
          primitiveCalls: calls - edge.recursiveCalls,
          resumes: edge.resumes,
          awaitNs: wholeNs(edge.await),
          selfWallNs: wholeNs(selfWall),
          selfCpuNs: this.#hasCpu ? wholeNs(selfCpu) : null,
          totalWallNs: wholeNs(larger(selfWall, edge.totalWall)),
          totalCpuNs: this.#hasCpu ? wholeNs(larger(selfCpu, edge.totalCpu)) : null,
        },
      );
    }
    this.#addStacks(raw, thread);
  }

  #addFunction(fn: RawFunction, thread: number): void {
    const { calls, open, errors } = fn;
    if (calls === 0 && open === 0 && errors === 0 && fn.selfWall === 0 && fn.totalWall === 0) return;
    if (fn.site === ROOT_SITE) {
      fn.totalWall = 0; // the root's total is the thread's time; its self is what no instrumented function ran
      fn.totalCpu = 0;
      fn.longestBlock = 0; // it is what runs while nothing holds the thread
    }
    if (fn.site !== GC_SITE) this.#calls += calls;
    if (fn.site === OVERFLOW_SITE) this.#siteCalls += calls;
    const tag = this.#tagOf(fn.tag);
    const { selfWall, selfCpu } = fn;
    this.#assembly.addToFunction(this.#idOf(fn.site), {
      thread,
      tag,
      calls,
      primitiveCalls: calls - fn.recursiveCalls,
      resumes: fn.resumes,
      awaitNs: wholeNs(fn.await),
      selfWallNs: wholeNs(selfWall),
      selfCpuNs: this.#hasCpu ? wholeNs(selfCpu) : null,
      totalWallNs: wholeNs(larger(selfWall, fn.totalWall)),
      totalCpuNs: this.#hasCpu ? wholeNs(larger(selfCpu, fn.totalCpu)) : null,
      open,
      errors,
      selfErrorNs: Math.sqrt(fn.selfVariance),
      totalErrorNs: Math.sqrt(fn.totalVariance),
      maxTotalNs: Math.round(fn.maxTotal),
      longestBlockNs: Math.round(fn.longestBlock),
      durations: fn.durations,
    });
    if (tag === UNTAGGED) return;
    const sum = this.#tags[tag];
    sum.wallNs += wholeNs(selfWall);
    sum.calls += calls;
    if (sum.cpuNs !== null) sum.cpuNs += wholeNs(selfCpu);
  }

  /** Stacks that nothing was charged to, which a cleared tag leaves behind, are not shown, and so name no functions. */
  #addStacks({ nodes }: RawSlab, thread: number): void {
    const isShown = nodes.map(({ samples, wall }) => samples > 0 || wall > 0);
    for (let i = nodes.length - 1; i >= 0; i--) if (isShown[i] && nodes[i].parent >= 0) isShown[nodes[i].parent] = true;
    const placed: number[] = [];
    for (const [i, { parent, fn, samples, wall, cpu }] of nodes.entries()) {
      if (!isShown[i]) continue;
      const node = this.#assembly.stack(parent === -1 ? this.#root : placed[parent], this.#idOf(fn.site));
      placed[i] = node;
      if (samples === 0 && wall === 0) continue;
      this.#assembly.addToStack(node, {
        thread,
        tag: this.#tagOf(fn.tag),
        samples,
        selfWallNs: Math.round(wall),
        selfCpuNs: this.#hasCpu ? Math.round(cpu) : null,
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

  finish(): Pick<Profile, 'functions' | 'edges' | 'stacks' | 'tags'> {
    return { ...this.#assembly.finish(), tags: this.#tags };
  }
}
