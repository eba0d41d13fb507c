// Measures a profile by a budget. Counts are exact and compared so; a time breaks its limit only by more than twice its
// standard error, so that chance alone seldom breaks a build.
import { EverycallError } from '../errors.ts';
import { Mismatch } from '../exporters/shape.ts';
import type { Dropped, EdgeStats, FunctionFigures, FunctionStats, Profile } from '../profile.ts';
import { addFunctionFigures, NO_FUNCTION_FIGURES } from '../statistics/figures.ts';
import type { Budget, BudgetRule, Limits, Selector } from './budget.ts';
import { figureKind } from './figures.ts';
import type { FigureName } from './figures.ts';
import { limitValue, readBudget, readRules } from './parse.ts';
import { functionsNamed, longForm, selectorText, similarNames } from './select.ts';

/** A limit, and what was measured against it. */
export interface Measurement {
  /** The function, `caller → callee`, or the rule's own pattern where the limit is for a sum. */
  readonly name: string;
  /** Of the function, or of the call in the caller; empty where there is none. */
  readonly file: string;
  /** From 1; 0 where there is none. */
  readonly line: number;
  readonly figure: FigureName;
  readonly bound: 'max' | 'min';
  /** Number of calls and the like, or ns; a call of `per`, if the rule has it. */
  readonly limit: number;
  /** `null` where the profile does not tell. */
  readonly measured: number | null;
  /** Why it does not; empty where it does. */
  readonly unknown: string;
  /** Standard error of `measured`: 0 for counts and for times that were charged exactly. */
  readonly error: number;
  /** By how much the limit is missed; 0 or less where it is kept; `null` where nothing was measured. */
  readonly beyond: number | null;
  readonly ok: boolean;
}

/** A name of a rule that matches nothing. */
export interface Absence {
  readonly role: 'function' | 'from' | 'per';
  readonly pattern: string;
  /** Names in the profile that are like it. */
  readonly similar: readonly string[];
}

export interface RuleResult {
  readonly rule: BudgetRule;
  readonly ok: boolean;
  /** If there is any, nothing was measured. */
  readonly absent: readonly Absence[];
  readonly measurements: readonly Measurement[];
}

export interface BudgetResult {
  /** Whether all rules hold. */
  readonly ok: boolean;
  /** In the order of the budget. */
  readonly rules: readonly RuleResult[];
  /** Of the profile: what is missing from the figures, so that upper limits may hold wrongly. */
  readonly dropped: Dropped;
}

/** How many standard errors a time may be beyond its limit. */
const TOLERATED_ERRORS = 2;

/**
 * What of the budget holds in this profile. Figures are compared as they are given: for times without the cost of the
 * hooks, give it the profile that `compensate` returns. Costs a pass over functions and edges a rule.
 *
 * A rule that names a function which is not in the profile is broken unless it is `optional` or all its limits are "at most
 * 0": a function that was never called has no row, and a name that is mistyped has none either.
 *
 * @param budget a budget, or its rules alone
 * @throws EverycallError `bad-option` if it is no valid one
 * @example
 * checkBudget(profile, [{ function: 'parse', max: { calls: 3 } }]).ok
 */
export function checkBudget(profile: Profile, budget: Budget | readonly BudgetRule[]): BudgetResult {
  const rules = rulesOf(budget).map((rule) => checkRule(profile, rule));
  return Object.freeze({
    ok: rules.every(({ ok }) => ok),
    rules: Object.freeze(rules),
    dropped: profile.dropped,
  });
}

function rulesOf(budget: Budget | readonly BudgetRule[]): readonly BudgetRule[] {
  try {
    return Array.isArray(budget) ? readRules(budget) : readBudget(budget).rules;
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const { path, expected, got } = error;
    const place = path === '' ? '' : `${path.replace(/^\./, '')} to be `;
    const message = `checkBudget() expects ${place}${expected}, got ${got}`;
    throw new EverycallError('bad-option', message.replace(/\s+/g, ' '), { cause: error });
  }
}

function checkRule(profile: Profile, rule: BudgetRule): RuleResult {
  const { functions } = profile;
  const selected = functionsNamed(functions, rule);
  const callers = rule.from === undefined ? undefined : functionsNamed(functions, rule.from);
  const divisors = rule.per === undefined ? undefined : functionsNamed(functions, rule.per);
  const absent: Absence[] = [];
  const demand = (role: Absence['role'], selector: Selector, found: readonly FunctionStats[] | undefined) => {
    if (found?.length !== 0) return;
    absent.push({ role, pattern: selectorText(selector), similar: similarNames(functions, selector) });
  };
  demand('function', longForm({ function: rule.function, file: rule.file }), selected);
  if (rule.from !== undefined) demand('from', rule.from, callers);
  if (rule.per !== undefined) demand('per', rule.per, divisors);
  if (absent.length > 0) {
    return Object.freeze({
      rule,
      ok: rule.optional === true || allowsNothing(rule),
      absent: Object.freeze(absent),
      measurements: [],
    });
  }

  const rows = callers === undefined ? selected.map(functionRow) : edgeRows(profile, callers, selected, rule);
  const measured = rule.sum === true ? [sumRow(rows, rule)] : rows;
  const perCalls = divisors?.reduce((sum, { calls }) => sum + calls, 0);
  const measurements = measured.flatMap((row) => [
    ...measure(row, 'max', rule.max, perCalls),
    ...measure(row, 'min', rule.min, perCalls),
  ]);
  return Object.freeze({
    rule,
    ok: measurements.every(({ ok }) => ok),
    absent: [],
    measurements: Object.freeze(measurements),
  });
}

function allowsNothing({ max = {}, min }: BudgetRule): boolean {
  return (
    (min === undefined || Object.keys(min).length === 0) &&
    Object.entries(max).every(([name, limit]) => limitValue(name as FigureName, limit) === 0)
  );
}

/** What limits are measured of. */
interface Row {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly figures: FunctionFigures;
}

function functionRow(fn: FunctionStats): Row {
  return { name: fn.name, file: fn.file, line: fn.line, figures: fn };
}

/** One for each pair that called; if none did, one for all of them, with no calls. */
function edgeRows(
  { functions, edges }: Profile,
  callers: readonly FunctionStats[],
  callees: readonly FunctionStats[],
  rule: BudgetRule,
): Row[] {
  const from = new Set(callers.map(({ id }) => id));
  const to = new Set(callees.map(({ id }) => id));
  const rows = edges
    .filter(({ caller, callee }) => from.has(caller) && to.has(callee))
    .map((edge) => {
      const caller = functions[edge.caller];
      const callee = functions[edge.callee];
      const place = edge.line === 0 ? callee : { file: caller.file, line: edge.line };
      return {
        name: `${caller.name} → ${callee.name}`,
        file: place.file,
        line: place.line,
        figures: edgeFigures(edge, callee),
      };
    });
  if (rows.length > 0) return rows;
  return [{ name: subjectText(rule), file: callees[0].file, line: callees[0].line, figures: NO_FUNCTION_FIGURES }];
}

/** The variance of sampled time grows with the time, so an edge has its share of the function's. */
function edgeFigures(edge: EdgeStats, callee: FunctionStats): FunctionFigures {
  const share = (partNs: number, wholeNs: number) => (wholeNs > 0 ? Math.sqrt(Math.min(1, partNs / wholeNs)) : 0);
  return {
    ...NO_FUNCTION_FIGURES,
    ...edge,
    selfErrorNs: callee.selfErrorNs * share(edge.selfWallNs, callee.selfWallNs),
    totalErrorNs: callee.totalErrorNs * share(edge.totalWallNs, callee.totalWallNs),
  };
}

function sumRow(rows: readonly Row[], rule: BudgetRule): Row {
  // Where most calls went is the place to look at.
  const most = rows.reduce((a, b) => (b.figures.calls > a.figures.calls ? b : a));
  return {
    name: rows.length === 1 ? most.name : subjectText(rule),
    file: most.file,
    line: most.line,
    figures: rows.map(({ figures }) => figures).reduce(addFunctionFigures),
  };
}

/** `parse`, `handle → query (src/db.ts)`: what the rule is about, in its own words. */
export function subjectText(rule: BudgetRule): string {
  const callee = selectorText({ function: rule.function, file: rule.file });
  return rule.from === undefined ? callee : `${selectorText(rule.from)} → ${callee}`;
}

function measure(
  { name, file, line, figures }: Row,
  bound: 'max' | 'min',
  limits: Limits = {},
  perCalls: number | undefined,
): Measurement[] {
  return (Object.keys(limits) as FigureName[]).map((figure) => {
    const kind = figureKind(figure);
    const limit = limitValue(figure, limits[figure]!);
    const [measured, unknown] = divided(kind.read(figures), perCalls, kind.unknown);
    const error = kind.unit === 'ns' ? kind.errorNs(figures) / (perCalls || 1) : 0;
    const beyond = measured === null ? null : bound === 'max' ? measured - limit : limit - measured;
    // Of a function without calls nothing can be too long.
    const isVacuous = !kind.addsUp && figures.calls === 0 && bound === 'max';
    const ok = beyond === null ? isVacuous : beyond <= TOLERATED_ERRORS * error;
    return Object.freeze({ name, file, line, figure, bound, limit, measured, unknown, error, beyond, ok });
  });
}

function divided(value: number | null, perCalls: number | undefined, unknown: string): [number | null, string] {
  if (value === null) return [null, unknown];
  if (perCalls === undefined) return [value, ''];
  if (perCalls > 0) return [value / perCalls, ''];
  return value === 0 ? [0, ''] : [null, 'what it is counted per was never called'];
}
