// The bodies that stay as they were written, for while nothing is recorded: which do, that they are what was written, and that
// neither lines of stacks nor what coverage finds are others for it.
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { generate } from '@babel/generator';
import { parse } from '@babel/parser';
import { transformSync } from '@babel/core';
import type { types as t } from '@babel/core';
import { expect } from 'chai';
import { compile } from '../../src/register/compile.ts';
import everycallPlugin from '../../transform/index.ts';
import type { PluginOptions } from '../../transform/index.ts';
import { projects, REGISTER_CJS, REGISTER_ESM } from '../register/programs.ts';
import { createRecorder, instrument, run } from '../support/instrument.ts';

/** The tests by which instrumented functions take their original. */
const CHOICE = /typeof \$b_\w+ !== "number" \|\| !\$s\[0\]|typeof \$b_\w+ === "number" \? !\$s\[0\]/g;
const kept = (source: string, options: PluginOptions = {}, kind: 'commonjs' | 'esm' = 'commonjs'): number =>
  instrument(source, { moduleKind: kind, ...options }).match(CHOICE)?.length ?? 0;

describe('originals', () => {
  const KEPT = {
    'a function': 'function f(a) { let b = a; return b; }',
    'an arrow': 'const f = (a) => a + 1;',
    'a method': 'class C { m() { return this; } }',
    'a private method': 'class C { #m() { return this.#m; } }',
    'an accessor': 'const o = { get a() { return 1; }, set a(b) { this.b = b; } };',
    'a constructor of a derived class': 'class C extends Map { constructor() { super(); this.a = new.target; } }',
    'a field': 'class C { a = b(1); #c = this.a + 1; }',
    'a generator': 'function* f() { yield 1; }',
    'an async function': 'async function f() { return await 1; }',
    'an async arrow': 'const f = async () => await 1;',
    'an async generator': 'async function* f() { try { yield await 1; } finally { for await (const a of b) a(); } }',
    'a template without a tag': 'function f(a) { return `a${a}`; }',
    'what is called require elsewhere': 'function f(a) { return a.require; }',
  };
  for (const [name, source] of Object.entries(KEPT)) {
    it(`are kept of ${name}`, () => {
      expect(kept(source)).to.equal(/an accessor|a field/.test(name) ? 2 : 1);
    });
  }
  it('are kept of functions that may run before their module', () => {
    expect(kept('export function f(a) { return a; }', {}, 'esm')).to.equal(1);
  });

  const NOT_KEPT = {
    'what makes functions': 'function f(a) { return { m() {}, n: () => {}, o: function () {} }; }',
    'what makes classes': 'function f() { return class {}; }',
    'what tags a template, whose object is one a place': 'function f(tag) { return tag`a`; }',
    'what loads code': 'function f() { return import("a"); }',
    'what requires code': 'function f() { return require("a"); }',
    'static blocks': 'class C { static { this.a = 1; } }',
    'fields with functions': 'class C { a = [() => {}]; }',
    'what is large': `function f(a) { ${'a.b(a); '.repeat(40)} }`,
  };
  for (const [name, source] of Object.entries(NOT_KEPT)) {
    // The functions inside are small and plain.
    const inside = /m\(\) \{\}/.test(source) ? 3 : /\(\) => \{\}/.test(source) ? 1 : 0;
    it(`are not kept of ${name}`, () => {
      expect(kept(source)).to.equal(inside);
    });
  }
  it('are not kept of what asks for its own place', () => {
    expect(kept('export const f = () => import.meta.url;', {}, 'esm')).to.equal(0);
  });

  const LINES = 'const one = (a) => a;\nfunction two(a) {\n  return a;\n}';
  it('are kept as the option says', () => {
    expect(kept(LINES)).to.equal(2);
    expect(kept(LINES, { originals: 'all' })).to.equal(2);
    expect(kept(LINES, { originals: 'one-line' })).to.equal(1);
    expect(kept(LINES, { originals: 'none' })).to.equal(0);
  });

  it('are not kept where other plugins would take them for more code, unless that is asked for', () => {
    const withAnother = (originals?: 'all'): number => {
      const plugins = [[everycallPlugin, { moduleKind: 'commonjs', originals }], () => ({ visitor: {} })];
      const { code } = transformSync(LINES, { configFile: false, babelrc: false, plugins: plugins as never })!;
      return code!.match(CHOICE)?.length ?? 0;
    };
    expect(withAnother()).to.equal(0);
    expect(withAnother('all')).to.equal(2);
  });

  it('are what was written, with their comments', () => {
    const body = `{
      // first
      label: for (const [a = 1, ...b] of c) { if (a /* why */) continue label; else return /* @__PURE__ */ g(a); } // behind
      /* between */
      try { var d = [/x/g, \`t\${b}\`, ...c]; } catch { throw new Error("x"); } finally { d = null; }
      switch (d) { case 1: return; default: return (0, c.d)(), void 0; }
      // last
    }`;
    const output = instrument(`function f(c, g) ${body}`, { moduleKind: 'commonjs' });
    const fn = functionIn(output);
    const choice = fn.body.body[0] as t.IfStatement;
    expect(fn.body.body).to.have.length(1);
    expect(printed(choice.consequent)).to.equal(printed(functionIn(`function f(c, g) ${body}`).body));
    const comments = (text: string) => text.match(/\/\/ \w+|\/\* .*? \*\//g);
    const instrumented = printed(choice.alternate!);
    expect(comments(instrumented)).to.deep.equal(comments(printed(choice.consequent)));
  });

  it('take turns with the instrumented bodies, whose calls and errors are the ones counted', async () => {
    const hooks = createRecorder();
    const source = `
      const add = (a, b) => a + b;
      class Point { #y = String(out.length); constructor(x) { this.x = x; } get y() { return this.#y; } get double() { return this.x * 2; } }
      function fails(n) { if (n % 2) throw new RangeError(n); return n; }
      function deep(n) { turn(); return n === 0 ? 0 : 1 + deep(n - 1); }
      for (let i = 0; i < 100; i++) {
        turn();
        out.push(add(i, 1), new Point(i).double, new Point(i).y, deep(5));
        try { out.push(fails(i)); } catch (error) { out.push(error.message); }
      }`;
    const expected = await run(`let turn = () => {}; ${source}`, 'commonjs');
    let turns = 0;
    const { state } = hooks;
    (globalThis as Record<string, unknown>).turnOfOriginals = () => (state[0] = turns++ % 3 === 0 ? 0 : 1);
    const code = instrument(`let turn = globalThis.turnOfOriginals; ${source}`, { moduleKind: 'commonjs' });
    try {
      expect(await run(code, 'commonjs', hooks)).to.deep.equal(expected);
    } finally {
      delete (globalThis as Record<string, unknown>).turnOfOriginals;
    }
    expect(hooks.mistakes).to.deep.equal([]);
    expect(hooks.depth()).to.equal(0);
    // Every round has seven turns: one at its start, and one in each call of deep().
    const rounds = Array.from({ length: 100 }, (_, i) => i);
    const isRunning = (turn: number): boolean => turn % 3 !== 0;
    const begun = rounds.filter((i) => isRunning(7 * i)).length;
    const deep = rounds.flatMap((i) => [0, 1, 2, 3, 4, 5].map((turn) => 7 * i + turn)).filter(isRunning).length;
    const behind = rounds.filter((i) => isRunning(7 * i + 6));
    const called = Object.fromEntries(Object.entries(hooks.counts()).map(([key, n]) => [key.split(':')[2], n]));
    expect(turns).to.equal(700);
    expect(called).to.include({ add: begun, 'Point.constructor': 2 * begun, 'Point#y': 2 * begun });
    expect(called).to.include({ 'get Point.double': begun, 'get Point.y': begun, deep, fails: behind.length });
    expect(Object.values(hooks.errors())).to.deep.equal([behind.filter((i) => i % 2 === 1).length]);
  });

  it('leave lines of stacks where they were, if those of one line alone are kept', () => {
    const source = `
      const lineOf = () => Number(/x\\.cjs:(\\d+)/.exec(new Error().stack.split("\\n").find((each) => !each.includes("lineOf")  && each.includes("x.cjs")))[1]);
      const a = () => lineOf(); const b = (c) =>
        c ? lineOf() :
        lineOf();
      function d(e) {
        e += 1;
        return lineOf();
      }
      function f(g) { return lineOf(); } module.exports = [a(), b(1), b(0), d(1), f(),
        lineOf()];`;
    const input = { source, filename: '/app/x.cjs', format: 'commonjs' as const, syntax: null, instrument: true };
    const { code } = compile({ ...input, originals: 'one-line' });
    expect(code.match(CHOICE)?.length).to.equal(3); // lineOf, a and f
    const linesOf = (text: string, running: boolean): unknown => linesWith(text, createRecorder(running));
    const expected = linesOf(source, false);
    expect(expected).to.deep.equal([3, 4, 5, 8, 10, 11]);
    expect(linesOf(code, false)).to.deep.equal(expected);
    expect(linesOf(code, true)).to.deep.equal(expected);
  });

  describe('under the register hook', function () {
    this.timeout(60_000);
    const project = projects();
    const files = {
      'main.mjs': `import test from 'node:test';\nimport { twice } from './lib.mjs';\ntest('twice', () => { if (twice(2) !== 4) throw new Error(); });`,
      'lib.mjs': 'const add = (a, b) => a + b;\nexport function twice(a) { return add(a, a); }',
      'text.cjs': 'const add = (a, b) => a + b;\nconsole.log(String(add).includes("else"));',
    };

    it('are kept, unless V8 counts what is covered', async () => {
      const program = project(files);
      const textWith = async (env: NodeJS.ProcessEnv): Promise<string> =>
        (await program.node(['-r', REGISTER_CJS, 'text.cjs'], { env })).stdout;
      expect(await textWith({})).to.equal('true\n');
      expect(await textWith({ NODE_V8_COVERAGE: 'coverage' })).to.equal('false\n');
    });

    it('are kept of functions of several lines where stacks are mapped, and lead back to the same lines', async () => {
      const lines = `function f(a) {\n  a += 1;\n  return new Error(a);\n}\n`;
      const say = 'console.log(String(f).includes("else"), /main.cjs:\\d+:\\d+/.exec(f(1).stack)[0]);\n';
      const program = project({ 'main.cjs': `${lines}${say}globalThis.everycall?.start();\n${say}` });
      const load = ['-r', REGISTER_CJS];
      const outputWith = async (...args: string[]) => (await program.node([...args, 'main.cjs'])).stdout;
      const at = 'main.cjs:3:10\n';
      expect(await outputWith()).to.equal(`false ${at}false ${at}`);
      expect(await outputWith('--enable-source-maps', ...load)).to.equal(`true ${at}true ${at}`);
      expect(await outputWith(...load)).to.match(/^(false main\.cjs:3:\d+\n){2}$/);
    });

    for (const args of [['--test'], []]) {
      it(`are not kept under Node's own coverage${args.length > 0 ? ' of several processes' : ''}`, async () => {
        const program = project(files);
        const options = ['--experimental-test-coverage', '--test-reporter=lcov', ...args, 'main.mjs'];
        const { stdout } = await program.node(['--import', pathToFileURL(REGISTER_ESM).href, ...options]);
        const lib = stdout.slice(stdout.indexOf('SF:lib.mjs')).split('end_of_record')[0];
        expect(lib)
          .to.match(/^DA:1,1$/m)
          .and.match(/^DA:2,1$/m);
        expect(lib)
          .to.match(/^LH:2$/m)
          .and.match(/^LF:2$/m);
      });
    }
  });
});

function functionIn(code: string): t.FunctionDeclaration {
  const { body } = parse(code).program;
  return body.find(({ type }) => type === 'FunctionDeclaration') as t.FunctionDeclaration;
}

function printed(node: t.Node): string {
  return generate(node).code;
}

function linesWith(code: string, hooks: object): unknown {
  const module = { exports: {} as unknown };
  const fn = vm.compileFunction(code, ['module', 'require'], { filename: '/app/x.cjs' }) as (
    ...args: unknown[]
  ) => void;
  fn(module, () => hooks);
  return module.exports;
}
