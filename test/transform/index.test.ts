// The plugin among others: options, selection, comments, files that were instrumented before, presets in any order.
import { parseSync, transformFromAstSync, transformSync } from '@babel/core';
import { expect } from 'chai';
import { minify } from 'terser';
import everycallPlugin, { TRANSFORM_VERSION } from '../../transform/index.ts';
import { createRecorder, instrument, run, tableOf } from '../support/instrument.ts';

const names = (rows: readonly (readonly unknown[])[]): unknown[] => rows.map(([name]) => name);

describe('everycallPlugin()', () => {
  it('refuses unknown options and wrong values in one line', () => {
    const using = (options: object) => () => instrument('f()', options);
    expect(using({ inlcude: 'x' })).to.throw(/expected one of the options include, .*, got "inlcude"/);
    expect(using({ include: [1] })).to.throw(/expected a glob or a list of globs as option include, got \[1\]/);
    expect(using({ moduleKind: 'amd' })).to.throw(
      /expected 'esm', 'commonjs', 'script' or 'body' as option moduleKind/,
    );
    expect(using({ runtime: '' })).to.throw(/expected a module specifier as option runtime, got ""/);
    expect(using({ root: undefined })).not.to.throw();
  });

  it('says what it did in the metadata', () => {
    const options = { configFile: false, babelrc: false, plugins: [everycallPlugin] };
    const metadata = (code: string): unknown => {
      return (transformSync(code, options)!.metadata as { everycall?: unknown }).everycall;
    };
    expect(metadata('function f() {} async function g() { () => 1 }')).to.deep.equal({ sites: 4, left: 0 });
    expect(metadata('/* everycall-ignore-file */ f()')).to.equal(undefined);
  });

  it('has a version for the keys of caches', () => expect(TRANSFORM_VERSION).to.match(/^\d+\.\d+$/));

  describe('selection', () => {
    const source = 'export function f() {\n  return 1;\n}';
    it('leaves what is not selected as it is', () => {
      expect(instrument(source, { filename: '/app/node_modules/a/x.js' })).to.equal(source);
      expect(instrument(source, { filename: '/app/x.js', exclude: '**/x.js' })).to.equal(source);
      expect(instrument(source, { filename: '/app/x.js', include: 'lib/**', root: '/app' })).to.equal(source);
      expect(instrument(source, { filename: '/app/lib/x.js', include: 'lib/**', root: '/app' })).to.contain('$e(');
    });
  });

  describe('everycall-ignore', () => {
    const ignoredIn = (code: string): unknown[] => {
      const { sites, left } = tableOf(code, { moduleKind: 'esm' });
      expect(left.every(([, , , , reason]) => reason === 'ignored')).to.equal(true);
      return [names(sites).slice(1), names(left)];
    };

    it('keeps a function and all in it', () => {
      const code = '/* everycall-ignore */ function f(a = () => 1) { return class { m() {} } } function g() {}';
      expect(ignoredIn(code)).to.deep.equal([['g'], ['f', 'f.a', 'f.<anonymous>.m']]);
    });
    it('works on methods, classes, variables, exports, statements and arguments', () => {
      expect(ignoredIn('class C { /* everycall-ignore */ m() {} n() {} }')).to.deep.equal([['C.n'], ['C.m']]);
      expect(ignoredIn('// everycall-ignore\nclass C { m() {} }\nclass D { n() {} }')).to.deep.equal([
        ['D.n'],
        ['C.m'],
      ]);
      expect(ignoredIn('f(); /* everycall-ignore: hot */ const a = () => 1; b = () => 2')).to.deep.equal([
        ['b'],
        ['a'],
      ]);
      expect(ignoredIn('/* everycall-ignore */ export default () => 1;')).to.deep.equal([[], ['default']]);
      expect(ignoredIn('on(/* everycall-ignore */ () => 1, () => 2)')).to.deep.equal([
        ['<anonymous>'],
        ['<anonymous>'],
      ]);
    });
    it('does not reach the statement before it, nor begin other words', () => {
      expect(ignoredIn('function a() {}\n/* everycall-ignore */ function b() {}')).to.deep.equal([['a'], ['b']]);
      expect(ignoredIn('/* everycall-ignored */ function a() {}')).to.deep.equal([['a'], []]);
    });
    it('prints what it keeps as it was', () => {
      const kept = '/* everycall-ignore */\nfunction f() {\n  return () => 1;\n}';
      expect(instrument(`${kept}\ng();`)).to.contain(kept);
    });
  });

  describe('everycall-ignore-file', () => {
    const isWhole = (code: string): boolean => !instrument(code).includes('everycall/runtime');
    it('keeps a file whole from before its first statement', () => {
      expect(isWhole('/* everycall-ignore-file */ f(() => 1);')).to.equal(true);
      expect(isWhole('#!/usr/bin/env node\n// first\n/* x */\n// everycall-ignore-file\n"use strict"; f();')).to.equal(
        true,
      );
    });
    it('means nothing later or inside another comment', () => {
      expect(isWhole('f(); /* everycall-ignore-file */ g();')).to.equal(false);
      expect(isWhole('/* not everycall-ignore-file */ f();')).to.equal(false);
      expect(isWhole('f("/* everycall-ignore-file */")')).to.equal(false);
    });
    it('is seen in a tree given without its text', () => {
      const options = { configFile: false, babelrc: false } as const;
      for (const code of ['/* everycall-ignore-file */ f();', '/* everycall-ignore-file */ "use strict";\nf();']) {
        const tree = parseSync(code, options)!;
        const result = transformFromAstSync(tree, undefined, { ...options, plugins: [everycallPlugin] })!;
        expect(result.code).not.to.contain('everycall/runtime');
      }
    });
  });

  describe('on files that are instrumented', () => {
    const source = 'export function f() { return () => 1 }';
    for (const moduleKind of ['esm', 'commonjs', 'script'] as const) {
      it(`leaves them: ${moduleKind}`, async () => {
        const once = instrument(source.replace('export', moduleKind === 'esm' ? 'export' : ''), { moduleKind });
        expect(instrument(once, { moduleKind })).to.equal(once);
        const small = (await minify(once, { module: moduleKind === 'esm', toplevel: true })).code!;
        expect(small.length).to.be.lessThan(once.length);
        const again = instrument(small, { moduleKind, babel: { minified: true } });
        expect(again.match(/sites/g)).to.have.length(1);
        expect(again.match(/try/g) ?? []).to.have.length(small.match(/try/g)?.length ?? 0);
      });
    }
    it('does so when the plugin is there twice', () => {
      const plugins = [
        [everycallPlugin, {}, 'one'],
        [everycallPlugin, {}, 'two'],
      ] as never[];
      const { code } = transformSync(source, { configFile: false, babelrc: false, plugins })!;
      expect(code!.match(/everycall\/runtime/g)).to.have.length(1);
      expect(code!.match(/try/g)).to.have.length(2);
    });
    it('is not fooled by a program with words like ours', () => {
      const code = `enter(1, 2, 3, '{"sites":[1]}'); const enterModule = '{"sites":[],"left":[]}'; () => 1`;
      expect(tableOf(code).sites).to.have.length(2);
    });
  });

  describe('with TypeScript', () => {
    const source = `
      import type { A } from './a';
      import { type B, basename } from 'node:path';
      enum Colour { Red = 1, Blue }
      namespace Space { export function inside(this: void, n: number): number { return n } }
      abstract class Shape<T> { constructor(private readonly side: number, public c = () => 2) {}
        abstract area(): T; grow(by?: number): this; grow(): this { return this } static readonly unit = make() as number; get s(): number { return this.side } }
      class Square extends Shape<number> { area(): number { return this.s * this.c() } }
      function make(): number; function make(x: string): number; function make(x?: unknown): number { return 4 }
      const cast = (<T,>(x: T) => x) as unknown as (x: number) => number;
      out.push(new Square(3).grow().area(), Colour.Blue, Space.inside(5), cast(6), Shape.unit, basename('/a/b'));`;
    const expected = [
      'Shape.constructor',
      'Shape.constructor.c',
      'Shape.grow',
      'Shape.s',
      'Shape.unit',
      'Square.area',
      'cast',
      'inside',
      'make',
    ];
    const commonJs = '@babel/plugin-transform-modules-commonjs';
    const typescript = '@babel/plugin-transform-typescript';
    const ours = (moduleKind: 'esm' | undefined) => [everycallPlugin, { moduleKind }] as const;
    const setups = {
      'a preset': { presets: ['@babel/preset-typescript'], plugins: [ours('esm')] },
      'a plugin before': { plugins: [typescript, ours('esm')] },
      'a plugin after': { plugins: [ours('esm'), typescript] },
      'CommonJS before': { plugins: [typescript, commonJs, ours(undefined)] },
      'CommonJS after': { plugins: [ours(undefined), commonJs, typescript] },
    };
    for (const [name, setup] of Object.entries(setups)) {
      it(`instruments what is in the source, once: ${name}`, async () => {
        const isCommonJs = name.startsWith('CommonJS');
        const { code } = transformSync(source, {
          filename: '/app/a.ts',
          configFile: false,
          babelrc: false,
          ...setup,
        } as never)!;
        const hooks = createRecorder();
        const kind = isCommonJs ? 'commonjs' : 'esm';
        expect((await run(code!, kind, hooks)).out).to.deep.equal([6, 2, 5, 6, 4, 'b']);
        expect(hooks.mistakes).to.deep.equal([]);
        const found = names(hooks.files[0].table.sites).map((site) => String(site).replace(/^(static|get) /, ''));
        expect(found.slice(1).sort()).to.deep.equal(expected);
      });
    }
  });
});
