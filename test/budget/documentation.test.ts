// What docs/budgets.md shows is what happens.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { checkBudget } from '../../src/budget/check.ts';
import { FIGURE_NAMES } from '../../src/budget/figures.ts';
import { parseBudget, readRules } from '../../src/budget/parse.ts';
import { renderBudgetText } from '../../src/exporters/budget-text.ts';
import { makeFunction, makeProfile, ROOT } from '../support/profiles.ts';

const text = readFileSync(new URL('../../docs/budgets.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter(([, name]) => name === language).map(([, , code]) => code);

describe('docs/budgets.md', () => {
  const [budget, ...rules] = blocks('json');

  it('has a budget and rules that are valid', () => {
    expect(parseBudget(budget).rules).to.have.length(4);
    expect(rules).to.have.length(3);
    for (const rule of rules) readRules([JSON.parse(rule)]);
    for (const line of blocks('diff')[0].trim().split('\n')) readRules([JSON.parse(line.slice(1).replace(/,$/, ''))]);
  });

  it('shows what breaks as it is said', () => {
    const functions = [
      ROOT,
      makeFunction(1, { name: 'parse', file: '/app/src/parser.ts', line: 12, calls: 3 }),
      makeFunction(2, { name: 'handle', file: '/app/src/server.ts', line: 3, calls: 2 }),
      makeFunction(3, { name: 'query', file: '/app/src/db.ts', line: 7, calls: 5 }),
      makeFunction(4, { name: 'Cache.get', file: '/app/src/cache.ts', calls: 9, selfWallNs: 2e6 }),
    ];
    const result = checkBudget(makeProfile({ functions }), parseBudget(budget));
    expect(renderBudgetText(result, { cwd: '/app' })).to.equal(blocks('text')[0]);
  });

  it('names every figure', () => {
    for (const name of FIGURE_NAMES) expect(text).to.include(`\`${name}\``);
  });
});
