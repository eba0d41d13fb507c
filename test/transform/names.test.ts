// What functions are called, and which kind they are.
import { expect } from 'chai';
import { SITE_KINDS } from '../../runtime/contract.ts';
import { instrument, tableOf } from '../support/instrument.ts';

/** Kind and name of the functions in a source, those left alone behind a `-`. */
function namesIn(code: string): string[] {
  const { sites, left } = tableOf(code, { moduleKind: 'esm' });
  const rows = [...sites.slice(1), ...left].sort((a, b) => a[2] - b[2] || a[3] - b[3]);
  return rows.map((row) => `${typeof row[4] === 'string' ? '-' : ''}${SITE_KINDS[row[1]]} ${row[0]}`);
}

describe('names', () => {
  const cases: Record<string, [code: string, ...names: string[]]> = {
    'of declarations and nested functions': [
      'function outer() { function inner() { return () => 1 } }',
      'function outer',
      'function outer.inner',
      'arrow outer.inner.<anonymous>',
    ],
    'of functions bound to variables, properties and defaults': [
      `const a = () => 1, b = function () {}, c = function own() {}; d = () => 1; e.f.g = () => 1; e['h'] = () => 1; e[i] = () => 1;
       function j(k = () => 1, { l = () => 2 }) {} m ??= () => 1; n = o ? () => 1 : p || (() => 2); call(() => 1);`,
      ...['arrow a', 'function b', 'function own', 'arrow d', 'arrow e.f.g', 'arrow e.h', 'arrow e[i]', 'function j'],
      ...['arrow j.k', 'arrow j.l', 'arrow m', 'arrow n', 'arrow n', 'arrow <anonymous>'],
    ],
    'of object members': [
      `const o = { m() {}, get p() {}, set p(v) {}, f: function () {}, deep: { a: () => 1 }, ['c']() {}, [Symbol.iterator]() {}, [x()]() {}, 1() {}, 'a b'() {} };
       call({ data() {} });`,
      ...['method o.m', 'getter get o.p', 'setter set o.p', 'function o.f', 'arrow o.deep.a', 'method o.c'],
      ...['method o[Symbol.iterator]', 'method o[…]', 'method o.1', 'method o.a b', 'method data'],
    ],
    'of class members': [
      `class C { constructor() { this.on = () => 1 } m() { return class { n() {} } } static s() {} #p() {} static #q() {} get g() {} static set g(v) {}
       static { call(() => 1) } f = call(); static #h = call(); arrow = () => 1; list = [() => 1]; state = { on: () => 1 }; }
       const D = class { m() {} }; export default class { m() {} }`,
      ...['constructor C.constructor', 'arrow C.constructor.on', 'method C.m', 'method C.m.<anonymous>.n'],
      ...['method static C.s', 'method C#p', 'method static C#q', 'getter get C.g', 'setter static set C.g'],
      ...['static-block C.<static>', 'arrow C.<static>.<anonymous>', 'field C.f', 'field static C#h', 'arrow C.arrow'],
      ...['arrow C.<anonymous>', 'arrow C.state.on', 'method D.m', 'method default.m'],
    ],
    'of what is inside accessors': [
      'class C { static get p() { return () => 1 } }',
      'getter static get C.p',
      'arrow C.p.<anonymous>',
    ],
    'of default exports': ['export default () => 1', 'arrow default'],
    'of what suspends': [
      'async function a() { const b = () => 1 } function* c() {} async function* d() {} const e = async () => 1; class F { async g() {} static *h() {} }',
      ...['async a', 'arrow a.b', 'generator c', 'async-generator d', 'async e', 'async F.g', 'generator static F.h'],
    ],
  };
  for (const [title, [code, ...names]] of Object.entries(cases)) {
    it(title, () => expect(namesIn(code)).to.deep.equal(names));
  }

  it('leave fields alone that call nothing', () => {
    const trivial = [
      '1',
      '-1',
      '"a"',
      '`a`',
      '/x/',
      'null',
      'x',
      'this',
      '[]',
      '{}',
      '[1, x]',
      '{ a: -1, b: [x] }',
      'class {}',
    ];
    for (const value of [...trivial, ';']) {
      expect(
        namesIn(`let x; class C { f ${value === ';' ? '' : `= ${value}`}; static g = ${value === ';' ? 1 : value} }`),
        value,
      ).to.deep.equal([]);
    }
    for (const value of ['x()', 'new x', '[x()]', '{ a: x() }', '{ ...x }', 'x.y', '`${x}`', '(1, () => 1)']) {
      expect(namesIn(`let x; class C { f = ${value} }`)[0], value).to.equal('field C.f');
    }
  });

  it('stay bounded however deep functions are nested', () => {
    const depth = 400;
    const names = namesIn('function abcdefgh() {'.repeat(depth) + '}'.repeat(depth));
    expect(names).to.have.length(depth);
    expect(names[depth - 1]).to.match(/^function ….*\.abcdefgh$/);
    expect(Math.max(...names.map(({ length }) => length))).to.be.lessThan(260);
  });
});

describe('functions that are returned without a name', () => {
  it('have none when they are instrumented, too', () => {
    const code = `
      const f = () => function () {}, g = () => () => 1, h = () => class {}, k = () => (function () {});
      module.exports = [f, g, h, k].map((make) => make().name);`;
    const returned = (text: string): string[] => {
      const module = { exports: [] as string[] };
      new Function('require', 'module', text)(() => ({ state: [0], register: () => 0 }), module);
      return module.exports;
    };
    expect(returned(code)).to.deep.equal(['', '', '', '']);
    expect(returned(instrument(code, { moduleKind: 'commonjs' }))).to.deep.equal(['', '', '', '']);
  });
});
