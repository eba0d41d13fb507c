// What the statistics of activations that suspend should be, computed naively: objects for everything, and every figure
// brought up to date whenever time passes.
import { ASYNC_GENERATOR, GENERATOR } from '../../runtime/contract.ts';

export interface AsyncRow {
  calls: number;
  primitiveCalls: number;
  selfWallNs: number;
  selfCpuNs: number;
  totalWallNs: number;
  totalCpuNs: number;
  resumes: number;
  awaitNs: number;
}

export interface FunctionRow extends AsyncRow {
  open: number;
  longestBlockNs: number;
}

export type AsyncTable = Record<string, AsyncRow | FunctionRow>;

export class ReferenceActivation {
  readonly kind: number;
  readonly fn: string;
  readonly edge: string;
  /** The nearest async activation below it at its call. */
  readonly parent: ReferenceActivation | null;
  open = true;
  dead = false;
  waiting: 'await' | 'yield' | null = null;
  withinFunction = false;
  withinEdge = false;
  apartCpuNs = 0;

  constructor(kind: number, fn: string, edge: string, parent: ReferenceActivation | null) {
    this.kind = kind;
    this.fn = fn;
    this.edge = edge;
    this.parent = parent;
    this.judge();
  }

  *ancestors(): Generator<ReferenceActivation> {
    for (let each = this.parent; each !== null; each = each.parent) yield each;
  }

  /** Whether it runs within an open activation of its function, and of its edge. Can only cease to be so. */
  judge(first = true): void {
    const open = [...this.ancestors()].filter((each) => each.open);
    this.withinFunction = (first || this.withinFunction) && open.some((each) => each.fn === this.fn);
    this.withinEdge = (first || this.withinEdge) && open.some((each) => each.edge === this.edge);
  }
}

interface Frame {
  readonly fn: string;
  readonly edge: string;
  readonly activation: ReferenceActivation | null;
  /** Put there by the event loop, with nothing below. */
  readonly byEventLoop: boolean;
  readonly sinceWallNs: number;
}

const newRow = (): FunctionRow => ({
  calls: 0,
  primitiveCalls: 0,
  selfWallNs: 0,
  selfCpuNs: 0,
  totalWallNs: 0,
  totalCpuNs: 0,
  resumes: 0,
  awaitNs: 0,
  open: 0,
  longestBlockNs: 0,
});

export class AsyncReference {
  running = false;
  #wallNs = 0;
  #rows = new Map<string, FunctionRow>();
  #stack: Frame[] = [];
  #activations = new Set<ReferenceActivation>();

  #row(key: string): FunctionRow {
    return this.#rows.get(key) ?? this.#rows.set(key, newRow()).get(key)!;
  }

  pass(wallNs: number, cpuNs: number): void {
    this.#wallNs += wallNs;
    if (!this.running) return;
    const top = this.#stack.at(-1);
    for (const key of top === undefined ? [] : [top.fn, top.edge]) {
      this.#row(key).selfWallNs += wallNs;
      this.#row(key).selfCpuNs += cpuNs;
    }
    const met = new Set<string>();
    for (const { fn, edge, activation, byEventLoop, sinceWallNs } of this.#stack) {
      for (const [key, within] of [
        [fn, activation?.withinFunction],
        [edge, activation?.withinEdge],
      ] as const) {
        if (met.has(key)) continue;
        met.add(key);
        if (within) continue;
        this.#row(key).totalWallNs += wallNs;
        this.#row(key).totalCpuNs += cpuNs;
      }
      if (byEventLoop) activation!.apartCpuNs += cpuNs;
      const row = this.#row(fn);
      row.longestBlockNs = Math.max(row.longestBlockNs, this.#wallNs - sinceWallNs);
    }
    for (const each of this.#activations) {
      if (each.waiting !== 'await') continue;
      for (const key of [each.fn, each.edge]) this.#row(key).awaitNs += wallNs;
      if (!each.withinFunction) this.#row(each.fn).totalWallNs += wallNs;
      if (!each.withinEdge) this.#row(each.edge).totalWallNs += wallNs;
    }
  }

  #call(fn: string, within: boolean): string {
    const edge = `${this.#stack.at(-1)?.fn ?? '(event loop)'}→${fn}`;
    const primitive = !within && !this.#stack.some((frame) => frame.fn === fn);
    for (const key of [fn, edge]) {
      this.#row(key).calls++;
      if (primitive) this.#row(key).primitiveCalls++;
    }
    this.#row(fn).open++;
    return edge;
  }

  #push(fn: string, edge: string, activation: ReferenceActivation | null, byEventLoop = false): void {
    this.#stack.push({ fn, edge, activation, byEventLoop, sinceWallNs: this.#wallNs });
  }

  enter(fn: string): void {
    this.#push(fn, this.#call(fn, false), null);
  }

  exit(): void {
    const { fn } = this.#stack.pop()!;
    this.#row(fn).open--;
  }

  activate(fn: string, kind: number): ReferenceActivation {
    const below = this.#stack.findLast(({ activation }) => activation !== null && activation.kind !== GENERATOR);
    const parent = kind === GENERATOR ? null : (below?.activation ?? null);
    const edgeKey = `${this.#stack.at(-1)?.fn ?? '(event loop)'}→${fn}`;
    const activation = new ReferenceActivation(kind, fn, edgeKey, parent);
    this.#call(fn, activation.withinFunction);
    this.#push(fn, edgeKey, activation);
    this.#activations.add(activation);
    if (kind === GENERATOR || kind === ASYNC_GENERATOR) this.#resumed(activation);
    return activation;
  }

  #resumed({ fn, edge }: ReferenceActivation): void {
    for (const key of [fn, edge]) this.#row(key).resumes++;
  }

  suspend(activation: ReferenceActivation, waiting: 'await' | 'yield'): void {
    if (activation.dead) return;
    this.#stack.pop();
    activation.waiting = waiting;
  }

  resume(activation: ReferenceActivation): void {
    if (activation.dead || activation.waiting === null) return;
    activation.waiting = null;
    activation.judge(false);
    this.#resumed(activation);
    this.#push(activation.fn, activation.edge, activation, this.#stack.length === 0);
  }

  finish(activation: ReferenceActivation): void {
    if (activation.dead) return;
    this.resume(activation);
    this.#stack.pop();
    this.#row(activation.fn).open--;
    activation.open = false;
    this.#activations.delete(activation);
    const heir = [...activation.ancestors()].find((each) => each.open);
    if (heir === undefined || heir.dead) return;
    heir.apartCpuNs += activation.apartCpuNs;
    if (!heir.withinFunction) this.#row(heir.fn).totalCpuNs += activation.apartCpuNs;
    if (!heir.withinEdge) this.#row(heir.edge).totalCpuNs += activation.apartCpuNs;
  }

  start(): void {
    this.#bury();
    this.running = true;
  }

  stop(): void {
    this.#bury();
    this.running = false;
  }

  clear(): void {
    this.#bury();
    this.#rows.clear();
  }

  #bury(): void {
    this.#stack = [];
    for (const activation of this.#activations) {
      activation.dead = true;
      activation.waiting = null;
    }
    this.#activations.clear();
  }

  table(): AsyncTable {
    const table: AsyncTable = {};
    for (const [key, { open, longestBlockNs, ...row }] of this.#rows) {
      if (row.calls === 0 && open === 0) continue;
      row.totalWallNs = Math.max(row.totalWallNs, row.selfWallNs);
      row.totalCpuNs = Math.max(row.totalCpuNs, row.selfCpuNs);
      table[key] = key.includes('→') ? row : { ...row, open, longestBlockNs };
    }
    return table;
  }
}
