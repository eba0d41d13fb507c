// What one subscriber has been sent, and the next frame for it. A frame has what changed since the subscriber's last one,
// however long ago that was, so frames may be left out at will.
import { CONTROL } from '../../runtime/layout.ts';
import type { ArenaReader } from '../snapshot/snapshot.ts';
import type { Frame, LiveFunction, LiveNodes, LiveTag } from './frame.ts';
import type { LiveStacks } from './live-stacks.ts';
import { type Live, precisionOf } from './live.ts';

export class Subscription {
  readonly #live: Live;
  readonly #reader: ArenaReader;
  readonly #limit: number;
  readonly #stacks: LiveStacks | null;
  /** The reading of the stacks that was sent last. */
  #stacksAt = 0;
  #seq = 0;
  #epoch = -1;
  #nowNs = 0;
  #looks = 0;
  #named = new Uint8Array(0);
  /** By function id: the reading that was sent last, and the self wall time then. */
  #sentAt = new Int32Array(0);
  #sentSelf = new Float64Array(0);
  #tags = new Map<string, LiveTag>();

  /**
   * @param limit functions of a frame at most
   * @param stacks what nodes are sent of; `null` for none
   */
  constructor(live: Live, reader: ArenaReader, limit = Infinity, stacks: LiveStacks | null = null) {
    this.#live = live;
    this.#reader = reader;
    this.#limit = limit;
    this.#stacks = stacks;
  }

  /** Of the last reading, as if the process were to end if `isLast`. */
  next(isLast = false): Frame {
    const live = this.#live;
    const { arena } = this.#reader;
    const isFull = this.#epoch !== live.epoch;
    this.#makeRoom(live.ids.names.length);
    if (isFull) {
      this.#sentAt.fill(0);
      this.#sentSelf.fill(0);
      this.#tags.clear();
      this.#stacksAt = 0;
    }
    const nodes = this.#newNodes();
    const blocks = live.blocksSince(this.#looks);
    const pending = this.#pending(isFull);
    const chosen = this.#choose(pending);
    const functions = chosen.map((id) => live.functionOf(id));
    const shown = new Set(chosen);
    for (const { fn } of blocks) shown.add(fn);
    for (const fn of nodes?.fn ?? []) shown.add(fn);
    for (const { stack } of live.threads) for (const id of stack ?? []) shown.add(id);
    const frame: Frame = {
      seq: ++this.#seq,
      isFull,
      epoch: live.epoch,
      atMs: live.atMs,
      intervalNs: this.#seq === 1 ? 0 : Math.round(live.nowNs - this.#nowNs),
      isRunning: this.#reader.isRunning(),
      precision: precisionOf(this.#reader),
      overhead: arena.F[CONTROL.overhead],
      threads: live.threads,
      functions,
      named: this.#nameNew(shown),
      tags: this.#newTags(),
      blocks,
      ...(nodes !== null && { nodes }),
      dropped: live.dropped,
      ...(chosen.length < pending.length && { held: pending.length - chosen.length }),
      ...(isLast && { gone: true as const }),
    };
    this.#note(functions);
    return frame;
  }

  #makeRoom(functions: number): void {
    if (this.#sentAt.length >= functions) return;
    const wider = functions * 2;
    const [sentAt, sentSelf, named] = [this.#sentAt, this.#sentSelf, this.#named];
    this.#sentAt = new Int32Array(wider);
    this.#sentSelf = new Float64Array(wider);
    this.#named = new Uint8Array(wider);
    this.#sentAt.set(sentAt);
    this.#sentSelf.set(sentSelf);
    this.#named.set(named);
  }

  /** Ids of the functions whose figures the subscriber does not have. */
  #pending(isFull: boolean): number[] {
    const { changedAt, ids } = this.#live;
    const pending: number[] = [];
    for (let id = 0; id < ids.names.length; id++) {
      if (changedAt[id] <= this.#sentAt[id]) continue;
      if (isFull && isZero(this.#live.functionOf(id))) {
        this.#sentAt[id] = this.#live.readings; // as good as sent
        continue;
      }
      pending.push(id);
    }
    return pending;
  }

  /** Those whose self time has changed most, if not all may be sent. */
  #choose(pending: number[]): number[] {
    if (pending.length <= this.#limit) return pending;
    const change = (id: number) => Math.abs(this.#live.selfWallOf(id) - this.#sentSelf[id]);
    return pending.sort((a, b) => change(b) - change(a)).slice(0, this.#limit);
  }

  #nameNew(shown: ReadonlySet<number>): Frame['named'] {
    const fresh = [...shown].filter((id) => this.#named[id] === 0);
    for (const id of fresh) this.#named[id] = 1;
    return fresh.map((id) => this.#live.ids.names[id]);
  }

  #newTags(): LiveTag[] {
    const changed = this.#live.tags.filter((tag) => {
      const sent = this.#tags.get(tag.name);
      return sent?.calls !== tag.calls || sent.wallNs !== tag.wallNs || sent.cpuNs !== tag.cpuNs;
    });
    for (const tag of changed) this.#tags.set(tag.name, tag);
    return changed;
  }

  #newNodes(): LiveNodes | null {
    const stacks = this.#stacks;
    if (stacks === null) return null;
    const id: number[] = [];
    for (let node = 1; node < stacks.parent.length; node++) {
      if (stacks.changedAt[node] > this.#stacksAt) id.push(node);
    }
    this.#stacksAt = stacks.readings;
    const hasCpu = this.#reader.clock.cpuName !== null;
    return {
      id,
      parent: id.map((node) => stacks.parent[node]),
      fn: id.map((node) => stacks.fn[node]),
      samples: id.map((node) => stacks.samples[node]),
      selfWallNs: id.map((node) => Math.round(stacks.wallNs[node])),
      selfCpuNs: hasCpu ? id.map((node) => Math.round(stacks.cpuNs[node])) : null,
    };
  }

  #note(functions: readonly LiveFunction[]): void {
    const live = this.#live;
    this.#epoch = live.epoch;
    this.#nowNs = live.nowNs;
    this.#looks = live.watch.looks;
    for (const { id, selfWallNs } of functions) {
      this.#sentAt[id] = live.readings;
      this.#sentSelf[id] = selfWallNs;
    }
  }
}

function isZero({ calls, open, errors, selfWallNs, totalWallNs, awaitNs }: LiveFunction): boolean {
  return calls === 0 && open === 0 && errors === 0 && selfWallNs === 0 && totalWallNs === 0 && awaitNs === 0;
}
