// Differences of profiles: laws, what counts as changed, and which functions are the same.
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import type { Profile } from '../../src/profile.ts';
import { diff } from '../../src/statistics/diff.ts';
import type { DiffOptions } from '../../src/statistics/diff.ts';
import { merge } from '../../src/statistics/merge.ts';
import type { Change, DiffFigures, EdgeDiff, FunctionDiff, ProfileDiff } from '../../src/statistics/profile-diff.ts';
import { anyProfile } from '../support/any-profile.ts';
import {
  makeEdge,
  makeFunction,
  makeProcess,
  makeProfile,
  profileOfSpans,
  ROOT,
  withoutCpu,
} from '../support/profiles.ts';

const EXACT: DiffOptions = { factor: 0, minNs: 0, minRelative: 0 };

const nameOf = ({ before, after }: Pick<FunctionDiff, 'before' | 'after'>) => (after ?? before)!.name;
const statuses = ({ functions }: ProfileDiff) => Object.fromEntries(functions.map((row) => [nameOf(row), row.status]));

/** One function with these figures. */
const one = (fields: Parameters<typeof makeFunction>[1], edge: Parameters<typeof makeEdge>[2] = { calls: 1 }) =>
  makeProfile({
    functions: [ROOT, makeFunction(1, { calls: 1, primitiveCalls: 1, ...fields })],
    edges: [makeEdge(0, 1, edge)],
  });

describe('diff()', () => {
  it('of a profile with itself is empty', () => {
    fc.assert(
      fc.property(anyProfile({ sampled: true }), (profile) => {
        const { functions, edges, sameFunctions, totals } = diff(profile, profile, EXACT);
        expect(functions).to.deep.equal([]);
        expect(edges).to.deep.equal([]);
        expect(sameFunctions).to.equal(profile.functions.filter(({ kind }) => kind !== 'root').length);
        for (const total of Object.values(totals) as (Change | null)[]) expect(total?.absolute ?? 0).to.equal(0);
        expect(diff(merge(profile), profile, EXACT).functions).to.deep.equal([]);
      }),
    );
  });

  it('the other way round is the same with before and after exchanged', () => {
    const swapChange = <C extends Change>(change: C): C => ({
      ...change,
      before: change.after,
      after: change.before,
      absolute: 0 - change.absolute,
      relative: change.after === 0 ? null : (change.before - change.after) / change.after,
    });
    const swapEnd = <E extends Pick<FunctionDiff, 'before' | 'after'>>(end: E): E => ({
      ...end,
      before: end.after,
      after: end.before,
    });
    const swapFigures = <R extends DiffFigures>(row: R): R => ({
      ...row,
      status: row.status === 'added' ? 'removed' : row.status === 'removed' ? 'added' : row.status,
      calls: swapChange(row.calls),
      primitiveCalls: swapChange(row.primitiveCalls),
      selfWallNs: swapChange(row.selfWallNs),
      selfCpuNs: row.selfCpuNs && swapChange(row.selfCpuNs),
      totalWallNs: swapChange(row.totalWallNs),
      totalCpuNs: row.totalCpuNs && swapChange(row.totalCpuNs),
    });
    const swapFunction = (row: FunctionDiff): FunctionDiff => ({
      ...swapFigures(swapEnd(row)),
      errors: swapChange(row.errors),
    });
    const swapEdge = (row: EdgeDiff): EdgeDiff => ({
      ...swapFigures(row),
      caller: swapEnd(row.caller),
      callee: swapEnd(row.callee),
    });
    const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row, Object.keys(flat).sort())).sort();
    // JSON with its fields in one order: rows are compared, not how they were put together.
    const flat = {
      status: 0,
      calls: 0,
      primitiveCalls: 0,
      selfWallNs: 0,
      selfCpuNs: 0,
      totalWallNs: 0,
      totalCpuNs: 0,
      errors: 0,
      before: 0,
      after: 0,
      absolute: 0,
      relative: 0,
      errorNs: 0,
      isSignificant: 0,
      caller: 0,
      callee: 0,
      name: 0,
      file: 0,
      line: 0,
      column: 0,
      kind: 0,
    };
    fc.assert(
      fc.property(
        anyProfile({ sampled: true }),
        anyProfile({ sampled: true }),
        fc.constantFrom<DiffOptions>(EXACT, { minNs: 100 }, { per: 'process', minNs: 0, same: true }),
        (a, b, options) => {
          const there = diff(a, b, options);
          const back = diff(b, a, options);
          expect(sorted(back.functions)).to.deep.equal(sorted(there.functions.map(swapFunction)));
          expect(sorted(back.edges)).to.deep.equal(sorted(there.edges.map(swapEdge)));
          expect([back.sameFunctions, back.sameEdges]).to.deep.equal([there.sameFunctions, there.sameEdges]);
        },
      ),
    );
  });

  it('finds every difference of counts, by key, and only these where times do not count', () => {
    fc.assert(
      fc.property(anyProfile({ cpu: true }), anyProfile({ cpu: true }), (a, b) => {
        // Nothing has moved: all files are known to be the same.
        const sources = [...new Set([...a.functions, ...b.functions].map(({ file }) => file))].map((file) => ({
          file,
          hash: 'h',
        }));
        const [before, after] = [a, b].map((profile): Profile => ({ ...profile, sources }));
        const found = diff(before, after, { minNs: 1e12 });
        const text = (name: string, counts: readonly number[]) => `${name} ${counts.join(' ')}`;
        const counts = (profile: Profile) =>
          new Map([
            ...profile.functions
              .filter(({ kind }) => kind !== 'root')
              .map(
                ({ key, calls, primitiveCalls, errors }) => [key, text('', [calls, primitiveCalls, errors])] as const,
              ),
            ...profile.edges.map(
              ({ caller, callee, calls, primitiveCalls }) =>
                [
                  `${profile.functions[caller].key} → ${profile.functions[callee].key}`,
                  text('', [calls, primitiveCalls]),
                ] as const,
            ),
          ]);
        const [then, now] = [counts(before), counts(after)];
        const differing = [...new Set([...then.keys(), ...now.keys()])].filter((key) => then.get(key) !== now.get(key));
        expect(found.functions.length + found.edges.length).to.equal(differing.length);
        expect(found.functions.filter(({ status }) => status === 'added')).to.have.length(
          [...now.keys()].filter((key) => !then.has(key) && !key.includes(' → ')).length,
        );
      }),
    );
  });

  it('gives each figure before and after, absolute and relative', () => {
    const before = one({
      calls: 4,
      primitiveCalls: 4,
      errors: 1,
      selfWallNs: 1e6,
      selfCpuNs: 5e5,
      totalWallNs: 2e6,
      totalCpuNs: 0,
    });
    const after = one({
      calls: 6,
      primitiveCalls: 4,
      errors: 0,
      selfWallNs: 3e6,
      selfCpuNs: 5e5,
      totalWallNs: 1e6,
      totalCpuNs: 1e6,
    });
    const [row] = diff(before, after).functions;
    expect(row).to.deep.include({
      status: 'changed',
      calls: { before: 4, after: 6, absolute: 2, relative: 0.5 },
      primitiveCalls: { before: 4, after: 4, absolute: 0, relative: 0 },
      errors: { before: 1, after: 0, absolute: -1, relative: -1 },
      selfWallNs: { before: 1e6, after: 3e6, absolute: 2e6, relative: 2, errorNs: 0, isSignificant: true },
      selfCpuNs: { before: 5e5, after: 5e5, absolute: 0, relative: 0, errorNs: 0, isSignificant: false },
      totalWallNs: { before: 2e6, after: 1e6, absolute: -1e6, relative: -0.5, errorNs: 0, isSignificant: true },
      totalCpuNs: { before: 0, after: 1e6, absolute: 1e6, relative: null, errorNs: 0, isSignificant: true },
    });
  });

  it('takes a time as changed only beyond chance', () => {
    const isChanged = (before: number, after: number, errorNs: number, options: DiffOptions = {}) =>
      diff(one({ selfWallNs: before, selfErrorNs: errorNs }), one({ selfWallNs: after, selfErrorNs: errorNs }), options)
        .functions.length > 0;
    // Errors of 3 and 4 ms make one of 5 ms: three of them are 15 ms.
    const [b, a] = [one({ selfWallNs: 1e8, selfErrorNs: 3e6 }), one({ selfWallNs: 1.15e8, selfErrorNs: 4e6 })];
    expect(diff(b, a).functions).to.deep.equal([]);
    expect(diff(b, one({ selfWallNs: 1.151e8, selfErrorNs: 4e6 })).functions[0].selfWallNs.errorNs).to.equal(5e6);
    expect(diff(b, a, { factor: 2.9 }).functions).to.have.length(1);
    // Exact times: 5 % and 0.1 ms, both ways.
    expect(isChanged(1e8, 1.05e8, 0)).to.equal(false);
    expect(isChanged(1e8, 1.06e8, 0)).to.equal(true);
    expect(isChanged(1.06e8, 1e8, 0)).to.equal(true);
    expect(isChanged(0, 1e5, 0)).to.equal(false);
    expect(isChanged(0, 1.01e5, 0)).to.equal(true);
    expect(isChanged(1e8, 1.01e8, 0, { minRelative: 0.005 })).to.equal(true);
    expect(isChanged(10, 11, 0, EXACT)).to.equal(true);
    expect(isChanged(10, 10, 0, EXACT)).to.equal(false);
  });

  it('takes the error of an edge as its share of that of the callee', () => {
    const side = (edgeNs: number) =>
      one(
        { selfWallNs: 4e8, selfErrorNs: 1e7, totalWallNs: 4e8, totalErrorNs: 1e7 },
        { calls: 1, selfWallNs: edgeNs, totalWallNs: edgeNs },
      );
    // A fourth of the time has half of the error: 5 ms before, about as much after.
    const [row] = diff(side(1e8), side(1.4e8)).edges;
    expect(row.selfWallNs.errorNs).to.be.closeTo(Math.hypot(5e6, 1e7 * Math.sqrt(0.35)), 1);
    expect(row.selfWallNs.isSignificant).to.equal(true);
    expect(diff(side(1e8), side(1.2e8)).edges).to.deep.equal([]);
  });

  it('tells added, removed, changed and the same', () => {
    const before = profileOfSpans([
      [
        ['stays', 1],
        ['goes', 1],
        ['more', 1],
      ],
    ]);
    const after = profileOfSpans([
      [
        ['stays', 1],
        ['comes', 1],
        ['more', 1],
        ['more', 1],
      ],
    ]);
    const found = diff(before, after);
    expect(statuses(found)).to.deep.equal({ goes: 'removed', comes: 'added', more: 'changed' });
    expect([found.sameFunctions, found.sameEdges]).to.deep.equal([1, 1]);
    expect(
      found.edges.map(({ caller, callee, status }) => [nameOf(caller), nameOf(callee), status]),
    ).to.have.deep.members([
      ['(event loop)', 'goes', 'removed'],
      ['(event loop)', 'comes', 'added'],
      ['(event loop)', 'more', 'changed'],
    ]);
    const [comes] = found.functions.filter(({ status }) => status === 'added');
    expect([comes.before, comes.calls.before, comes.calls.relative]).to.deep.equal([null, 0, null]);
    expect(statuses(diff(before, after, { same: true }))).to.have.property('stays', 'same');
    expect(found.totals.calls).to.deep.equal({ before: 3, after: 4, absolute: 1, relative: 1 / 3 });
  });

  it('does not count what was never called', () => {
    const idle = makeProfile({ functions: [ROOT, makeFunction(1)] });
    expect(diff(makeProfile(), idle).functions).to.deep.equal([]);
    expect(diff(makeProfile(), one({ calls: 0, open: 1 })).functions).to.have.length(1);
  });

  it('begins with the largest increase', () => {
    const side = (a: number, b: number, c: number) =>
      makeProfile({
        functions: [ROOT, ...[a, b, c].map((ns, i) => makeFunction(i + 1, { calls: 1, selfWallNs: ns * 1e6 }))],
      });
    expect(diff(side(10, 10, 10), side(5, 20, 40)).functions.map(nameOf)).to.deep.equal(['f3', 'f2', 'f1']);
  });

  it('finds functions again that moved in an edited file', () => {
    const side = (hash: string, lines: readonly number[]) =>
      makeProfile({
        functions: [ROOT, ...lines.map((line, i) => makeFunction(i + 1, { name: '<anonymous>', line, calls: i + 1 }))],
        sources: [{ file: '/app/main.js', hash }],
      });
    expect(diff(side('1', [5, 10]), side('2', [7, 12])).functions).to.deep.equal([]);
    const [moved] = diff(side('1', [5, 10]), side('2', [7, 12]), { same: true }).functions;
    expect([moved.before?.line, moved.after?.line, moved.status]).to.deep.equal([5, 7, 'same']);
    // In the same source these are others.
    expect(diff(side('1', [5, 10]), side('1', [7, 12])).functions.map(({ status }) => status)).to.have.members([
      'removed',
      'removed',
      'added',
      'added',
    ]);
    // It cannot be told which of them is new.
    expect(diff(side('1', [5]), side('2', [7, 12])).functions).to.have.length(3);
  });

  it('compares runs of another number by process', () => {
    const run = (pid: number) => ({
      ...one({ calls: 3, primitiveCalls: 3, selfWallNs: 9e6 }, { calls: 3 }),
      processes: [makeProcess({ pid })],
    });
    const three = merge(run(1), run(2), run(3));
    expect(diff(run(1), three).functions).to.have.length(1);
    const found = diff(run(1), three, { per: 'process' });
    expect([found.functions, found.edges]).to.deep.equal([[], []]);
    expect(found.totals.processes).to.include({ before: 1, after: 3 });
  });

  it('has no CPU times where a profile has none', () => {
    const profile = one({ selfCpuNs: 1e9, totalCpuNs: 1e9 });
    const { functions, totals } = diff(profile, withoutCpu(profile), { same: true });
    expect(functions[0]).to.include({ status: 'same', selfCpuNs: null, totalCpuNs: null });
    expect(totals.selfCpuNs).to.equal(null);
    const [added] = diff(withoutCpu(makeProfile()), profile).functions;
    const [removed] = diff(profile, withoutCpu(makeProfile())).functions;
    expect([added.selfCpuNs, removed.selfCpuNs]).to.deep.equal([null, null]);
  });

  it('does not take the number of garbage collections as exact', () => {
    const gc = (calls: number) =>
      one({ name: '(garbage collection)', kind: 'gc', file: '', calls, selfWallNs: 1e6 }, { calls: 0 });
    expect(diff(gc(3), gc(4)).functions).to.deep.equal([]);
  });

  it('refuses options that it does not know', () => {
    const refused = (options: object, message: string) => {
      expect(() => diff(makeProfile(), makeProfile(), options))
        .to.throw(EverycallError, message)
        .with.property('code', 'bad-option');
    };
    refused({ threshold: 1 }, "diff() expects options of factor, minNs, minRelative, per, same, got 'threshold'");
    refused({ factor: -1 }, "diff() expects 'factor' to be a number from 0, got -1");
    refused({ minNs: NaN }, "diff() expects 'minNs' to be a number from 0, got NaN");
    refused({ minRelative: 5 }, "diff() expects 'minRelative' to be from 0 to 1, got 5");
    refused({ per: 'run' }, "diff() expects 'per' to be all or process, got 'run'");
    refused({ same: 1 }, "diff() expects 'same' to be true or false, got 1");
  });
});
