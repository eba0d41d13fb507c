// A reading is of one moment: what its thread does meanwhile is either all in it or not at all.
import { expect } from 'chai';
import { EDGE, SLAB, SLAB_EDGES } from '../../runtime/layout.ts';
import { readSlab } from '../../runtime/raw.ts';
import { NOT_SHOWN, RAW, type RawSlab } from '../../runtime/raw-slab.ts';
import { type ReadingMoment, ROOT_ROW } from '../../runtime/slab-copy.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { DrivenRuntime } from '../support/driven-runtime.ts';
import { parseForest } from '../support/call-forest.ts';

const FOREST = parseForest('a[1](b[2] b[3])');

function started() {
  const driven = new DrivenRuntime();
  driven.start();
  driven.main.run(FOREST);
  const { arena, slab } = driven.main.runtime;
  const moment = (): ReadingMoment => ({ untilWallNs: driven.wallNs, cpuNs: driven.cpuNs });
  return { driven, arena, slab, moment };
}

/** Sums over all functions but the root, and over all edges. */
function callsIn({ functions, edges }: RawSlab): [functions: number, edges: number] {
  let [inFunctions, inEdges] = [0, 0];
  for (let fn = ROOT_ROW + 1; fn < functions.count; fn++) inFunctions += functions.figures[fn * RAW.words + RAW.calls];
  for (let edge = 0; edge < edges.count; edge++) {
    if (edges.callees[edge] !== NOT_SHOWN) inEdges += edges.F[(edge * EDGE.words) / 2 + EDGE.calls];
  }
  return [inFunctions, inEdges];
}

describe('readSlab()', () => {
  it('reads anew when the thread changed several words meanwhile', () => {
    const { driven, arena, slab, moment } = started();
    let readings = 0;
    const raw = readSlab(arena, slab, () => {
      if (++readings <= 2) driven.main.run(FOREST); // after the sequence was looked at, before the rows
      return moment();
    });
    expect(readings).to.equal(3);
    expect(callsIn(raw)).to.deep.equal([9, 9]);
  });

  it('does not begin in the middle of a change, and takes the last reading of a thread that never rests', () => {
    const { driven, arena, slab, moment } = started();
    arena.I[slab + SLAB.sequence]++; // as if between two words of an event
    let readings = 0;
    const count = () => {
      readings++;
      return moment();
    };
    expect(callsIn(readSlab(arena, slab, count))).to.deep.equal([3, 3]);
    expect(readings).to.equal(4);
    arena.I[slab + SLAB.sequence]++;
    readings = 0;
    driven.main.run(FOREST);
    expect(callsIn(readSlab(arena, slab, count))).to.deep.equal([6, 6]);
    expect(readings).to.equal(1);
  });

  it('is not changed by what the thread does afterwards', () => {
    const { driven, arena, slab, moment } = started();
    const raw = readSlab(arena, slab, moment);
    driven.main.run(FOREST);
    driven.clear();
    driven.main.run(FOREST);
    expect(callsIn(raw)).to.deep.equal([3, 3]);
  });

  it('shows no more recursive calls than calls, when the thread was met between the two', () => {
    const { arena, slab, moment } = started();
    const [edge] = rowsOfTable(arena, slab + SLAB_EDGES);
    arena.F[(edge >> 1) + EDGE.recursiveCalls] = arena.F[(edge >> 1) + EDGE.calls] + 1;
    const { functions } = readSlab(arena, slab, moment);
    for (let at = 0; at < functions.count * RAW.words; at += RAW.words) {
      expect(functions.figures[at + RAW.recursiveCalls]).to.be.at.most(functions.figures[at + RAW.calls]);
    }
  });
});
