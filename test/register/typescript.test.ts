// What TypeScript, JSX and decorators are compiled to does what TypeScript's own compiler makes of them, for every option
// of tsconfig.json that changes what runs. Each program tells what it does to `log`.
import { createRequire } from 'node:module';
import { expect } from 'chai';
import ts from 'typescript';
import { compile } from '../../src/register/compile.ts';
import { settingsOf } from '../../src/register/tsconfig.ts';

const require = createRequire(import.meta.url);

/** A React of a few words, as classic and as automatic runtime. */
const element =
  (kind: string) =>
  (type: unknown, props: object | null, ...rest: unknown[]) => [kind, type, props, ...rest];
const MODULES: Readonly<Record<string, unknown>> = {
  react: { default: { createElement: element('React'), Fragment: 'F' }, __esModule: true },
  'react/jsx-runtime': { jsx: element('jsx'), jsxs: element('jsxs'), Fragment: 'F' },
  'react/jsx-dev-runtime': { jsxDEV: (...all: unknown[]) => ['jsxDEV', ...all.slice(0, 4)], Fragment: 'F' },
  'other/jsx-runtime': { jsx: element('other'), jsxs: element('others'), Fragment: 'F' },
  dom: { h: element('h'), Frag: 'Frag' },
};

function run(code: string): unknown[] {
  const log: unknown[] = [];
  const requireFrom = (name: string): unknown => MODULES[name] ?? require(name);
  const module = { exports: {} as Record<string, unknown> };
  const wrapped = new Function('exports', 'module', 'require', 'log', code) as (...given: unknown[]) => void;
  wrapped(module.exports, module, requireFrom, (...values: unknown[]) => log.push(structuredClone(values)));
  for (const [name, value] of Object.entries(module.exports).sort()) log.push([name, typeof value]);
  return log;
}

function byTypescript(source: string, fileName: string, options: object): unknown[] {
  const { outputText } = ts.transpileModule(source, {
    fileName,
    compilerOptions: {
      ...ts.convertCompilerOptionsFromJson({ target: 'ES2022', ...options }, '/').options,
      module: ts.ModuleKind.CommonJS,
    },
  });
  return run(outputText);
}

function byUs(source: string, filename: string, options: object): unknown[] {
  const settings = { format: 'commonjs' as const, instrument: true, originals: 'one-line' as const };
  const syntax = settingsOf({ target: 'ES2022', ...options });
  return run(compile({ ...settings, source, filename, syntax }).code);
}

interface Case {
  readonly it: string;
  readonly source: string;
  readonly file?: string;
  readonly options?: object;
  readonly variants?: readonly object[];
}

const LEGACY = { experimentalDecorators: true };
const FIELDS = [{ useDefineForClassFields: true }, { useDefineForClassFields: false }, { target: 'ES2019' }];
const TRACE = `
  const trace = (name: string) => { log('eval', name); return (...args: any[]) => {
    log(name, args.map((arg) => typeof arg === 'function' ? 'class ' + arg.name : arg === Object(arg) ? Object.keys(arg).join() : arg));
  }; };`;

const CASES: readonly Case[] = [
  {
    it: 'enums, namespaces and parameter properties',
    source: `
      export enum Side { Left = 'L', Right = 'R' } enum Count { One = 1, Two, Many = Two * 5 } const enum Fixed { A = 7 }
      export namespace Box { export const size: number = 2; export function twice() { return size * 2; } }
      namespace Box { export const more = 3; }
      class Point { constructor(public x: number, private readonly y = 1, z?: number) {} sum(): number { return this.x + this.y; } }
      log(Side, Count, Fixed.A, Box.twice(), (Box as any).more, new Point(4).sum(), Object.keys(new Point(1)));
      log((<any>3), 4 as number, [1, 2]! satisfies number[]);`,
  },
  {
    it: 'fields that are defined or assigned',
    variants: FIELDS,
    source: `
      class Base { set seen(value: unknown) { log('set', value); } declare typed: number; }
      const order = (name: string) => { log(name); return name; };
      class C extends Base { seen: unknown = order('seen'); undefinedOne?: number; static s = order('static'); static t: number;
        #p = order('private'); after = this.#p + 1; ['computed'] = 2; 'quoted key' = 3; fn = () => this.after; 5 = order('five');
        static { log('block', this.s); } abstractless = super.toString !== undefined; }
      const c = new C(); log(Object.keys(c), Object.keys(C), c.fn(), 't' in C);`,
  },
  {
    it: 'fields that need parameter properties',
    variants: FIELDS,
    source: `
      const x = 'outer';
      class A { constructor(protected a: number) { log('A', a); } }
      class B extends A { twice = this.b ? this.b * 2 : 0; own = x; #p = this.b; get p() { return this.#p; }
        constructor(public b: number, y: string, readonly c = b + 1) { log('before', y); super(b); log(Object.keys(this), this.b, this.c); } }
      class D { constructor(private d = 3) { log(this.e); } e = [this.d]; }
      const b = new B(5, 'inner'); log(Object.keys(b), b.twice, b.own, b.p, new D());`,
  },
  {
    it: 'legacy decorators of everything that has them, in their order',
    options: LEGACY,
    variants: FIELDS,
    source: `${TRACE}
      const key = () => { log('key'); return 'computed'; };
      @trace('class') @trace('class2') export class C {
        @trace('field') x = 1; @trace('static field') static s = 2; @trace('typed') y: number;
        @trace('method') @trace('method2') m(@trace('param') a: number, @trace('param2') @trace('param3') b = 2): number { return a + b; }
        @trace('accessor') get p() { return 3; } set p(value) {} @trace('static') static t() { return C.s; }
        @trace('by key') public [key()]() {} @trace('quoted') 'a b' = 1; @trace('number') 7() {}
        constructor(@trace('ctor') private readonly z: number, @trace('ctor2') w?: string) { log(Object.keys(this)); }
      }
      log(new C(1).m(1), C.t(), C.name, C.length);`,
  },
  {
    it: 'legacy decorators that give something else',
    options: LEGACY,
    variants: FIELDS,
    source: `
      const twice = (target: any, name: string, d: PropertyDescriptor) => ({ ...d, value(...args: any[]) { return 2 * d.value.apply(this, args); } });
      const other = (C: any): any => class extends C { static made = 'other'; };
      const reactive = (target: any, name: string): void => { Object.defineProperty(target, name, { get() { return log('get'), this['_' + name]; }, set(v) { log('set', v); this['_' + name] = v; } }); };
      @other class C { static self = () => C; @twice m(n: number) { return n; } @reactive r = 5; same() { return C === (this as any).constructor; } }
      const c: any = new C(); log(c.m(4), (C as any).made, C.self() === C, c.same(), Object.keys(c), c.r, Object.getOwnPropertyNames(C.prototype));
      function local() { @other class Inner { hello = 'h'; } return new Inner().hello; }
      log(local(), [1, 2].map(() => { @other class In {} return (In as any).made; }));`,
  },
  ...['export default @other class Named {}', '@other export default class {}', '@other export class Exported {}'].map(
    (text) => ({
      it: `legacy decorators at ${text}`,
      options: LEGACY,
      source: `const other = (C: any): any => { log(typeof C, C.length); return function made() {}; };\n${text}`,
    }),
  ),
  {
    it: 'standard decorators and accessors',
    source: `
      const seen = (value: any, context: any): any => { log(context.kind, String(context.name), context.static, context.private);
        context.addInitializer?.(function (this: any) { log('init', String(context.name)); });
        if (context.kind === 'method') return function (this: any, ...args: any[]) { return 2 * value.apply(this, args); };
        if (context.kind === 'field') return (initial: number) => initial + 1; };
      @seen class C { @seen m(n: number) { return n; } @seen f = 1; @seen accessor a = 2; accessor plain = 3; @seen static s = 4;
        @seen #p() { return 1; } q() { return this.#p(); } @seen get g() { return 6; } }
      const c = new C(); log(c.m(3), c.f, c.a, c.plain, C.s, c.q(), c.g);`,
  },
  {
    it: 'JSX',
    file: '/app.tsx',
    variants: [{ jsx: 'react' }, { jsx: 'react-jsx' }, { jsx: 'react-jsx', jsxImportSource: 'other' }],
    source: `import React from 'react'; import type { Nothing } from 'nowhere';
      const Part = (props: { a: number }) => null; const spread = { b: 2 }; const generic = <T,>(value: T): T => value;
      const strip = (value: any): any => Array.isArray(value) ? value.map(strip) : typeof value === 'function' ? value.name : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, strip(v)])) : value;
      log(strip(<Part key="k" a={1} {...spread} />), strip(<><p class="x">text {generic(1)} &amp;</p>{[<i key="1" />]}</>), strip(<svg xlink:href="#" />));`,
  },
  {
    it: 'JSX by factories of its own',
    file: '/app.tsx',
    options: { jsx: 'react', jsxFactory: 'h', jsxFragmentFactory: 'Frag' },
    source: `import { h, Frag } from 'dom'; log(<p a="1">{2}</p>, <><i /></>);`,
  },
  {
    it: 'JSX by pragmas, which win',
    file: '/app.tsx',
    options: { jsx: 'react' },
    source: `/** @jsx h */ /** @jsxFrag Frag */ import { h, Frag } from 'dom'; log(<p a="1">{2}</p>, <><i /></>);`,
  },
  {
    it: 'JSX with what helps to develop',
    file: '/app.tsx',
    options: { jsx: 'react-jsxdev' },
    source: `log(<p a="1">{2}</p>);`,
  },
  {
    it: 'JSX without types',
    file: '/app.jsx',
    options: { jsx: 'react-jsx' },
    source: `log(<p a="1">{2}</p>);`,
  },
];

describe('compile() of TypeScript', () => {
  for (const { it: title, source, file = '/app.ts', options, variants = [{}] } of CASES) {
    for (const variant of variants) {
      const all = { ...options, ...variant };
      it(`does what TypeScript does: ${title} ${JSON.stringify(all)}`, () => {
        const expected = byTypescript(source, file, all);
        expect(expected).to.not.be.empty;
        expect(byUs(source, file, all)).to.deep.equal(expected);
      });
    }
  }

  it('keeps imports for their effects alone under verbatimModuleSyntax', () => {
    const source = `import { Nothing } from 'dom'; import type { Type } from 'nowhere'; let a: Nothing; let b: Type;`;
    const output = (options: Record<string, unknown>): string =>
      compile({
        source,
        filename: '/app.mts',
        format: 'module',
        syntax: settingsOf(options),
        instrument: false,
        originals: 'none',
      }).code;
    expect(output({})).to.not.match(/dom|nowhere/);
    expect(output({ verbatimModuleSyntax: true }))
      .to.match(/import \{ Nothing \} from 'dom'/)
      .and.not.match(/nowhere/);
  });
});
