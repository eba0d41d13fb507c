// `everycall/expect`: assertions about profiles for `expect.extend` of jest and vitest. Needs neither of them.
import type { Budget, BudgetRule } from '../budget/budget.ts';
import { checkBudget } from '../budget/check.ts';
import { closingText } from '../budget/wording.ts';
import { EverycallError } from '../errors.ts';
import { renderBudgetText } from '../exporters/budget-text.ts';
import { asProfile, whatText } from './counts.ts';
import type { Counts, What } from './counts.ts';
import { counts } from './installed.ts';

/** The assertions, as `expect(profile)` has them. */
export interface EverycallMatchers<R> {
  /** That it was called exactly so often: `expect(profile).toHaveCalls(parse, 3)`. */
  toHaveCalls(what: What, count: number): R;
  /** That it was called at most so often. */
  toHaveCallsAtMost(what: What, most: number): R;
  /** That all rules of the budget hold; of a broken one the message says where and by how much. */
  toMeetBudget(budget: Budget | readonly BudgetRule[]): R;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the types of jest are global, and vitest extends them
  namespace jest {
    // Its type parameters are named as in @types/jest.
    // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type
    interface Matchers<R, T = {}> extends EverycallMatchers<R> {}
  }
}

/** What a matcher of jest and vitest gives. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The matchers with another way to find functions. For tests of everycall itself. */
export function createMatchers({ callsOf }: Counts) {
  const compare = (name: string, words: string, compared: (calls: number, count: number) => boolean) =>
    function (received: unknown, what: What, count: number): MatcherResult {
      const calls = callsOf(asProfile(received, `${name}()`), what);
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new EverycallError('bad-option', `${name}() expects a whole number from 0 to compare with, got ${count}`);
      }
      const pass = compared(calls, count);
      return {
        pass,
        message: () =>
          `expected ${pass ? 'not ' : ''}${words}${count} ${count === 1 ? 'call' : 'calls'} of ${whatText(what)}, got ${calls}`,
      };
    };
  return {
    toHaveCalls: compare('toHaveCalls', '', (calls, count) => calls === count),
    toHaveCallsAtMost: compare('toHaveCallsAtMost', 'at most ', (calls, count) => calls <= count),
    toMeetBudget(received: unknown, budget: Budget | readonly BudgetRule[]): MatcherResult {
      const result = checkBudget(asProfile(received, 'toMeetBudget()'), budget);
      return {
        pass: result.ok,
        message: () =>
          result.ok
            ? `expected the profile to break its budget, but ${closingText(result)}`
            : `expected the profile to meet its budget\n\n${renderBudgetText(result)}`,
      };
    },
  };
}

/**
 * What `expect.extend` takes.
 *
 * @example
 * import { matchers } from 'everycall/expect';
 * expect.extend(matchers);
 * expect(profile).toHaveCallsAtMost(parse, 3);
 */
export const matchers = createMatchers(counts);
