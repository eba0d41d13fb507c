// The edges of a profile while slabs are being added: columns, of which rows are made at the end. There may be a hundred
// thousand edges and more, so each costs two objects and a list, which a profile consists of, and no others.
import { EDGE } from '../../runtime/layout.ts';
import { NO_CALLER, NOT_SHOWN, type RawEdges } from '../../runtime/raw-slab.ts';
import type { EdgePart, EdgeStats } from '../profile.ts';
import { addPart, edgeOf } from '../statistics/assembly.ts';
import { EDGE_ADDITION } from '../statistics/figures.ts';

/** The edges of one slab, and what the model knows of their functions. */
export interface SlabEdges {
  readonly edges: RawEdges;
  readonly thread: number;
  /** The model's ids by the functions of the reading: of functions, and of their tags. */
  readonly ids: Int32Array;
  readonly tags: Int32Array;
  /** The id of the caller where none is known. */
  readonly noCaller: number;
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
  /** Rows of all sources, those that are not shown included. */
  #count = 0;

  constructor(hasCpu: boolean) {
    this.#hasCpu = hasCpu;
  }

  add(source: SlabEdges): void {
    this.#sources.push({ ...source, first: this.#count });
    this.#count += source.edges.count;
  }

  /** One row a pair, in the order in which they were first added. Of several lines the first in the source stays. */
  finish(functions: number): EdgeStats[] {
    const { callers, callees } = this.#placed();
    const { next, isFirst, pairs } = pairsOf(callers, callees, functions);
    const sourceOf = new Uint32Array(this.#count);
    this.#sources.forEach(({ first, edges }, i) => sourceOf.fill(i, first, first + edges.count));
    const rows = new Array<EdgeStats>(pairs);
    let made = 0;
    for (const source of this.#sources) {
      const end = source.first + source.edges.count;
      for (let row = source.first; row < end; row++) {
        if (isFirst[row] === 0) continue;
        const edge = row - source.first;
        const parts = [partOf(source, edge, this.#hasCpu)];
        let line = source.lineOf(edge);
        for (let more = next[row]; more !== 0; more = next[more]) {
          const other = this.#sources[sourceOf[more]];
          addPart(parts, partOf(other, more - other.first, this.#hasCpu), EDGE_ADDITION);
          const otherLine = other.lineOf(more - other.first);
          if (otherLine !== 0 && (line === 0 || otherLine < line)) line = otherLine;
        }
        rows[made++] = edgeOf(callers[row], callees[row], line, parts);
      }
    }
    return rows;
  }

  /** The model's ids of the functions of each row. */
  #placed(): { callers: Int32Array; callees: Int32Array } {
    const callers = new Int32Array(this.#count);
    const callees = new Int32Array(this.#count);
    for (const { edges, ids, noCaller, first } of this.#sources) {
      const { count } = edges;
      const [from, to] = [edges.callers, edges.callees];
      for (let edge = 0; edge < count; edge++) {
        callers[first + edge] = from[edge] === NO_CALLER ? noCaller : ids[from[edge]];
        callees[first + edge] = to[edge] === NOT_SHOWN ? NOT_SHOWN : ids[to[edge]];
      }
    }
    return { callers, callees };
  }
}

/**
 * Which rows are of one pair: chains of rows in ascending order; `next` is 0 at the end of one. Rows of one callee are
 * looked at one after the other, so that the last row of each caller is all there is to remember.
 */
function pairsOf(
  callers: Int32Array,
  callees: Int32Array,
  functions: number,
): { next: Int32Array; isFirst: Uint8Array; pairs: number } {
  const count = callees.length;
  const places = new Int32Array(functions + 1);
  let shown = 0;
  for (let row = 0; row < count; row++) {
    if (callees[row] === NOT_SHOWN) continue;
    places[callees[row] + 1]++;
    shown++;
  }
  for (let fn = 0; fn < functions; fn++) places[fn + 1] += places[fn];
  const byCallee = new Int32Array(shown);
  for (let row = 0; row < count; row++) if (callees[row] !== NOT_SHOWN) byCallee[places[callees[row]]++] = row;
  const next = new Int32Array(count);
  const isFirst = new Uint8Array(count);
  const lastOf = new Int32Array(functions).fill(-1);
  let pairs = 0;
  for (let i = 0; i < shown; i++) {
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

/** Of self and total the larger: a torn reading of a moving thread must not show more self than total. */
function partOf({ edges, thread, tags }: Source, edge: number, hasCpu: boolean): EdgePart {
  const { F } = edges;
  const at = (edge * EDGE.words) >> 1;
  const calls = round(F[at + EDGE.calls]); // whole already, but not a small integer to V8
  const selfWall = F[at + EDGE.selfWallNs];
  const selfCpu = F[at + EDGE.selfCpuNs];
  return {
    thread,
    tag: tags[edges.callees[edge]],
    calls,
    primitiveCalls: round(calls - F[at + EDGE.recursiveCalls]),
    resumes: round(edges.resumes(edge)),
    awaitNs: round(edges.awaitNs(edge)),
    selfWallNs: round(selfWall),
    selfCpuNs: hasCpu ? round(selfCpu) : null,
    totalWallNs: round(max(selfWall, F[at + EDGE.totalWallNs])),
    totalCpuNs: hasCpu ? round(max(selfCpu, F[at + EDGE.totalCpuNs])) : null,
  };
}
