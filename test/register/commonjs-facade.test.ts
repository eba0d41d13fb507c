import { expect } from 'chai';
import { exportNames, facade } from '../../src/register/commonjs-facade.ts';

describe('exportNames()', () => {
  it('finds assigned and defined exports, each once, and not default', () => {
    const code = `exports.b = exports.a = void 0; exports.default = 1; exports.a = 1; if (exports.c === 1) ;
      Object.defineProperty(exports, "d", { get() {} }); exports.e == 2;`;
    expect(exportNames(code).sort()).to.deep.equal(['a', 'b', 'd']);
  });
});

describe('exportNames() of what esbuild made', () => {
  it('finds what it noted for Node', () => {
    expect(exportNames('module.exports = made(x);\n0 && (module.exports = {\n  a,\n  $b\n});')).to.deep.equal([
      'a',
      '$b',
    ]);
    expect(exportNames('0&&(module.exports={a,b});')).to.deep.equal(['a', 'b']);
  });
});

describe('facade()', () => {
  it('exports any name that an export may have', () => {
    expect(facade('/a "b".cts', ['class']))
      .to.contain('_0 as class')
      .and.to.contain('"/a \\"b\\".cts"');
  });
});
