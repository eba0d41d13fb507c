// The three ways to the runtime, and the module's body, each run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { expect } from 'chai';
import { RUNTIME_KEY } from '../../runtime/contract.ts';
import type { ModuleKind } from '../../transform/index.ts';
import { createRecorder, instrument, run, tableOf } from '../support/instrument.ts';

const KINDS: readonly ModuleKind[] = ['esm', 'commonjs', 'script'];

describe('prelude', () => {
  for (const moduleKind of KINDS) {
    it(`registers the file once and enters its body: ${moduleKind}`, async () => {
      const hooks = createRecorder();
      const code = instrument('function f() { return 1 } out.push(f() + f());', { moduleKind });
      expect((await run(code, moduleKind, hooks)).out).to.deep.equal([2]);
      expect(hooks.files.map(({ file, count }) => [file, count])).to.deep.equal([['/app/file.js', 2]]);
      expect(hooks.files[0].hash).to.match(/^[\da-f]{16}$/);
      expect(hooks.counts()).to.deep.equal({ '1:0:<module>': 1, '1:0:f': 2 });
      expect(hooks.depth()).to.equal(0);
    });
  }

  it('tells versions of a file apart by their hash', () => {
    const hashOf = (code: string): string => /"([\da-f]{16})"/.exec(instrument(code, { moduleKind: 'commonjs' }))![1];
    expect(hashOf('f(1)')).to.equal(hashOf('f(1)'));
    expect(hashOf('f(1)')).not.to.equal(hashOf('f(2)'));
  });

  it('loads the runtime from where the option says', () => {
    expect(instrument('f()', { moduleKind: 'esm', runtime: 'file:///x/r.js' })).to.contain('from "file:///x/r.js"');
    expect(instrument('f()', { moduleKind: 'commonjs', runtime: '/x/r.cjs' })).to.contain('require("/x/r.cjs")');
  });

  it('takes the kind of module from the parsed file', () => {
    const kind = (sourceType: 'module' | 'script' | 'unambiguous', code: string): string =>
      instrument(code, { babel: { sourceType } });
    expect(kind('module', 'f()')).to.contain('import {');
    expect(kind('script', 'f()')).to.contain('require(');
    expect(kind('unambiguous', 'export const a = 1')).to.contain('import {');
    expect(kind('unambiguous', 'exports.a = 1')).to.contain('require(');
  });

  it('uses names that the file does not', async () => {
    const source = 'var $s = 1, $e; class $x { $m = $b } function $b($h) { return $h } out.push($s + $b(2));';
    const hooks = createRecorder();
    const code = instrument(source, { moduleKind: 'commonjs' });
    expect((await run(code, 'commonjs', hooks)).out).to.deep.equal([3]);
    expect(hooks.counts()).to.have.property('1:37:$b', 1);
  });

  it('keeps names, quotes and line separators of the source in its table', () => {
    const names = ["it's", 'a"b', 'back\\slash', 'ü\u2028', '\u{1F600}', '\ud800'];
    const code = names.map((name) => `({ ${JSON.stringify(name)}() {} });`).join('\n');
    expect(tableOf(code).sites.map(([name]) => name)).to.deep.equal(['<module>', ...names]);
  });

  describe('of an ES module', () => {
    let folder: string;
    const globals = globalThis as Record<string, unknown>;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-cycle-'))));
    afterEach(() => {
      rmSync(folder, { recursive: true });
      delete globals.everycallCycle;
    });

    async function load(files: Record<string, string>, running = true) {
      const hooks = createRecorder(running);
      globals.everycallCycle = hooks;
      writeFileSync(
        join(folder, 'runtime.mjs'),
        'export const { state, register, enter, exit, enterModule, activate, finish } = globalThis.everycallCycle;',
      );
      for (const [name, source] of Object.entries(files)) {
        const settings = { moduleKind: 'esm', runtime: './runtime.mjs', filename: join(folder, name) } as const;
        writeFileSync(join(folder, name), instrument(source, settings));
      }
      return { hooks, module: (await import(pathToFileURL(join(folder, 'a.mjs')).href)) as Record<string, unknown> };
    }

    const cycle = {
      'a.mjs': `import { fromB } from './b.mjs';
        export function early(x) { return nested(x) + new (class { m() { return x } })().m() }
        function nested(x) { return (() => x + 1)() }
        export default function () { return 30 }
        export async function later() { return (() => 7)() }
        export const result = fromB + nested(1);`,
      'b.mjs': `import a, { early, later } from './a.mjs';
        export const promise = later();
        export const fromB = early(1) + a();`,
    };

    it('counts functions that run before the body in a cycle of imports', async () => {
      const { hooks, module } = await load(cycle);
      expect(module.result).to.equal(1 + 2 + 30 + 2);
      expect(hooks.mistakes).to.deep.equal([]);
      const earlyOnes = [
        'later',
        'later.<anonymous>',
        'early',
        'nested',
        'nested.<anonymous>',
        'early.<anonymous>.m',
        'default',
      ];
      expect(hooks.entered).to.deep.equal(['<module>', ...earlyOnes, '<module>', 'nested', 'nested.<anonymous>']);
      expect(hooks.files).to.have.length(2);
    });

    it('does not throw in a cycle while stopped', async () => {
      const { hooks, module } = await load(cycle, false);
      expect(module.result).to.equal(35);
      expect(hooks.entered).to.deep.equal([]);
      expect(hooks.files).to.have.length(2);
    });

    it('leaves import, export and hoisting as they are', async () => {
      const { module } = await load({
        'a.mjs': `export { basename as base } from 'node:path'; export * as os from 'node:os';
          export let count = 0; export { up as default }; up();
          function up() { count++ } export class K {} export const { a, b: [c] } = { a: 1, b: [2] };`,
      });
      expect(Object.keys(module).sort()).to.deep.equal(['K', 'a', 'base', 'c', 'count', 'default', 'os']);
      (module.default as () => void)();
      expect(module.count).to.equal(2);
    });
  });

  it('enters a body with top-level await as what suspends', async () => {
    for (const source of [
      'const f = () => 1; await 0; out.push(f());',
      'const f = () => 1; for await (const x of [1]) out.push(f());',
    ]) {
      const hooks = createRecorder();
      expect((await run(instrument(source, { moduleKind: 'esm' }), 'esm', hooks)).out).to.deep.equal([1]);
      expect(hooks.counts()).to.deep.equal({ '1:0:<module>': 1, '1:10:f': 1 });
      expect([hooks.mistakes, hooks.depth()]).to.deep.equal([[], 0]);
    }
    expect(tableOf('async () => { await 0 }', { moduleKind: 'esm' }).sites).to.have.length(2);
  });

  it('leaves a body with a top-level return out and says so', async () => {
    const hooks = createRecorder();
    const source = 'const f = () => 1; out.push(f()); if (f()) return; out.push(2);';
    expect((await run(instrument(source, { moduleKind: 'commonjs' }), 'commonjs', hooks)).out).to.deep.equal([1]);
    expect(hooks.counts()).to.deep.equal({ '1:10:f': 2 });
    expect(hooks.files[0].table.left).to.deep.equal([['<module>', 0, 1, 0, 'top-level return']]);
  });

  describe('where the program binds the names that lead to the runtime', () => {
    const key = Symbol.for(RUNTIME_KEY);
    const globals = globalThis as unknown as Record<symbol, unknown>;
    const sources = [
      'function require(x) { return x } out.push(require(1));',
      'var require = (x) => x; out.push(require(1));',
      '{ var [require] = [() => 1]; } out.push(require(1));',
    ];
    let before: unknown;
    beforeEach(() => (before = globals[key]));
    afterEach(() => {
      if (before === undefined) delete globals[key];
      else globals[key] = before;
    });

    it('finds it without require', async () => {
      for (const source of sources) {
        const hooks = createRecorder();
        globals[key] = hooks;
        const code = instrument(source, { moduleKind: 'commonjs' });
        expect((await run(code, 'commonjs')).out, code).to.deep.equal([1]);
        expect(hooks.entered).to.have.length(2);
        delete globals[key];
        expect((await run(code, 'commonjs')).out, 'without a runtime').to.deep.equal([1]);
      }
    });

    it('leaves the file alone where there is no way', () => {
      const source = 'const Symbol = null;\nfunction f() {}';
      expect(instrument(source, { moduleKind: 'script' })).to.equal(source);
      const shadowed = 'class globalThis {}\nvar require;\nfunction f() {}';
      expect(instrument(shadowed, { moduleKind: 'commonjs' })).to.equal(shadowed);
    });
  });

  describe('of a script', () => {
    it('may run twice in one realm', () => {
      const hooks = createRecorder();
      const context = vm.createContext({ [Symbol.for(RUNTIME_KEY)]: hooks });
      const code = instrument('function f() { return 1 } f();', { moduleKind: 'script' });
      expect(vm.runInContext(code, context)).to.equal(1);
      expect(vm.runInContext(code, context)).to.equal(1);
      expect(hooks.counts()).to.deep.equal({ '1:0:<module>': 2, '1:0:f': 2 });
      expect(hooks.mistakes).to.deep.equal([]);
    });

    it('shares a realm with a script of the same text and another name', () => {
      const hooks = createRecorder();
      const context = vm.createContext({ [Symbol.for(RUNTIME_KEY)]: hooks });
      const source = 'var fs = fs || []; fs.push(function () {});';
      for (const filename of ['/app/one.js', '/app/two.js']) {
        vm.runInContext(instrument(source, { moduleKind: 'script', filename }), context);
      }
      hooks.entered.length = 0;
      const called: number[] = [];
      hooks.enter = (site) => called.push(site);
      hooks.exit = () => undefined;
      vm.runInContext('fs[0](); fs[1]();', context);
      expect(hooks.counts()).to.deep.equal({ '1:0:<module>': 2, '1:27:<anonymous>': 2 });
    });

    const babel = { sourceType: 'script' } as const;

    it('is what uses no name of CommonJS, where nobody says what it is', () => {
      const hooks = createRecorder();
      const context = vm.createContext({ [Symbol.for(RUNTIME_KEY)]: hooks });
      for (const filename of ['/app/one.js', '/app/two.js']) {
        const name = filename.slice(5, 8);
        vm.runInContext(instrument(`function ${name}() {} ${name}();`, { filename, babel }), context);
      }
      expect(hooks.counts()).to.deep.equal({ '1:0:<module>': 2, '1:0:one': 1, '1:0:two': 1 });
    });

    it('gets the runtime by `require` where it is CommonJS after all, and nobody said so', () => {
      const hooks = createRecorder();
      const asked: string[] = [];
      const required = (name: string): unknown => (asked.push(name), hooks);
      const code = instrument('function f() { return 1 } f();', { babel });

      // In a realm of its own: this one's global object may have the runtime already.
      (vm.runInNewContext(`(function (require) {${code}\n})`) as (require: unknown) => void)(required);
      expect(asked).to.deep.equal(['everycall/runtime']);
      expect(hooks.counts()).to.deep.equal({ '1:0:<module>': 1, '1:0:f': 1 });
      expect(hooks.depth()).to.equal(0);
      for (const own of ['module.id', '__filename', 'exports', 'require("x")']) {
        expect(instrument(`function f() {} ${own};`, { babel })).to.match(
          /^const \{[^]*? = require\("everycall\/runtime"\)/,
        );
      }
    });

    it('runs without a runtime', () => {
      const code = instrument('function f() { return 1 } f();', { moduleKind: 'script' });
      expect(vm.runInNewContext(code)).to.equal(1);
    });

    it('keeps its completion value', () => {
      for (const source of [
        '1',
        'var x = 5; x + 1',
        '7; function f() {}',
        '8; var y = 9',
        'if (0) 1',
        '"use strict"; 4',
        '{}',
      ]) {
        for (const running of [true, false]) {
          const context = vm.createContext({ [Symbol.for(RUNTIME_KEY)]: createRecorder(running) });
          const code = instrument(source, { moduleKind: 'script' });
          expect(vm.runInContext(code, context), source).to.equal(vm.runInNewContext(source));
        }
      }
    });
  });
});
