// The cases of forms.test.ts: function forms × bodies × module kinds. Each is a whole program that pushes what it finds
// on `out`. RET stands for what a body gives back: `return` where the form can, else it goes to `out`.
import type { ModuleKind } from '../../transform/index.ts';

export interface Form {
  readonly name: string;
  /** A program that defines the function with this body and runs it twice or more. */
  readonly program: (body: string) => string;
  /** `RET` cannot be `return`. */
  readonly noReturn?: true;
}

export interface Body {
  readonly name: string;
  readonly code: string;
}

export interface Mode {
  readonly name: string;
  /** Only forms that do not bring their own strictness: what strict code does to the others is seen in ES modules. */
  readonly plainForms?: true;
  readonly kind: ModuleKind;
  readonly strict: boolean;
}

export const MODES: readonly Mode[] = [
  { name: 'esm', kind: 'esm', strict: true },
  { name: 'cjs-sloppy', kind: 'commonjs', strict: false },
  { name: 'cjs-strict', kind: 'commonjs', strict: true, plainForms: true },
  { name: 'script-sloppy', kind: 'script', strict: false },
  { name: 'script-strict', kind: 'script', strict: true, plainForms: true },
];

/** Calls in a way that keeps a thrown error as a result. */
const show = `
function shown(value) {
  if (typeof value !== 'function') return typeof value === 'object' && value ? Object.keys(value).join() : String(value);
  return ['fn', value.name, value.length, Object.getOwnPropertyNames(value).sort().join()].join(' ');
}
function attempt(call) {
  try { out.push(shown(call())); } catch (error) { out.push('threw ' + error.name + ' ' + error.message); }
}
`;

const twice = (call: string): string => `attempt(() => ${call}); attempt(() => ${call});`;
const outer = 'var a = 1, b = 2;';

export const FORMS: readonly Form[] = [
  {
    name: 'declaration',
    program: (body) =>
      `${show} ${twice('f(1, 2)')} function f(a, b) {${body}} out.push(shown(f)); attempt(() => new f(3, 4));`,
  },
  {
    name: 'declaration with defaults',
    program: (body) =>
      `${show} function f(a, b = (() => a + 1)(), c = () => [a, b].join()) {${body}} ${twice('f(1)')} out.push(shown(f));`,
  },
  {
    name: 'declaration with destructuring',
    program: (body) => `${show} function f({ a, z: [b] = [(() => 4)()] }, ...rest) {${body}} ${twice('f({ a: 1 })')}`,
  },
  {
    name: 'expression',
    program: (body) => `${show} const f = function (a, b) {${body}}; ${twice('f(1, 2)')} out.push(shown(f));`,
  },
  {
    name: 'named expression',
    program: (body) =>
      `${show} const f = function own(a, b) {${body}}; ${twice('f.call({ c: 1 }, 1, 2)')} out.push(shown(f));`,
  },
  {
    name: 'arrow',
    program: (body) => `${show} const f = (a, b) => {${body}}; ${twice('f(1, 2)')} out.push(shown(f));`,
  },
  {
    name: 'arrow in a function',
    program: (body) =>
      `${show} function host(a, b) { return ((c) => {${body}})(3); } ${twice('host(1, 2)')} ${twice('new host(1, 2)')}`,
  },
  {
    name: 'object method',
    program: (body) => `${show} const o = { f(a, b) {${body}} }; ${twice('o.f(1, 2)')} out.push(shown(o.f));`,
  },
  {
    name: 'object method with defaults',
    program: (body) => `${show} const o = { f(a, b = function () { return a }()) {${body}} }; ${twice('o.f(1)')}`,
  },
  {
    name: 'object accessors',
    program: (body) =>
      `${show} ${outer} const o = { get p() {${body}}, set p(a) {${body}} }; ${twice('o.p')} ${twice('(o.p = 7)')}`,
  },
  {
    name: 'class method',
    program: (body) =>
      `${show} class C { f(a, b) {${body}} } ${twice('new C().f(1, 2)')} out.push(shown(C.prototype.f));`,
  },
  {
    name: 'static method',
    program: (body) =>
      `${show} class C { static f(a, b) {${body}} } ${twice('C.f(1, 2)')} out.push(shown(C.f), shown(C));`,
  },
  {
    name: 'private methods',
    program: (body) =>
      `${show} class C { #f(a, b) {${body}} static #g(a, b) {${body}} f() { return this.#f(1, 2) } static g() { return C.#g(1, 2) } }
       ${twice('new C().f()')} ${twice('C.g()')}`,
  },
  {
    name: 'class accessors',
    program: (body) =>
      `${show} ${outer} class C { get p() {${body}} static set p(a) {${body}} } ${twice('new C().p')} ${twice('(C.p = 7)')}`,
  },
  {
    name: 'constructor',
    program: (body) =>
      `${show} class C { constructor(a, b) {${body}} } ${twice('new C(1, 2)')} out.push(shown(C)); attempt(() => C());`,
  },
  {
    name: 'derived constructor',
    program: (body) =>
      `${show} class B { constructor() { this.base = new.target.name } } class C extends B { constructor(a, b) { super(); ${body}} }
       ${twice('new C(1, 2)')} class D extends C { constructor() { attempt(() => this); return {} } } ${twice('new D()')}`,
  },
  {
    name: 'static block',
    noReturn: true,
    program: (body) =>
      `${show} ${outer} attempt(() => { class C { static {${body}} static { this.second = 1 } } return C.second });`,
  },
  {
    name: 'field',
    noReturn: true,
    program: (body) =>
      `${show} ${outer} class C { x = 1; f = (() => {${body}})(); static s = [shown(this.x), () => 1]; } ${twice('new C()')}`,
  },
  {
    name: 'in an async function',
    program: (body) =>
      `${show} async function host() { const f = function (a, b) {${body}}; ${twice('f(1, 2)')} } host();`,
  },
  {
    name: 'in a generator',
    program: (body) =>
      `${show} const g = { *host() { const f = (a, b) => {${body}}; yield f; } }; for (const f of g.host()) { ${twice('f(1, 2)')} }`,
  },
];

export const BODIES: readonly Body[] = [
  { name: 'empty', code: '' },
  { name: 'value', code: 'RET a + b;' },
  { name: 'throw', code: "if (a) throw new RangeError('no ' + a); RET 1;" },
  {
    name: 'finally',
    code: "try { if (a === 1) throw 5; RET a; } catch (e) { out.push(e); } finally { out.push('f'); } RET 'after';",
  },
  { name: 'finally that throws', code: "try { RET a; } finally { if (b) throw new TypeError('late ' + a); }" },
  {
    name: 'finally that goes on',
    code: "rows: for (const i of [0, 1]) { try { RET i; } finally { out.push(i); continue rows; } } throw new Error('gone on');",
  },
  {
    name: 'finally that saves',
    code: "rows: for (const i of [0]) { try { throw new Error('lost'); } finally { break rows; } } RET b;",
  },
  {
    name: 'throw or return',
    code: "try { RET g(); } catch { throw new Error('again'); } function g() { if (a) throw 1; return 2 }",
  },
  { name: 'nameless', code: 'if (a) { RET function () {}; } RET class {};' },
  { name: 'nameless arrow', code: 'RET () => a;' },
  { name: 'directive-like', code: "('not a directive'); RET typeof this;" },
  { name: 'own names', code: 'var $h = 1, $s = [1], $e = 2; RET $h + $s[0] + $e + typeof $x;' },
  { name: 'duplicates', code: 'RET g(); function g() { return 1 } function g() { return 2 + b }' },
  { name: 'over a parameter', code: 'out.push(typeof a); function a() { return 3 } RET a();' },
  {
    name: 'beside a var',
    code: 'out.push(typeof g, typeof h); var g = 1; function g() {} var h; function h() {} RET typeof g + typeof h;',
  },
  {
    name: 'captures let',
    code: 'try { inc() } catch (e) { out.push(e.name) } let n = 0; function inc() { return ++n } inc(); RET inc() + inc.name + shown(inc);',
  },
  {
    name: 'captures and duplicates',
    code: 'const k = 4; RET g() + h(); function g() { return 1 } function h() { return g() } function g() { return k }',
  },
  {
    name: 'captures over a parameter',
    code: 'const k = [5]; out.push(typeof a, typeof arguments); function a() { return k[0] } { let k = 6; out.push(a() + k); } RET a.name;',
  },
  {
    name: 'captures by a class',
    code: 'function make() { return new K().m() } class K { m() { return K.name } } make = ((old) => () => old() + 1)(make); RET make();',
  },
  {
    name: 'captures in a default',
    code: 'let d = 8; function g(x = d) { return x } { function d2() { return g() } out.push(d2()) } RET g();',
  },
  { name: 'name shadowed, not captured', code: 'const k = 1; function g(k) { return k } RET g(9) + k;' },
  { name: 'replaced', code: 'let n = 1; function g() { g = () => n; return n } RET g() + g();' },
  { name: 'block function', code: 'out.push(typeof q); { function q() { return 1 } out.push(q()) } RET typeof q;' },
  { name: 'block function under let', code: 'let q = 5; { function q() { return 1 } out.push(q()) } RET q;' },
  { name: 'block function over a parameter', code: '{ function a() { return 1 } out.push(a()) } RET typeof a;' },
  {
    name: 'block function beside one',
    code: 'out.push(q()); { function q() { return 1 } } function q() { return 2 } RET q();',
  },
  {
    name: 'block function beside a captured one',
    code: 'let n = 2; out.push(q()); { function q() { return 1 } } function q() { return n } RET q();',
  },
  {
    name: 'switch function',
    code: 'switch (a) { case 1: function q() { return 1 } default: out.push(typeof q) } RET typeof q;',
  },
  { name: 'function in an if', code: 'if (a) function q() { return 1 } RET typeof q;' },
  { name: 'labelled function', code: 'foo: function g() { return 7 } foo: function g() { return 8 } RET g();' },
  { name: 'labelled function captures', code: 'let n = 7; foo: bar: function g() { return n } RET g();' },
  { name: 'arguments', code: 'a = 9; RET [...arguments].join() + arguments.length;' },
  {
    name: 'arguments declared',
    code: 'out.push(typeof arguments); function arguments() { return 5 } RET arguments();',
  },
  {
    name: 'arguments declared, captures',
    code: 'let n = 5; out.push(typeof arguments); function arguments() { return n } RET arguments();',
  },
  {
    name: 'arguments as let',
    code: 'function g() { return arguments.length } let arguments = 3; RET g(1) + arguments;',
  },
  { name: 'new.target', code: 'RET new.target === undefined ? 0 : new.target.name;' },
  { name: 'this', code: 'RET [typeof this, this === globalThis || (this && Object.keys(this).slice(0, 2))].join();' },
  {
    name: 'loops',
    code: 'const fs = []; rows: for (let i = 0; i < 3; i++) { for (const j of [0, 1]) { if (j > i) continue rows; fs.push(() => i * j); if (i > 1) break rows; } } RET fs.map((f) => f()).join();',
  },
  {
    name: 'recursion',
    code: 'const fact = (n) => n < 2 ? 1 : n * fact(n - 1); function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } RET fact(5) + fib(7);',
  },
  {
    name: 'recursion into itself',
    code: "if (out.length < 40) { try { a = null; fnWhichIsNot() } catch { out.push('deeper'); RET typeof b } } RET 0;",
  },
  { name: 'generator inside', code: 'RET [...(function* () { yield 1; yield (() => 2)(); })()].join();' },
  {
    name: 'generator declared',
    code: 'const k = 3; function* g() { yield k } async function h() { return k } RET [...g()].join() + typeof h();',
  },
  { name: 'async inside', code: '(async () => { out.push((() => 1)()); await 0; })(); RET 1;' },
  {
    name: 'class inside',
    code: 'const key = () => "m"; class K { static n = key().length; #p = a; f = [key()]; [key()]() { return this.#p } get p() { return super.toString } static { out.push(this.n) } } RET new K().m();',
  },
  {
    name: 'object inside',
    code: "const o = { m() { return super.hasOwnProperty('m') }, get ['x' + 1]() { return 1 }, __proto__: { q: 1 } }; RET [o.m(), o.x1, o.q].join();",
  },
  {
    name: 'nested captures',
    code: 'let x = 1; function g() { let y = 2; return h(); function h() { return i(); function i() { return x + y } } } RET g();',
  },
  { name: 'tagged template', code: 'const tag = (s, ...v) => s.raw.join() + v; RET tag`a${1}b`;' },
  { name: 'direct eval', code: "let z = 4; RET eval('z + b');" },
  { name: 'direct eval of var', code: "eval('var zz = 3'); function g() { return typeof zz } RET g();" },
  { name: 'eval in an arrow', code: "var v = 1; const g = () => eval('var v = 2; v + b'); RET g() + v;" },
  { name: 'indirect eval', code: "RET (0, eval)('typeof module') + typeof b;" },
  { name: 'with', code: 'with ({ a: 5 }) { var w = (() => a)(); } RET w;' },
  { name: 'sequence and void', code: 'RET (out.push(1), void 0);' },
  { name: 'no value', code: 'if (a) { RET } out.push(2);' },
];
