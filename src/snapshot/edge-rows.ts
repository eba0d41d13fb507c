// The edges of a profile while slabs are being added: columns, of which rows are made at the end. There may be a hundred
// thousand edges and more, so each costs two objects and a list, which a profile consists of, and no others.
import { EDGE } from '../../runtime/layout.ts';
import type { RawEdges } from '../../runtime/raw.ts';
import type { EdgePart, EdgeStats } from '../profile.ts';
import { addPart, edgeOf } from '../statistics/assembly.ts';
import { EDGE_ADDITION } from '../statistics/figures.ts';

/** The edges of one slab, and what the model knows of their functions. */
export interface SlabEdges {
  readonly edges: RawEdges;
  readonly thread: number;
  /** The model's ids of tags, by the functions of the reading. */
  readonly tags: Int32Array;
  /** The line of the call. */
  lineOf(edge: number): number;
}

interface Source extends SlabEdges {
  /** The first of its rows. */
  readonly first: number;
}

const { round, max } = Math;

export class EdgeRows {
  readonly #hasCpu: boolean;
  readonly #sources: Source[] = [];
  #count = 0;
  /** Of each row: the model's ids, and the edge of its source. */
  #callers = new Int32Array(0);
  #callees = new Int32Array(0);
  #edges = new Int32Array(0);

  constructor(hasCpu: boolean) {
    this.#hasCpu = hasCpu;
  }

  /** Begins a slab. */
  begin(source: SlabEdges): void {
    this.#sources.push({ ...source, first: this.#count });
    const rows = this.#count + source.edges.count;
    if (rows <= this.#callers.length) return;
    const grown = (column: Int32Array) => {
      const longer = new Int32Array(rows);
      longer.set(column);
      return longer;
    };
    this.#callers = grown(this.#callers);
    this.#callees = grown(this.#callees);
    this.#edges = grown(this.#edges);
  }

  /** Adds an edge of the slab that was begun last: its row in the reading, and the ids of its functions. */
  add(edge: number, caller: number, callee: number): void {
    const row = this.#count++;
    this.#callers[row] = caller;
    this.#callees[row] = callee;
    this.#edges[row] = edge;
  }

  /** One row a pair, in the order in which they were first added. Of several lines the first in the source stays. */
  finish(functions: number): EdgeStats[] {
    const { next, isFirst, pairs } = this.#pairs(functions);
    const rows = new Array<EdgeStats>(pairs);
    let made = 0;
    for (let s = 0; s < this.#sources.length; s++) {
      const source = this.#sources[s];
      const end = this.#sources[s + 1]?.first ?? this.#count;
      for (let row = source.first; row < end; row++) {
        if (isFirst[row] === 0) continue;
        const parts = [partOf(source, this.#edges[row], this.#hasCpu)];
        let line = source.lineOf(this.#edges[row]);
        for (let more = next[row]; more !== 0; more = next[more]) {
          const other = this.#sourceOf(more);
          addPart(parts, partOf(other, this.#edges[more], this.#hasCpu), EDGE_ADDITION);
          const otherLine = other.lineOf(this.#edges[more]);
          if (otherLine !== 0 && (line === 0 || otherLine < line)) line = otherLine;
        }
        rows[made++] = edgeOf(this.#callers[row], this.#callees[row], line, parts);
      }
    }
    return rows;
  }

  /**
   * Which rows are of one pair: chains of rows in ascending order; `next` is 0 at the end of one. Rows of one callee are
   * looked at one after the other, so that the last row of each caller is all there is to remember.
   */
  #pairs(functions: number): { next: Int32Array; isFirst: Uint8Array; pairs: number } {
    const count = this.#count;
    const [callers, callees] = [this.#callers, this.#callees];
    const places = new Int32Array(functions + 1);
    for (let row = 0; row < count; row++) places[callees[row] + 1]++;
    for (let fn = 0; fn < functions; fn++) places[fn + 1] += places[fn];
    const byCallee = new Int32Array(count);
    for (let row = 0; row < count; row++) byCallee[places[callees[row]]++] = row;
    const next = new Int32Array(count);
    const isFirst = new Uint8Array(count);
    const lastOf = new Int32Array(functions).fill(-1);
    let pairs = 0;
    for (let i = 0; i < count; i++) {
      const row = byCallee[i];
      const before = lastOf[callers[row]];
      lastOf[callers[row]] = row;
      if (before >= 0 && callees[before] === callees[row]) next[before] = row;
      else {
        isFirst[row] = 1;
        pairs++;
      }
    }
    return { next, isFirst, pairs };
  }

  #sourceOf(row: number): Source {
    return this.#sources.findLast(({ first }) => first <= row)!;
  }
}

/** Of self and total the larger: a torn reading of a moving thread must not show more self than total. */
function partOf({ edges, thread, tags }: Source, edge: number, hasCpu: boolean): EdgePart {
  const { I, F } = edges;
  const row = edge * EDGE.words;
  const at = row >> 1;
  const calls = F[at + EDGE.calls];
  const selfWall = F[at + EDGE.selfWallNs];
  const selfCpu = F[at + EDGE.selfCpuNs];
  return {
    thread,
    tag: tags[I[row + EDGE.callee]],
    calls,
    primitiveCalls: calls - F[at + EDGE.recursiveCalls],
    resumes: edges.resumes(edge),
    awaitNs: round(edges.awaitNs(edge)),
    selfWallNs: round(selfWall),
    selfCpuNs: hasCpu ? round(selfCpu) : null,
    totalWallNs: round(max(selfWall, F[at + EDGE.totalWallNs])),
    totalCpuNs: hasCpu ? round(max(selfCpu, F[at + EDGE.totalCpuNs])) : null,
  };
}
