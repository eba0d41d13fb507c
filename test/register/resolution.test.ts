import { expect } from 'chai';
import { typescriptNames } from '../../src/register/resolution.ts';

describe('typescriptNames()', () => {
  it('gives the source names of an output name', () => {
    expect(typescriptNames('./x.js', false)).to.deep.equal(['./x.ts', './x.tsx', './x.jsx']);
    expect(typescriptNames('../x.mjs', false)).to.deep.equal(['../x.mts']);
    expect(typescriptNames('/a/x.cjs', true)).to.deep.equal(['/a/x.cts']);
    expect(typescriptNames('file:///a/x.js?v=1#y', false)).to.deep.equal([
      'file:///a/x.ts?v=1#y',
      'file:///a/x.tsx?v=1#y',
      'file:///a/x.jsx?v=1#y',
    ]);
    expect(typescriptNames('C:\\a\\x.js', false)[0]).to.equal('C:\\a\\x.ts');
    expect(typescriptNames('..\\a\\x.mjs', false)).to.deep.equal(['..\\a\\x.mts']);
    expect(typescriptNames('\\\\host\\share\\x.cjs', false)).to.deep.equal(['\\\\host\\share\\x.cts']);
    expect(typescriptNames('file:///C:/a/x.mjs?v', false)).to.deep.equal(['file:///C:/a/x.mts?v']);
    expect(typescriptNames('C:\\a\\', true)).to.include('C:\\a/index.ts');
  });

  it('completes bare names and directories for require alone', () => {
    expect(typescriptNames('./x', true)).to.include.members(['./x.ts', './x/index.ts']);
    expect(typescriptNames('.', true)).to.include('./index.ts');
    expect(typescriptNames('./x', false)).to.deep.equal([]);
  });

  it('leaves packages and built-in modules alone', () => {
    for (const name of ['pkg', 'pkg/x.js', '@scope/pkg', 'node:fs', '#inner', 'data:text/javascript,x', '.hidden.js']) {
      expect(typescriptNames(name, true), name).to.deep.equal([]);
    }
  });
});
