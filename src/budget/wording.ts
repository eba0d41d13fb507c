// What a budget asks and what became of it, in words. Shared by the outputs and by the assertion plugins, so that all say
// the same. One line each, whatever the names hold.
import { duration } from '../exporters/figures.ts';
import { dropLine, isComplete } from '../exporters/summary.ts';
import { printable } from '../exporters/text-width.ts';
import type { BudgetRule, Limits } from './budget.ts';
import { subjectText } from './check.ts';
import type { Absence, BudgetResult, Measurement, RuleResult } from './check.ts';
import { figureKind } from './figures.ts';
import type { FigureName } from './figures.ts';
import { limitValue } from './parse.ts';
import { selectorText } from './select.ts';
import { timeText } from './time.ts';

/** `handle → query: at most 2 calls per call of handle` */
export function ruleText(rule: BudgetRule): string {
  const { max = {}, min = {}, sum, per } = rule;
  const limits = [...limitTexts('max', max), ...limitTexts('min', min)];
  const all = limits.length === 1 ? limits[0] : `${limits.slice(0, -1).join(', ')} and ${limits[limits.length - 1]}`;
  return printable(
    `${subjectText(rule)}${sum === true ? ', together' : ''}: ${all}${per === undefined ? '' : ` per call of ${selectorText(per)}`}`,
  );
}

function limitTexts(bound: 'max' | 'min', limits: Limits): string[] {
  return (Object.keys(limits) as FigureName[]).map(
    (figure) => `${boundText(bound)} ${limitText(figure, limitValue(figure, limits[figure]!))}`,
  );
}

function boundText(bound: 'max' | 'min'): string {
  return bound === 'max' ? 'at most' : 'at least';
}

/** `3 calls`, `5 ms of self wall time` */
function limitText(figure: FigureName, limit: number): string {
  const kind = figureKind(figure);
  if (kind.unit === 'ns') return `${timeText(limit)} ${kind.what}`;
  return `${numberText(limit)} ${limit === 1 ? kind.one : kind.many}`;
}

/** What was measured against a limit: `expected at most 3 calls, got 5, 2 too many`. */
export function measurementText(measurement: Measurement, { per }: BudgetRule): string {
  const { figure, bound, limit, measured, unknown, error, beyond } = measurement;
  const { unit } = figureKind(figure);
  const value = unit === 'ns' ? (ns: number) => duration(ns).replace(/ +/, ' ') : numberText;
  const expected = `expected ${boundText(bound)} ${limitText(figure, limit)}${per === undefined ? '' : ` per call of ${selectorText(per)}`}`;
  if (measured === null || beyond === null) return printable(`${expected}, but ${unknown}`);
  const got = `got ${value(measured)}${error > 0 ? ` ±${value(error)}` : ''}`;
  const words = unit === 'ns' ? ['too long', 'too short'] : ['too many', 'too few'];
  const missed = beyond > 0 ? `, ${value(beyond)} ${words[bound === 'max' ? 0 : 1]}` : '';
  return printable(`${expected}, ${got}${missed}`);
}

/** `no function 'prase' in the profile`, with what may have been meant. */
export function absenceText({ role, pattern, similar }: Absence): string {
  const noun = { function: 'function', from: 'caller', per: 'function to count per' }[role];
  const hint = similar.length > 0 ? `; there is ${similar.map((name) => `'${name}'`).join(', ')}` : '';
  return printable(`no ${noun} '${pattern}' in the profile${hint}`);
}

/** All absences of a broken rule in one line, with what to do about them. */
export function absencesText({ absent }: RuleResult): string {
  return `${absent.map(absenceText).join(', ')} (if that is right, say "optional": true)`;
}

/** `12 of 14 rules hold, 1 of them since nothing is named so` */
export function closingText({ rules }: BudgetResult): string {
  const holding = rules.filter(({ ok }) => ok);
  const absent = holding.filter((rule) => rule.absent.length > 0).length;
  const all = rules.length === 1 ? '1 rule holds' : `${rules.length} rules hold`;
  return `${holding.length} of ${all}${absent > 0 ? `, ${absent} of them without a function of that name` : ''}`;
}

/** What is missing from the figures; `null` if nothing is that a budget reads. */
export function incompleteText({ dropped }: BudgetResult): string | null {
  const read = { ...dropped, samples: 0, tagCalls: 0 };
  return isComplete(read) ? null : `the profile is incomplete, so upper limits may hold wrongly; ${dropLine(read)}`;
}

/** Whole as it is, else four digits. */
export function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
