import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { asProfile, createCounts, whatText } from '../../src/testing/counts.ts';
import { makeFunction, makeProfile, profileOfSpans, ROOT } from '../support/profiles.ts';

function parse() {}
function stranger() {}

const functions = [
  ROOT,
  makeFunction(1, { name: 'parse', file: '/app/parser.ts', calls: 3, selfWallNs: 30 }),
  makeFunction(2, { name: 'Cache.get', file: '/app/cache.ts', calls: 5 }),
  makeFunction(3, { name: 'Cache.set', file: '/app/cache.ts', calls: 7 }),
  makeFunction(4, { name: 'render', file: '/app/a.ts', line: 1, calls: 11 }),
  makeFunction(5, { name: 'render', file: '/app/b.ts', line: 2, calls: 13 }),
  makeFunction(6, { name: 'A[Symbol.iterator]', calls: 17 }),
];
const profile = makeProfile({ functions });
const { callsOf, figuresOf } = createCounts({
  matches: (stat, fn) => fn === parse && stat.name === 'parse',
  isInstrumented: (fn) => fn !== stranger,
});

describe('callsOf()', () => {
  it('finds a function by itself', () => {
    expect(callsOf(profile, parse)).to.equal(3);
    expect(callsOf(profile, () => 1)).to.equal(0);
  });

  it('refuses a function whose calls nobody counts', () => {
    expect(() => callsOf(profile, stranger))
      .to.throw(EverycallError, 'expected a function that is instrumented, got stranger: nobody counts its calls')
      .with.property('code', 'bad-option');
  });

  it('finds a function by its whole name', () => {
    expect(callsOf(profile, 'parse')).to.equal(3);
    expect(callsOf(profile, 'Cache.get')).to.equal(5);
    expect(callsOf(profile, 'A[Symbol.iterator]')).to.equal(17);
    expect(callsOf(profile, 'get')).to.equal(0);
  });

  it('finds a function by its key', () => {
    expect(callsOf(profile, '/app/b.ts:2:0:render')).to.equal(13);
  });

  it('refuses a name that several functions have, and lists them', () => {
    expect(() => callsOf(profile, 'render'))
      .to.throw(
        EverycallError,
        "expected the name of one function, got 'render', which is /app/a.ts:1:0:render and /app/b.ts:2:0:render",
      )
      .with.property('code', 'bad-option');
  });

  it('adds up what a pattern, a regular expression or a name in files matches', () => {
    expect(callsOf(profile, 'Cache.*')).to.equal(12);
    expect(callsOf(profile, /^render$/)).to.equal(24);
    expect(callsOf(profile, { function: 'render' })).to.equal(24);
    expect(callsOf(profile, { function: ['render', 'parse'], file: ['b.ts', 'parser.ts'] })).to.equal(16);
  });

  it('is not misled by the state of a global regular expression', () => {
    const global = /render/g;
    expect([callsOf(profile, global), callsOf(profile, global), global.lastIndex]).to.deep.equal([24, 24, 0]);
  });

  it('is 0 for what is not in the profile', () => {
    for (const what of ['prase', 'x*', /x/, { function: 'parse', file: 'x.ts' }, '__proto__', '']) {
      expect(callsOf(profile, what)).to.equal(0);
    }
    expect(callsOf(makeProfile(), 'parse')).to.equal(0);
  });

  it('refuses what is no function, name or pattern', () => {
    for (const [what, got] of [
      [null, 'null'],
      [undefined, 'undefined'],
      [3, 'number'],
      [{}, 'object'],
    ] as const) {
      expect(() => callsOf(profile, what as never)).to.throw(
        EverycallError,
        `expected a function, a name, a RegExp or { function, file }, got ${got}`,
      );
    }
  });
});

describe('figuresOf()', () => {
  it('gives all figures, of several functions their sum', () => {
    const spans = profileOfSpans([[['a', 1, ['b', 10], ['b', 10], ['c', 100]]]]);
    expect(figuresOf(spans, /[bc]/)).to.include({ calls: 3, selfWallNs: 120, totalCpuNs: 120 });
    expect(figuresOf(spans, 'a')).to.include({ calls: 1, selfWallNs: 1, totalWallNs: 121 });
    expect(figuresOf(spans, 'x')).to.include({ calls: 0, selfWallNs: 0, totalCpuNs: 0 });
  });
});

describe('asProfile()', () => {
  it('refuses what is none', () => {
    expect(asProfile(profile, 'calls()')).to.equal(profile);
    for (const [value, got] of [
      [null, 'null'],
      [3, 'number'],
      [[], 'a list'],
      [{ result: 1, profile }, 'object'],
    ] as const) {
      expect(() => asProfile(value, 'calls()')).to.throw(EverycallError, `calls() expects a profile, got ${got}`);
    }
  });
});

describe('whatText()', () => {
  it('is what a person would call it', () => {
    expect(whatText(parse)).to.equal('parse');
    expect(whatText(() => 1)).to.equal('an anonymous function');
    expect(whatText(/a/i)).to.equal('/a/i');
    expect(whatText({ function: 'a' })).to.equal('{"function":"a"}');
  });
});
