// Several copies of everycall in one tree: a dependency brings its own, the command line is that of another installation,
// and some are of versions whose hooks or memory are others, made here from this one by changing the numbers.
import { cpSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CONTRACT_VERSION, RUNTIME_KEY } from '../../runtime/contract.ts';
import { LAYOUT_VERSION } from '../../runtime/layout.ts';
import { load } from '../../src/files.ts';
import { installedProject } from '../support/installed.ts';
import { CLI } from './programs.ts';
import type { Project } from './programs.ts';

const FILES = {
  'package.json': '{ "type": "module" }',
  'main.mjs': `
    import { Worker } from 'node:worker_threads';
    import * as own from 'everycall';
    const other = await import(process.env.OTHER);
    function work() { return other.twice(() => 1); }
    own.start();
    other.start();
    for (let i = 0; i < 5; i++) work();
    await new Promise((end) => new Worker(new URL('./worker.mjs', import.meta.url)).on('exit', end));
    function seen({ functions, threads }) {
      const called = functions.filter(({ calls, file }) => calls > 0 && file.includes('/'));
      return {
        calls: Object.fromEntries(called.map(({ name, file, calls }) => [file.split('/').at(-1) + ':' + name, calls])),
        files: functions.map(({ file }) => file).filter((file) => file.includes('/dist/')),
        threads: threads.length,
      };
    }
    const [mine, theirs] = [own.snapshot(), other.snapshot()];
    const running = [own.isRunning(), other.isRunning()];
    console.log(JSON.stringify({ own: seen(mine), other: seen(theirs), running }));
  `,
  'worker.mjs': `const { snapshot } = await import(process.env.OTHER); snapshot(); function job() {} job(); job();`,
  ...dependency('same'),
  ...dependency('contract'),
  ...dependency('layout'),
};

/** A package with an everycall of its own. */
function dependency(name: string): Record<string, string> {
  return {
    [`packages/${name}/package.json`]: '{ "type": "module", "main": "index.js" }',
    [`packages/${name}/index.js`]: `export { start, snapshot, isRunning } from 'everycall';
      export function twice(f) { f(); return f(); }`,
  };
}

/** What is recorded of the program once, by whoever records it. */
const CALLS = { 'main.mjs:work': 5, 'main.mjs:work.<anonymous>': 10, 'index.js:twice': 5 };
const IN_WORKER = { 'worker.mjs:job': 2 };
const NOTHING = { calls: {}, files: [] };
/** What would instrument the copies themselves. */
const INCLUDED = ['**', '**/node_modules/everycall/**'];

interface Seen {
  readonly calls: Record<string, number>;
  readonly files: string[];
  readonly threads: number;
}

describe('several copies of everycall in one tree', () => {
  let project: Project;
  const copyIn = (name: string): string => project.path(`packages/${name}/node_modules/everycall`);

  before(() => {
    project = installedProject(FILES);
    copy('same', []);
    const next = RUNTIME_KEY.replace(/\d+$/, String(CONTRACT_VERSION + 1));
    copy('contract', [
      [`CONTRACT_VERSION = ${CONTRACT_VERSION}`, `CONTRACT_VERSION = ${CONTRACT_VERSION + 1}`],
      [RUNTIME_KEY, next],
    ]);
    copy('layout', [[`LAYOUT_VERSION = ${LAYOUT_VERSION}`, `LAYOUT_VERSION = ${LAYOUT_VERSION + 1}`]]);
  });
  after(() => project.remove());

  function copy(name: string, changes: readonly (readonly [string, string])[]): void {
    cpSync(realpathSync(project.path('node_modules/everycall')), copyIn(name), { recursive: true });
    for (const file of changes.length === 0 ? [] : readdirSync(copyIn(name), { recursive: true, encoding: 'utf8' })) {
      if (!/\.c?js$/.test(file)) continue;
      const path = join(copyIn(name), file);
      let text = readFileSync(path, 'utf8');
      for (const [from, to] of changes) text = text.replaceAll(from, to);
      writeFileSync(path, text);
    }
  }

  async function run(
    preload: readonly string[],
    other: string,
  ): Promise<{ own: Seen; other: Seen; running: boolean[]; stderr: string }> {
    const OTHER = project.path(`packages/${other}/index.js`);
    const { code, stdout, stderr } = await project.node([...preload, 'main.mjs'], {
      env: { EVERYCALL_REGISTER: JSON.stringify({ include: INCLUDED }), OTHER },
    });
    expect(code, stderr).to.equal(0);
    return { ...(JSON.parse(stdout) as { own: Seen; other: Seen; running: boolean[] }), stderr };
  }

  const hooksOf = (name: string): string => join(copyIn(name), 'dist/src/register/index.js');

  for (const [first, second] of [
    ['everycall/register', () => hooksOf('same')],
    [() => hooksOf('same'), 'everycall/register'],
  ] as const) {
    const name = (which: typeof first | typeof second): string => (typeof which === 'string' ? which : which());
    it(`share one runtime and one pair of hooks, ${typeof first === 'string' ? 'the own' : 'the other'} one first`, async () => {
      const preload = ['--import', name(first), '--import', name(second)];
      const { own, other, running, stderr } = await run(preload, 'same');
      expect(own.calls).to.deep.equal({ ...own.calls, ...CALLS, ...IN_WORKER });
      expect(other).to.deep.equal(own);
      expect({ files: own.files, threads: own.threads }).to.deep.equal({ files: [], threads: 2 });
      expect(running).to.deep.equal([true, true]);
      expect(stderr).to.equal('');
    });
  }

  it('have one report where the command is that of a third', async () => {
    const profile = project.path('profile.json');
    const env = { OTHER: project.path('packages/same/index.js') };
    const command = [CLI, ...INCLUDED.flatMap((glob) => ['--include', glob]), '-o', profile, 'main.mjs'];
    const { code, stderr } = await project.node(command, { env });
    expect(code, stderr).to.equal(0);
    const recorded = load(profile);
    expect(project.callsOf(recorded)).to.include({
      'main.mjs:work': 5,
      'packages/same/index.js:twice': 5,
      'worker.mjs:job': 2,
    });
    expect(recorded.functions.filter(({ file }) => file.includes('/dist/'))).to.deep.equal([]);
  });

  for (const other of ['contract', 'layout']) {
    describe(`of which one has another ${other}`, () => {
      it('record for the one whose hooks are in place, without harm to the program', async () => {
        const { own, other: theirs, running, stderr } = await run(['--import', 'everycall/register'], other);
        expect({ calls: theirs.calls, files: theirs.files }).to.deep.equal(NOTHING);
        expect(own.files).to.deep.equal([]);
        expect(own.calls).to.include({ ...CALLS, ...IN_WORKER });
        expect(running).to.deep.equal([true, true]);
        expect(stderr).to.equal('');
      });

      it('say in one line that the hooks of the second are not put in', async () => {
        const preload = ['--import', hooksOf(other), '--import', 'everycall/register'];
        const { own, other: theirs, stderr } = await run(preload, other);
        expect({ calls: own.calls, files: own.files }).to.deep.equal(NOTHING);
        expect(theirs.calls).to.include({ ...CALLS, ...IN_WORKER });
        expect(stderr).to.match(
          /^everycall: expected hooks for everycall\.runtime\/\S+, got those of another copy of everycall for everycall\.runtime\/\S+: this copy records nothing\n$/,
        );
      });
    });
  }
});
