// Groups of functions, and profiles without folders.
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import type { Profile } from '../../src/profile.ts';
import { FOLDED_THREADS } from '../../src/profile.ts';
import { groupBy } from '../../src/statistics/groups.ts';
import type { Grouping } from '../../src/statistics/groups.ts';
import { activeFunctions } from '../../src/statistics/select.ts';
import { stripDirs } from '../../src/statistics/strip-dirs.ts';
import { anyProfile } from '../support/any-profile.ts';
import {
  makeEdge,
  makeFunction,
  makePart,
  makeProfile,
  makeThread,
  profileOfSpans,
  ROOT,
} from '../support/profiles.ts';

const sum = (numbers: readonly (number | null)[]) => numbers.reduce<number>((total, n) => total + (n ?? 0), 0);

describe('groupBy()', () => {
  for (const grouping of ['file', 'package', 'thread'] as const) {
    it(`by ${grouping} gives own times, calls and errors that add up to the whole`, () => {
      fc.assert(
        fc.property(anyProfile({ cpu: true }), (profile) => {
          const groups = groupBy(profile, grouping);
          const all = activeFunctions(profile);
          for (const field of ['calls', 'errors', 'selfWallNs', 'selfCpuNs'] as const) {
            expect(sum(groups.map((group) => group[field]))).to.equal(sum(all.map((fn) => fn[field])));
          }
          const self = groups.map(({ selfWallNs }) => selfWallNs);
          expect(self).to.deep.equal(self.toSorted((a, b) => b - a));
          for (const { enteredCalls, calls } of groups) expect(enteredCalls).to.be.at.most(calls);
        }),
      );
    });
  }

  /** `a` of one file calls `b` of a package, which calls `c` of the same and back into `d` of the first. */
  const profile: Profile = (() => {
    const spans = profileOfSpans([[['a', 1, ['b', 2, ['c', 4], ['d', 8]]]]]);
    const files: Record<string, string> = {
      a: '/app/x.js',
      d: '/app/x.js',
      b: '/app/node_modules/p/1.js',
      c: '/app/node_modules/p/2.js',
    };
    return {
      ...spans,
      functions: spans.functions.map((fn) => (fn.kind === 'root' ? fn : { ...fn, file: files[fn.name] })),
    };
  })();
  const rows = (grouping: Grouping) =>
    groupBy(profile, grouping).map(({ name, functions, calls, enteredCalls, selfWallNs, enteredWallNs }) => [
      name,
      functions,
      calls,
      enteredCalls,
      selfWallNs,
      enteredWallNs,
    ]);

  it('counts the time of calls that came from outside the group', () => {
    expect(rows('package')).to.deep.equal([
      ['(own)', 2, 2, 2, 9, 15 + 8],
      ['p', 2, 2, 1, 6, 14],
    ]);
    expect(rows('file')).to.deep.equal([
      ['/app/x.js', 2, 2, 2, 9, 15 + 8],
      ['/app/node_modules/p/2.js', 1, 1, 1, 4, 4],
      ['/app/node_modules/p/1.js', 1, 1, 1, 2, 14],
    ]);
    expect(rows('thread')).to.deep.equal([['main', 4, 4, 1, 15, 15]]);
  });

  it('keeps threads of one name apart, and folded ones as one', () => {
    const threads = [makeThread(0, { name: 'w' }), makeThread(1, { name: 'w' })];
    const parts = [0, 1, FOLDED_THREADS].map((thread) => makePart({ thread, calls: 1, selfWallNs: 9 - thread }));
    const groups = groupBy(makeProfile({ threads, functions: [ROOT, makeFunction(1, { parts })] }), 'thread');
    expect(groups.map(({ name, thread, selfWallNs }) => [name, thread, selfWallNs])).to.deep.equal([
      ['', FOLDED_THREADS, 10],
      ['w', 0, 9],
      ['w', 1, 8],
    ]);
  });

  it('leaves out the event loop and garbage collection, whose time is in others', () => {
    const gc = makeFunction(1, {
      name: '(garbage collection)',
      file: '',
      line: 0,
      kind: 'gc',
      calls: 1,
      selfWallNs: 7,
      totalWallNs: 7,
    });
    expect(groupBy(makeProfile({ functions: [{ ...ROOT, selfWallNs: 5 }, gc] }), 'file')).to.deep.equal([]);
  });

  it('refuses another grouping', () => {
    expect(() => groupBy(profile, 'module' as Grouping)).to.throw(
      EverycallError,
      "groupBy() expects file, package or thread, got 'module'",
    );
  });
});

describe('stripDirs()', () => {
  it('keeps all figures, and leaves no folder', () => {
    fc.assert(
      fc.property(anyProfile(), (profile) => {
        const stripped = stripDirs(profile);
        for (const field of ['calls', 'selfWallNs'] as const) {
          expect(sum(stripped.functions.map((fn) => fn[field]))).to.equal(
            sum(profile.functions.map((fn) => fn[field])),
          );
          expect(sum(stripped.edges.map((edge) => edge[field]))).to.equal(
            sum(profile.edges.map((edge) => edge[field])),
          );
        }
        expect(sum(stripped.stacks.map(({ samples }) => samples))).to.equal(
          sum(profile.stacks.map(({ samples }) => samples)),
        );
        for (const { file } of [...stripped.functions, ...stripped.sources, ...stripped.notInstrumented]) {
          expect(file).to.not.match(/[\\/]/);
        }
        expect(new Set(stripped.functions.map(({ key }) => key)).size).to.equal(stripped.functions.length);
        expect(stripDirs(stripped)).to.deep.equal(stripped);
      }),
    );
  });

  it('joins functions that are then the same, with their edges', () => {
    const same = { name: 'f', line: 3, calls: 1 };
    const profile = makeProfile({
      functions: [
        ROOT,
        makeFunction(1, { ...same, file: '/a/x.js' }),
        makeFunction(2, { ...same, file: 'C:\\b\\x.js' }),
        makeFunction(3, { ...same, file: 'file:///c/x%20y.js' }),
        makeFunction(4, { ...same, file: 'node:fs/promises' }),
      ],
      edges: [makeEdge(0, 1, { calls: 1, line: 0 }), makeEdge(0, 2, { calls: 1, line: 0 })],
      sources: [
        { file: '/a/x.js', hash: '1' },
        { file: '/b/x.js', hash: '1' },
      ],
    });
    const stripped = stripDirs(profile);
    expect(stripped.functions.map(({ key, calls }) => [key, calls])).to.deep.equal([
      ['(event loop)', 0],
      ['x.js:3:0:f', 2],
      ['x y.js:3:0:f', 1],
      ['node:fs/promises:3:0:f', 1],
    ]);
    expect(stripped.edges.map(({ caller, callee, calls }) => [caller, callee, calls])).to.deep.equal([[0, 1, 2]]);
    expect(stripped.sources).to.deep.equal([{ file: 'x.js', hash: '1' }]);
  });
});
