// Builds dist/: the pages (build-page.mjs), ES modules and types by tsc, CommonJS entries by esbuild.
// The CommonJS entries hold a second copy of the code but not a second runtime: whichever loads first in a thread
// puts its instance under RUNTIME_KEY (runtime/contract.ts) and the other takes it from there.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, readFileSync, readdirSync, writeFileSync, chmodSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createInliner, inlinedLayout } from './layout-constants.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
process.chdir(root);
rmSync('dist', { recursive: true, force: true });
execFileSync(process.execPath, ['scripts/build-page.mjs'], { stdio: 'inherit' });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });

// Versions stay names: nobody asks for them often, and tests change them.
const { LAYOUT_VERSION, ...layout } = await import('../dist/runtime/layout.js');
const { CONTRACT_VERSION, ...contract } = await import('../dist/runtime/contract.js');
const inline = createInliner({ ...layout, ...contract });
for (const name of readdirSync('dist', { recursive: true })) {
  if (!name.endsWith('.js')) continue;
  const file = `dist/${name}`;
  writeFileSync(file, inline(readFileSync(file, 'utf8')));
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = {
  index: 'src/index.ts',
  register: 'src/register/index.ts',
  install: 'src/register/install.ts', // loaded by register, unless that runs on a thread of Node's own
  compile: 'src/register/compile.ts', // loaded by install where something is not in the cache
  loader: 'src/register/loader.ts', // of Node's own thread: one file, because its start is waited for
  session: 'src/recording/session.ts', // loaded by preload, see below
  record: 'src/recording/record.ts', // loaded by session, unless that runs on a thread of Node's own
  'checkpoint-thread': 'src/recording/checkpoint-thread.ts',
  'monitor-environment': 'src/monitor/environment.ts', // loaded by install where there is to be a monitor
  'monitor-thread': 'src/monitor/monitor-thread.ts',
  'live-page': 'src/monitor/live-page.ts', // loaded by monitor-thread when it is asked for
  formats: 'src/exporters/formats.ts',
  runtime: 'runtime/index.ts',
  babel: 'transform/index.ts',
  unplugin: 'src/bundlers/index.ts',
  ...Object.fromEntries(
    ['vite', 'rollup', 'rolldown', 'webpack', 'rspack', 'esbuild'].map((name) => [name, `src/bundlers/${name}.ts`]),
  ),
  chai: 'src/testing/chai.ts',
  expect: 'src/testing/expect.ts',
  mocha: 'src/runners/mocha.ts',
  'node-test': 'src/runners/node-test.ts',
  vitest: 'src/runners/vitest.ts',
  jest: 'src/runners/jest.ts',
  'jest-transformer': 'src/runners/jest-transformer.ts', // these three are loaded by jest in place of others
  'jest-framework': 'src/runners/jest-framework.ts',
  'jest-setup': 'src/runners/jest-setup.ts',
};
await build({
  entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
  outdir: 'dist/cjs',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  define: { 'import.meta.url': 'importMetaUrl', BUNDLED_VERSION: JSON.stringify(version) },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  plugins: [inlinedLayout(inline)],
});
// The entry of `--import everycall/register`, whose start is waited for: one file instead of a chain of imports.
await build({
  entryPoints: ['dist/src/register/index.js'],
  outfile: 'dist/src/register/index.js',
  allowOverwrite: true,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
});
// The preload of recorded processes, which may be of any version of Node.
await build({
  entryPoints: { preload: 'src/recording/preload.ts' },
  outdir: 'dist/cjs',
  outExtension: { '.js': '.cjs' },
  platform: 'node',
  target: 'es2015',
  format: 'cjs',
});
// The same declarations, read as CommonJS, so that `require` sees types too.
for (const folder of ['src', 'runtime', 'transform']) {
  cpSync(`dist/${folder}`, `dist/cjs/types/${folder}`, {
    recursive: true,
    filter: (from) => !/\.\w+$/.test(from) || from.endsWith('.d.ts'),
  });
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
if (existsSync('dist/src/cli/main.js')) chmodSync('dist/src/cli/main.js', 0o755);
