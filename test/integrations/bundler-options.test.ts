// What the bundlers' plugins are told, a bundle where everycall is not installed, and Vite's development server.
import { expect } from 'chai';
import type { Project } from '../register/programs.ts';
import { installedProject } from '../support/installed.ts';

const FILES = {
  'package.json': '{ "type": "module" }',
  'src/app.ts': `interface Gone { from: 'the output' }

export const double = (n: number): number => 2 * n;
console.log(double(21));
`,
  // Builds by esbuild, webpack and Rollup, with the runtime inside and outside.
  'build.mjs': `import { resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';
import esbuildPlugin from 'everycall/esbuild';
import rollupPlugin from 'everycall/rollup';
import webpackPlugin from 'everycall/webpack';

const typescript = {
  name: 'typescript',
  transform: (code, id) => (id.endsWith('.ts') ? transform(code, { loader: 'ts', sourcefile: id, sourcemap: true }) : null),
};
for (const bundleRuntime of [false, true]) {
  const folder = bundleRuntime ? 'inside' : 'outside';
  await build({
    ...{ entryPoints: ['src/app.ts'], bundle: true, platform: 'node', format: 'esm' },
    ...{ outfile: folder + '/esbuild.mjs', plugins: [esbuildPlugin({ bundleRuntime })] },
  });
  const bundle = await rollup({
    input: 'src/app.ts',
    external: /^node:/,
    plugins: [typescript, rollupPlugin({ bundleRuntime, enforce: 'post' })],
  });
  await bundle.write({ file: folder + '/rollup.mjs' });
  await new Promise((done) =>
    webpack({
      ...{ mode: 'none', target: 'node', entry: './src/plain.js', plugins: [webpackPlugin({ bundleRuntime })] },
      output: { path: resolve(folder), filename: 'webpack.cjs' },
    }).run(done),
  );
}
`,
  'src/plain.js': 'export const double = (n) => 2 * n;\nconsole.log(double(21));\n',
  'record.mjs': `import { snapshot, start } from 'everycall';
start({ precision: 'exact' });
await import(process.argv[2]);
const { name, file, line, column, calls } = snapshot().functions.find(({ kind }) => kind === 'arrow');
console.log(JSON.stringify([name, file, line, column, calls]));
`,
  'dev.mjs': `import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'vite';
import everycall from 'everycall/vite';
import { snapshot, start } from 'everycall';

const server = await createServer({
  ...{ configFile: false, logLevel: 'error', appType: 'custom', optimizeDeps: { noDiscovery: true } },
  ...{ plugins: [everycall()], server: { middlewareMode: true, hmr: false, ws: false, watch: null } },
});
start({ precision: 'exact' });
const load = () => server.ssrLoadModule('/src/dev.ts');
const seen = [];
const look = () => {
  const { functions, sources } = snapshot();
  const rows = functions.filter(({ kind, calls }) => kind === 'function' && calls > 0);
  seen.push([sources.length, ...rows.map(({ name, line, calls }) => name + ' ' + line + ' ' + calls).sort()]);
};
(await load()).same(1);
look();
const text = readFileSync('src/dev.ts', 'utf8');
writeFileSync('src/dev.ts', text.replace('export function moved', '\\n\\nexport function moved'));
server.moduleGraph.invalidateAll();
(await load()).same(1);
look();
for (let i = 0; i < 3; i++) {
  server.moduleGraph.invalidateAll();
  await load();
}
look();
const forBrowsers = (await server.transformRequest('/src/dev.ts')).code;
await server.close();
console.log(JSON.stringify({ seen, isClientPlain: !forBrowsers.includes('everycall') }));
`,
  'src/dev.ts': `import { other } from './other.ts';
export function same(n: number): number { return moved(n) + other(); }
export function moved(n: number): number { return n; }
`,
  'src/other.ts': 'export function other(): number { return 1; }\n',
};

const BUNDLES = ['esbuild.mjs', 'rollup.mjs', 'webpack.cjs'];

describe('bundler plugins', () => {
  let project: Project;
  before(() => (project = installedProject(FILES)));
  after(() => project.remove());

  describe('with bundleRuntime', () => {
    before(async () => {
      const built = await project.node(['build.mjs']);
      expect(built.code, built.stderr).to.equal(0);
    });

    for (const bundle of BUNDLES) {
      it(`${bundle} runs where everycall is not installed, and without it does not`, async () => {
        const elsewhere = async (folder: string) => {
          const script = `require('fs').cpSync('${folder}/${bundle}', require('os').tmpdir() + '/everycall-${process.pid}-${bundle}')`;
          await project.node(['-e', script, '--input-type=commonjs']);
          const copy = `${process.env['TMPDIR'] ?? '/tmp'}/everycall-${process.pid}-${bundle}`;
          const outcome = await project.node([copy]);
          await project.node(['-e', `require('fs').rmSync('${copy}')`, '--input-type=commonjs']);
          return outcome;
        };
        const inside = await elsewhere('inside');
        expect(inside.stderr).to.equal('');
        expect(inside.stdout).to.equal('42\n');
        expect((await elsewhere('outside')).stderr).to.match(/(?:ERR_)?MODULE_NOT_FOUND/);
      });

      it(`${bundle} is recorded by an everycall outside of it, in either case`, async () => {
        const place = bundle === 'webpack.cjs' ? ['src/plain.js', 1] : ['src/app.ts', 3];
        for (const folder of ['inside', 'outside']) {
          const { stdout, stderr } = await project.node(['record.mjs', `./${folder}/${bundle}`]);
          const [printed, recorded] = stdout.split('\n');
          expect(printed, stderr).to.equal('42');
          expect(JSON.parse(recorded)).to.deep.equal(['double', project.path(String(place[0])), place[1], 22, 1]);
        }
      });
    }
  });

  it('keeps figures and adds no tables but those of what changed, in the development server of Vite', async () => {
    const { stdout, stderr } = await project.node(['dev.mjs']);
    expect(stdout, stderr).not.to.equal('');
    expect(JSON.parse(stdout)).to.deep.equal({
      seen: [
        [2, 'moved 3 1', 'other 1 1', 'same 2 1'],
        [3, 'moved 3 1', 'moved 5 1', 'other 1 2', 'same 2 2'],
        [3, 'moved 3 1', 'moved 5 1', 'other 1 2', 'same 2 2'],
      ],
      isClientPlain: true,
    });
  });

  it('refuses options in one line, and leaves errors of syntax to the bundler', async () => {
    project.write('src/wrong.ts', 'export const a: = 1;\n');
    project.write(
      'wrong.mjs',
      `import { build } from 'esbuild';
       import everycall from 'everycall/esbuild';
       for (const options of [{ inlcude: 'x' }, { enforce: 'first' }, { include: 1 }]) {
         try { everycall(options); } catch (error) { console.log(error.code, error.message); }
       }
       const errors = (plugins) => build({ entryPoints: ['src/wrong.ts'], write: false, logLevel: 'silent', plugins })
         .catch(({ errors }) => JSON.stringify(errors.map(({ text, location }) => [text, location.line, location.column])));
       console.log((await errors([everycall()])) === (await errors([])), await errors([]));`,
    );
    const { stdout, stderr } = await project.node(['wrong.mjs']);
    expect(stdout.split('\n'), stderr).to.deep.equal([
      "bad-option everycall() has no option 'inlcude'; expected one of include, exclude, root, bundleRuntime, enforce, client, originals",
      "bad-option everycall() expects 'enforce' to be 'pre' or 'post', got 'first'",
      "bad-option everycall() expects 'include' to be a glob or a list of globs, got 1",
      'true [["Unexpected \\"=\\"",1,16]]',
      '',
    ]);
  });
});
