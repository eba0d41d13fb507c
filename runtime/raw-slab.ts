// What a reading of a slab consists of: figures in columns, since there may be a hundred thousand edges. Functions are named
// by their place among the functions of the reading; the first is the root.
import { NO_TAG } from './layout.ts';
import type { RowCopies } from './row-copies.ts';
import { ROOT_ROW } from './slab-copy.ts';

/** Figures of a function: `figures[fn * RAW.words + RAW.calls]` and so on. Times in ns; CPU is 0 where there is no clock. */
export const RAW = {
  calls: 0,
  recursiveCalls: 1,
  selfWall: 2,
  selfCpu: 3,
  totalWall: 4,
  totalCpu: 5,
  resumes: 6,
  await: 7,
  open: 8,
  /** Activations that ended by throwing. */
  errors: 9,
  selfVariance: 10,
  totalVariance: 11,
  longestBlock: 12,
  /** The longest activation that was timed exactly from begin to end; 0 if none was. */
  maxTotal: 13,
  words: 14,
} as const;

export interface RawFunctions {
  readonly count: number;
  /** Site id, ROOT_SITE, OVERFLOW_SITE or GC_SITE. The first one is the root. */
  readonly sites: Int32Array;
  /** Tag id; NO_TAG for what ran under none. */
  readonly tags: Int32Array;
  readonly figures: Float64Array;
  /** Of the activations that were timed exactly: those of at least `fromNs` and less than `toNs`. Ascending, none empty. */
  readonly durations: readonly (readonly RawDuration[])[];
}

export interface RawDuration {
  readonly fromNs: number;
  readonly toNs: number;
  readonly calls: number;
}

/** {@link RawEdges.callees} of a row that is not to be shown. */
export const NOT_SHOWN = -1;
/** {@link RawEdges.callers} where the pair found no room. */
export const NO_CALLER = -1;

/** Edges in columns. Rows that are not shown are among them. */
export class RawEdges {
  readonly #rows: RowCopies;
  /** Indices of functions. */
  callers: Int32Array;
  callees: Int32Array;
  /** None of them waited or waits as long as this is empty. */
  #suspensions = new Float64Array(0);

  constructor(rows: RowCopies) {
    this.#rows = rows;
    this.callers = new Int32Array(rows.count);
    this.callees = new Int32Array(rows.count);
  }

  get count(): number {
    return this.#rows.count;
  }

  /** The figures: those of row `edge` from `edge * EDGE.words / 2` on, as in the arena. */
  get F(): Float64Array {
    return this.#rows.F;
  }

  resumes(edge: number): number {
    return this.#suspensions.length === 0 ? 0 : this.#suspensions[2 * edge];
  }

  awaitNs(edge: number): number {
    return this.#suspensions.length === 0 ? 0 : this.#suspensions[2 * edge + 1];
  }

  addSuspensions(edge: number, resumes: number, awaitNs: number): void {
    if (this.#suspensions.length <= 2 * edge) {
      const grown = new Float64Array(2 * (this.count + 64));
      grown.set(this.#suspensions);
      this.#suspensions = grown;
    }
    this.#suspensions[2 * edge] += resumes;
    this.#suspensions[2 * edge + 1] += awaitNs;
  }

  /** Adds a row; its figures are anything. */
  push(caller: number, callee: number): number {
    const edge = this.#rows.push();
    if (edge >= this.callers.length) {
      this.callers = longer(this.callers, edge);
      this.callees = longer(this.callees, edge);
    }
    this.callers[edge] = caller;
    this.callees[edge] = callee;
    return edge;
  }
}

function longer(column: Int32Array, rows: number): Int32Array {
  const grown = new Int32Array(rows + (rows >> 3) + 64);
  grown.set(column);
  return grown;
}

export interface RawNode {
  /** Index of the parent in `nodes`; -1 under the root. */
  readonly parent: number;
  readonly fn: number;
  readonly samples: number;
  readonly wall: number;
  readonly cpu: number;
}

export interface RawSlab {
  readonly functions: RawFunctions;
  readonly edges: RawEdges;
  readonly nodes: RawNode[];
  readonly exactEvents: number;
  readonly deepCalls: number;
  readonly droppedSamples: number;
  readonly droppedTagCalls: number;
  readonly droppedDurations: number;
}

/** Leaves of a reading the part that lies under a tag: calls from outside it come from the root there. NO_TAG leaves nothing. */
export function onlyTag(raw: RawSlab, tag: number): RawSlab {
  const { functions, edges } = raw;
  const isIn = (fn: number) => functions.tags[fn] === tag && tag !== NO_TAG;
  for (let fn = 0; fn < functions.count; fn++) {
    if (!isIn(fn)) functions.figures.fill(0, fn * RAW.words, (fn + 1) * RAW.words);
  }
  const { callers, callees, count } = edges;
  for (let edge = 0; edge < count; edge++) {
    if (!isIn(callees[edge])) callees[edge] = NOT_SHOWN;
    else if (callers[edge] !== NO_CALLER && !isIn(callers[edge])) callers[edge] = ROOT_ROW;
  }
  const kept = new Map<number, number>();
  const nodes: RawNode[] = [];
  raw.nodes.forEach((node, i) => {
    if (!isIn(node.fn)) return;
    kept.set(i, nodes.length);
    nodes.push({ ...node, parent: kept.get(node.parent) ?? -1 });
  });
  return { ...raw, nodes };
}
