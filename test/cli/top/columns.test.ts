// What columns say, and the order that they put rows into.
import { expect } from 'chai';
import { FUNCTION_COLUMNS, perSecond, sorted, usualOrder } from '../../../src/cli/top/columns.ts';
import { parseTopSort, TOP_SORTS } from '../../../src/cli/top/sort.ts';
import { LISTS, shotOf } from './followed.ts';

describe('columns of top', () => {
  it('are those that the command line takes', () => {
    expect(FUNCTION_COLUMNS.map(({ id }) => id)).to.deep.equal(TOP_SORTS);
    for (const columns of Object.values(LISTS)) {
      const ids = columns.map(({ id }) => id);
      expect(new Set(ids).size).to.equal(ids.length);
    }
    for (const id of TOP_SORTS) expect(parseTopSort(id).order).to.equal(usualOrder(FUNCTION_COLUMNS, id));
  });

  it('tell what is not known from what is not measured', () => {
    const { functions } = shotOf(['a']).moment;
    const cells = (row: (typeof functions)[number]) =>
      Object.fromEntries(FUNCTION_COLUMNS.map(({ id, textOf }) => [id, textOf(row)]));
    expect(cells(functions[0])).to.deep.equal({
      ...{ calls: '10.0', selfCpu: 'n/a', selfWall: '50.0%', totalCpu: 'n/a', totalWall: '0' },
      ...{ await: '0', open: '0', errors: '0', name: 'a' },
    });
    expect(cells({ ...functions[0], rates: null })).to.deep.include({ calls: '-', selfCpu: '-', errors: '-' });
  });
});

describe('sorted()', () => {
  const order = (by: string) =>
    sorted(shotOf(['b', 'c', 'a']).moment.functions, FUNCTION_COLUMNS, parseTopSort(by), ({ fn }) => fn.line)
      .map(({ fn }) => fn.name)
      .join('');

  it('puts figures largest first, words as in a dictionary, and either the other way round', () => {
    expect(order('calls')).to.equal('acb');
    expect(order('calls:asc')).to.equal('bca');
    expect(order('name')).to.equal('abc');
    expect(order('name:desc')).to.equal('cba');
  });

  it('puts what is equal in the order of the second figure', () => {
    expect(order('open')).to.equal('acb');
    expect(order('selfCpu'), 'not measured').to.equal('acb');
  });
});

describe('parseTopSort()', () => {
  it('says what it expects', () => {
    expect(parseTopSort('await:asc')).to.deep.equal({ column: 'await', order: 'asc' });
    for (const [text, message] of [
      ['selfcpu', `expected a column (${TOP_SORTS.join(', ')}), got 'selfcpu'; did you mean selfCpu?`],
      ['p99', `expected a column (${TOP_SORTS.join(', ')}), got 'p99'`],
      ['calls:up', "expected the order asc or desc after 'calls:', got 'calls:up'"],
      ['calls:asc:asc', "expected the order asc or desc after 'calls:', got 'calls:asc:asc'"],
    ]) {
      expect(() => parseTopSort(text)).to.throw(message);
    }
  });
});

describe('perSecond()', () => {
  it('says what changes in three digits', () => {
    const values = [0, 0.01, 0.06, 3.14159, 99.94, 99.95, 999.4, 999.6, 9994, 9996, 123_456, 999_600, 1.2e6, 4.5e9];
    expect(values.map(perSecond)).to.deep.equal([
      ...['0', '<0.1', '0.1', '3.1', '99.9', '100', '999', '1.00k', '9.99k', '10.0k', '123k', '1.00M', '1.20M', '4.5G'],
    ]);
  });
});
