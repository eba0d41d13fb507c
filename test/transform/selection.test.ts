// Which files are chosen.
import { win32 } from 'node:path';
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

  it('takes paths of Windows, which differ by drive and not by case, and globs with forward slashes', () => {
    const files = ['C:\\App\\src\\a.ts', 'c:\\app\\SRC\\b.ts', 'C:\\App\\node_modules\\p\\c.js', 'D:\\x\\src\\d.ts'];
    const chosen = (options: Parameters<typeof createFileFilter>[0]) =>
      files.filter(createFileFilter({ root: 'C:\\App', ...options }, win32)).map((file) => file.slice(-4, -3));
    expect(chosen({})).to.deep.equal(['a', 'b', 'd']);
    expect(chosen({ include: 'src/**' })).to.deep.equal(['a', 'b']);
    expect(chosen({ include: ['C:/App/src/*', 'D:/**'] })).to.deep.equal(['a', 'b', 'd']);
    expect(chosen({ include: '**/node_modules/p/**' })).to.deep.equal(['c']);
    expect(chosen({ exclude: '**/src/a.ts' })).to.deep.equal(['b', 'd']);
    expect(createFileFilter({ root: 'C:\\App', include: 'src/*' }, win32)('src\\e.ts')).to.equal(true);
    expect(createFileFilter({ root: '/app', include: 'a/*' })('/app/a\\b/c')).to.equal(false);
  });
});
