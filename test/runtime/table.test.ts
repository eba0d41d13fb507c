// The growing table against a Map: random keys, growth over many rounds, full table, full arena, reset and reuse.
import { expect } from 'chai';
import fc from 'fast-check';
import { type Arena, allocate, createArena } from '../../runtime/arena.ts';
import { CONTROL, TABLE, TABLE_SEGMENTS } from '../../runtime/layout.ts';
import { initTable, resetTable, rowOf, rowsOfTable } from '../../runtime/table.ts';
import { randomly } from '../support/call-forest.ts';

function newTable(maxRows: number, rowWords = 16, arenaBytes = 16 << 20): { arena: Arena; table: number } {
  const arena = createArena({ arenaBytes })!;
  const table = allocate(arena, TABLE.words);
  initTable(arena, table, rowWords, maxRows);
  return { arena, table };
}

/** Addresses of function rows, which is what the keys are. */
const address = fc.nat(400).map((n) => n * 32);

describe('rowOf()', () => {
  for (const rowWords of [8, 16]) {
    it(`finds what a Map finds, rows of ${rowWords} words`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(address, address), { maxLength: 1500, size: 'max' }),
          fc.nat(1200),
          fc.boolean(),
          (pairs, maxRows, again) => {
            const { arena, table } = newTable(maxRows, rowWords);
            for (let round = 0; round < (again ? 2 : 1); round++) {
              const truth = new Map<string, number>();
              for (const [a, b] of pairs) {
                const key = `${a},${b}`;
                const row = rowOf(arena, table, a, b);
                if (truth.has(key)) expect(row).to.equal(truth.get(key));
                else if (truth.size >= maxRows) expect(row, 'full').to.equal(0);
                else {
                  expect(row).to.be.above(0);
                  expect([...arena.I.subarray(row, row + 2)]).to.deep.equal([a, b]);
                  expect(arena.I[row + 4], 'zeroed').to.equal(0);
                  arena.I[row + 4] = truth.size + 1;
                  arena.I[row + rowWords - 1] = -1; // rows must not overlap: the chain would break
                  truth.set(key, row);
                }
              }
              expect([...rowsOfTable(arena, table)], 'in the order they were made').to.deep.equal([...truth.values()]);
              expect([...truth.values()].map((row) => arena.I[row + 4])).to.deep.equal(
                [...truth.values()].map((_, i) => i + 1),
              );
              resetTable(arena, table);
              expect([...rowsOfTable(arena, table)]).to.deep.equal([]);
            }
          },
        ),
        randomly(40),
      );
    });
  }

  it('keeps chains short while it grows to 100,000 rows', () => {
    const { arena, table } = newTable(1 << 20, 8);
    const { I } = arena;
    for (let i = 0; i < 100_000; i++) rowOf(arena, table, 4096 + (i % 317) * 32, 4096 + ((i / 317) | 0) * 32);
    let longest = 0;
    let heads = 0;
    let found = 0;
    for (let segment = 0; segment < TABLE_SEGMENTS; segment++) {
      const at = I[table + TABLE.segments + segment];
      if (at === 0) continue;
      for (let bucket = 0; bucket < (segment === 0 ? 64 : 64 << (segment - 1)); bucket++) {
        let length = 0;
        for (let row = I[at + bucket]; row !== 0; row = I[row + 3]) length++;
        longest = Math.max(longest, length);
        found += length;
        if (length > 0) heads++;
      }
    }
    expect(found, 'every row hangs in exactly one chain').to.equal(100_000);
    expect(longest).to.be.below(24);
    expect(heads).to.be.above(30_000);
  });

  it('uses the memory of before after a reset', () => {
    const { arena, table } = newTable(1 << 20);
    const fill = () => {
      for (let i = 0; i < 5000; i++) rowOf(arena, table, i * 32, 64);
    };
    fill();
    const free = arena.I[CONTROL.nextFree];
    for (let round = 0; round < 5; round++) {
      resetTable(arena, table);
      fill();
    }
    expect(arena.I[CONTROL.nextFree]).to.equal(free);
  });

  it('gives 0 for new rows when the arena is full, and still finds the old ones', () => {
    const { arena, table } = newTable(1 << 20, 16, 256 << 10);
    const rows = new Map<number, number>();
    for (let i = 1; i < 20_000; i++) {
      const row = rowOf(arena, table, i, i);
      if (row !== 0) rows.set(i, row);
    }
    expect(rows.size).to.be.within(1000, 4096);
    for (const [i, row] of rows) expect(rowOf(arena, table, i, i)).to.equal(row);
    expect(rowOf(arena, table, -5, 7)).to.equal(0);
  });
});

describe('rowsOfTable()', () => {
  it('gives nothing of a table whose first chunk, overwritten, lies outside memory', () => {
    const { arena, table } = newTable(100);
    rowOf(arena, table, 32, 64);
    for (const chunk of [-1, arena.I.length - 1, arena.I.length, 0x7fffffff]) {
      arena.I[table + TABLE.firstChunk] = chunk;
      expect([...rowsOfTable(arena, table)], String(chunk)).to.deep.equal([]);
    }
  });
});
