// componentsCalleesFirst(): circles of calls, against reachability computed naively.
import { expect } from 'chai';
import fc from 'fast-check';
import { componentsCalleesFirst } from '../../src/statistics/components.ts';

function reaches(callees: readonly (readonly number[])[], from: number, to: number): boolean {
  const seen = new Set<number>();
  const open = [from];
  while (open.length > 0) {
    for (const next of callees[open.pop()!]) {
      if (next === to) return true;
      if (!seen.has(next)) open.push(next);
      seen.add(next);
    }
  }
  return false;
}

describe('componentsCalleesFirst()', () => {
  it('puts functions that call each other together, after what they call', () => {
    // 0 → 1 ⇄ 2 → 3
    const components = componentsCalleesFirst(4, [[1], [2], [1, 3], []]);
    expect(components.map((nodes) => [...nodes].sort())).to.deep.equal([[3], [1, 2], [0]]);
  });

  it('agrees with reachability on random graphs', () => {
    const graph = fc
      .integer({ min: 1, max: 9 })
      .chain((n) => fc.array(fc.uniqueArray(fc.nat(n - 1)), { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(graph, (callees) => {
        const components = componentsCalleesFirst(callees.length, callees);
        const indexOf = callees.map((_, node) => components.findIndex((nodes) => nodes.includes(node)));
        expect(components.flat().sort()).to.deep.equal(callees.map((_, node) => node).sort());
        for (let a = 0; a < callees.length; a++) {
          for (let b = 0; b < callees.length; b++) {
            if (a === b) continue;
            const mutual = reaches(callees, a, b) && reaches(callees, b, a);
            expect(indexOf[a] === indexOf[b]).to.equal(mutual);
            if (reaches(callees, a, b)) expect(indexOf[b]).to.be.at.most(indexOf[a]);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('survives a chain of 100,000 calls', () => {
    const n = 100_000;
    const callees = Array.from({ length: n }, (_, i) => (i + 1 < n ? [i + 1] : []));
    expect(componentsCalleesFirst(n, callees)[0]).to.deep.equal([n - 1]);
  });
});
