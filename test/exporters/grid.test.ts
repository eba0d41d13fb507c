// Layout of columns: words get shorter, figures never do, whole columns go in order.
import { expect } from 'chai';
import fc from 'fast-check';
import { renderGrid } from '../../src/exporters/grid.ts';
import type { GridColumn } from '../../src/exporters/grid.ts';
import { displayWidth, shortenMiddle } from '../../src/exporters/text-width.ts';

const name: GridColumn = {
  title: 'name',
  align: 'left',
  cells: ['a-rather-long-name', 'b'],
  shorten: { to: shortenMiddle, leastWidth: 6 },
};
const first: GridColumn = { title: 'first', align: 'right', cells: ['1', '22222'], dropOrder: 1 };
const second: GridColumn = { title: 'second', align: 'right', cells: ['3', '4'], dropOrder: 0, notes: ['±1%', ''] };

describe('renderGrid()', () => {
  it('gives every column its natural width where there is room', () => {
    expect(renderGrid([name, first, second], 80)).to.deep.equal({
      lines: [
        'name                first  second', //
        'a-rather-long-name      1   3 ±1%',
        'b                   22222   4',
      ],
      leftOut: [],
      notesLeftOut: false,
    });
  });

  it('shortens words, then leaves out notes, then columns in their order', () => {
    expect(renderGrid([name, first, { ...second, notes: ['±11.1%', ''] }], 22)).to.deep.equal({
      lines: [
        'name     first  second', //
        'a-r…ame      1       3',
        'b        22222       4',
      ],
      leftOut: [],
      notesLeftOut: true,
    });
    const narrow = renderGrid([name, first, second], 13);
    expect(narrow.leftOut).to.deep.equal(['second']);
    expect(narrow.lines[1]).to.equal('a-r…me      1');
    expect(renderGrid([name, first, second], 12).leftOut).to.deep.equal(['first', 'second']);
  });

  it('never cuts a figure, even one wider than the line', () => {
    const wide: GridColumn = { title: 'n', align: 'right', cells: ['1234567890123'] };
    expect(renderGrid([wide], 5).lines).to.deep.equal(['            n', '1234567890123']);
  });

  it('paints after padding, so that colours take no room', () => {
    const painted = { ...name, paint: (cell: string) => `<${cell}>` };
    expect(renderGrid([painted, first], 80).lines[2]).to.equal('<b                 >  22222');
  });

  it('keeps within the width on random tables', () => {
    const column = fc.record({
      words: fc.boolean(),
      cells: fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { minLength: 2, maxLength: 2 }),
      dropOrder: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(column, { maxLength: 5 }), fc.integer({ min: 10, max: 100 }), (columns, width) => {
        const all = columns.map(({ words, cells, dropOrder }, i): GridColumn => ({
          title: `c${i}`,
          align: words ? 'left' : 'right',
          cells,
          shorten: words ? { to: shortenMiddle, leastWidth: 6 } : undefined,
          dropOrder,
        }));
        const { lines, leftOut } = renderGrid([name, ...all], width);
        for (const line of lines) expect(displayWidth(line)).to.be.at.most(width);
        all.forEach(({ title, cells, shorten }) => {
          if (leftOut.includes(title) || shorten !== undefined) return;
          cells.forEach((cell, row) => expect(lines[row + 1]).to.contain(cell.trimEnd()));
        });
      }),
      { numRuns: 300 },
    );
  });
});
