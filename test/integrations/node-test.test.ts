// everycall/node-test with the real runner: one flag, exact counts for each test file, the same outcome.
import { expect } from 'chai';
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

const CJS = ['test/a.test.cjs', 'test/b.test.cjs'];
const ESM = ['test/c.test.mjs', 'test/d.test.mjs'];

function files(): Record<string, string> {
  return {
    'package.json': '{}',
    'lib.cjs': libraryOf('cjs'),
    'lib.mjs': libraryOf('esm'),
    ...testFilesOf(CJS, { kind: 'cjs', library: '../lib.cjs', runner: 'node:test' }),
    ...testFilesOf(ESM, { kind: 'esm', library: '../lib.mjs', runner: 'node:test' }),
  };
}

describe('everycall/node-test', () => {
  let project: Project;
  before(() => (project = installedProject(files())));
  after(() => project.remove());

  for (const [title, names] of [
    ['CommonJS', CJS],
    ['ES modules', ESM],
  ] as const) {
    it(`counts the calls of each test file, ${title}`, async () => {
      const command = `--test --test-reporter spec ${names.join(' ')}`;
      const run = await profiledRun(project, `node --require everycall/node-test ${command}`);
      expectExact(run, names);
      expect(run.profile.processes.length).to.equal(3);
      expect(outcomeOf(run)).to.deep.equal(outcomeOf(await plainRun(project, `node ${command}`)));
      expect(run.code).to.equal(1);
      expect(run.stdout).to.contain(`${names[0]}:${FAILING_LINE}:`);
      for (const name of names) expect(run.stderr).to.match(new RegExp(`^${name.replaceAll('.', '\\.')} +\\d+ `, 'm'));
    });
  }

  it('counts those of a test file that is run by itself', async () => {
    const run = await profiledRun(project, `node --require everycall/node-test ${ESM[1]}`);
    expectExact(run, [ESM[1]]);
    expect(run.code).to.equal(0);
  });

  it('says what was expected where only the processes of the files load it', async () => {
    const { stdout } = await project.shell(`node --import everycall/node-test --test ${ESM[1]}`, {
      env: { COUNTS: project.path('counts.txt') },
    });
    expect(stdout).to.contain('expected node --require everycall/node-test --test');
  });

  if (process.allowedNodeEnvironmentFlags.has('--test-isolation')) {
    it('counts what test files do while they load, with one process for all', async () => {
      const run = await profiledRun(
        project,
        `node -r everycall/node-test --test --test-isolation=none ${ESM.join(' ')}`,
      );
      expect(run.profile.processes.length).to.equal(1);
      const squares = run.profile.functions.find(({ name, file }) => name === 'square' && file.endsWith('lib.mjs'));
      const noted = Object.entries(run.counted).filter(([key]) => key.endsWith(' square'));
      expect(squares!.calls).to.equal(noted.reduce((sum, [, calls]) => sum + calls, 0));
      expect(run.profile.tags.map(({ name }) => name)).to.have.members([...ESM]);
    });
  }
});
