// The matchers in jest's own `expect`; vitest.test.ts has them in vitest's.
import { expect } from 'chai';
import { expect as jestExpect } from 'expect';
import type { BudgetRule } from '../../src/budget/budget.ts';
import { createCounts } from '../../src/testing/counts.ts';
import type { What } from '../../src/testing/counts.ts';
import { createMatchers, matchers } from '../../src/testing/expect.ts';
import type { EverycallMatchers } from '../../src/testing/expect.ts';
import { profileOfSpans } from '../support/profiles.ts';

function parse() {}

const profile = profileOfSpans([[['handle', 10, ['parse', 100], ['parse', 100]]]]);
const counts = createCounts({ matches: (stat, fn) => fn === parse && stat.name === 'parse' });

type Extended = EverycallMatchers<void> & { readonly not: EverycallMatchers<void> };
const extended = (value: unknown) => jestExpect(value) as unknown as Extended;

describe('the matchers in jest', () => {
  before(() => jestExpect.extend(createMatchers(counts)));
  after(() => jestExpect.extend(matchers));

  it('toHaveCalls() compares calls', () => {
    extended(profile).toHaveCalls(parse, 2);
    extended(profile).not.toHaveCalls('parse', 1);
    expect(() => extended(profile).toHaveCalls(parse, 3)).to.throw(/^expected 3 calls of parse, got 2$/);
    expect(() => extended(profile).not.toHaveCalls(parse, 2)).to.throw(/^expected not 2 calls of parse, got 2$/);
    expect(() => extended(profile).toHaveCalls('x', 1)).to.throw(/^expected 1 call of x, got 0$/);
  });

  it('toHaveCallsAtMost() compares calls', () => {
    extended(profile).toHaveCallsAtMost(parse, 2);
    extended(profile).toHaveCallsAtMost(parse, 3);
    extended(profile).not.toHaveCallsAtMost(parse, 1);
    expect(() => extended(profile).toHaveCallsAtMost(parse, 1)).to.throw(/^expected at most 1 call of parse, got 2$/);
    expect(() => extended(profile).not.toHaveCallsAtMost(parse, 2)).to.throw(
      /^expected not at most 2 calls of parse, got 2$/,
    );
  });

  it('toMeetBudget() checks a budget', () => {
    const rules = (calls: number): readonly BudgetRule[] => [{ function: 'parse', max: { calls } }];
    extended(profile).toMeetBudget(rules(2));
    extended(profile).not.toMeetBudget(rules(1));
    expect(() => extended(profile).toMeetBudget(rules(1))).to.throw(
      /^expected the profile to meet its budget\n\nbroken: parse: at most 1 call\n {2}parse \/app\/main\.js:3: expected at most 1 call, got 2, 1 too many\n/,
    );
    expect(() => extended(profile).not.toMeetBudget(rules(2))).to.throw(
      /^expected the profile to break its budget, but 1 of 1 rule holds$/,
    );
  });

  it('refuse what is no profile, number or budget, also negated', () => {
    for (const not of [extended(3).not, extended(3)]) {
      expect(() => not.toHaveCalls(parse, 1)).to.throw('toHaveCalls() expects a profile, got number');
      expect(() => not.toHaveCallsAtMost(parse, 1)).to.throw('toHaveCallsAtMost() expects a profile, got number');
      expect(() => not.toMeetBudget([])).to.throw('toMeetBudget() expects a profile, got number');
    }
    expect(() => extended(profile).not.toHaveCalls(parse, -1)).to.throw('expects a whole number from 0');
    expect(() => extended(profile).not.toHaveCallsAtMost(parse, undefined as never)).to.throw('a whole number from 0');
    expect(() => extended(profile).not.toHaveCalls(null as unknown as What, 1)).to.throw(
      'expected a function, a name,',
    );
    expect(() => extended(profile).not.toMeetBudget([{} as never])).to.throw('checkBudget() expects ');
  });
});
