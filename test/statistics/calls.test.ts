// Callers and callees with their own averages, their order, and finding functions.
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import type { FunctionStats, Profile } from '../../src/profile.ts';
import { calleesOf, callersOf, findFunction, findFunctions, isRecursive } from '../../src/statistics/calls.ts';
import type { Call } from '../../src/statistics/calls.ts';
import { CALL_COLUMN_IDS, COLUMN_IDS } from '../../src/statistics/columns.ts';
import { merge } from '../../src/statistics/merge.ts';
import { parseSort, sortCalls } from '../../src/statistics/sort.ts';
import { anyProfile } from '../support/any-profile.ts';
import { makeEdge, makeFunction, makeProfile, profileOfSpans, ROOT, withoutCpu } from '../support/profiles.ts';

const fn = (profile: Profile, name: string): FunctionStats => findFunction(profile, name)!;
const seen = (calls: readonly Call[]) => calls.map(({ fn: { name }, edge }) => [name, edge.calls, edge.totalWallNs]);

describe('callersOf() and calleesOf()', () => {
  it('give every edge once from either end', () => {
    fc.assert(
      fc.property(anyProfile(), (profile) => {
        const from = profile.functions.flatMap((each) => calleesOf(profile, each).map(({ edge }) => edge));
        const to = profile.functions.flatMap((each) => callersOf(profile, each).map(({ edge }) => edge));
        expect(from).to.have.members([...profile.edges]);
        expect(to).to.have.members([...profile.edges]);
        for (const each of profile.functions) {
          for (const { edge, fn: other } of callersOf(profile, each)) {
            expect([edge.callee, edge.caller]).to.deep.equal([each.id, other.id]);
          }
        }
      }),
    );
  });

  it('have averages of their own, not those of the callee', () => {
    // `work` takes 1 ns a call for `fast` and 9 ns for `slow`: 5 ns on the whole.
    const profile = profileOfSpans([
      [
        ['fast', 0, ['work', 1], ['work', 1]],
        ['slow', 0, ['work', 8], ['work', 10]],
      ],
    ]);
    const callers = callersOf(profile, fn(profile, 'work'));
    expect(
      callers.map(({ fn: { name }, averageWallNs, averageCpuNs }) => [name, averageWallNs, averageCpuNs]),
    ).to.deep.equal([
      ['slow', 9, 9],
      ['fast', 1, 1],
    ]);
    expect(callersOf(withoutCpu(profile), fn(profile, 'work'))[0].averageCpuNs).to.equal(null);
    const open = makeProfile({ functions: [ROOT, makeFunction(1)], edges: [makeEdge(0, 1, { totalWallNs: 5 })] });
    expect(callersOf(open, open.functions[1])[0]).to.include({ averageWallNs: null, averageCpuNs: null });
  });

  it('come with the longest first, and can be sorted otherwise', () => {
    const profile = profileOfSpans([
      [
        ['a', 1, ['b', 3], ['c', 1]],
        ['b', 3],
        ['c', 1],
      ],
    ]);
    const callees = calleesOf(profile, fn(profile, 'a'));
    expect(seen(callees)).to.deep.equal([
      ['b', 1, 3],
      ['c', 1, 1],
    ]);
    expect(seen(sortCalls(callees, parseSort('avg:asc'), 'wall')).map(([name]) => name)).to.deep.equal(['c', 'b']);
    expect(seen(sortCalls(callees, parseSort('name:desc'), 'wall')).map(([name]) => name)).to.deep.equal(['c', 'b']);
    expect(seen(callees.slice(0, 1))).to.have.length(1);
  });

  it('take a function of another profile by its key', () => {
    const profile = profileOfSpans([[['a', 1, ['b', 2]]]]);
    const ordered = merge(profile, makeProfile({ functions: [ROOT, makeFunction(9, { file: '/app/early.js' })] }));
    expect(seen(callersOf(ordered, fn(profile, 'b')))).to.deep.equal([['a', 1, 2]]);
    expect(callersOf(profile, makeFunction(1, { name: 'unknown' }))).to.deep.equal([]);
  });

  it('follow recursion', () => {
    const profile = profileOfSpans([[['a', 1, ['a', 2, ['b', 4]]]]]);
    expect(seen(callersOf(profile, fn(profile, 'a')))).to.deep.equal([
      ['(event loop)', 1, 7],
      ['a', 1, 6],
    ]);
    expect(isRecursive(fn(profile, 'a'))).to.equal(true);
    expect(isRecursive(fn(profile, 'b'))).to.equal(false);
    const [fromRoot, fromSelf] = callersOf(profile, fn(profile, 'a'));
    expect([isRecursive(fromRoot.edge), isRecursive(fromSelf.edge)]).to.deep.equal([false, true]);
  });
});

describe('sortCalls()', () => {
  const calls = calleesOf(
    makeProfile({
      functions: [ROOT, makeFunction(1, { name: 'b', line: 1 }), makeFunction(2, { name: 'a', line: 2 })],
      edges: [
        makeEdge(0, 1, {
          calls: 1,
          resumes: 2,
          awaitNs: 3,
          selfWallNs: 40,
          selfCpuNs: 5,
          totalWallNs: 60,
          totalCpuNs: 7,
        }),
        makeEdge(0, 2, {
          calls: 2,
          resumes: 1,
          awaitNs: 4,
          selfWallNs: 30,
          selfCpuNs: 6,
          totalWallNs: 50,
          totalCpuNs: 8,
        }),
      ],
    }),
    ROOT,
  );
  const ascending: Record<(typeof CALL_COLUMN_IDS)[number], string> = {
    name: 'a b',
    location: 'b a',
    calls: 'b a',
    resumes: 'a b',
    await: 'b a',
    selfWall: 'a b',
    selfCpu: 'b a',
    totalWall: 'a b',
    totalCpu: 'b a',
    avg: 'a b',
    'self%': 'a b',
  };
  for (const column of CALL_COLUMN_IDS) {
    it(`sorts by ${column} in both orders`, () => {
      const order = (order: 'asc' | 'desc') => sortCalls(calls, { column, order }, 'wall').map((call) => call.fn.name);
      expect(order('asc').join(' ')).to.equal(ascending[column]);
      expect(order('desc').reverse().join(' ')).to.equal(ascending[column]);
    });
  }

  it('takes avg and self% from the clock', () => {
    const order = (sort: string) => sortCalls(calls, parseSort(sort), 'cpu').map((call) => call.fn.name);
    expect(order('self%:asc')).to.deep.equal(['b', 'a']);
    expect(order('avg:asc')).to.deep.equal(['a', 'b']);
  });

  it('refuses columns that edges do not have', () => {
    for (const column of COLUMN_IDS.filter((id) => !(id in ascending))) {
      expect(() => sortCalls(calls, { column, order: 'asc' }, 'wall')).to.throw(
        EverycallError,
        `expected a column of calls (${CALL_COLUMN_IDS.join(', ')}), got '${column}'`,
      );
    }
  });
});

describe('findFunction() and findFunctions()', () => {
  const profile = makeProfile({
    functions: [
      ROOT,
      makeFunction(1, { name: 'parse', totalWallNs: 1 }),
      makeFunction(2, { name: 'parse', totalWallNs: 5 }),
      makeFunction(3, { name: 'Parser.next', totalWallNs: 3 }),
    ],
  });

  it('find by name, by key and by pattern', () => {
    const ids = (what: string | RegExp) => findFunctions(profile, what).map(({ id }) => id);
    expect(ids('parse')).to.deep.equal([1, 2]);
    expect(ids('/app/main.js:2:0:parse')).to.deep.equal([1]);
    expect(ids('Parser.*')).to.deep.equal([3]);
    expect(ids(/^parse/i)).to.deep.equal([1, 2, 3]);
    expect(ids('nope')).to.deep.equal([]);
  });

  it('give of several the one with the largest total, and nothing for nothing', () => {
    expect(findFunction(profile, 'parse')?.id).to.equal(2);
    expect(findFunction(profile, '/app/main.js:2:0:parse')?.id).to.equal(1);
    expect(findFunction(profile, 'nope')).to.equal(undefined);
    expect(findFunction(profile, '')).to.equal(undefined);
  });
});
