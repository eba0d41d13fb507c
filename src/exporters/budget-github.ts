// What broke of a budget, as annotations that GitHub shows at the lines of a pull request: workflow commands, see
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. A step shows ten errors; the log has
// all of them. Lost: rules that hold.
import type { BudgetResult, RuleResult } from '../budget/check.ts';
import { absencesText, closingText, incompleteText, measurementText, ruleText } from '../budget/wording.ts';
import { relativePath } from './location.ts';
import { printable } from './text-width.ts';

/** Options of {@link renderBudgetGithub}. */
export interface BudgetGithubOptions {
  /** The folder of the repository: files inside it are named relative to it, as GitHub wants them. */
  readonly cwd?: string;
  /** Path of the budget, for rules that have no place in the source since they match nothing. */
  readonly budgetFile?: string;
}

/** A line for each broken limit, and the number of rules that hold as a line of the log. */
export function renderBudgetGithub(result: BudgetResult, options: BudgetGithubOptions = {}): string {
  const incomplete = incompleteText(result);
  return [
    ...(incomplete === null ? [] : [command('warning', { title: 'everycall' }, incomplete)]),
    ...result.rules.filter(({ ok }) => !ok).flatMap((rule) => ruleCommands(rule, options)),
    closingText(result),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function ruleCommands(result: RuleResult, { cwd, budgetFile }: BudgetGithubOptions): string[] {
  const { rule, absent, measurements } = result;
  const title = ruleText(rule);
  if (absent.length > 0) {
    const file = budgetFile === undefined ? '' : relativePath(budgetFile, cwd);
    return [command('error', { file, title }, absencesText(result))];
  }
  return measurements
    .filter(({ ok }) => !ok)
    .map((measurement) => {
      const { name, file, line } = measurement;
      const place = { file: relativePath(file, cwd), line: file === '' ? '' : String(line) };
      return command('error', { ...place, title }, `${printable(name)}: ${measurementText(measurement, rule)}`);
    });
}

/** Properties that are empty are left out. */
function command(name: 'error' | 'warning', properties: Readonly<Record<string, string>>, message: string): string {
  const list = Object.entries(properties)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${name} ${list.join(',')}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
