// everycall/jest with the real jest: one line of configuration, exact counts for each test file over its module registry,
// in its own process, in worker processes and in worker threads, the same outcome and the same coverage.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { installedProject } from '../support/installed.ts';
import type { Outcome, Project } from '../register/programs.ts';
import {
  expectExact,
  FAILING_LINE,
  libraryOf,
  outcomeOf,
  plainRun,
  profiledRun,
  testFilesOf,
} from '../support/test-runs.ts';

const BABEL = ['test/a.test.js', 'test/b.test.js', 'test/c.test.js'];

function files(): Record<string, string> {
  return {
    'package.json': '{}',
    'jest.config.json': JSON.stringify({
      runner: 'everycall/jest',
      cacheDirectory: 'cache',
      testMatch: ['**/*.test.js'],
    }),
    'plain.config.json': JSON.stringify({ cacheDirectory: 'cache', testMatch: ['**/*.test.js'] }),
    'babel.config.json': JSON.stringify({ presets: [['@babel/preset-env', { targets: { node: 'current' } }]] }),
    'lib.js': libraryOf('esm'),
    'registry/lib.js': libraryOf('cjs'),
    'registry/reset.test.js': `
const from = 'registry/reset.test.js';
jest.mock('./mocked.js', () => ({ answer: () => 42 }));
for (let i = 0; i < 20; i++) {
  jest.resetModules();
  require('./lib.js').square(i, from);
}
jest.isolateModules(() => require('./lib.js').square(1, from));
it('mocks', () => expect(require('./mocked.js').answer()).toBe(42));
it('keeps timers', async () => { jest.useFakeTimers(); const { later } = require('./lib.js');
  const waiting = later(2, from); await jest.advanceTimersByTimeAsync(5); expect(await waiting).toBe(4); });
`,
    'registry/mocked.js': 'exports.answer = () => { throw new Error("not mocked"); };',
    ...testFilesOf(BABEL, { kind: 'esm', library: '../lib.js', before: 'beforeAll' }),
  };
}

/** Jest writes what its tests came to to stderr; ours comes last there. */
function ofJest({ stderr, ...outcome }: Outcome): Outcome {
  const end = stderr.indexOf('\neverycall: ');
  const stdout = (end < 0 ? stderr : stderr.slice(0, end)).trimEnd();
  return { ...outcome, stderr: '', stdout: outcome.stdout + stdout };
}

describe('everycall/jest', () => {
  let project: Project;
  before(() => (project = installedProject(files())));
  after(() => project.remove());

  for (const options of ['--runInBand', '--maxWorkers 2', '--maxWorkers 2 --workerThreads']) {
    it(`counts the calls of each test file, ${options}`, async () => {
      // Jest takes no workers for tests that it knows to be quick.
      const cache = `--cacheDirectory cache${options.replace(/\W+/g, '-')}`;
      const run = await profiledRun(project, `jest ${cache} ${options} /test/`);
      expectExact(run, BABEL);
      expect(run.code).to.equal(1);
      expect(run.stderr).to.contain(`test/a.test.js:${FAILING_LINE}:`);
      expect(run.profile.processes.length).to.equal(options === '--maxWorkers 2' ? 3 : 1);
      const plain = await plainRun(project, `jest --config plain.config.json ${options} /test/`);
      expect(outcomeOf(ofJest(run))).to.deep.equal(outcomeOf(ofJest(plain)));
    });
  }

  it('leaves coverage as it is', async () => {
    const coverage = async (config: string) => {
      const command = `jest --config ${config} --runInBand --coverage --coverageReporters json /test/`;
      const { code } = await plainRun(project, command);
      const file = JSON.parse(readFileSync(project.path('coverage/coverage-final.json'), 'utf8')) as object;
      return { code, file };
    };
    expect(await coverage('jest.config.json')).to.deep.equal(await coverage('plain.config.json'));
  });

  it('counts one module that is loaded again and again as one, beside mocks and fake timers', async () => {
    const run = await profiledRun(project, 'jest --runInBand registry');
    expectExact(run, ['registry/reset.test.js']);
    expect(run.code).to.equal(0);
    expect(run.profile.sources.filter(({ file }) => file.endsWith('registry/lib.js'))).to.have.length(1);
    const bodies = run.profile.functions.filter(
      ({ name, file }) => name === '<module>' && file.endsWith('registry/lib.js'),
    );
    expect(bodies.map(({ calls }) => calls)).to.deep.equal([21]);
  });
});
