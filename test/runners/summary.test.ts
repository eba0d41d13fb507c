// The summary of a test run: which functions are under test, in which order, and what each test file made of them.
import { expect } from 'chai';
import { renderTestSummary } from '../../src/runners/summary.ts';
import { functionsUnderTest, tagOfFile } from '../../src/runners/under-test.ts';
import { DEFAULT_TEST_FILES } from '../../src/runners/settings.ts';
import { makeFunction, makePart, makeProfile, ROOT } from '../support/profiles.ts';

const tag = (id: number, name: string) => ({ id, name, wallNs: 0, cpuNs: 0, calls: 0 });
const ms = (n: number) => n * 1e6;
const part = (of: number, calls: number, selfMs: number, totalMs = selfMs) =>
  makePart({
    tag: of,
    calls,
    primitiveCalls: calls,
    selfWallNs: ms(selfMs),
    selfCpuNs: ms(selfMs),
    totalWallNs: ms(totalMs),
    totalCpuNs: ms(totalMs),
  });

const profile = makeProfile({
  tags: [tag(0, 'specs/a.js'), tag(1, 'specs/b.js'), tag(2, 'specs/idle.js')],
  functions: [
    ROOT,
    makeFunction(1, {
      name: 'parse',
      file: '/app/src/parse.js',
      parts: [part(0, 3, 5), part(1, 4, 1), part(-1, 1, 2)],
    }),
    makeFunction(2, { name: 'run', file: '/app/src/run.js', parts: [part(1, 2, 3, 50)] }),
    makeFunction(3, { name: '<module>', kind: 'module', file: '/app/src/run.js', line: 1, parts: [part(1, 1, 4, 90)] }),
    makeFunction(4, { name: 'describes', file: '/app/specs/a.js', parts: [part(0, 1, 70)] }),
    makeFunction(5, { name: 'helps', file: '/app/test/help.js', parts: [part(0, 1, 70)] }),
    makeFunction(6, { name: 'foreign', file: '/app/node_modules/acorn/acorn.js', parts: [part(0, 1, 70)] }),
    makeFunction(7, { name: 'readFileSync', file: 'node:fs', kind: 'builtin', parts: [part(0, 1, 70)] }),
    makeFunction(8, { name: 'checks', file: '/app/src/parse.test.ts', parts: [part(0, 1, 70)] }),
  ],
});

describe('the summary of a test run', () => {
  it('takes for under test what is of the project and in no test file', () => {
    const names = (testFiles: readonly string[]) =>
      functionsUnderTest(profile, '/app', testFiles).map(({ name }) => name);
    expect(names(DEFAULT_TEST_FILES)).to.deep.equal(['parse', 'run', '<module>']);
    expect(names([])).to.deep.equal(['parse', 'run', '<module>', 'helps', 'checks']);
    expect(names(['src/run.*', 'test/**'])).to.deep.equal(['parse', 'checks']);
  });

  it('takes no folder above the project for one of tests', () => {
    const inside = makeProfile({ functions: [ROOT, makeFunction(1, { file: '/test/app/src/a.js', calls: 1 })] });
    expect(functionsUnderTest(inside, '/test/app', DEFAULT_TEST_FILES)).to.have.length(1);
  });

  it('shows them by self and by total time, and by test file', () => {
    const text = renderTestSummary(profile, { root: '/app' });
    const tables = text.split('\n\n').map((table) => table.trimEnd().split('\n'));
    expect(tables[0][0]).to.match(/^11 calls of 3 functions under test, from 3 test files; 1 session, 1\.000 s; /);
    const rows = (i: number) => tables[i].slice(2).map((line) => line.replace(/ {2,}/g, ' | '));
    expect(tables[1][0]).to.equal('slowest functions under test, by self time');
    expect(rows(1).map((row) => row.split(' | ').slice(0, 3).join(' '))).to.deep.equal([
      'parse src/parse.js:2 8',
      '<module> src/run.js:1 1',
      'run src/run.js:3 2',
    ]);
    expect(tables[2][0]).to.equal('slowest functions under test, by total time');
    expect(rows(2).map((row) => row.split(' | ')[0])).to.deep.equal(['run', 'parse']);
    expect(tables[3][0]).to.equal('by test file');
    expect(rows(3)).to.deep.equal([
      'specs/b.js | 7 | 8.000 ms | 8.000 ms | <module> | src/run.js:1',
      'specs/a.js | 3 | 5.000 ms | 5.000 ms | parse | src/parse.js:2',
      '(no test file) | 1 | 2.000 ms | 2.000 ms | parse | src/parse.js:2',
      'specs/idle.js | 0 | 0 | 0 | -',
    ]);
  });

  it('shows as many rows as are asked for, and says how many more there are', () => {
    const text = renderTestSummary(profile, { root: '/app', limit: 1 });
    expect(text).to.contain('… and 2 more functions');
    expect(text).to.contain('… and 3 more test files');
  });

  it('says so where nothing was called, and what was dropped', () => {
    const nothing = renderTestSummary(makeProfile({ dropped: { ...profile.dropped, tagCalls: 2 } }), { root: '/app' });
    expect(nothing).to.match(
      /^dropped: 2 calls whose tag found no room .*\n0 calls of 0 functions under test, from 0 /,
    );
    expect(nothing).not.to.contain('slowest');
  });

  it('names test files by their path in the project, on all systems', () => {
    expect(tagOfFile('/app/test/a.js', '/app')).to.equal('test/a.js');
    expect(tagOfFile('C:\\app\\test\\a.js', 'C:\\app')).to.equal('test/a.js');
    expect(tagOfFile('file:///app/test/a.js', '/app/')).to.equal('test/a.js');
    expect(tagOfFile('/other/a.js', '/app')).to.equal('/other/a.js');
  });
});
