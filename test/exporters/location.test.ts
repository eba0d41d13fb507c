// Locations as text, whatever system the profile comes from.
import { expect } from 'chai';
import { locations } from '../../src/exporters/location.ts';
import { makeFunction } from '../support/profiles.ts';

function locationOf(file: string, cwd?: string): string {
  return locations([makeFunction(1, { file, line: 12 })], cwd)[0];
}

describe('locations()', () => {
  for (const [what, file, cwd, expected] of [
    ['a file inside the folder', '/app/src/a.ts', '/app', 'src/a.ts:12'],
    ['a folder with a slash at its end', '/app/src/a.ts', '/app/', 'src/a.ts:12'],
    ['a file outside the folder', '/lib/a.ts', '/app', '/lib/a.ts:12'],
    ['a folder whose name begins alike', '/app2/a.ts', '/app', '/app2/a.ts:12'],
    ['the root folder', '/a.ts', '/', '/a.ts:12'],
    ['no folder', '/app/a.ts', undefined, '/app/a.ts:12'],
    ['a file URL', 'file:///app/%E8%A7%A3.ts', '/app', '解.ts:12'],
    ['a file URL that is not escaped right', 'file:///app/100%.ts', '/app', '100%.ts:12'],
    ['another URL', 'https://host/a.ts', '/app', 'https://host/a.ts:12'],
    ['Windows', 'C:\\app\\src\\a.ts', 'c:\\App', 'src/a.ts:12'],
    ['a file URL of Windows', 'file:///C:/app/a.ts', 'C:\\app', 'a.ts:12'],
    ['a share of Windows', '\\\\host\\share\\a.ts', '\\\\host\\share', 'a.ts:12'],
    ['a backslash in a POSIX name', '/app/a\\b.ts', '/app', 'a\\b.ts:12'],
  ] as const) {
    it(`handles ${what}`, () => expect(locationOf(file, cwd)).to.equal(expected));
  }

  it('adds the column, from 1, only where two functions begin on one line', () => {
    const functions = [
      makeFunction(1, { file: '/app/a.ts', line: 3, column: 0 }),
      makeFunction(2, { file: 'file:///app/a.ts', line: 3, column: 9 }),
      makeFunction(3, { file: '/app/a.ts', line: 4, column: 9 }),
      makeFunction(4, { file: '', line: 0 }),
    ];
    expect(locations(functions, '/app')).to.deep.equal(['a.ts:3:1', 'a.ts:3:10', 'a.ts:4', '']);
  });
});
