// Columns and order of functions, and the choice of which functions.
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import type { FunctionStats } from '../../src/profile.ts';
import { averageNs, COLUMN_IDS, parseColumns } from '../../src/statistics/columns.ts';
import { FOLDED_THREADS } from '../../src/profile.ts';
import { activeFunctions, functionsOfParts } from '../../src/statistics/select.ts';
import { parseSort, sortFunctions } from '../../src/statistics/sort.ts';
import { makeFunction, makeProfile, makePart, profileOfSpans, ROOT } from '../support/profiles.ts';

const names = (functions: readonly FunctionStats[]) => functions.map((fn) => fn.name);

function refusal(act: () => unknown): EverycallError {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(EverycallError);
    return error as EverycallError;
  }
  throw new Error('nothing was thrown');
}

// In each column the order is its own: no two columns sort these alike by accident.
const functions = [
  makeFunction(1, {
    name: 'beta',
    file: 'z.js',
    calls: 30,
    errors: 2,
    maxTotalNs: 90,
    durations: [
      { fromNs: 8, toNs: 16, calls: 5 },
      { fromNs: 64, toNs: 128, calls: 1 },
    ],
    open: 1,
    resumes: 5,
    awaitNs: 9,
    longestBlockNs: 1,
    selfWallNs: 10,
    selfCpuNs: 9,
    totalWallNs: 600,
    totalCpuNs: 500,
  }),
  makeFunction(2, {
    name: 'Alpha',
    file: 'y.js',
    calls: 10,
    errors: 3,
    maxTotalNs: 40,
    durations: [{ fromNs: 32, toNs: 64, calls: 4 }],
    open: 0,
    resumes: 6,
    awaitNs: 8,
    longestBlockNs: 2,
    selfWallNs: 30,
    selfCpuNs: 3,
    totalWallNs: 500,
    totalCpuNs: 600,
  }),
  makeFunction(3, {
    name: 'gamma',
    file: 'x.js',
    calls: 20,
    errors: 1,
    maxTotalNs: 200,
    durations: [
      { fromNs: 16, toNs: 32, calls: 60 },
      { fromNs: 128, toNs: 256, calls: 1 },
    ],
    open: 2,
    resumes: 4,
    awaitNs: 7,
    longestBlockNs: 3,
    selfWallNs: 20,
    selfCpuNs: 6,
    totalWallNs: 900,
    totalCpuNs: 400,
  }),
];

describe('sortFunctions()', () => {
  const ascending: Record<(typeof COLUMN_IDS)[number], string[]> = {
    name: ['Alpha', 'beta', 'gamma'],
    location: ['gamma', 'Alpha', 'beta'],
    calls: ['Alpha', 'gamma', 'beta'],
    open: ['Alpha', 'beta', 'gamma'],
    resumes: ['gamma', 'beta', 'Alpha'],
    await: ['gamma', 'Alpha', 'beta'],
    block: ['beta', 'Alpha', 'gamma'],
    selfWall: ['beta', 'gamma', 'Alpha'],
    selfCpu: ['Alpha', 'gamma', 'beta'],
    totalWall: ['Alpha', 'beta', 'gamma'],
    totalCpu: ['gamma', 'beta', 'Alpha'],
    avg: ['beta', 'gamma', 'Alpha'],
    'self%': ['beta', 'gamma', 'Alpha'],
    errors: ['gamma', 'beta', 'Alpha'],
    max: ['Alpha', 'beta', 'gamma'],
    p50: ['beta', 'gamma', 'Alpha'],
    p90: ['gamma', 'Alpha', 'beta'],
    p99: ['Alpha', 'beta', 'gamma'],
    timed: ['Alpha', 'beta', 'gamma'],
  };
  for (const column of COLUMN_IDS) {
    it(`sorts by ${column} in both orders`, () => {
      expect(names(sortFunctions(functions, { column, order: 'asc' }, 'wall'))).to.deep.equal(ascending[column]);
      const descending = [...ascending[column]].reverse();
      expect(names(sortFunctions(functions, { column, order: 'desc' }, 'wall'))).to.deep.equal(descending);
    });
  }

  it('takes avg and self% from the clock', () => {
    expect(names(sortFunctions(functions, parseSort('self%'), 'cpu'))).to.deep.equal(['beta', 'gamma', 'Alpha']);
    expect(names(sortFunctions(functions, parseSort('avg:asc'), 'cpu'))).to.deep.equal(['beta', 'gamma', 'Alpha']);
    expect(averageNs(functions[0], 'cpu')).to.equal(500 / 30);
  });

  it('leaves ties as they came, in both orders', () => {
    const ties = ['c', 'a', 'b'].map((name, id) => makeFunction(id, { name, calls: 7 }));
    expect(names(sortFunctions(ties, parseSort('calls'), 'wall'))).to.deep.equal(['c', 'a', 'b']);
    expect(names(sortFunctions(ties, parseSort('calls:asc'), 'wall'))).to.deep.equal(['c', 'a', 'b']);
  });

  it('puts what has no value last, in both orders', () => {
    const some = [makeFunction(1, { name: 'none', selfCpuNs: null }), makeFunction(2, { name: 'some', selfCpuNs: 0 })];
    for (const given of [some, [...some].reverse()]) {
      expect(names(sortFunctions(given, parseSort('selfCpu'), 'wall'))).to.deep.equal(['some', 'none']);
      expect(names(sortFunctions(given, parseSort('selfCpu:asc'), 'wall'))).to.deep.equal(['some', 'none']);
    }
  });

  it('orders locations by file, line and column as numbers', () => {
    const places = [
      [10, 0],
      [9, 5],
      [9, 40],
    ].map(([line, column], id) => makeFunction(id, { name: `${line}:${column}`, line, column }));
    expect(names(sortFunctions(places, parseSort('location'), 'wall'))).to.deep.equal(['9:5', '9:40', '10:0']);
  });

  it('gives a copy', () => {
    const before = [...functions];
    sortFunctions(functions, parseSort('name'), 'wall');
    expect(functions).to.deep.equal(before);
  });
});

describe('parseSort()', () => {
  it('takes figures from the largest down and words from A to Z', () => {
    expect(parseSort('calls')).to.deep.equal({ column: 'calls', order: 'desc' });
    expect(parseSort('NAME')).to.deep.equal({ column: 'name', order: 'asc' });
    expect(parseSort('selfwall:ASC')).to.deep.equal({ column: 'selfWall', order: 'asc' });
  });

  it('lists the columns when it knows no such one', () => {
    const error = refusal(() => parseSort('time'));
    expect(error.code).to.equal('bad-option');
    expect(error.message).to.contain("got 'time'").and.to.contain(COLUMN_IDS.join(', '));
    expect(refusal(() => parseSort('constructor')).code).to.equal('bad-option');
  });

  it('refuses an unknown order', () => {
    expect(refusal(() => parseSort('calls:down')).message).to.equal(
      "expected the order asc or desc after 'calls:', got 'down'",
    );
  });
});

describe('parseColumns()', () => {
  it('takes each column once, in the order given', () => {
    expect(parseColumns(['calls', ' Name', 'calls'])).to.deep.equal(['calls', 'name']);
  });

  it('refuses an empty list and unknown columns', () => {
    expect(refusal(() => parseColumns([])).code).to.equal('bad-option');
    expect(refusal(() => parseColumns(['name', ''])).code).to.equal('bad-option');
  });
});

describe('activeFunctions()', () => {
  it('leaves out the event loop and what never ran', () => {
    const root = { ...ROOT, selfWallNs: 1e9, totalWallNs: 1e9 };
    const profile = makeProfile({ functions: [root, makeFunction(1), makeFunction(2, { open: 1 })] });
    expect(names(activeFunctions(profile))).to.deep.equal(['f2']);
  });
});

describe('functionsOfParts()', () => {
  it('gives the figures of that thread alone', () => {
    const profile = profileOfSpans([[['a', 3, ['b', 2]]], [['a', 5]]]);
    const [a, ...others] = functionsOfParts(profile, ({ thread }) => thread === 1);
    expect(others).to.deep.equal([]);
    expect(a).to.include({ name: 'a', calls: 1, selfWallNs: 5, totalWallNs: 5 });
    expect(a).to.not.have.property('thread');
  });

  it('gives a thread its own standard error', () => {
    const fn = makeFunction(1, {
      parts: [
        makePart({ calls: 1, selfWallNs: 25, totalWallNs: 25, selfErrorNs: 3 }),
        makePart({ thread: FOLDED_THREADS, calls: 1, selfErrorNs: 4 }),
      ],
    });
    const profile = makeProfile({ functions: [ROOT, fn] });
    expect(fn.selfErrorNs).to.equal(5);
    expect(functionsOfParts(profile, ({ thread }) => thread === 0)[0].selfErrorNs).to.equal(3);
    expect(functionsOfParts(profile, ({ thread }) => thread === FOLDED_THREADS)).to.have.length(1);
  });
});
