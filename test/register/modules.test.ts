import { expect } from 'chai';
import { PRELOADS, projects } from './programs.ts';

const COUNT_TO = 'for (let i = 0; i < 3; i++)';

for (const [how, preload] of PRELOADS) {
  describe(`everycall/register by ${how}`, () => {
    const project = projects();

    it('instruments CommonJS', async () => {
      const program = project({
        'main.cjs': `const { part } = require('./part'); ${COUNT_TO} part(i); console.log(require.main === module);`,
        'part.js': `exports.part = function part(x) { return x; };`,
      });
      const { calls, stdout, stderr } = await program.record(preload, ['main.cjs']);
      expect({ stdout, stderr }).to.deep.equal({ stdout: 'true\n', stderr: '' });
      expect(calls).to.include({ 'part.js:part': 3 });
    });

    it('instruments ES modules, by extension, by package type and by syntax', async () => {
      const program = project({
        'main.mjs': `import { a } from './typed/a.js'; import { b } from './b.js'; ${COUNT_TO} a(b(i));`,
        'typed/package.json': '{"type":"module"}',
        'typed/a.js': `export function a(x) { return x; }`,
        'b.js': `export const b = (x) => x;`,
      });
      const { calls, stderr } = await program.record(preload, ['main.mjs']);
      expect(stderr).to.equal('');
      expect(calls).to.include({ 'typed/a.js:a': 3, 'b.js:b': 3 });
    });

    it('instruments an entry whose syntax alone makes it an ES module', async () => {
      const program = project({ 'main.js': `export function f() {}\n f(); console.log(typeof require);` });
      const { calls, stdout, stderr } = await program.record(preload, ['main.js']);
      expect({ stdout, stderr }).to.deep.equal({ stdout: 'undefined\n', stderr: '' });
      expect(calls).to.include({ 'main.js:f': 1 });
    });

    it('instruments across import of CommonJS and require of ES modules, each loaded once', async () => {
      const program = project({
        'main.mjs': `
          import { common } from './common.cjs';
          import { createRequire } from 'node:module';
          const same = createRequire(import.meta.url)('./common.cjs').common === common;
          console.log(same, common());`,
        'common.cjs': `const { esm } = require('./deep.mjs'); exports.common = function common() { return esm(); };
          console.log('once', typeof require.cache[__filename]);`,
        'deep.mjs': `export function esm() { return 'deep'; }`,
      });
      const { calls, stdout } = await program.record(preload, ['--no-warnings', 'main.mjs']);
      expect(stdout).to.equal('once object\ntrue deep\n');
      expect(calls).to.include({ 'common.cjs:common': 1, 'deep.mjs:esm': 1 });
    });

    it('leaves JSON, data: URLs and built-in modules alone', async () => {
      const program = project({
        'main.mjs': `
          import { createRequire } from 'node:module';
          import { value } from 'data:text/javascript,export const value = 7';
          import data from './data.json' with { type: 'json' };
          console.log(value, data.x, createRequire(import.meta.url)('./data.json').x);`,
        'data.json': '{"x":1}',
      });
      const { stdout } = await program.record(preload, ['--no-warnings', 'main.mjs']);
      expect(stdout).to.equal('7 1 1\n');
    });

    it('instruments what include names and leaves what exclude names', async () => {
      const program = project({
        'main.cjs': `require('dep')(); require('./mine')();`,
        'mine.js': `module.exports = function mine() {};`,
        'node_modules/dep/index.js': `module.exports = function dep() {};`,
      });
      const byDefault = await program.record(preload, ['main.cjs']);
      expect(byDefault.calls)
        .to.include({ 'mine.js:mine': 1 })
        .and.not.to.have.property('node_modules/dep/index.js:dep');
      const env = { EVERYCALL_REGISTER: JSON.stringify({ include: ['**/node_modules/dep/**'] }) };
      const chosen = await program.record(preload, ['main.cjs'], { env });
      expect(chosen.calls).to.include({ 'node_modules/dep/index.js:dep': 1 }).and.not.to.have.property('mine.js:mine');
    });

    it('keeps the lines of stack traces', async () => {
      const program = project({
        'main.mjs': `\nfunction thrower() {\n  const message =\n    'x';\n\n  throw new Error(message);\n}\ntry { thrower(); } catch (e) {\n  console.log(e.stack.match(/main.mjs:\\d+/g).join());\n}`,
      });
      const plain = await program.node(['main.mjs']);
      const profiled = await program.record(preload, ['main.mjs']);
      expect(profiled.stdout).to.equal(plain.stdout).and.to.contain('main.mjs:6,main.mjs:8');
    });

    it('maps columns too under --enable-source-maps', async () => {
      const program = project({
        'main.cjs': `function f() { return 1; } function g() { throw new Error('x'); }\ntry { f(); g(); } catch (e) { console.log(e.stack.split('\\n')[1].trim()); }`,
      });
      const plain = await program.node(['main.cjs']);
      const mapped = await program.record(preload, ['--enable-source-maps', 'main.cjs']);
      expect(mapped.stdout).to.equal(plain.stdout);
    });
  });

  describe(`TypeScript by ${how}`, () => {
    const project = projects();

    it('runs as an ES module and as CommonJS, with syntax that is more than types', async () => {
      const shapes = `
        export enum Side { Left = 'L', Right = 'R' }
        export namespace Box { export const size: number = 2; }
        export class Point { constructor(public x: number, private readonly y = 1) {} sum(): number { return this.x + this.y; } }`;
      const program = project({
        'package.json': '{"type":"module"}',
        'main.ts': `
          import { Point, Side, Box } from './shapes.js';
          import type { Never } from './types.js';
          import { helper } from './helper.cjs';
          const p: Point = new Point(4); const n: Never = 0 as unknown as Never; void n;
          console.log(p.sum(), Side.Left, Box.size, helper<number>(3), typeof require);`,
        'shapes.ts': shapes,
        'types.ts': 'export type Never = never;',
        'helper.cts': 'export function helper<T>(x: T): T { return x; }',
      });
      const { calls, stdout, stderr } = await program.record(preload, ['main.ts']);
      expect({ stdout, stderr }).to.deep.equal({ stdout: '5 L 2 3 undefined\n', stderr: '' });
      expect(calls).to.include({ 'shapes.ts:Point.sum': 1, 'helper.cts:helper': 1 });
    });

    it('decides by the syntax where neither extension nor package does', async () => {
      const program = project({
        'esm.ts': `import { part } from './part'; console.log(part(1), typeof require);`,
        'esm2.ts': `import { part } from './part.ts'; console.log(part(1), typeof require);`,
        'cjs.ts': `const { part } = require('./part') as typeof import('./part'); console.log(part(1), typeof require);`,
        'part.ts': `export function part(x: number): number { return x; }`,
      });
      const esm = await program.record(preload, ['--no-warnings', 'esm2.ts']);
      expect(esm.stdout, esm.stderr).to.equal('1 undefined\n');
      expect(esm.calls).to.include({ 'part.ts:part': 1 });
      const cjs = await program.record(preload, ['--no-warnings', 'cjs.ts']);
      expect(cjs.stdout, cjs.stderr).to.equal('1 function\n');
      expect(cjs.calls).to.include({ 'part.ts:part': 1 });
    });

    it('compiles import and export to require in a package that is CommonJS by its type', async () => {
      const program = project({
        'package.json': '{"type":"commonjs"}',
        'main.ts': `import { part } from './part'; import fs = require('node:fs'); console.log(part(1), typeof fs.statSync, typeof require);`,
        'part.ts': `export function part(x: number): number { return x; }`,
      });
      const { stdout, calls, stderr } = await program.record(preload, ['main.ts']);
      expect(stdout, stderr).to.equal('1 function function\n');
      expect(calls).to.include({ 'part.ts:part': 1 });
    });

    it('runs .mts, .cts and .tsx', async () => {
      const program = project({
        'main.mts': `import { c } from './c.cjs'; import { x } from './x.js'; console.log(c(1), x(2));`,
        'c.cts': `exports.c = function c(n: number): number { return n; };`,
        'x.tsx': `export const x = <T,>(value: T): T => value;`,
        'entry.cts': `const { c } = require('./c.cjs'); console.log(c(3), require.main === module);`,
      });
      const esm = await program.record(preload, ['main.mts']);
      expect(esm.stdout, esm.stderr).to.equal('1 2\n');
      expect(esm.calls).to.include({ 'c.cts:c': 1, 'x.tsx:x': 1 });
      const cjs = await program.record(preload, ['entry.cts']);
      expect(cjs.stdout, cjs.stderr).to.equal('3 true\n');
    });

    it('is compiled where it is excluded, and then not counted', async () => {
      const program = project({
        'main.mts': `import { Side, f } from './left.ts'; f(); console.log(Side.Left);`,
        'left.ts': `export enum Side { Left = 'L' }\nexport function f(): void {}`,
      });
      const env = { EVERYCALL_REGISTER: JSON.stringify({ exclude: ['**/left.ts'] }) };
      const { stdout, stderr, calls } = await program.record(preload, ['main.mts'], { env });
      expect(stdout, stderr).to.equal('L\n');
      expect(calls).not.to.have.property('left.ts:f');
    });

    it('prefers a file that has the written name', async () => {
      const program = project({
        'main.mts': `import { x } from './x.js'; console.log(x);`,
        'x.js': `export const x = 'js';`,
        'x.ts': `export const x = 'ts';`,
      });
      expect((await program.record(preload, ['main.mts'])).stdout).to.equal('js\n');
    });

    it('keeps the error of a name under which there is nothing', async () => {
      const program = project({ 'main.mts': `import './nowhere.js';` });
      const { code, stderr } = await program.node([...preload, 'main.mts']);
      expect(code).to.equal(1);
      expect(stderr).to.contain('ERR_MODULE_NOT_FOUND').and.to.contain('nowhere.js');
    });
  });
}
