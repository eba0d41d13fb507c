// everycall/vitest with the real vitest: one line of configuration, exact counts for each test file in every pool, the same
// outcome, and stacks that lead to the original TypeScript.
import { expect } from 'chai';
import { CAN_RUN_CURRENT_TOOLS, currentTools } from '../support/current-tools.ts';
import { installedProject } from '../support/installed.ts';
import type { Project } from '../register/programs.ts';
import {
  expectExact,
  FAILING_LINE,
  libraryOf,
  outcomeOf,
  plainRun,
  profiledRun,
  testFilesOf,
} from '../support/test-runs.ts';

const NAMES = ['test/a.test.ts', 'test/b.test.ts', 'test/c.test.ts'];

function files(): Record<string, string> {
  const common = `include: ['test/*.test.ts'], setupFiles: './setup.ts', reporters: ['default']`;
  return {
    'package.json': '{ "type": "module" }',
    'vitest.config.ts': `import everycall from 'everycall/vitest';
export default { plugins: [everycall()], test: { ${common} } };`,
    'plain.config.ts': `export default { test: { ${common} } };`,
    'mock.config.ts': `import everycall from 'everycall/vitest';
export default { plugins: [everycall({ limit: 1 })], test: { include: ['mock.test.ts'] } };`,
    'setup.ts': `import { square } from './lib.ts';
import { expect } from 'vitest';
square(9, expect.getState().testPath!.slice(import.meta.dirname.length + 1));`,
    'lib.ts': `interface Unused {\n  readonly it: number;\n}\n${libraryOf('esm', true)}`,
    'mocked.ts': `export const answer = (): number => { throw new Error('not mocked'); };`,
    'mock.test.ts': `import { expect, it, vi } from 'vitest';
import { answer } from './mocked.ts';
import { square } from './lib.ts';
vi.mock('./mocked.ts', () => ({ answer: () => 42 }));
it('mocks', () => { expect(answer() + square(1, 'mock.test.ts')).toBe(43); });`,
    ...testFilesOf(NAMES, { kind: 'esm', library: '../lib.ts', runner: 'vitest', before: 'beforeAll' }),
  };
}

function define(title: string, toolsOf = (): string | undefined => undefined): void {
  describe(`everycall/vitest, ${title}`, () => {
    let project: Project;
    before(() => (project = installedProject(files(), { overlay: toolsOf() })));
    after(() => project.remove());

    for (const [pool, options, isOneProcess] of [
      ['threads', '--pool threads', true],
      ['forks', '--pool forks', false],
      ['vmThreads', '--pool vmThreads', true],
      ['threads that are not isolated', '--pool threads --no-isolate --no-file-parallelism', true],
    ] as const) {
      it(`counts the calls of each test file, in ${pool}`, async () => {
        const run = await profiledRun(project, `vitest run ${options}`);
        expectExact(run, NAMES);
        expect(run.code).to.equal(1);
        expect(run.stderr).to.contain(`test/a.test.ts:${FAILING_LINE}:`);
        expect(run.profile.processes.length === 1).to.equal(isOneProcess);
        const square = run.profile.functions.find(({ name, calls }) => name === 'square' && calls > 0)!;
        expect([square.file, square.line]).to.deep.equal([project.path('lib.ts'), 6]);
        if (pool !== 'threads') return;
        const plain = await plainRun(project, `vitest run --config plain.config.ts ${options}`);
        expect(outcomeOf(run)).to.deep.equal(outcomeOf(plain));
      });
    }

    it('leaves mocks as they are, and takes options', async () => {
      const run = await profiledRun(project, 'vitest run --config mock.config.ts');
      expectExact(run, ['mock.test.ts']);
      expect(run.code).to.equal(0);
      expect(run.stderr).to.contain('more function');
    });
  });
}

define('the version in our node_modules');

if (CAN_RUN_CURRENT_TOOLS) define('the current version', currentTools);
