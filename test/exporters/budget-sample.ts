// A budget that a small profile keeps in part, for the tests of the outputs: names and paths that are hard to write.
import type { BudgetRule } from '../../src/budget/budget.ts';
import { checkBudget } from '../../src/budget/check.ts';
import { makeEdge, makeFunction, makeProfile, ROOT } from '../support/profiles.ts';

const functions = [
  ROOT,
  makeFunction(1, {
    name: 'handle',
    file: '/repo/src/server.ts',
    line: 10,
    calls: 2,
    totalWallNs: 8e6,
    totalErrorNs: 1e5,
  }),
  makeFunction(2, { name: 'query', file: '/repo/src/db.ts', line: 20, calls: 5, selfWallNs: 12_345_678 }),
  makeFunction(3, { name: 'größe, 50%: <"&\n\u001b[31m\ud800', file: 'C:\\repo\\ä,b%.ts', line: 30, calls: 7 }),
];

export const profile = makeProfile({ functions, edges: [makeEdge(1, 2, { line: 15, calls: 5 })] });

export const rules: readonly BudgetRule[] = [
  { function: 'handle', max: { calls: 2 } },
  { function: 'query', from: 'handle', per: 'handle', max: { calls: 2 } },
  { function: 'query', max: { selfWall: '5 ms', calls: 4 }, min: { calls: 1 } },
  { function: 'handle', max: { totalWall: '2 ms' } },
  { function: 'größe*', max: { calls: 1 } },
  { function: 'Query', max: { calls: 1 } },
  { function: 'legacy', max: { calls: 0 } },
];

export const result = checkBudget(profile, rules);
