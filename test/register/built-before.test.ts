// Files that a build has instrumented and that are then run under the register hook or the command line, with a filter that
// chooses them: each function is counted once, by its name and place in the source, also when terser came in between.
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { load } from '../../src/files.ts';
import { countedCalls, FORMS_SOURCE } from '../support/forms.ts';
import { installedProject } from '../support/installed.ts';
import type { Project } from './programs.ts';

const FILES = {
  'package.json': '{ "type": "module" }',
  'src/program.tsx': FORMS_SOURCE,
  // Printed last: by the command line, too, what is recorded ends with stop().
  'drive.mjs': `import { snapshot, start, stop } from 'everycall';
    start();
    const program = await import(new URL(process.argv[2], import.meta.url));
    const results = await program.done;
    stop();
    console.log(JSON.stringify({ results, counts: program.counts, functions: snapshot().functions }));`,
  'build.mjs': `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
    import * as babel from '@babel/core';
    import { build } from 'esbuild';
    import { minify } from 'terser';
    import everycall from 'everycall/esbuild';
    mkdirSync('out', { recursive: true });
    const presets = (modules) => [
      ['@babel/preset-env', { targets: { node: 'current' }, modules }],
      ['@babel/preset-react', { runtime: 'classic', pragma: 'element' }],
      '@babel/preset-typescript',
    ];
    for (const [file, modules] of [['babel.cjs', 'commonjs'], ['babel.mjs', false]]) {
      const options = { presets: presets(modules), plugins: ['everycall/babel'], sourceMaps: 'inline', configFile: false };
      writeFileSync('out/' + file, babel.transformFileSync('src/program.tsx', options).code);
    }
    await build({
      entryPoints: ['src/program.tsx'], outfile: 'out/bundle.mjs', bundle: true, format: 'esm', platform: 'node',
      jsxFactory: 'element', sourcemap: true, plugins: [everycall()],
    });
    for (const file of ['babel.cjs', 'babel.mjs', 'bundle.mjs']) {
      const { code } = await minify(readFileSync('out/' + file, 'utf8'), { module: file.endsWith('.mjs'), toplevel: true });
      writeFileSync('out/small-' + file, code);
    }`,
};
const BUILT = ['babel.cjs', 'babel.mjs', 'bundle.mjs', 'small-babel.cjs', 'small-babel.mjs', 'small-bundle.mjs'];
const EXCLUDED = JSON.stringify({ exclude: ['drive.mjs', '**/node_modules/**'] });

interface Recorded {
  readonly name: string;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly calls: number;
}
interface Driven {
  readonly results: unknown[];
  readonly counts: Record<string, number>;
  readonly functions: readonly Recorded[];
}

describe('files that a build has instrumented, under the register hook', () => {
  let project: Project;
  before(async () => {
    project = installedProject(FILES);
    const built = await project.node(['build.mjs']);
    expect(built.code, built.stderr).to.equal(0);
    expect(readdirSync(project.path('out')).filter((name) => !name.endsWith('.map'))).to.have.members(BUILT);
  });
  after(() => project.remove());

  async function drive(file: string, preload: readonly string[], stderr = ''): Promise<Driven> {
    const outcome = await project.node([...preload, 'drive.mjs', `./out/${file}`], {
      env: { EVERYCALL_REGISTER: EXCLUDED },
    });
    expect(outcome.code, outcome.stderr).to.equal(0);
    if (stderr === '') expect(outcome.stderr).to.equal('');
    return JSON.parse(outcome.stdout) as Driven;
  }

  /** As `countedCalls()` of the source has it; of any other file whatever there is. */
  const called = (functions: readonly Recorded[]): string[] =>
    functions
      .filter(({ calls, file, kind }) => calls > 0 && file.includes('/') && kind !== 'module')
      .sort((a, b) => a.line - b.line || a.column - b.column)
      .map(({ kind, name, line, column, calls }) => `${kind} ${name} ${line}:${column} ${calls}`);

  /** By which files there are functions of: the built ones are none. */
  const files = (functions: readonly Recorded[]): Set<string> =>
    new Set(functions.map(({ file }) => file).filter((file) => file.startsWith(project.directory)));

  for (const file of BUILT) {
    it(`are counted once: ${file}`, async () => {
      const driven = await drive(file, ['--import', 'everycall/register']);
      const expected = countedCalls(FORMS_SOURCE, driven.counts);
      expect(expected).to.have.length.above(30);
      expect(called(driven.functions)).to.deep.equal(expected);
      expect(files(driven.functions)).to.deep.equal(new Set([project.path('src/program.tsx')]));
    });
  }

  it('compute what they do without it, with the same lines in stack traces', async () => {
    project.write(
      'stack.mjs',
      `import program from './out/babel.cjs'; import * as bundle from './out/bundle.mjs';
      for (const { done } of [program, bundle]) console.log(JSON.stringify(await done));
      try { program.declared(Symbol()); } catch (error) { console.log(error.stack); }
      try { bundle.declared(Symbol()); } catch (error) { console.log(error.stack); }`,
    );
    const env = { EVERYCALL_REGISTER: JSON.stringify({ exclude: ['stack.mjs', '**/node_modules/**'] }) };
    const plain = await project.node(['stack.mjs']);
    expect(plain.stdout).to.match(/TypeError[^]*babel\.cjs:\d+[^]*TypeError[^]*bundle\.mjs:\d+/);
    const hooked = await project.node(['--import', 'everycall/register', 'stack.mjs'], { env });
    const withoutColumns = (text: string): string => text.replace(/(\.[cm]?js:\d+):\d+/g, '$1');
    expect(hooked.stderr).to.equal('');
    expect(withoutColumns(hooked.stdout)).to.equal(withoutColumns(plain.stdout));
  });

  it('are counted once by the command line', async () => {
    const profile = project.path('profile.json');
    const command = ['node_modules/everycall/dist/src/cli/main.js', '--exclude', 'drive.mjs', '-o', profile];
    for (const file of ['babel.cjs', 'small-bundle.mjs']) {
      const { counts } = await drive(file, command, 'report');
      const { functions } = load(profile);
      expect(called(functions)).to.deep.equal(countedCalls(FORMS_SOURCE, counts));
      expect(files(functions)).to.deep.equal(new Set([project.path('src/program.tsx')]));
    }
  });
});
