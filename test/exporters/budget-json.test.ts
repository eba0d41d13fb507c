import { expect } from 'chai';
import { renderBudgetJson } from '../../src/exporters/budget-json.ts';
import { result, rules } from './budget-sample.ts';

describe('renderBudgetJson()', () => {
  const read = JSON.parse(renderBudgetJson(result)) as Record<string, unknown> & { rules: Record<string, unknown>[] };

  it('says which format it is, and whether all rules hold', () => {
    expect(read).to.include({ format: 'everycall.budget-result', version: 1, ok: false, rulesHolding: 2 });
    expect(read.dropped).to.deep.equal(result.dropped);
  });

  it('has every rule with all that was measured', () => {
    expect(read.rules.map(({ rule }) => rule)).to.deep.equal(rules);
    expect(read.rules[3]).to.deep.include({ text: 'handle: at most 2 ms of total wall time', ok: false, absent: [] });
    expect(read.rules[3].measurements).to.deep.equal([
      {
        figure: 'totalWall',
        unit: 'ns',
        name: 'handle',
        file: '/repo/src/server.ts',
        line: 10,
        bound: 'max',
        limit: 2e6,
        measured: 8e6,
        unknown: '',
        error: 1e5,
        beyond: 6e6,
        ok: false,
      },
    ]);
    expect(read.rules[5].absent).to.deep.equal([{ role: 'function', pattern: 'Query', similar: ['query'] }]);
  });
});
