import { expect } from 'chai';
import { checkBudget } from '../../src/budget/check.ts';
import { renderBudgetText } from '../../src/exporters/budget-text.ts';
import { profile, result, rules } from './budget-sample.ts';

describe('renderBudgetText()', () => {
  it('says what broke, where, and by how much', () => {
    expect(renderBudgetText(result, { cwd: '/repo' })).to.equal(
      [
        'broken: handle → query: at most 2 calls per call of handle',
        '  handle → query src/server.ts:15: expected at most 2 calls per call of handle, got 2.5, 0.5 too many',
        'broken: query: at most 5 ms of self wall time, at most 4 calls and at least 1 call',
        '  query src/db.ts:20: expected at most 5 ms of self wall time, got 12.35 ms, 7.346 ms too long',
        '  query src/db.ts:20: expected at most 4 calls, got 5, 1 too many',
        'broken: handle: at most 2 ms of total wall time',
        '  handle src/server.ts:10: expected at most 2 ms of total wall time, got 8.000 ms ±100.0 µs, 6.000 ms too long',
        'broken: größe*: at most 1 call',
        '  größe, 50%: <"&\\u{a}\\u{1b}[31m\\u{d800} C:/repo/ä,b%.ts:30: expected at most 1 call, got 7, 6 too many',
        'broken: Query: at most 1 call',
        `  no function 'Query' in the profile; there is 'query' (if that is right, say "optional": true)`,
        '',
        '2 of 7 rules hold, 1 of them without a function of that name',
        '',
      ].join('\n'),
    );
  });

  it('is one line where all holds', () => {
    expect(renderBudgetText(checkBudget(profile, rules.slice(0, 1)))).to.equal('1 of 1 rule holds\n');
    expect(renderBudgetText(checkBudget(profile, []))).to.equal('0 of 0 rules hold\n');
  });

  it('lists rules that hold, too, if asked', () => {
    const text = renderBudgetText(result, { all: true, cwd: '/repo' });
    expect(text).to.match(
      /^holds: handle: at most 2 calls\n {2}handle src\/server\.ts:10: expected at most 2 calls, got 2\n/,
    );
    expect(text).to.include('\nholds: legacy: at most 0 calls\n\n');
  });

  it('warns first where figures are missing that a budget reads', () => {
    const dropped = { ...profile.dropped, samples: 5, tagCalls: 5 };
    const lacking = (more: object) =>
      renderBudgetText(checkBudget({ ...profile, dropped: { ...dropped, ...more } }, []));
    expect(lacking({})).to.equal('0 of 0 rules hold\n');
    expect(lacking({ siteCalls: 3 })).to.match(
      /^warning: the profile is incomplete, .*3 calls of functions that found no room/,
    );
  });

  it('says why nothing was measured', () => {
    const text = renderBudgetText(checkBudget(profile, [{ function: 'query', max: { p99: '1 ms' } }]));
    expect(text).to.include(
      'expected at most 1 ms at the 99th percentile of its calls, but no call was timed from begin to end',
    );
  });
});
