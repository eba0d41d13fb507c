// everycall/mocha with the real mocha: one line of configuration, exact counts for each test file, the same outcome.
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
const TS = ['test/e.test.ts'];

function files(): Record<string, string> {
  return {
    'package.json': '{}',
    '.mocharc.json': '{ "require": "everycall/mocha" }',
    'lib.cjs': libraryOf('cjs'),
    'lib.mjs': libraryOf('esm'),
    'lib.ts': libraryOf('esm', true),
    ...testFilesOf(CJS, { kind: 'cjs', library: '../lib.cjs' }),
    ...testFilesOf(ESM, { kind: 'esm', library: '../lib.mjs' }),
    ...testFilesOf(TS, { kind: 'esm', library: '../lib.ts' }),
  };
}

describe('everycall/mocha', () => {
  let project: Project;
  before(() => (project = installedProject(files())));
  after(() => project.remove());

  for (const [title, names] of [
    ['CommonJS', CJS],
    ['ES modules', ESM],
  ] as const) {
    for (const parallel of ['', ' --parallel --jobs 2']) {
      it(`counts the calls of each test file, ${title}${parallel}`, async () => {
        const run = await profiledRun(project, `mocha${parallel} ${names.join(' ')}`);
        expectExact(run, names);
        const plain = await plainRun(project, `mocha --no-config${parallel} ${names.join(' ')}`);
        expect(outcomeOf(run)).to.deep.equal(outcomeOf(plain));
        expect(run.code).to.equal(1);
        expect(run.stdout).to.contain(`${names[0]}:${FAILING_LINE}:`);
        if (parallel === '') expect(run.profile.processes.length).to.equal(1);
        else expect(run.profile.processes.length).to.be.within(2, 3);
      });
    }
  }

  it('counts tests in TypeScript that tsx compiles', async () => {
    const run = await profiledRun(project, `mocha --node-option import=tsx ${TS.join(' ')}`);
    expectExact(run, TS);
    expect(run.stdout).to.contain(`e.test.ts:${FAILING_LINE}:`);
  });

  it('prints the slowest functions under test, by test file, after all that mocha prints', async () => {
    const { stderr, stdout } = await profiledRun(project, `mocha ${CJS.join(' ')}`);
    expect(stdout).to.contain('4 passing');
    const table = stderr.slice(stderr.indexOf('slowest functions under test, by self time'));
    expect(table).to.match(/^later +lib\.cjs:4\b/m);
    expect(table).to.match(/^square +lib\.cjs:3\b/m);
    expect(table).to.contain('slowest functions under test, by total time');
    for (const name of CJS) expect(table).to.match(new RegExp(`^${name.replaceAll('.', '\\.')} +\\d+ `, 'm'));
    expect(table).not.to.match(/^\S+ +test\//m);
    expect(table).to.contain('saved to profile.json');
  });
});
