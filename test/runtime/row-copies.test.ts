// Copies of a table's rows are what the rows were, and are found by the rows' addresses.
import { expect } from 'chai';
import { EDGE, SLAB_EDGES } from '../../runtime/layout.ts';
import { RowCopies } from '../../runtime/row-copies.ts';
import { rowOf, rowsOfTable } from '../../runtime/table.ts';
import { DrivenRuntime } from '../support/driven-runtime.ts';

/** Rows of a table over several chunks, the first one's figures numbered. */
function tableOf(rows: number) {
  const { arena, slab } = new DrivenRuntime().main.runtime;
  const table = slab + SLAB_EDGES;
  for (let i = 1; i <= rows; i++) arena.F[(rowOf(arena, table, i, 2 * i) >> 1) + EDGE.calls] = i / 2;
  return { arena, table, addresses: [...rowsOfTable(arena, table)] };
}

describe('RowCopies', () => {
  it('are what the rows were, whatever happens to these afterwards', () => {
    const { arena, table, addresses } = tableOf(3000);
    const copies = new RowCopies(EDGE.words);
    copies.copyTable(arena, table);
    const expected = addresses.map((row) => [...arena.I.slice(row, row + EDGE.words)]);
    for (const row of addresses) arena.I.fill(7, row, row + EDGE.words);
    expect(copies.count).to.equal(3000);
    const copied = addresses.map((_, i) => [...copies.I.slice(i * EDGE.words, (i + 1) * EDGE.words)]);
    expect(copied).to.deep.equal(expected);
    expect(copies.F[EDGE.calls]).to.equal(0.5);
  });

  it('are found by the addresses of whole rows that were copied, and by no others', () => {
    const { arena, table, addresses } = tableOf(300);
    const copies = new RowCopies(EDGE.words);
    copies.copyTable(arena, table);
    const index = copies.index();
    for (const [i, address] of addresses.entries()) {
      expect([copies.rowAt(address), index.get(address)]).to.deep.equal([i, i]);
      expect([copies.rowAt(address + 2), index.get(address + 2)]).to.deep.equal([-1, -1]);
    }
    const later = rowOf(arena, table, -1, -1);
    expect([0, addresses[0] - EDGE.words, later, later + 1e6].map((at) => copies.rowAt(at))).to.deep.equal([
      -1, -1, -1, -1,
    ]);
  });

  it('grow by rows that are no copies, and are forgotten by the next copy', () => {
    const { arena, table } = tableOf(100);
    const copies = new RowCopies(EDGE.words);
    copies.copyTable(arena, table);
    for (let i = 0; i < 200; i++) copies.F[(copies.push() * EDGE.words) / 2 + EDGE.calls] = -i;
    expect(copies.F[(299 * EDGE.words) / 2 + EDGE.calls]).to.equal(-199);
    expect(copies.F[(99 * EDGE.words) / 2 + EDGE.calls]).to.equal(50);
    copies.copyTable(arena, table);
    expect(copies.count).to.equal(100);
    copies.reset(0);
    expect(copies.rowAt([...rowsOfTable(arena, table)][0])).to.equal(-1);
  });
});
