// siteOfFunction(): finds a function object's site by its text, and only its own.
import { expect } from 'chai';
import { createRuntime } from '../../runtime/instance.ts';
import { siteOfFunction } from '../../src/snapshot/function-site.ts';
import { instrument } from '../support/instrument.ts';

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- whatever the source exports
type Exports = Record<string, Function>;

const runtime = createRuntime({ arenaBytes: 4 << 20 });

function load(source: string, filename: string, change = (code: string) => code): Exports {
  const code = change(instrument(source, { moduleKind: 'commonjs', filename }));
  const module = { exports: {} as Exports };
  new Function('require', 'module', 'exports', code)(() => runtime, module, module.exports);
  return module.exports;
}

const nameOf = (fn: unknown) => siteOfFunction(runtime.arena, fn as () => void)?.name;

const SOURCE = `
  const { b: renamed = () => 1 } = {};
  function outer(a = (x) => x) { return function inner() { return () => a; }; }
  class C {
    constructor() { this.n = 1; }
    #p() { return 1; }
    m() { return this.#p(); }
    static s() {}
    get g() { return 2; }
    *[Symbol.iterator]() {}
  }
  class Plain { m() {} }
  function evil() { eval(''); return () => 1; }
  module.exports = {
    outer, C, Plain, evil, renamed,
    m: C.prototype.m, s: C.s, iterate: C.prototype[Symbol.iterator],
    g: Object.getOwnPropertyDescriptor(C.prototype, 'g').get,
    inner: outer(), innermost: outer()(), bound: outer.bind(null),
    later: async () => { await null; }, method() {}, ['com' + 'puted']() {},
  };`;

describe('siteOfFunction()', () => {
  const found = load(SOURCE, '/app/a.js');

  it('finds functions of every form', () => {
    expect(Object.fromEntries(Object.entries(found).map(([name, fn]) => [name, nameOf(fn)]))).to.deep.equal({
      outer: 'outer',
      C: 'C.constructor',
      Plain: undefined, // has no constructor of its own
      evil: undefined, // left alone; the arrow in it is not it
      renamed: 'renamed',
      m: 'C.m',
      s: 'static C.s',
      iterate: 'C[Symbol.iterator]',
      g: 'get C.g',
      inner: 'outer.inner',
      innermost: 'outer.inner.<anonymous>',
      bound: undefined,
      later: 'module.exports.later',
      method: 'module.exports.method',
      computed: 'module.exports[…]',
    });
  });

  it('gives all closures of one definition the same, and copies of a file different ones', () => {
    const copy = load(SOURCE, '/app/b.js');
    const site = (fn: unknown) => siteOfFunction(runtime.arena, fn as () => void)!;
    expect(site(found.outer())).to.deep.equal(site(found.inner));
    expect(site(copy.outer)).to.include({ name: 'outer', file: '/app/b.js' });
    expect(site(found.outer)).to.include({ name: 'outer', file: '/app/a.js', line: 3 });
  });

  it('finds nothing in what was not instrumented', () => {
    for (const fn of [() => 1, Math.max, class {}, new Function('return 1'), parseInt]) {
      expect(nameOf(fn)).to.equal(undefined);
    }
  });

  it('reads numbers as minifiers write them', () => {
    const source = Array.from({ length: 1001 }, (_, i) => `exports.f${i} = function () { return ${i}; };`).join('\n');
    const { f999, f0 } = load(source, '/app/many.js', (code) => code.replace(/\+ 48000\b/, '+ 48e3'));
    expect([f999, f0].map(nameOf)).to.deep.equal(['exports.f999', 'exports.f0']);
    expect(String(f999)).to.include('48e3');
  });
});
