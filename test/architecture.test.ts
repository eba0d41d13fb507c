// Imports go one way. Reads every import of the tree and compares it with the table of allowed edges.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Who may import whom: the first rule whose `from` matches decides. `*` ends a prefix. Types count like values. */
const ALLOWED: readonly { from: string; to: readonly string[]; packages: readonly string[] }[] = [
  { from: 'runtime/contract.ts', to: [], packages: [] },
  // Loaded when a session first asks for built-in functions.
  {
    from: 'runtime/builtins.ts',
    to: ['runtime/*'],
    packages: ['node:fs', 'node:child_process', 'node:zlib', 'node:crypto', 'node:module'],
  },
  // What ES modules import: the CommonJS edition.
  { from: 'runtime/shared.ts', to: ['runtime/index.ts', 'cjs/runtime.cjs'], packages: ['node:module'] },
  { from: 'runtime/collections.ts', to: ['runtime/*'], packages: ['node:v8', 'node:perf_hooks'] },
  {
    from: 'runtime/*',
    to: ['runtime/*'],
    packages: ['node:worker_threads', 'node:wasi', 'node:fs', 'node:async_hooks'],
  },
  {
    from: 'transform/*',
    to: ['transform/*', 'runtime/contract.ts', 'runtime/call-lines.ts'],
    packages: [
      '@babel/core',
      '@babel/traverse',
      '@babel/types',
      '@jridgewell/trace-mapping',
      'picomatch',
      'node:crypto',
      'node:fs',
      'node:module',
      'node:path',
      'node:url',
    ],
  },
  { from: 'src/profile.ts', to: ['runtime/contract.ts'], packages: [] },
  { from: 'src/errors.ts', to: [], packages: [] },
  {
    from: 'src/statistics/*',
    to: ['src/statistics/*', 'src/profile.ts', 'src/option-checks.ts', 'src/errors.ts'],
    packages: ['picomatch/posix.js'],
  },
  // The reader of the arena: between the runtime and the model.
  {
    from: 'src/snapshot/*',
    to: ['src/snapshot/*', 'src/profile.ts', 'src/statistics/*', 'src/version.ts', 'runtime/*'],
    packages: [],
  },
  // What a budget says is checked as exported data is; its outputs are exporters.
  {
    from: 'src/budget/*',
    to: [
      'src/budget/*',
      'src/exporters/*',
      'src/statistics/*',
      'src/profile.ts',
      'src/option-checks.ts',
      'src/errors.ts',
    ],
    packages: [],
  },
  { from: 'src/exporters/budget-*', to: ['src/exporters/*', 'src/budget/*', 'src/profile.ts'], packages: [] },
  // Assertions for test runners, which they are given and do not import.
  {
    from: 'src/testing/*',
    to: [
      'src/testing/*',
      'src/budget/*',
      'src/exporters/*',
      'src/statistics/*',
      'src/profile.ts',
      'src/option-checks.ts',
      'src/errors.ts',
      'src/api.ts',
    ],
    packages: [],
  },
  // Runs in a browser: pure code only, and its own.
  {
    from: 'src/exporters/html/page/*',
    to: [
      'src/exporters/html/page/*',
      'src/exporters/html/embedded.ts',
      'src/exporters/figures.ts',
      'src/exporters/location.ts',
      'src/statistics/*',
      'src/profile.ts',
    ],
    packages: ['preact', 'preact/hooks'],
  },
  // Files of pprof are compressed by definition.
  {
    from: 'src/exporters/pprof.ts',
    to: ['src/exporters/*', 'src/statistics/*', 'src/profile.ts'],
    packages: ['node:zlib', 'pprof-format'],
  },
  {
    from: 'src/exporters/*',
    to: [
      'src/exporters/*',
      'src/statistics/*',
      'src/profile.ts',
      'src/option-checks.ts',
      'src/errors.ts',
      'runtime/contract.ts',
    ],
    packages: ['node:util', 'node:path'],
  },
  {
    from: 'src/files.ts',
    to: ['src/profile.ts', 'src/option-checks.ts', 'src/errors.ts', 'src/exporters/*', 'runtime/contract.ts'],
    packages: ['node:*'],
  },
  {
    from: 'src/api.ts',
    to: [
      'src/options.ts',
      'src/profile.ts',
      'src/errors.ts',
      'src/snapshot/*',
      'src/statistics/*',
      'src/exporters/*',
      'src/monitor/start-monitor.ts',
      'runtime/*',
    ],
    packages: [],
  },
  { from: 'src/option-checks.ts', to: ['src/errors.ts'], packages: [] },
  {
    from: 'src/options.ts',
    to: ['src/profile.ts', 'src/option-checks.ts', 'src/monitor/options.ts', 'src/push/options.ts'],
    packages: [],
  },
  // Runs in a browser, with what the report's page is made of.
  {
    from: 'src/monitor/page/*',
    to: [
      'src/monitor/page/*',
      'src/monitor/frame.ts',
      'src/exporters/html/page/*',
      'src/exporters/figures.ts',
      'src/exporters/format-names.ts',
      'src/exporters/location.ts',
      'src/statistics/*',
      'src/profile.ts',
    ],
    packages: ['preact', 'preact/hooks'],
  },
  // Looked at from outside while the program runs: its thread serves what the reader of the arena gives, its client asks.
  { from: 'src/monitor/options.ts', to: ['src/option-checks.ts'], packages: ['node:net'] },
  { from: 'src/monitor/frame.ts', to: ['src/profile.ts'], packages: [] },
  // Sends profiles away; whose, and on what thread, is the monitor's.
  { from: 'src/push/options.ts', to: ['src/option-checks.ts'], packages: [] },
  { from: 'src/push/*', to: ['src/push/*', 'src/profile.ts'], packages: ['node:*'] },
  {
    from: 'src/monitor/*',
    to: [
      'src/monitor/*',
      'src/push/*',
      'src/exporters/*',
      'src/statistics/*',
      'src/snapshot/*',
      'src/recording/alive.ts',
      'src/register/package-root.ts',
      'src/register/workers.ts',
      'src/options.ts',
      'src/option-checks.ts',
      'src/output.ts',
      'src/profile.ts',
      'src/errors.ts',
      'src/version.ts',
      'runtime/*',
    ],
    // Node's own for signals, by a thread that does without where it is gone.
    packages: ['node:*', 'internal/test/binding'],
  },
  { from: 'src/version.ts', to: [], packages: ['node:module'] },
  // Loaded when it is first asked for anything.
  {
    from: 'src/global.ts',
    to: [
      'src/api.ts',
      'src/files.ts',
      'src/register/own-modules.ts',
      'src/register/package-root.ts',
      'runtime/instance.ts',
    ],
    packages: [],
  },
  {
    from: 'src/own-runtime.ts',
    to: ['src/option-checks.ts', 'runtime/instance.ts', 'runtime/runtime.ts'],
    packages: [],
  },
  { from: 'src/index.ts', to: ['src/*', 'runtime/instance.ts', 'runtime/runtime.ts'], packages: [] },
  {
    from: 'src/register/*',
    to: ['src/*', 'runtime/*', 'transform/*'],
    packages: [
      'node:*',
      '@babel/core',
      '@babel/generator',
      '@babel/parser',
      '@babel/template',
      '@babel/types',
      '@babel/preset-typescript',
      '@babel/plugin-transform-modules-commonjs',
      '@babel/plugin-proposal-decorators',
      '@jridgewell/trace-mapping',
      '@babel/plugin-transform-react-jsx',
      'get-tsconfig',
      '@jridgewell/remapping',
    ],
  },
  { from: 'src/output.ts', to: [], packages: ['node:*'] },
  // Also runs on versions of Node that do not know `node:`.
  { from: 'src/recording/preload.ts', to: ['src/recording/session.cjs'], packages: ['fs'] },
  {
    from: 'src/recording/*',
    to: [
      'src/recording/*',
      'src/register/*',
      'src/snapshot/*',
      'src/statistics/*',
      'src/api.ts',
      'src/files.ts',
      'src/monitor/options.ts',
      'src/monitor/start-monitor.ts',
      'src/push/options.ts',
      'src/output.ts',
      'src/options.ts',
      'src/profile.ts',
      'src/errors.ts',
      'runtime/*',
    ],
    // Node's own for signals, by a thread that does without where it is gone.
    packages: ['node:*', 'internal/test/binding'],
  },
  {
    from: 'src/runners/*',
    to: ['src/*', 'runtime/instance.ts', 'runtime/contract.ts', 'transform/index.ts'],
    packages: ['node:*', '@babel/core'],
  },
  // Bundlers run it, and unplugin speaks with each of them.
  {
    from: 'src/bundlers/*',
    to: [
      'src/bundlers/*',
      'src/register/*',
      'src/option-checks.ts',
      'src/errors.ts',
      'transform/selection.ts',
      'transform/options.ts',
    ],
    packages: ['node:*', 'unplugin', '@babel/core'],
  },
  { from: 'src/cli/*', to: ['src/*'], packages: ['node:*'] },
];

interface Import {
  readonly from: string;
  readonly to: string;
}

const matches = (pattern: string, name: string) =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

/** Every specifier of `import … from`, `export … from`, `import()`, `require()` and `getBuiltinModule()` in a source. */
export function importsOf(from: string, source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const pattern =
    /(?:(?<!')\bfrom\s*|\bimport\s*\(?\s*|\brequire\(\s*|\brequire(?:Own)?\.resolve\(\s*|\brequireOwn\(\s*|\bgetBuiltinModule\(\s*)'([^'\n]+)'/g;
  return [...code.matchAll(pattern)].map(([, to]) => ({
    from,
    to: to.startsWith('.') ? relative(root, resolve(root, dirname(from), to)) : to,
  }));
}

function refused({ from, to }: Import): boolean {
  const rule = ALLOWED.find((candidate) => matches(candidate.from, from));
  if (rule === undefined) return true;
  return ![...rule.to, ...rule.packages].some((pattern) => matches(pattern, to));
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

describe('imports', () => {
  for (const folder of ['runtime', 'transform', 'src']) {
    it(`of ${folder}/ go only where the table allows`, () => {
      const files = sources(folder);
      expect(files).to.not.be.empty;
      const bad = files
        .flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))
        .filter(({ to }) => to !== '../package.json' && to !== 'package.json')
        .filter(refused)
        .map(({ from, to }) => `${from} → ${to}`);
      expect(bad).to.deep.equal([]);
    });
  }

  it('of packages are of those that are installed with everycall', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
    const bundled = ['src/exporters/html/page/', 'src/monitor/page/']; // with what they import
    const missing = ['runtime', 'transform', 'src']
      .flatMap(sources)
      .filter((file) => !bundled.some((folder) => file.startsWith(folder)))
      .flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))
      .filter(
        ({ to }) => /^@?[a-z]/.test(to) && !/^(?:node:|internal\/|src|transform|runtime|cjs\/|package\.json)/.test(to),
      )
      .filter(({ to }) => !isBuiltin(to) && !Object.hasOwn(dependencies, /^(?:@[^/]+\/)?[^/]+/.exec(to)![0]));
    expect(missing).to.deep.equal([]);
  });

  it('that go against the table are found, in every form', () => {
    const source = [
      "import { parse } from '@babel/core';",
      "export { x } from '../src/api.ts';",
      "const vm = require('node:vm');",
      "await import('../transform/index.ts');",
      "process.getBuiltinModule('node:http');",
      "// import 'node:net'",
      "type Role = 'from' | 'to';",
    ].join('\n');
    const found = importsOf('runtime/hooks.ts', source);
    expect(found.map(({ to }) => to)).to.deep.equal([
      '@babel/core',
      'src/api.ts',
      'node:vm',
      'transform/index.ts',
      'node:http',
    ]);
    expect(found.every(refused)).to.equal(true);
    expect(refused({ from: 'runtime/hooks.ts', to: 'runtime/layout.ts' })).to.equal(false);
  });
});
