import { expect } from 'chai';
import fc from 'fast-check';
import type { Budget, BudgetRule } from '../../src/budget/budget.ts';
import { checkBudget } from '../../src/budget/check.ts';
import { FIGURE_NAMES, figureKind } from '../../src/budget/figures.ts';
import type { TimeFigure } from '../../src/budget/figures.ts';
import { parseBudget } from '../../src/budget/parse.ts';
import { budgetOf, renderBudget, updateBudget } from '../../src/budget/update.ts';
import { EverycallError } from '../../src/errors.ts';
import { anyProfile } from '../support/any-profile.ts';
import { makeFunction, makeProfile, profileOfSpans, ROOT, withoutCpu } from '../support/profiles.ts';

const TIME_FIGURES = FIGURE_NAMES.filter((name) => figureKind(name).unit === 'ns') as TimeFigure[];
const profile = profileOfSpans([
  [
    ['handle', 10, ['query', 100], ['query', 100], ['query', 100]],
    ['handle', 10, ['parse', 1000], ['query', 100]],
  ],
]);
const budget = (...rules: BudgetRule[]): Budget => ({ format: 'everycall.budget', version: 1, rules });
const updated = (rule: BudgetRule, options = {}) => updateBudget(budget(rule), profile, options).rules[0];

describe('budgetOf()', () => {
  it('limits the calls of the functions with the most self time', () => {
    expect(budgetOf(profile, { top: 2 })).to.deep.equal(
      budget(
        { function: 'parse', file: '/app/main.js', max: { calls: 1 } },
        { function: 'query', file: '/app/main.js', max: { calls: 4 } },
      ),
    );
    expect(budgetOf(profile, { by: 'calls' }).rules.map((rule) => rule.function)).to.deep.equal([
      'query',
      'handle',
      'parse',
    ]);
    expect(budgetOf(profile, { by: 'totalWall', top: 1 }).rules[0].function).to.equal('handle');
  });

  it('limits times with slack, if asked', () => {
    const [rule] = budgetOf(profile, { top: 1, times: ['selfWall', 'totalCpu'], slack: 2 }).rules;
    expect(rule.max).to.deep.equal({ calls: 1, selfWall: '2 µs', totalCpu: '2 µs' });
    expect(budgetOf(profile, { top: 1, times: ['selfWall'] }).rules[0].max).to.deep.equal({
      calls: 1,
      selfWall: '1.5 µs',
    });
  });

  it('leaves out times that the profile does not tell', () => {
    expect(budgetOf(withoutCpu(profile), { top: 1, times: ['selfCpu', 'p99'] }).rules[0].max).to.deep.equal({
      calls: 1,
    });
  });

  it('names files relative to a folder, so that another machine finds them', () => {
    const here = makeProfile({
      functions: [ROOT, makeFunction(1, { file: '/home/me/app/src/[id].ts', calls: 3, selfWallNs: 1 })],
    });
    const there = makeProfile({
      functions: [ROOT, makeFunction(1, { file: 'C:\\ci\\app\\src\\[id].ts', calls: 4, selfWallNs: 1 })],
    });
    const made = budgetOf(here, { cwd: '/home/me/app' });
    expect(made.rules[0].file).to.equal('src/[id].ts');
    expect(checkBudget(here, made).ok).to.equal(true);
    expect(checkBudget(there, made).rules[0].measurements[0]).to.include({ measured: 4, ok: false });
  });

  it('has one rule for functions of one name in one file', () => {
    const of = makeProfile({
      functions: [ROOT, ...[1, 2].map((id) => makeFunction(id, { name: '<anonymous>', calls: id, selfWallNs: 1 }))],
    });
    expect(budgetOf(of).rules).to.deep.equal([
      { function: '<anonymous>', file: '/app/main.js', sum: true, max: { calls: 3 } },
    ]);
  });

  it('leaves out modules, and what is no function of the program', () => {
    const of = makeProfile({
      functions: [
        ROOT,
        makeFunction(1, { kind: 'module', calls: 1 }),
        makeFunction(2, { kind: 'gc', selfWallNs: 9 }),
        makeFunction(3, { kind: 'overflow', calls: 1 }),
      ],
    });
    expect(budgetOf(of).rules).to.deep.equal([]);
    expect(budgetOf(makeProfile()).rules).to.deep.equal([]);
  });

  it('gives a budget that the profile keeps, and that has no limit to spare in calls', () => {
    fc.assert(
      fc.property(
        anyProfile({ sampled: true }),
        fc.subarray(TIME_FIGURES),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (any, times, slack) => {
          const made = parseBudget(renderBudget(budgetOf(any, { times, slack })));
          expect(checkBudget(any, made).ok).to.equal(true);
          for (const { measurements } of checkBudget(any, made).rules) {
            for (const { figure, beyond } of measurements) if (figure === 'calls') expect(beyond).to.equal(0);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  for (const [what, options, expected] of [
    ['top', { top: 0 }, `budgetOf() expects 'top' to be a whole number from 1, got 0`],
    ['by', { by: 'name' }, `budgetOf() expects 'by' to be one of selfWall, totalWall, calls, got 'name'`],
    ['times', { times: ['calls'] }, `budgetOf() expects 'times' to be of selfWall, `],
    ['slack', { slack: 0.5 }, `budgetOf() expects 'slack' to be a number from 1, got 0.5`],
    ['slack', { slack: NaN }, `budgetOf() expects 'slack' to be a number from 1, got NaN`],
  ] as const) {
    it(`refuses ${JSON.stringify(options)} as ${what}`, () => {
      expect(() => budgetOf(profile, options as never)).to.throw(EverycallError, expected);
    });
  }
});

describe('updateBudget()', () => {
  it('raises and lowers counts to what was measured', () => {
    expect(updated({ function: 'query', max: { calls: 1 } }).max).to.deep.equal({ calls: 4 });
    expect(updated({ function: 'query', max: { calls: 99 }, min: { calls: 1 } })).to.deep.include({
      max: { calls: 4 },
      min: { calls: 4 },
    });
  });

  it('gives times slack, on the side where the limit holds', () => {
    expect(updated({ function: 'parse', max: { selfWall: '1 ns' } }).max).to.deep.equal({ selfWall: '1.5 µs' });
    expect(updated({ function: 'parse', max: { selfWall: '1 s' } }, { slack: 1 }).max).to.deep.equal({
      selfWall: '1 µs',
    });
    expect(updated({ function: 'parse', min: { selfWall: '1 s' } }, { slack: 3 }).min).to.deep.equal({
      selfWall: '333 ns',
    });
  });

  it('takes the function that needs a limit widest', () => {
    expect(updated({ function: '*', max: { calls: 99 }, min: { calls: 0 } })).to.deep.include({
      max: { calls: 4 },
      min: { calls: 1 },
    });
    expect(updated({ function: '*', sum: true, max: { calls: 99 } }).max).to.deep.equal({ calls: 7 });
  });

  it('rounds quotients to four decimals, on the side where the limit holds', () => {
    const thirds = profileOfSpans([
      [
        ['a', 1],
        ['a', 1],
        ['b', 1],
        ['b', 1],
        ['b', 1],
      ],
    ]);
    const rule: BudgetRule = { function: 'a', per: 'b', max: { calls: 9 }, min: { calls: 0 } };
    const after = updateBudget(budget(rule), thirds);
    expect(after.rules[0]).to.deep.include({ max: { calls: 0.6667 }, min: { calls: 0.6666 } });
    expect(checkBudget(thirds, after).ok).to.equal(true);
  });

  it('keeps order, comments and every other field', () => {
    const before: Budget = {
      format: 'everycall.budget',
      version: 1,
      comment: 'of the server',
      rules: [
        { comment: 'one a request', max: { errors: 1, calls: 1 }, per: 'handle', function: 'query', optional: true },
        { function: 'parse', from: { function: 'handle', file: 'main.js' }, sum: true, max: { calls: 9 } },
      ],
    };
    const after = updateBudget(before, profile);
    expect(JSON.stringify(after)).to.equal(
      JSON.stringify(before)
        .replace('"calls":1}', '"calls":2}')
        .replace('"errors":1', '"errors":0')
        .replace('"calls":9', '"calls":1'),
    );
  });

  it('keeps limits that were not measured', () => {
    expect(updated({ function: 'gone', max: { calls: 7 } }).max).to.deep.equal({ calls: 7 });
    expect(
      updateBudget(budget({ function: 'parse', max: { selfCpu: '7 ms', calls: 9 } }), withoutCpu(profile)).rules[0].max,
    ).to.deep.equal({ selfCpu: '7 ms', calls: 1 });
  });

  it('changes nothing the second time, and gives what the profile keeps', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true, cpu: true }), anyProfile({ sampled: true, cpu: true }), (one, other) => {
        const first = updateBudget(budgetOf(one, { times: ['selfWall', 'totalCpu', 'averageWall'] }), other);
        expect(updateBudget(first, other)).to.deep.equal(first);
        for (const rule of checkBudget(other, first).rules)
          expect(rule.ok).to.equal(rule.absent.length === 0 || rule.rule.max?.calls === 0);
      }),
      { numRuns: 60 },
    );
  });

  it('refuses slack below 1', () => {
    expect(() => updateBudget(budget(), profile, { slack: 0 })).to.throw(
      EverycallError,
      `'slack' to be a number from 1, got 0`,
    );
  });
});

describe('renderBudget()', () => {
  it('writes a rule a line, as a person would', () => {
    const made: Budget = {
      format: 'everycall.budget',
      version: 1,
      comment: 'x',
      rules: [
        { function: ['a', 'b'], max: { calls: 3, selfWall: '5 ms' } },
        { function: 'c', sum: true, min: { calls: 1 } },
      ],
    };
    expect(renderBudget(made)).to.equal(
      [
        '{',
        '  "format": "everycall.budget",',
        '  "version": 1,',
        '  "comment": "x",',
        '  "rules": [',
        '    { "function": ["a", "b"], "max": { "calls": 3, "selfWall": "5 ms" } },',
        '    { "function": "c", "sum": true, "min": { "calls": 1 } }',
        '  ]',
        '}',
        '',
      ].join('\n'),
    );
    expect(parseBudget(renderBudget(made))).to.deep.equal(made);
    expect(parseBudget(renderBudget(budget()))).to.deep.equal(budget());
  });
});
