// The cases of text.test.ts: functions that a program sends elsewhere as text. None has a free variable but globals, so
// their text means the same everywhere.

export interface SentForm {
  readonly name: string;
  /** The function or class as an expression; `IN` is an element of an object or class body that is taken from there. */
  readonly code: string;
  /** From the text to an expression that gives what it computes: a value, a promise, or something to iterate. */
  readonly use: (text: string) => string;
  /** Only newer versions of V8 know its syntax. */
  readonly isNew?: true;
}

const called = (text: string): string => `(${text})(3)`;
const method = (text: string): string => `({ ${text} }).f(3)`;
const built = (text: string): string => `new (${text})(3).all()`;

const form = (name: string, code: string, use = called): SentForm => ({ name, code, use });

export const SENT_FORMS: readonly SentForm[] = [
  form('function', 'function f(a, b = a + 1) { return a * b; }'),
  form('anonymous function', 'function () { return arguments[0] + 1; }'),
  form('arrow', '(a) => a + 1'),
  form('arrow with a block', '(a) => { if (a > 2) return { a }; }'),
  form('recursion', 'function fac(n) { return n < 2 ? 1 : n * fac(n - 1); }'),
  form(
    'nested functions',
    'function (a) { function g(x) { return x + a; } const h = (x) => g(x) * 2; return [1, 2].map(h); }',
  ),
  form('captured declarations', 'function (a) { let n = a; function g() { return ++n; } g(); return g(); }'),
  form('closure', '(a) => (() => { const inner = () => a; return inner(); })()'),
  form('error', 'function (a) { try { throw new RangeError("no " + a); } catch (error) { return error.message; } }'),
  form('finally', 'function (a) { try { return a; } finally { a = [a].map((x) => x); } }'),
  form(
    'finally that goes on',
    'function (a) { for (const x of [1, 2]) { try { return x; } finally { if (x < a) continue; } } return 9; }',
  ),
  form(
    'immediately called wrapper',
    'function (a) { return (function (root, make) { return make(root); })(a, function (r) { return [r]; }); }',
  ),
  form('object method', '({ f(a) { return a + 1; } }).f', method),
  form('object async method', '({ async f(a) { return (await a) + 1; } }).f', method),
  form('object generator method', '({ *f(a) { yield a; yield* [a, a]; } }).f', method),
  form('object async generator method', '({ async *f(a) { yield a; yield await (a + 1); } }).f', method),
  form('class', 'class A { constructor(a) { this.a = a; } all() { return [this.a, this instanceof A]; } }', built),
  form(
    'class with fields and static blocks',
    `class {
      static made = [1].map((x) => x + 1); static #count = Math.max(1, 2); static { this.first = this.#count; }
      p = [this.constructor.first].concat(5); #q = Object.keys({ z: 1 }); get q() { return this.#q; } set q(v) { this.#q = v; }
      #own(x) { return x; } static make() { return this.made; }
      all() { this.q = this.#own('w'); return [this.p, this.q, this.constructor.make()]; }
    }`,
    built,
  ),
  form(
    'derived class',
    'class extends Array { constructor(a) { super(a); this.fill(7); } all() { return super.map((x) => x + 1).join(); } async *later() { yield* this; } }',
    built,
  ),
  form('async function', 'async function (a) { const b = await a; return b + (await Promise.resolve(1)); }'),
  form('async arrow', 'async (a) => (await a) + 1'),
  form(
    'rejection',
    'async function (a) { try { await Promise.reject(new Error("r" + a)); } catch ({ message }) { return message; } }',
  ),
  form('await in finally', 'async function (a) { try { await a; return 1; } finally { await null; } }'),
  form(
    'nested async',
    'async (a) => { const g = async (x) => (await x) * 2; return (await Promise.all([1, a].map(g))).join(); }',
  ),
  form(
    'for await',
    'async function (a) { const r = []; for await (const x of [a, Promise.resolve(2)]) r.push(x); return r; }',
  ),
  form(
    'for await with a pattern',
    'async (a) => { let r = 0; outer: for await (const [x] of [[a], [9]]) { r += x; if (x > 5) break outer; } return r; }',
  ),
  form('await in for of', 'async (a) => { let r = ""; for (const x of [a, 2]) r += await x; return r; }'),
  form('generator', 'function* (a) { const got = yield a; yield [got === undefined, a + 1]; return 5; }'),
  form('yield*', 'function* (a) { const r = yield* (function* () { yield a; return 4; })(); yield r; }'),
  form('generator with finally', 'function* (a) { try { yield a; } finally { yield 8; } }'),
  form(
    'async generator',
    'async function* (a) { yield a; try { yield await Promise.resolve(2); } catch { yield 0; } return 3; }',
  ),
  form('async yield*', 'async function* (a) { yield* [a, 2]; yield* (async function* () { yield 3; })(); }'),
  form('made by new Function', 'new Function("a", "return a + 1")'),
  {
    ...form(
      'await using',
      'async function (a) { const log = []; { await using r = { async [Symbol.asyncDispose]() { log.push("gone"); } }; log.push(a); } return log; }',
    ),
    isNew: true,
  },
];
