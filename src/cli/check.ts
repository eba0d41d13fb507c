// `everycall check`: holds a saved profile against a budget, or writes the budget that it just meets.
import { statSync } from 'node:fs';
import { readBudgetText } from '../budget/parse.ts';
import type { Budget } from '../budget/budget.ts';
import { checkBudget } from '../budget/check.ts';
import { budgetOf, renderBudget, updateBudget } from '../budget/update.ts';
import { renderBudgetGithub } from '../exporters/budget-github.ts';
import { renderBudgetJson } from '../exporters/budget-json.ts';
import { renderBudgetJunit } from '../exporters/budget-junit.ts';
import { renderBudgetText } from '../exporters/budget-text.ts';
import { loadText, writeWhole } from '../files.ts';
import { compensate } from '../statistics/compensate.ts';
import type { CheckCommand } from './options.ts';
import { complain, writeFully } from '../output.ts';
import { loadAll } from './saved.ts';

/** What the process ends with when a rule is broken; 2 is for a wrong command line. */
const BROKEN = 1;

/** Gives the exit code. Throws EverycallError `bad-file` where a file is not what it should be. */
export function check({ files, budget: path, update, output }: CheckCommand): number {
  const profile = compensate(loadAll(files));
  const cwd = process.cwd();
  if (update) {
    const known = isThere(path) ? readBudget(path) : undefined;
    const budget = known === undefined ? budgetOf(profile, { cwd }) : updateBudget(known, profile);
    writeWhole(path, renderBudget(budget));
    complain(`${known === undefined ? 'wrote' : 'updated'} ${path}`);
    const after = checkBudget(profile, budget);
    if (!after.ok) writeFully(1, renderBudgetText(after, { cwd })); // a function that is not there has no limit to meet
    return 0;
  }
  const result = checkBudget(profile, readBudget(path));
  const render = {
    text: () => renderBudgetText(result, { cwd }),
    github: () => renderBudgetGithub(result, { cwd, budgetFile: path }),
    junit: () => renderBudgetJunit(result, { cwd }),
    json: () => renderBudgetJson(result),
  }[output.format];
  if (output.path === undefined) writeFully(1, render());
  else writeWhole(output.path, render());
  return result.ok ? 0 : BROKEN;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function readBudget(path: string): Budget {
  return loadText(path, readBudgetText);
}
