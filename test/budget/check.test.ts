import { expect } from 'chai';
import fc from 'fast-check';
import type { BudgetRule } from '../../src/budget/budget.ts';
import { checkBudget } from '../../src/budget/check.ts';
import type { Measurement } from '../../src/budget/check.ts';
import { parseBudget } from '../../src/budget/parse.ts';
import { EverycallError } from '../../src/errors.ts';
import { anyProfile } from '../support/any-profile.ts';
import { makeEdge, makeFunction, makeProfile, profileOfSpans, ROOT, withoutCpu } from '../support/profiles.ts';

/** handle runs twice; each time it calls query twice and parse once, and parse calls itself. */
const profile = profileOfSpans([
  [
    ['handle', 10, ['query', 100], ['query', 100], ['parse', 1000, ['parse', 500]]],
    ['handle', 10, ['query', 100], ['query', 100], ['parse', 1000, ['parse', 500]]],
  ],
]);

function measured(rule: BudgetRule, of = profile): readonly Measurement[] {
  return checkBudget(of, [rule]).rules[0].measurements;
}
const holds = (rule: BudgetRule, of = profile) => checkBudget(of, [rule]).ok;

describe('checkBudget()', () => {
  it('compares counts exactly', () => {
    expect(holds({ function: 'query', max: { calls: 4 } })).to.equal(true);
    expect(holds({ function: 'query', max: { calls: 3 } })).to.equal(false);
    expect(holds({ function: 'query', min: { calls: 4 } })).to.equal(true);
    expect(holds({ function: 'query', min: { calls: 5 } })).to.equal(false);
    expect(holds({ function: 'parse', max: { primitiveCalls: 2 } })).to.equal(true);
    expect(holds({ function: 'parse', max: { primitiveCalls: 1 } })).to.equal(false);
  });

  it('says what was measured, where, and by how much it misses', () => {
    expect(measured({ function: 'query', max: { calls: 3 }, min: { calls: 1 } })).to.deep.equal([
      {
        name: 'query',
        file: '/app/main.js',
        line: 3,
        figure: 'calls',
        bound: 'max',
        limit: 3,
        measured: 4,
        unknown: '',
        error: 0,
        beyond: 1,
        ok: false,
      },
      {
        name: 'query',
        file: '/app/main.js',
        line: 3,
        figure: 'calls',
        bound: 'min',
        limit: 1,
        measured: 4,
        unknown: '',
        error: 0,
        beyond: -3,
        ok: true,
      },
    ]);
  });

  it('reads each figure', () => {
    const durations = [{ fromNs: 100, toNs: 200, calls: 10 }];
    const fn = makeFunction(1, {
      name: 'f',
      calls: 10,
      primitiveCalls: 9,
      errors: 8,
      resumes: 7,
      selfWallNs: 6,
      selfCpuNs: 5,
      totalWallNs: 40,
      totalCpuNs: 30,
      awaitNs: 2,
      longestBlockNs: 1,
      maxTotalNs: 180,
      durations,
    });
    const all = [ROOT, fn];
    const limits = {
      calls: 0,
      primitiveCalls: 0,
      errors: 0,
      resumes: 0,
      selfWall: '0 ns',
      selfCpu: '0 ns',
      totalWall: '0 ns',
      totalCpu: '0 ns',
      await: '0 ns',
      averageWall: '0 ns',
      averageCpu: '0 ns',
      p50: '0 ns',
      p90: '0 ns',
      p99: '0 ns',
      longestCall: '0 ns',
      longestBlock: '0 ns',
    };
    const values = measured({ function: 'f', max: limits }, makeProfile({ functions: all })).map((m) => [
      m.figure,
      m.measured,
    ]);
    expect(Object.fromEntries(values)).to.deep.equal({
      calls: 10,
      primitiveCalls: 9,
      errors: 8,
      resumes: 7,
      selfWall: 6,
      selfCpu: 5,
      totalWall: 40,
      totalCpu: 30,
      await: 2,
      averageWall: 4,
      averageCpu: 3,
      p50: 140,
      p90: 172,
      p99: 179.2,
      longestCall: 180,
      longestBlock: 1,
    });
  });

  it('counts an edge by its caller', () => {
    expect(measured({ from: 'handle', function: 'parse', max: { calls: 9 } })[0]).to.include({
      name: 'handle → parse',
      measured: 2,
    });
    expect(measured({ from: 'parse', function: 'parse', max: { calls: 9 } })[0].measured).to.equal(2);
    expect(measured({ from: '(event loop)', function: 'handle', max: { totalWall: '1 s' } })[0].measured).to.equal(
      3420,
    );
  });

  it('puts an edge at its call in the caller', () => {
    const functions = [
      ROOT,
      makeFunction(1, { name: 'a', file: '/a.js' }),
      makeFunction(2, { name: 'b', file: '/b.js', line: 7 }),
    ];
    const at = (line: number) =>
      measured(
        { from: 'a', function: 'b', max: { calls: 9 } },
        makeProfile({ functions, edges: [makeEdge(1, 2, { line, calls: 3 })] }),
      )[0];
    expect(at(42)).to.include({ file: '/a.js', line: 42, measured: 3 });
    expect(at(0)).to.include({ file: '/b.js', line: 7 });
  });

  it('counts no calls where both functions are known, but not their edge', () => {
    expect(measured({ from: 'query', function: 'parse', max: { calls: 0 } })).to.have.length(1);
    expect(
      holds({ from: 'query', function: 'parse', max: { calls: 0, selfWall: '0 ns', averageWall: '0 ns' } }),
    ).to.equal(true);
    expect(holds({ from: 'query', function: 'parse', min: { calls: 1 } })).to.equal(false);
  });

  it('divides by the calls of another function', () => {
    expect(measured({ function: 'query', per: 'handle', max: { calls: 2, selfWall: '200 ns' } })).to.containSubset([
      { measured: 2, ok: true },
      { measured: 200, ok: true },
    ]);
    expect(holds({ function: 'query', per: 'handle', max: { calls: 1.9 } })).to.equal(false);
    // Of all of them together, if several match.
    expect(measured({ function: 'query', per: ['handle', 'parse'], max: { calls: 9 } })[0].measured).to.equal(4 / 6);
  });

  it('is broken where something is counted per call of what was not called', () => {
    const of = makeProfile({
      functions: [ROOT, makeFunction(1, { name: 'a', calls: 1 }), makeFunction(2, { name: 'b', open: 1 })],
    });
    expect(holds({ function: 'a', per: 'b', max: { calls: 9 } }, of)).to.equal(false);
    expect(holds({ function: 'b', per: 'b', max: { calls: 9 } }, of)).to.equal(true);
  });

  it('is for each function, or for their sum', () => {
    expect(
      measured({ function: '*', max: { calls: 4 } }).map(({ name, measured: n, ok }) => [name, n, ok]),
    ).to.deep.equal([
      ['handle', 2, true],
      ['query', 4, true],
      ['parse', 4, true],
    ]);
    expect(measured({ function: '*', sum: true, max: { calls: 9 } })).to.containSubset([
      { name: '*', measured: 10, ok: false },
    ]);
    expect(measured({ function: 'query', sum: true, max: { calls: 9 } })[0].name).to.equal('query');
    expect(measured({ function: '*', from: 'handle', sum: true, max: { calls: 9 } })[0].measured).to.equal(6);
  });

  describe('with sampled times', () => {
    const of = makeProfile({
      functions: [
        ROOT,
        makeFunction(1, {
          name: 'f',
          calls: 2,
          selfWallNs: 100,
          selfErrorNs: 10,
          selfCpuNs: 50,
          totalWallNs: 400,
          totalErrorNs: 40,
          totalCpuNs: 200,
        }),
      ],
      edges: [makeEdge(0, 1, { calls: 1, selfWallNs: 25, totalWallNs: 100 })],
    });

    it('is broken only by more than twice the standard error', () => {
      expect(holds({ function: 'f', max: { selfWall: '80 ns' } }, of)).to.equal(true);
      expect(holds({ function: 'f', max: { selfWall: '79 ns' } }, of)).to.equal(false);
      expect(holds({ function: 'f', min: { selfWall: '120 ns' } }, of)).to.equal(true);
      expect(holds({ function: 'f', min: { selfWall: '121 ns' } }, of)).to.equal(false);
      expect(holds({ function: 'f', max: { totalWall: '320 ns' } }, of)).to.equal(true);
      expect(holds({ function: 'f', max: { totalWall: '319 ns' } }, of)).to.equal(false);
    });

    it('knows the error of CPU times, averages, quotients and edges', () => {
      expect(
        measured(
          { function: 'f', max: { selfCpu: '1 s', totalCpu: '1 s', averageWall: '1 s', averageCpu: '1 s' } },
          of,
        ).map(({ error }) => error),
      ).to.deep.equal([5, 20, 20, 10]);
      expect(measured({ function: 'f', per: 'f', max: { selfWall: '1 s' } }, of)[0].error).to.equal(5);
      expect(
        measured({ function: 'f', from: '(event loop)', max: { selfWall: '1 s', totalWall: '1 s' } }, of).map(
          ({ error }) => error,
        ),
      ).to.deep.equal([5, 20]);
    });

    it('adds errors as variances', () => {
      const two = makeProfile({
        functions: [ROOT, ...[3, 4].map((selfErrorNs, i) => makeFunction(i + 1, { selfWallNs: 1, selfErrorNs }))],
      });
      expect(measured({ function: 'f*', sum: true, max: { selfWall: '1 s' } }, two)[0].error).to.equal(5);
    });
  });

  describe('of a function that is not in the profile', () => {
    it('is broken, since the name may be mistyped', () => {
      const { ok, rules } = checkBudget(profile, [{ function: 'Query', max: { calls: 9 } }]);
      expect(ok).to.equal(false);
      expect(rules[0].absent).to.deep.equal([{ role: 'function', pattern: 'Query', similar: ['query'] }]);
      expect(rules[0].measurements).to.deep.equal([]);
    });

    it('is broken by a caller, a divisor or a file that matches nothing, too', () => {
      expect(
        checkBudget(profile, [{ function: 'query', from: 'handel', max: { calls: 9 } }]).rules[0].absent[0].role,
      ).to.equal('from');
      expect(
        checkBudget(profile, [{ function: 'query', per: 'handel', max: { calls: 9 } }]).rules[0].absent[0].role,
      ).to.equal('per');
      expect(
        checkBudget(profile, [{ function: 'query', file: 'src/x.ts', max: { calls: 9 } }]).rules[0].absent[0].pattern,
      ).to.equal('query (src/x.ts)');
      expect(holds({ function: 'x', from: 'y', per: 'z', max: { calls: 9 } })).to.equal(false);
    });

    it('holds if it is optional, or allows no calls', () => {
      expect(holds({ function: 'legacy', optional: true, max: { calls: 9 } })).to.equal(true);
      expect(holds({ function: 'legacy', optional: true, min: { calls: 9 } })).to.equal(true);
      expect(holds({ function: 'legacy', max: { calls: 0 } })).to.equal(true);
      expect(holds({ function: 'legacy', max: { calls: 0, selfWall: '0 ms' } })).to.equal(true);
      expect(holds({ function: 'legacy', max: { calls: 0, selfWall: '1 ms' } })).to.equal(false);
      expect(holds({ function: 'legacy', max: { calls: 0 }, min: { calls: 0 } })).to.equal(false);
    });
  });

  describe('of a figure that the profile does not tell', () => {
    it('is broken without a CPU clock', () => {
      const [{ ok, measured: value, unknown, beyond }] = measured(
        { function: 'query', max: { selfCpu: '1 s' } },
        withoutCpu(profile),
      );
      expect({ ok, value, beyond, unknown }).to.deep.equal({
        ok: false,
        value: null,
        beyond: null,
        unknown: 'there is no CPU clock in this profile',
      });
      expect(holds({ function: 'query', max: { averageCpu: '1 s' } }, withoutCpu(profile))).to.equal(false);
      expect(holds({ function: 'query', max: { calls: 4, selfWall: '400 ns' } }, withoutCpu(profile))).to.equal(true);
    });

    it('is broken where calls were not timed, and holds where there were none', () => {
      const of = makeProfile({
        functions: [ROOT, makeFunction(1, { name: 'a', calls: 1 }), makeFunction(2, { name: 'b', open: 1 })],
      });
      const limits = { p99: '1 s', longestCall: '1 s' };
      expect(holds({ function: 'a', max: limits }, of)).to.equal(false);
      expect(holds({ function: 'b', max: { ...limits, averageWall: '1 s' } }, of)).to.equal(true);
      expect(holds({ function: 'b', min: limits }, of)).to.equal(false);
    });

    it('is broken for a function that was only open, too', () => {
      const open = [1, 2].map((id) => makeFunction(id, { open: 1, selfWallNs: 5, selfCpuNs: 5 }));
      const of = makeProfile({ functions: [ROOT, ...open] });
      expect(holds({ function: 'f1', per: 'f2', max: { selfWall: '1 s' } }, of)).to.equal(false);
      expect(holds({ function: 'f1', max: { selfCpu: '1 s' } }, of)).to.equal(true);
      expect(holds({ function: 'f1', max: { selfCpu: '1 s' } }, withoutCpu(of))).to.equal(false);
    });
  });

  it('takes a whole budget as well as rules', () => {
    const budget = parseBudget(
      '{ "format": "everycall.budget", "version": 1, "rules": [{ "function": "query", "max": { "calls": 3 } }] }',
    );
    expect(checkBudget(profile, budget)).to.deep.equal(checkBudget(profile, budget.rules));
  });

  it('of no rules holds, also for an empty profile', () => {
    expect(checkBudget(makeProfile(), [])).to.include({ ok: true });
    expect(holds({ function: '*', max: { calls: 9 } }, makeProfile())).to.equal(false);
  });

  it('throws bad-option for a rule that is none, in one line', () => {
    expect(() => checkBudget(profile, [{ function: 'a', max: { call: 3 } } as never]))
      .to.throw(EverycallError, /^checkBudget\(\) expects \[0\]\.max to be one of the fields calls, .*, got "call"$/)
      .with.property('code', 'bad-option');
    expect(() => checkBudget(profile, { rules: [] } as never)).to.throw(EverycallError);
    expect(() => checkBudget(profile, undefined as never)).to.throw(EverycallError);
  });

  it('gives frozen data and leaves the profile as it is', () => {
    const before = JSON.stringify(profile);
    const result = checkBudget(profile, [{ function: 'query', max: { calls: 3 } }]);
    for (const part of [
      result,
      result.rules,
      result.rules[0],
      result.rules[0].measurements,
      result.rules[0].measurements[0],
    ]) {
      expect(part).to.be.frozen;
    }
    expect(JSON.stringify(profile)).to.equal(before);
  });

  it('agrees with sums over all parts of all threads and tags', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), (any) => {
        for (const fn of any.functions.filter(({ kind }) => kind !== 'root')) {
          const own = any.functions.filter(({ name }) => name === fn.name);
          const parts = own.flatMap((row) => row.parts);
          const sum = (of: (part: (typeof parts)[0]) => number) => parts.reduce((total, part) => total + of(part), 0);
          const [calls, errors, wall] = measured(
            { function: fn.name, sum: true, max: { calls: 0, errors: 0, totalWall: '0 ns' } },
            any,
          );
          expect(calls.measured).to.equal(sum((part) => part.calls));
          expect(errors.measured).to.equal(sum((part) => part.errors));
          expect(wall.measured).to.equal(sum((part) => part.totalWallNs));
          const incoming = any.edges.filter(({ callee }) => own.some(({ id }) => id === callee));
          const ofEdges = measured(
            { function: fn.name, from: ['*', '(event loop)'], sum: true, max: { calls: 0 } },
            any,
          );
          expect(ofEdges[0].measured).to.equal(incoming.reduce((total, edge) => total + edge.calls, 0));
        }
      }),
      { numRuns: 60 },
    );
  });
});
