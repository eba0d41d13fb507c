import { expect } from 'chai';
import fc from 'fast-check';
import { functionsNamed, selectorText, similarNames } from '../../src/budget/select.ts';
import type { Selector } from '../../src/budget/budget.ts';
import { makeFunction, ROOT } from '../support/profiles.ts';

const named = (...names: string[]) => names.map((name, id) => makeFunction(id, { name }));
const names = (functions: ReturnType<typeof named>, selector: Selector) =>
  functionsNamed(functions, selector).map(({ name }) => name);
const inFiles = (...files: string[]) => files.map((file, id) => makeFunction(id, { name: 'f', file }));
const files = (all: ReturnType<typeof named>, file: string | string[]) =>
  functionsNamed(all, { function: 'f', file }).map((fn) => fn.file);

describe('functionsNamed()', () => {
  it('takes a name as the whole name', () => {
    expect(names(named('parse', 'parseAll', 'outer.parse', 'Parse', ' parse'), 'parse')).to.deep.equal(['parse']);
  });

  it('takes * for any text, and nothing else for special', () => {
    const all = named(
      'Cache.get',
      'Cache.set',
      'Cachexget',
      'get Cache.size',
      'A[Symbol.iterator]',
      'A[S]',
      'größe.💧',
    );
    expect(names(all, 'Cache.*')).to.deep.equal(['Cache.get', 'Cache.set']);
    expect(names(all, '*get*')).to.deep.equal(['Cache.get', 'Cachexget', 'get Cache.size']);
    expect(names(all, 'A[Symbol.*]')).to.deep.equal(['A[Symbol.iterator]']);
    expect(names(all, 'A[Symbol.iterator]')).to.deep.equal(['A[Symbol.iterator]']);
    expect(names(all, 'größe.*')).to.deep.equal(['größe.💧']);
    expect(names(all, '*')).to.have.length(7);
  });

  it('matches as a regular expression made of the pieces does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '('), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '(', '*'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(letters, pattern, (name, wanted) => {
        const source = [...wanted].map((char) => (char === '*' ? '.*' : `\\u{${char.codePointAt(0)!.toString(16)}}`));
        const expected = new RegExp(`^${source.join('')}$`, 'u').test(name);
        expect(names(named(name), wanted)).to.have.length(expected ? 1 : 0);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes one of several names', () => expect(names(named('a', 'b', 'c'), ['a', 'c'])).to.deep.equal(['a', 'c']));

  it('means what is no function of the program by its full name only', () => {
    const all = [
      ROOT,
      makeFunction(1, { name: '(overflow)', kind: 'overflow' }),
      makeFunction(2, { name: '(gc)', kind: 'gc' }),
    ];
    expect(names(all, '*')).to.deep.equal([]);
    expect(names(all, '(event loop)')).to.deep.equal(['(event loop)']);
  });

  it('lets a relative glob begin at any folder', () => {
    const all = inFiles(
      '/app/src/parse.ts',
      '/app/src/deep/parse.ts',
      '/app/xsrc/parse.ts',
      '/app/.hidden/src/parse.ts',
      '',
    );
    const expected = ['/app/src/parse.ts', '/app/.hidden/src/parse.ts'];
    expect(files(all, 'src/parse.ts')).to.deep.equal(expected);
    expect(files(all, './src/parse.ts')).to.deep.equal(expected);
    expect(files(all, 'src/**')).to.deep.equal([
      ...expected.slice(0, 1),
      '/app/src/deep/parse.ts',
      ...expected.slice(1),
    ]);
    expect(files(all, 'parse.ts')).to.have.length(4);
  });

  it('takes an absolute glob as it is', () => {
    const all = inFiles(
      '/app/a.js',
      '/home/app/a.js',
      'C:\\app\\a.js',
      'file:///app/a.js',
      'file:///C:/app/%C3%A4.js',
      'node:fs',
    );
    expect(files(all, '/app/a.js')).to.deep.equal(['/app/a.js', 'file:///app/a.js']);
    expect(files(all, 'C:/app/*.js')).to.deep.equal(['C:\\app\\a.js', 'file:///C:/app/%C3%A4.js']);
    expect(files(all, 'app/ä.js')).to.deep.equal(['file:///C:/app/%C3%A4.js']);
    expect(files(all, 'node:fs')).to.deep.equal(['node:fs']);
  });

  it('takes one of several files', () => {
    expect(files(inFiles('/a.js', '/b.js', '/c.js'), ['a.js', 'c.js'])).to.deep.equal(['/a.js', '/c.js']);
  });
});

describe('selectorText()', () => {
  it('names functions and files', () => {
    expect(selectorText('a')).to.equal('a');
    expect(selectorText(['a', 'b'])).to.equal('a or b');
    expect(selectorText({ function: 'a', file: ['x.js', 'y.js'] })).to.equal('a (x.js or y.js)');
  });
});

describe('similarNames()', () => {
  it('finds another case and what it lies in', () => {
    expect(similarNames(named('outer.Parse', 'PARSE', 'parser'), 'parse')).to.deep.equal(['PARSE', 'outer.Parse']);
    expect(similarNames(named('a'), 'parse')).to.deep.equal([]);
  });
});
