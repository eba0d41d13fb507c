// Where a file lies and how it is found: links, package managers that link, commands without an extension, packages that
// name themselves, conditions, folders with strange names. Node decides; everything is found, named and counted as it does.
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import type { Project } from './programs.ts';
import { PRELOADS, projects } from './programs.ts';

function link(program: Project, from: string, to: string): void {
  mkdirSync(dirname(program.path(from)), { recursive: true });
  symlinkSync(to, program.path(from));
}

const usesParts = (kind: 'cjs' | 'mjs'): string => {
  const [start, end] = kind === 'cjs' ? ['require(', ')'] : ['await import(', ')'];
  return `
    for (const name of ['./linked/part.${kind}', './part-link.${kind}', './real/part.${kind}', 'dep', 'dep/more.${kind}']) {
      console.log((${start}name${end}).part());
    }`;
};
const PARTS = {
  'part.cjs': `exports.part = function part() { return __filename.slice(process.cwd().length); };`,
  'part.mjs': `export function part() { return import.meta.url.split('/').slice(-3).join('/'); }`,
};

/** Real folder, links to it and to a file of it, and a package as pnpm lays it out. */
const LINKS = {
  'main.cjs': usesParts('cjs'),
  'main.mjs': usesParts('mjs'),
  'real/part.cjs': PARTS['part.cjs'],
  'real/part.mjs': PARTS['part.mjs'],
  'node_modules/.pnpm/dep@1.0.0/node_modules/dep/package.json': `{ "exports": {
    ".": { "require": "./index.cjs", "import": "./index.mjs" }, "./more.cjs": "./more.cjs", "./more.mjs": "./more.mjs" } }`,
  'node_modules/.pnpm/dep@1.0.0/node_modules/dep/index.cjs': `exports.part = function part() { return require('inner').inner() };`,
  'node_modules/.pnpm/dep@1.0.0/node_modules/dep/index.mjs': `import { inner } from 'inner'; export function part() { return inner() };`,
  'node_modules/.pnpm/dep@1.0.0/node_modules/dep/more.cjs': PARTS['part.cjs'],
  'node_modules/.pnpm/dep@1.0.0/node_modules/dep/more.mjs': PARTS['part.mjs'],
  'node_modules/.pnpm/inner@2.0.0/node_modules/inner/index.js': `exports.inner = function inner() { return 'inner' };`,
};

for (const [how, preload] of PRELOADS) {
  describe(`where files lie, by ${how}`, () => {
    const project = projects();

    for (const kind of ['cjs', 'mjs'] as const) {
      it(`follows links as Node does, with --preserve-symlinks or without, ${kind}`, async () => {
        const program = project(LINKS);
        link(program, 'linked', 'real');
        link(program, `part-link.${kind}`, `real/part.${kind}`);
        link(program, 'node_modules/dep', '.pnpm/dep@1.0.0/node_modules/dep');
        link(program, 'node_modules/.pnpm/dep@1.0.0/node_modules/inner', '../../inner@2.0.0/node_modules/inner');
        link(program, 'node_modules/inner', '.pnpm/inner@2.0.0/node_modules/inner');
        link(program, `entry.${kind}`, `main.${kind}`);
        const env = { EVERYCALL_REGISTER: '{"include":["*.?js","real/**","linked/**","**/node_modules/dep/**"]}' };

        const plain = await program.node([`entry.${kind}`]);
        const followed = await program.record(preload, [`entry.${kind}`], { env });
        expect(followed.stdout).to.equal(plain.stdout).and.to.match(/inner/);
        expect(followed.stderr).to.equal(plain.stderr).and.to.equal('');
        const pnpm = 'node_modules/.pnpm/dep@1.0.0/node_modules/dep';
        expect(ofParts(followed.calls)).to.deep.equal({
          [`real/part.${kind}:part`]: 3,
          [`${pnpm}/index.${kind}:part`]: 1,
          [`${pnpm}/more.${kind}:part`]: 1,
        });

        const flags = ['--preserve-symlinks', '--preserve-symlinks-main', `entry.${kind}`];
        const plainKept = await program.node(flags);
        const kept = await program.record(preload, flags, { env });
        expect(kept.stdout).to.equal(plainKept.stdout).and.not.to.equal(plain.stdout);
        expect(kept.stderr).to.equal(plainKept.stderr).and.to.equal('');
        expect(kept.calls).to.include({ [`entry.${kind}:<module>`]: 1 });
        expect(ofParts(kept.calls)).to.deep.equal({
          [`real/part.${kind}:part`]: 1,
          [`linked/part.${kind}:part`]: 1,
          [`part-link.${kind}:part`]: 1,
          [`node_modules/dep/index.${kind}:part`]: 1,
          [`node_modules/dep/more.${kind}:part`]: 1,
        });
      });
    }

    it('runs commands without an extension as what their package says', async () => {
      const program = project({
        'bin/tool': `#!/usr/bin/env node\nfunction tool() { return require('../lib/part.js').part(); }\nconsole.log(typeof require, tool(), new Error('x').stack.match(/tool:\\d+/)[0]);`,
        'lib/package.json': '{ "type": "module" }',
        'lib/inner/package.json': '{ "type": "commonjs" }',
        'lib/part.js': `import { inner } from './inner/part.js'; export function part() { return inner(); }`,
        'lib/inner/part.js': `exports.inner = function inner() { return typeof require; };`,
        'lib/tool': `#!/usr/bin/env node\nimport { part } from './part.js';\nfunction tool() { return part(); }\nconsole.log(typeof require, tool(), import.meta.url.split('/').pop());`,
      });
      chmodSync(program.path('bin/tool'), 0o755);
      link(program, 'node_modules/.bin/tool', '../../bin/tool');
      for (const [file, calls] of [
        ['node_modules/.bin/tool', { 'bin/tool:tool': 1, 'lib/part.js:part': 1, 'lib/inner/part.js:inner': 1 }],
        ['lib/tool', { 'lib/tool:tool': 1, 'lib/part.js:part': 1, 'lib/inner/part.js:inner': 1 }],
      ] as const) {
        const plain = await program.node(['--no-warnings', file]);
        const profiled = await program.record(preload, ['--no-warnings', file]);
        expect(profiled.stdout, profiled.stderr)
          .to.equal(plain.stdout)
          .and.to.match(/^(?:function|undefined) function /);
        expect(profiled.calls).to.include(calls);
      }
    });

    it('resolves packages that name themselves, inner names and conditions, to JavaScript and TypeScript', async () => {
      const program = project({
        'package.json': JSON.stringify({
          name: 'self',
          type: 'module',
          exports: {
            '.': { custom: './custom.js', require: './common.cjs', default: './module.js' },
            './typed': './typed.ts',
            './all/*': './lib/*.js',
          },
          imports: { '#x': { custom: './custom.js', default: './module.js' }, '#lib/*': './lib/*.js' },
        }),
        'custom.js': `export function part() { return 'custom'; }`,
        'module.js': `export function part() { return 'module'; }`,
        'common.cjs': `exports.part = function part() { return 'common'; };`,
        'typed.ts': `export function typed(x: number): number { return x; }`,
        'lib/a.js': `export const a = () => 'a';`,
        'main.js': `
          import { createRequire } from 'node:module';
          import { part } from 'self'; import { part as inner } from '#x';
          import { a } from 'self/all/a'; import { a as b } from '#lib/a';
          const require = createRequire(import.meta.url);
          console.log(part(), inner(), a(), b(), require('self').part?.(), import.meta.resolve('#x').split('/').pop());
          if (process.argv[2] === 'typed') console.log((await import('self/typed')).typed(1), await import('self/none').catch((e) => e.code));`,
      });
      const flags = ['--no-warnings'];
      const plain = await program.node([...flags, 'main.js']);
      const profiled = await program.record(preload, [...flags, 'main.js', 'typed']);
      expect(plain.stdout).to.equal('module module a a common module.js\n');
      expect(profiled.stdout, profiled.stderr).to.equal(`${plain.stdout}1 ERR_PACKAGE_PATH_NOT_EXPORTED\n`);
      expect(profiled.calls).to.include({
        ...{ 'module.js:part': 2, 'common.cjs:part': 1, 'lib/a.js:a': 2, 'typed.ts:typed': 1 },
      });
      flags.push('--conditions', 'custom');
      const plainCustom = await program.node([...flags, 'main.js']);
      const custom = await program.record(preload, [...flags, 'main.js']);
      expect(custom.stdout, custom.stderr)
        .to.equal(plainCustom.stdout)
        .and.to.match(/^custom custom /);
      expect(custom.calls).to.include({ 'custom.js:part': 3, 'lib/a.js:a': 2 });
    });

    it('reads what lies under names that URLs write otherwise, with the map beside it', async () => {
      const folder = 'a b/100%25 #1 ü?';
      const mapped = `export function short() { return new Error('x').stack.match(/[^/]*:\\d+(?=:)/)[0]; }`;
      const mapTo = (source: string) => JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAEA' });
      const program = project({
        [`${folder}/main.mjs`]: `import { part } from './part.cjs'; import { short } from './o u%25t.mjs'; console.log(part(), short());`,
        [`${folder}/part.cjs`]: `exports.part = function part() { return require('path').basename(__dirname); };`,
        [`${folder}/o u%t.mjs`]: `${mapped}\n//# sourceMappingURL=o%20u%25t.mjs.map`,
        [`${folder}/o u%t.mjs.map`]: mapTo('in.mjs'),
      });
      const plain = await program.node([`${folder}/main.mjs`]);
      const env = { EVERYCALL_CACHE: program.path('cache') };
      const { stdout, stderr, calls } = await program.record(preload, [`${folder}/main.mjs`], { env });
      expect({ stdout, stderr }).to.deep.equal({ stdout: plain.stdout, stderr: plain.stderr });
      expect(stdout).to.match(/^100%25 #1 ü\? /);
      expect(calls).to.include({ [`${folder}/part.cjs:part`]: 1, [`${folder}/in.mjs:short`]: 1 });
      program.write(`${folder}/o u%t.mjs.map`, mapTo('other.mjs'));
      const later = await program.record(preload, [`${folder}/main.mjs`], { env });
      expect(later.calls).to.include({ [`${folder}/other.mjs:short`]: 1 });
    });
  });
}

/** The calls of `part`, without those of the bodies of files and of the program itself. */
function ofParts(calls: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(calls).filter(([name]) => name.endsWith(':part')));
}
