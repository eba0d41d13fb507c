// compensate(): takes the hooks' cost off again, against profiles whose true times are known.
import { expect } from 'chai';
import fc from 'fast-check';
import type { FunctionStats, HookCost, Profile } from '../../src/profile.ts';
import { compensate } from '../../src/statistics/compensate.ts';
import { makeEdge, makeFunction, makeProfile, profileOfSpans, ROOT, withoutCpu } from '../support/profiles.ts';
import type { Span } from '../support/profiles.ts';

const COSTS = { innerNs: 30, outerNs: 50 };

function row(profile: Profile, name: string): FunctionStats {
  return profile.functions.find((fn) => fn.name === name)!;
}

/** The profile with another calibration. */
function withCost(profile: Profile, cost: Partial<HookCost>): Profile {
  const [process] = profile.processes;
  return { ...profile, processes: [{ ...process, hookCost: { ...process.hookCost!, ...cost } }] };
}

/** Random call forests on few names, so that recursion of all kinds occurs. */
const span: (depth: number) => fc.Arbitrary<Span> = fc.memo((depth) =>
  fc
    .tuple(
      fc.constantFrom('a', 'b', 'c', 'd'),
      fc.integer({ min: 0, max: 1000 }),
      depth > 1 ? fc.array(span(depth - 1), { maxLength: 3 }) : fc.constant([]),
    )
    .map(([name, selfNs, callees]): Span => [name, selfNs, ...callees]),
);
const threads = fc.array(fc.array(span(5), { maxLength: 4 }), { minLength: 1, maxLength: 3 });

describe('compensate()', () => {
  it('gives the same profile where no cost is known', () => {
    const profile = profileOfSpans([[['a', 5]]]);
    expect(compensate(profile)).to.equal(profile);
  });

  it('restores own and total time of functions that call each other one way', () => {
    const spans: Span[] = [
      ['main', 100, ['parse', 40, ['token', 7], ['token', 7]], ['parse', 40, ['token', 7], ['token', 7]], ['log', 3]],
    ];
    const raw = profileOfSpans([spans], COSTS);
    const truth = profileOfSpans([spans]);
    const compensated = compensate(raw);
    expect(raw.functions).to.not.deep.equal(truth.functions);
    expect(compensated.processes[0].hookCost).to.equal(null);
    compensated.functions.forEach((fn, i) => {
      for (const field of ['selfWallNs', 'selfCpuNs', 'totalWallNs', 'totalCpuNs'] as const) {
        expect(fn[field], `${field} of ${fn.name}`).to.be.closeTo(truth.functions[i][field]!, 1e-6);
      }
    });
    compensated.edges.forEach((edge, i) => {
      expect(edge.selfWallNs).to.be.closeTo(truth.edges[i].selfWallNs, 1e-6);
      expect(edge.totalWallNs).to.be.closeTo(truth.edges[i].totalWallNs, 1e-6);
    });
  });

  it('restores the total of a recursive function', () => {
    const spans: Span[] = [['fib', 9, ['fib', 9, ['fib', 9], ['fib', 9]], ['fib', 9]]];
    const compensated = compensate(profileOfSpans([spans], COSTS));
    expect(row(compensated, 'fib').selfWallNs).to.be.closeTo(45, 1e-6);
    expect(row(compensated, 'fib').totalWallNs).to.be.closeTo(45, 1e-6);
  });

  it('mixes exact and sampled cost by the share of calls timed exactly', () => {
    const profile = makeProfile({
      functions: [ROOT, makeFunction(1, { calls: 10, selfWallNs: 1000, totalWallNs: 1000 })],
      edges: [makeEdge(0, 1, { calls: 10, selfWallNs: 1000, totalWallNs: 1000 })],
      process: {
        hookCost: { exactInnerNs: 40, exactOuterNs: 0, sampledInnerNs: 8, sampledOuterNs: 0, exactShare: 0.25 },
      },
    });
    const [, fn] = compensate(profile).functions;
    expect(fn.selfWallNs).to.equal(1000 - 10 * (0.25 * 40 + 0.75 * 8));
    expect(fn.totalWallNs).to.equal(fn.selfWallNs);
  });

  it("takes each thread's cost from that thread", () => {
    const busy: Span[] = [['a', 1000, ...Array.from({ length: 10 }, (): Span => ['b', 1])]];
    const raw = profileOfSpans([busy, [['b', 500]]], COSTS);
    const b = row(compensate(raw), 'b');
    expect(b.parts.map((part) => Math.round(part.selfWallNs))).to.deep.equal([10, 500]);
  });

  it('does not touch what a dropped edge leaves unexplained', () => {
    const profile = makeProfile({
      functions: [ROOT, makeFunction(1, { calls: 1, selfWallNs: 100, totalWallNs: 900 })],
      edges: [makeEdge(0, 1, { calls: 1, selfWallNs: 100, totalWallNs: 900 })],
      process: {
        hookCost: { exactInnerNs: 30, exactOuterNs: 50, sampledInnerNs: 0, sampledOuterNs: 0, exactShare: 1 },
      },
    });
    expect(compensate(profile).functions[1]).to.include({ selfWallNs: 70, totalWallNs: 870 });
  });

  it('clamps at zero where the calls cost more than was measured', () => {
    const raw = profileOfSpans([[['a', 0, ['a', 0]]]], COSTS);
    const tooMuch = withCost(raw, { exactInnerNs: 1e6 });
    const a = row(compensate(tooMuch), 'a');
    expect(a).to.include({ selfWallNs: 0, totalWallNs: 0, selfCpuNs: 0, totalCpuNs: 0 });
  });

  it('leaves CPU null where there is no CPU clock', () => {
    const a = row(compensate(withoutCpu(profileOfSpans([[['a', 100]]], COSTS))), 'a');
    expect(a).to.include({ selfCpuNs: null, totalCpuNs: null });
    expect(a.selfWallNs).to.equal(100);
  });

  it('keeps what must always hold, on random call forests', () => {
    fc.assert(
      fc.property(
        threads,
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        (spans, inner, outer) => {
          const raw = profileOfSpans(spans, COSTS);
          // A calibration that is off, as in reality.
          const profile = withCost(raw, { exactInnerNs: inner, exactOuterNs: outer });
          const before = structuredClone(profile);
          const { functions, edges } = compensate(profile);
          expect(profile).to.deep.equal(before);
          const near = 1e-6;
          functions.forEach((fn, i) => {
            const was = raw.functions[i];
            expect(fn.selfWallNs).to.be.within(0, was.selfWallNs + near);
            expect(fn.totalWallNs).to.be.within(fn.selfWallNs - near, was.totalWallNs + near);
            expect(fn.selfCpuNs).to.equal(fn.selfWallNs);
            const shares = fn.parts.reduce((sum, part) => sum + part.selfWallNs, 0);
            expect(shares, `threads of ${fn.name}`).to.be.closeTo(fn.selfWallNs, near);
            const shareTotals = fn.parts.reduce((sum, part) => sum + part.totalWallNs, 0);
            expect(shareTotals, `totals of ${fn.name}`).to.be.closeTo(fn.totalWallNs, near);
            if (fn.kind === 'root') return;
            const incoming = edges.filter((edge) => edge.callee === i);
            expect(incoming.reduce((sum, edge) => sum + edge.selfWallNs, 0)).to.be.closeTo(fn.selfWallNs, near);
            for (const edge of incoming) {
              expect(edge.totalWallNs).to.be.within(edge.selfWallNs - near, fn.totalWallNs + near);
            }
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('restores all own times of random call forests', () => {
    fc.assert(
      fc.property(threads, (spans) => {
        const truth = profileOfSpans(spans);
        compensate(profileOfSpans(spans, COSTS)).functions.forEach((fn, i) => {
          expect(fn.selfWallNs).to.be.closeTo(truth.functions[i].selfWallNs, 1e-6);
        });
      }),
      { numRuns: 200 },
    );
  });
});
