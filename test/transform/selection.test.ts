// Which files are chosen.
import { expect } from 'chai';
import { createFileFilter } from '../../transform/selection.ts';

describe('createFileFilter()', () => {
  const choice = (options: Parameters<typeof createFileFilter>[0], ...files: string[]): string[] =>
    files.filter(createFileFilter({ root: '/app', ...options }));

  it('takes everything but packages by default', () => {
    expect(
      choice({}, '/app/a.js', '/other/b.mts', '/app/.x/c.js', '/app/node_modules/p/i.js', '/node_modules/q.js'),
    ).to.deep.equal(['/app/a.js', '/other/b.mts', '/app/.x/c.js']);
  });
  it('matches absolute paths and paths from the root', () => {
    const files = ['/app/src/a.js', '/app/lib/src/b.js', '/src/c.js'];
    expect(choice({ include: 'src/**' }, ...files)).to.deep.equal(['/app/src/a.js']);
    expect(choice({ include: './src/*.js' }, ...files)).to.deep.equal(['/app/src/a.js']);
    expect(choice({ include: '/src/**' }, ...files)).to.deep.equal(['/src/c.js']);
    expect(choice({ include: ['**/b.js', '/src/**'] }, ...files)).to.deep.equal(['/app/lib/src/b.js', '/src/c.js']);
    expect(choice({ include: '../*.js' }, '/x.js', '/app/x.js')).to.deep.equal(['/x.js']);
  });
  it('reads relative file names from the root', () => {
    expect(choice({ include: '/app/src/**' }, 'src/a.js', 'lib/a.js')).to.deep.equal(['src/a.js']);
  });
  it('takes a package only by an include that names node_modules', () => {
    const files = ['/app/node_modules/acorn/a.js', '/app/node_modules/other/o.js', '/app/a.js'];
    expect(choice({ include: '**' }, ...files)).to.deep.equal(['/app/a.js']);
    expect(choice({ include: '**/node_modules/acorn/**' }, ...files)).to.deep.equal([files[0]]);
    expect(choice({ include: ['**', 'node_modules/acorn/**'] }, ...files)).to.deep.equal([files[0], '/app/a.js']);
  });
  it('lets exclude win, and keeps packages out whatever it says', () => {
    const files = ['/app/node_modules/acorn/a.js', '/app/a.js', '/app/a.test.js'];
    expect(choice({ exclude: '**/*.test.js' }, ...files)).to.deep.equal(['/app/a.js']);
    expect(choice({ include: '**/node_modules/**', exclude: '**/acorn/**' }, ...files)).to.deep.equal([]);
  });
});
