// Which form the functions take that a body declares, and what is left alone for other reasons. That all of it behaves
// is in forms.test.ts.
import { expect } from 'chai';
import { instrument, tableOf } from '../support/instrument.ts';

const left = (code: string): unknown[] =>
  tableOf(code, { moduleKind: 'script' }).left.map(([name, , , , reason]) => `${name}: ${reason}`);

describe('functions declared in a body', () => {
  const inF = (body: string): string =>
    instrument(`function f(a) { ${body} }`, { moduleKind: 'commonjs', babel: { compact: true } });

  it('stay declarations before the try where they use no lexical name of it', () => {
    expect(inF('let n = 1; function g() { return a }')).to.match(/\+48\):0;function g\(\)\{.*\}try\{let n=1/);
    expect(inF('var n = 1; function g() { return n.x }')).to.match(/\+48\):0;function g\(\)/);
    expect(inF('const x = 1; function g() { return a.x + { x: 1 }.x }')).to.match(/\+48\):0;function g\(\)/);
    expect(inF('{ let n = 1; function g() { return n } }')).to.match(/try\{\{let n=1;function g\(\)/);
  });
  it('become variables at its start where they do', () => {
    for (const lexical of ['let n = 1', 'const n = 1', 'class n {}', 'const { a: [n] } = b', 'let m, n']) {
      const code = inF(`${lexical}; function g() { return n } async function h() {} function* i() {}`);
      expect(code, lexical).to.match(
        /\+48\):0;try\{var g=function\(\)\{.*\};var h=async function\(\)\{.*\};var i=function\*\(\)\{.*\};(let|const|class)/,
      );
    }
  });
  it('take their comments along', () => {
    const code = instrument('function f() { let n; /** about g */ function g() { return n } }', {
      moduleKind: 'commonjs',
    });
    expect(code).to.match(/\/\*\* about g \*\/\s*var g = function/);
  });
});

describe('functions left alone', () => {
  it('say why', () => {
    expect(
      left(
        'function f() { eval("1") } function g() { (0, eval)("1"); return (h) => eval("1") } k = (x = eval("2")) => 1',
      ),
    ).to.deep.equal(['f: eval', 'g.<anonymous>: eval', 'k: eval']);
    expect(left('function f() { with (a) { (() => { return () => 1 })() } }')).to.deep.equal([
      'f.<anonymous>: with',
      'f.<anonymous>.<anonymous>: with',
    ]);
    expect(left('function f() { let n; x: function g() { return n } }')).to.deep.equal(['f: declarations']);
    expect(left('function f() { let n; function arguments() { return n } }')).to.deep.equal(['f: declarations']);
    expect(left('function M() { "use asm"; function g() { return 1 } return g }')).to.deep.equal([
      'M: asm',
      'M.g: asm',
    ]);
    expect(left('class C { x = eval("1") }')).to.deep.equal(['C.x: eval']);
  });
  it('are printed as they were', () => {
    const f = 'function f(a) {\n  return eval("a");\n}';
    expect(instrument(`${f}\ng();`, { moduleKind: 'commonjs' })).to.contain(f);
  });
});
