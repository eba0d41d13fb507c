// What broke of a budget, for people. Lists broken rules only, unless asked; the closing line counts all of them.
import type { BudgetResult, Measurement, RuleResult } from '../budget/check.ts';
import { absencesText, closingText, incompleteText, measurementText, ruleText } from '../budget/wording.ts';
import { relativePath } from './location.ts';
import { printable } from './text-width.ts';

/** Options of {@link renderBudgetText}. */
export interface BudgetTextOptions {
  /** Files inside this folder are shown relative to it. */
  readonly cwd?: string;
  /** Whether rules that hold are listed, too. Default false. */
  readonly all?: boolean;
}

/**
 * A line for each rule that is broken, below it one for each function or edge that breaks it, and how many rules hold:
 *
 *     broken: parse: at most 3 calls
 *       parse src/parser.ts:12: expected at most 3 calls, got 5, 2 too many
 *
 *     1 of 2 rules hold
 */
export function renderBudgetText(result: BudgetResult, { cwd, all = false }: BudgetTextOptions = {}): string {
  const incomplete = incompleteText(result);
  const lines = incomplete === null ? [] : [`warning: ${incomplete}`, ''];
  const shown = result.rules.filter(({ ok }) => all || !ok);
  lines.push(...shown.flatMap((rule) => ruleLines(rule, cwd, all)));
  if (shown.length > 0) lines.push('');
  return [...lines, closingText(result)].map((line) => `${line}\n`).join('');
}

function ruleLines(result: RuleResult, cwd: string | undefined, all: boolean): string[] {
  const { rule, ok, absent, measurements } = result;
  const lines = [`${ok ? 'holds' : 'broken'}: ${ruleText(rule)}`];
  if (absent.length > 0 && !ok) lines.push(`  ${absencesText(result)}`);
  for (const measurement of measurements) {
    if (!all && measurement.ok) continue;
    lines.push(`  ${printable(placeText(measurement, cwd))}: ${measurementText(measurement, rule)}`);
  }
  return lines;
}

function placeText({ name, file, line }: Measurement, cwd: string | undefined): string {
  return file === '' ? name : `${name} ${relativePath(file, cwd)}:${line}`;
}
