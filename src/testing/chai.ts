// `everycall/chai`: assertions about profiles for chai 4, 5 and 6. Needs no chai itself: it is given one.
import type { Budget, BudgetRule } from '../budget/budget.ts';
import { checkBudget } from '../budget/check.ts';
import { closingText } from '../budget/wording.ts';
import { EverycallError } from '../errors.ts';
import { renderBudgetText } from '../exporters/budget-text.ts';
import type { FunctionFigures } from '../profile.ts';
import { asProfile, whatText } from './counts.ts';
import type { Counts, What } from './counts.ts';
import { counts } from './installed.ts';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- chai's types are global
  namespace Chai {
    interface Assertion {
      /** That it was called exactly so often: `expect(profile).to.have.calls(parse, 3)`. */
      calls(what: What, count: number): Assertion;
      /** Goes on with how often it was called: `expect(profile).to.have.callsOf(parse).at.most(3)`. */
      callsOf(what: What): Assertion;
      /** Goes on with its wall time without callees, in ns. */
      selfWallNsOf(what: What): Assertion;
      /** Goes on with its wall time with callees, in ns. */
      totalWallNsOf(what: What): Assertion;
      /** Goes on with its CPU time without callees, in ns. Throws where there is no CPU clock. */
      selfCpuNsOf(what: What): Assertion;
      /** Goes on with its CPU time with callees, in ns. Throws where there is no CPU clock. */
      totalCpuNsOf(what: What): Assertion;
      /** That all rules of the budget hold; of a broken one the message says where and by how much. */
      meetBudget(budget: Budget | readonly BudgetRule[]): Assertion;
    }
  }
}

/** What is used of an assertion of chai. */
interface AssertionLike {
  assert(holds: boolean, message: string, negatedMessage: string, expected?: unknown, actual?: unknown): void;
}

/** What is used of chai; a part of `Chai.ChaiStatic`. */
interface ChaiLike {
  readonly Assertion: { readonly prototype: object };
}

/** What is used of chai's utilities; a part of `Chai.ChaiUtils`. */
interface UtilsLike {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as chai itself declares its methods
  addMethod(prototype: object, name: string, method: (this: any, ...args: any[]) => any): void;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- flags are of any type
  flag(assertion: any, key: string, value?: any): any;
}

type TimeFigure = 'selfWallNs' | 'totalWallNs' | 'selfCpuNs' | 'totalCpuNs';
const TIMES: readonly TimeFigure[] = ['selfWallNs', 'totalWallNs', 'selfCpuNs', 'totalCpuNs'];

/** The plugin with another way to find functions. For tests of everycall itself. */
export function createPlugin({ figuresOf, callsOf }: Counts) {
  return ({ Assertion }: ChaiLike, utils: UtilsLike): void => {
    const profileOf = (assertion: AssertionLike, name: string) =>
      asProfile(utils.flag(assertion, 'object'), `${name}()`);

    /** From here on the assertion is about a number, and a failure says which. */
    const goOnWith = (assertion: AssertionLike, value: number, name: string) => {
      const message: unknown = utils.flag(assertion, 'message');
      utils.flag(assertion, 'object', value);
      utils.flag(assertion, 'message', message === undefined || message === '' ? name : `${String(message)}: ${name}`);
    };

    utils.addMethod(Assertion.prototype, 'calls', function (this: AssertionLike, what: What, count: number) {
      const calls = callsOf(profileOf(this, 'calls'), what);
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new EverycallError('bad-option', `calls() expects a whole number from 0 to compare with, got ${count}`);
      }
      const name = whatText(what);
      this.assert(
        calls === count,
        `expected #{exp} calls of ${name}, got #{act}`,
        `expected another number of calls of ${name} than #{act}`,
        count,
        calls,
      );
    });

    utils.addMethod(Assertion.prototype, 'callsOf', function (this: AssertionLike, what: What) {
      goOnWith(this, callsOf(profileOf(this, 'callsOf'), what), `calls of ${whatText(what)}`);
    });

    for (const figure of TIMES) {
      const method = `${figure}Of`;
      utils.addMethod(Assertion.prototype, method, function (this: AssertionLike, what: What) {
        const ns: FunctionFigures[TimeFigure] = figuresOf(profileOf(this, method), what)[figure];
        if (ns === null) throw new EverycallError('unavailable', `${method}(): there is no CPU clock in this profile`);
        goOnWith(this, ns, `${figure} of ${whatText(what)}`);
      });
    }

    utils.addMethod(
      Assertion.prototype,
      'meetBudget',
      function (this: AssertionLike, budget: Budget | readonly BudgetRule[]) {
        const result = checkBudget(profileOf(this, 'meetBudget'), budget);
        this.assert(
          result.ok,
          `expected the profile to meet its budget\n\n${renderBudgetText(result)}`,
          `expected the profile to break its budget, but ${closingText(result)}`,
        );
      },
    );
  };
}

/**
 * The plugin.
 *
 * @example
 * import everycall from 'everycall/chai';
 * chai.use(everycall);
 * expect(profile).to.have.callsOf(parse).at.most(3);
 */
const everycallChai = createPlugin(counts);
export default everycallChai;
