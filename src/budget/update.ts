// Writes a budget from what was measured, and brings the limits of one up to date. Both give a budget that the same profile
// keeps, wherever it tells the figures.
import { badOption } from '../option-checks.ts';
import { relativePath } from '../exporters/location.ts';
import type { FunctionStats, Profile } from '../profile.ts';
import { activeFunctions } from '../statistics/select.ts';
import { BUDGET_FORMAT, BUDGET_VERSION } from './budget.ts';
import type { Budget, BudgetRule, Limits } from './budget.ts';
import { checkBudget } from './check.ts';
import type { Measurement, RuleResult } from './check.ts';
import { FIGURE_NAMES, figureKind } from './figures.ts';
import type { FigureName, TimeFigure } from './figures.ts';
import { functionsNamed, isOfProgram } from './select.ts';
import { roundedTimeText } from './time.ts';

/** Options of {@link updateBudget}. */
export interface UpdateOptions {
  /** What times are multiplied with for a `max`, and divided by for a `min`: from 1. Default 1.5. Counts have no slack. */
  readonly slack?: number;
}

/** Options of {@link budgetOf}. */
export interface BudgetOptions extends UpdateOptions {
  /** For how many functions, from 1. Default 20. */
  readonly top?: number;
  /** Which functions come first: those of the largest … Default `selfWall`. */
  readonly by?: 'selfWall' | 'totalWall' | 'calls';
  /** Which times are limited beside the calls; those that the profile does not tell are left out. Default none. */
  readonly times?: readonly TimeFigure[];
  /** Files inside this folder are named relative to it, so that the budget holds on other machines. */
  readonly cwd?: string;
}

const DEFAULT_SLACK = 1.5;
const DEFAULT_TOP = 20;

/**
 * A budget that limits the calls of the functions that matter most to what they were, and times if asked. Modules are left
 * out. Functions of one name and file have one rule for their sum.
 *
 * @throws EverycallError `bad-option` for an option out of range
 */
export function budgetOf(profile: Profile, options: BudgetOptions = {}): Budget {
  const { top = DEFAULT_TOP, by = 'selfWall', times = [], cwd } = options;
  const slack = checkedSlack('budgetOf', options);
  if (!Number.isSafeInteger(top) || top < 1) refuse('budgetOf', `'top' to be a whole number from 1`, top);
  if (!['selfWall', 'totalWall', 'calls'].includes(by)) {
    refuse('budgetOf', `'by' to be one of selfWall, totalWall, calls`, by);
  }
  for (const name of times) {
    if (!FIGURE_NAMES.includes(name) || figureKind(name).unit !== 'ns') {
      const known = FIGURE_NAMES.filter((figure) => figureKind(figure).unit === 'ns');
      refuse('budgetOf', `'times' to be of ${known.join(', ')}`, name);
    }
  }
  const size = (fn: FunctionStats) => figureKind(by).read(fn) ?? 0;
  const chosen = activeFunctions(profile)
    .filter((fn) => isOfProgram(fn) && fn.kind !== 'module')
    .sort((a, b) => size(b) - size(a) || (a.key < b.key ? -1 : 1));
  const rules = new Map<string, BudgetRule>();
  for (const fn of chosen) {
    if (rules.size === top) break;
    const file = fn.file === '' ? undefined : relativePath(fn.file, cwd);
    const named = { function: fn.name, ...(file !== undefined && { file }) };
    const isOne = functionsNamed(profile.functions, named).length === 1;
    const wanted: Limits = Object.fromEntries([['calls', 0], ...times.map((name) => [name, '0 ns'])]);
    rules.set(JSON.stringify(named), { ...named, ...(!isOne && { sum: true }), max: wanted });
  }
  const draft = checkBudget(profile, [...rules.values()]);
  return budget(
    draft.rules.map((result) => {
      const told = result.measurements.filter(({ measured }) => measured !== null).map(({ figure }) => figure);
      const { max = {}, ...rule } = updatedRule(result, slack);
      return { ...rule, max: Object.fromEntries(Object.entries(max).filter(([name]) => told.includes(name as never))) };
    }),
  );
}

/**
 * The same rules, in the same order and with the same comments, with their limits set to what was measured, be that more or
 * less: counts exactly, times with slack. Where several functions are measured by one limit, to the one that needs it
 * widest. A limit that was not measured, since a function or figure is not in the profile, stays.
 *
 * @throws EverycallError `bad-option` for a slack below 1, or no valid budget
 */
export function updateBudget(budget: Budget, profile: Profile, options: UpdateOptions = {}): Budget {
  const slack = checkedSlack('updateBudget', options);
  const { rules } = checkBudget(profile, budget);
  return Object.freeze({ ...budget, rules: Object.freeze(rules.map((result) => updatedRule(result, slack))) });
}

/** The budget as the text of a file: one rule a line, so that a change of one is a change of one line. */
export function renderBudget({ rules, ...head }: Budget): string {
  const lines = [
    ...Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`),
    rules.length === 0
      ? '  "rules": []'
      : `  "rules": [\n${rules.map((rule) => `    ${spaced(rule)}`).join(',\n')}\n  ]`,
  ];
  return `{\n${lines.join('\n')}\n}\n`;
}

/** JSON in one line, with spaces where a person would put them. */
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${spaced(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function budget(rules: readonly BudgetRule[]): Budget {
  return Object.freeze({ format: BUDGET_FORMAT, version: BUDGET_VERSION, rules: Object.freeze(rules) });
}

function updatedRule({ rule, measurements }: RuleResult, slack: number): BudgetRule {
  const updated = (bound: 'max' | 'min', limits: Limits): Limits =>
    Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => {
        const figure = name as FigureName;
        const values = measurements.filter((m) => m.figure === figure && m.bound === bound);
        return [name, newLimit(figure, bound, values, rule.per !== undefined, slack) ?? limit];
      }),
    );
  const { max, min } = rule;
  return Object.freeze({
    ...rule,
    ...(max !== undefined && { max: updated('max', max) }),
    ...(min !== undefined && { min: updated('min', min) }),
  });
}

function newLimit(
  figure: FigureName,
  bound: 'max' | 'min',
  measurements: readonly Measurement[],
  isRatio: boolean,
  slack: number,
): number | string | undefined {
  const values = measurements.flatMap(({ measured }) => (measured === null ? [] : [measured]));
  if (values.length === 0) return undefined;
  const widest = values.reduce((a, b) => (bound === 'max' ? Math.max(a, b) : Math.min(a, b)));
  if (figureKind(figure).unit === 'ns') {
    return bound === 'max' ? roundedTimeText(widest * slack, 'up') : roundedTimeText(widest / slack, 'down');
  }
  return isRatio ? roundedRatio(widest, bound) : widest;
}

/** A ratio such as 7/3 has no end: four decimals, on the side on which the limit holds. */
function roundedRatio(ratio: number, bound: 'max' | 'min'): number {
  if (Number.isSafeInteger(ratio)) return ratio;
  const rounded = Number(ratio.toFixed(4));
  if (bound === 'max') return rounded >= ratio ? rounded : Number((rounded + 1e-4).toFixed(4));
  return rounded <= ratio ? rounded : Number((rounded - 1e-4).toFixed(4));
}

function checkedSlack(name: string, { slack = DEFAULT_SLACK }: UpdateOptions): number {
  if (!Number.isFinite(slack) || slack < 1) refuse(name, `'slack' to be a number from 1`, slack);
  return slack;
}

function refuse(name: string, expected: string, got: unknown): never {
  throw badOption(`${name}()`, expected, got);
}
