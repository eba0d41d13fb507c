import { expect } from 'chai';
import { baseName, pathOf } from '../../src/statistics/source-path.ts';

describe('pathOf() and baseName()', () => {
  it('read paths and URLs of any system on any system', () => {
    expect(pathOf('C:\\a\\b.ts')).to.equal('C:/a/b.ts');
    expect(pathOf('\\\\host\\share\\b.ts')).to.equal('//host/share/b.ts');
    expect(pathOf('file:///C:/a%20b/c.ts')).to.equal('C:/a b/c.ts');
    expect(pathOf('file:///a/%zz.ts')).to.equal('/a/%zz.ts');
    expect(pathOf('/a\\b/c.ts')).to.equal('/a\\b/c.ts');
    expect(['C:\\a\\b.ts', '/a/b.ts', 'file:///C:/b.ts', 'webpack://app/./b.ts'].map(baseName)).to.deep.equal(
      Array(4).fill('b.ts'),
    );
    expect(baseName('node:fs/promises')).to.equal('node:fs/promises');
  });
});
