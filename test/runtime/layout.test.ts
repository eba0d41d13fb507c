// The memory layout: columns and areas do not overlap, rows lie on cache lines, and columns that hot files take
// without their names are where they are taken.
import { expect } from 'chai';
import { SITE_STRIDE, TICK } from '../../runtime/contract.ts';
import { functionRows } from '../../runtime/figures.ts';
import {
  BLOCK,
  CHUNK,
  CONTROL,
  EDGE,
  FILE,
  FILE_BUCKETS,
  FILE_TABLE,
  FIRST_FREE,
  FOLDED,
  FOLDED_WORDS,
  AWAITS,
  FRAME,
  FUNCTION,
  FUNCTION_OWN_EDGE,
  MAX_SLABS,
  NODE,
  NULL_EDGE,
  SESSION,
  SESSIONS,
  SESSION_RING,
  SLAB,
  SLAB_DIRECTORY,
  SLAB_EDGES,
  SLAB_NAME,
  SLAB_NODES,
  SLAB_AWAITS,
  SLAB_CALIBRATION,
  SLAB_GC,
  SLAB_PSEUDO,
  SLAB_TAGGED,
  TABLE,
  TABLE_SEGMENTS,
  TAG,
  TAGGED,
  TAGGED_FUNCTION,
  THREAD_NAME_BYTES,
} from '../../runtime/layout.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { FOREST_NAMES } from '../support/call-forest.ts';
import { DrivenRuntime } from '../support/driven-runtime.ts';

const RECORDS = {
  AWAITS,
  BLOCK,
  CHUNK,
  CONTROL,
  EDGE,
  FILE,
  FOLDED,
  FRAME,
  FUNCTION,
  NODE,
  SESSION,
  SLAB,
  TABLE,
  TAG,
  TAGGED,
};
const WORDS_OF_A_CACHE_LINE = 16;

/** The words each column takes. Integers come first and count 0, 1, 2 …; where that breaks off, the floats begin. */
function wordsOf(record: Readonly<Record<string, number>>): Map<string, number[]> {
  const columns = Object.entries(record).filter(([name]) => name !== 'words');
  const words = new Map<string, number[]>();
  let floats = columns.every(([name]) => /Ns$|AtMs$/.test(name));
  columns.forEach(([name, offset], i) => {
    floats ||= offset !== i;
    words.set(name, floats ? [offset * 2, offset * 2 + 1] : [offset]);
  });
  return words;
}

describe('layout', () => {
  for (const [name, record] of Object.entries(RECORDS)) {
    it(`${name}: no two columns share a word, all lie inside`, () => {
      const taken = new Map<number, string>();
      for (const [column, words] of wordsOf(record)) {
        for (const word of words) {
          expect(taken.get(word), `${column} and`).to.be.undefined;
          expect(word, column).to.be.within(0, record.words - 1);
          taken.set(word, column);
        }
      }
      expect(record.words % 2, 'an even length').to.equal(0);
    });
  }

  it('areas of the control block and of a slab follow each other without overlap', () => {
    for (const areas of [
      [
        [0, CONTROL.words],
        [NULL_EDGE, EDGE.words],
        [SLAB_DIRECTORY, MAX_SLABS],
        [SESSIONS, SESSION_RING * SESSION.words],
        [FILE_TABLE, FILE_BUCKETS],
        [FIRST_FREE, 0],
      ],
      [
        [0, SLAB.words],
        [SLAB_NAME, THREAD_NAME_BYTES / 4],
        [SLAB_EDGES, TABLE.words],
        [SLAB_NODES, TABLE.words],
        [SLAB_AWAITS, TABLE.words],
        [SLAB_TAGGED, TABLE.words],
        [SLAB_PSEUDO, 2 * FUNCTION.words],
        [SLAB_GC, FUNCTION.words],
        [SLAB_CALIBRATION, FUNCTION.words],
      ],
      [
        [0, FUNCTION_OWN_EDGE],
        [FUNCTION_OWN_EDGE, EDGE.words],
        [FUNCTION.words, 0],
      ],
      [
        [0, TABLE.segments],
        [TABLE.segments, TABLE_SEGMENTS],
        [TABLE.words, 0],
      ],
    ]) {
      for (let i = 1; i < areas.length; i++) {
        expect(areas[i][0]).to.be.at.least(areas[i - 1][0] + areas[i - 1][1]);
        if (areas[i][1] !== TABLE_SEGMENTS) expect(areas[i][0] % 2).to.equal(0);
      }
    }
    const plainFunction = Math.max(...[...wordsOf(FUNCTION).values()].flat());
    expect(plainFunction, 'the columns of a function end before its own edge').to.be.below(FUNCTION_OWN_EDGE);
    expect(TAGGED.words - TAGGED_FUNCTION, 'a tagged row holds a whole function row').to.equal(FUNCTION.words);
    expect(FOLDED_WORDS).to.be.at.least(FOLDED.words + THREAD_NAME_BYTES / 4);
  });

  it('the tick word is where instrumented code looks for it, and rows are as far apart as it thinks', () => {
    expect([CONTROL.tick, FUNCTION.words]).to.deep.equal([TICK, SITE_STRIDE]);
  });

  it('columns that the hot files take without their names are where they are taken', () => {
    expect([FUNCTION.lastEdge, EDGE.caller, FRAME.fn]).to.deep.equal([0, 0, 0]);
    const { lastWallNs, lastCpuNs, trueCpuNs, trueCpuWallNs, lastSampleWallNs } = SLAB;
    const times = [lastCpuNs, trueCpuNs, trueCpuWallNs, lastSampleWallNs];
    expect(times.map((column) => column - lastWallNs)).to.deep.equal([1, 2, 3, 4]);
    expect([EDGE.next, NODE.next, AWAITS.next, TAGGED.next]).to.deep.equal([3, 3, 3, 3]);
  });

  it('function and edge rows begin on a cache line', () => {
    const driven = new DrivenRuntime();
    const { arena, slab } = driven.main.runtime;
    driven.start();
    for (const caller of FOREST_NAMES) {
      for (const callee of FOREST_NAMES) {
        driven.main.run([{ name: caller, self: 1, children: [{ name: callee, self: 1, children: [] }] }]);
      }
    }
    const rows = [...functionRows(arena, slab), ...rowsOfTable(arena, slab + SLAB_EDGES)];
    expect(rows.length).to.be.above(2 + 25);
    for (const row of rows) expect(row % WORDS_OF_A_CACHE_LINE, `row at ${row}`).to.equal(0);
  });
});
