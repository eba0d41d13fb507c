// The index by pairs against a Map of texts, and how much of its memory it reads.
import { expect } from 'chai';
import fc from 'fast-check';
import { PairIndex } from '../../src/statistics/pair-index.ts';
import { randomly } from '../support/call-forest.ts';

/**
 * Calls `work` with what tells how often the arrays were read that were made meanwhile. Throws at more than `most` reads: what
 * goes on for ever ends so.
 */
function countingReads<T>(most: number, work: (reads: () => number) => T): T {
  const { Int32Array: Plain } = globalThis;
  let reads = 0;
  const counted = (view: Int32Array) =>
    new Proxy(view, {
      get(_, key) {
        if (++reads > most) throw new RangeError('it would go on for ever');
        return view[key as never];
      },
      set: (_, key, value: number) => ((view[key as never] = value as never), true),
    });
  globalThis.Int32Array = new Proxy(Plain, { construct: (_, [length]: [number]) => counted(new Plain(length)) });
  try {
    return work(() => reads);
  } finally {
    globalThis.Int32Array = Plain;
  }
}

describe('PairIndex', () => {
  it('finds what a Map finds, -1 among the pairs as the parent of a root', () => {
    const number = fc.integer({ min: -1, max: 60 });
    const sameAsMap = (pairs: readonly (readonly [number, number])[]) => {
      const index = new PairIndex();
      const truth = new Map<string, number>();
      for (const [a, b] of pairs) {
        expect(index.get(a, b)).to.equal(truth.get(`${a},${b}`) ?? -1);
        if (truth.has(`${a},${b}`)) continue;
        index.add(a, b, truth.size);
        truth.set(`${a},${b}`, truth.size);
      }
      for (const [pair, value] of truth) {
        const [a, b] = pair.split(',').map(Number);
        expect(index.get(a, b)).to.equal(value);
      }
    };
    const pairs = fc.array(fc.tuple(number, number), { maxLength: 600, size: 'max' });
    fc.assert(
      fc.property(pairs, (each) => countingReads(100 * each.length + 1000, () => sameAsMap(each))),
      randomly(100),
    );
  });

  const kinds: Record<string, (i: number) => readonly [number, number]> = {
    'a function and each of many callees': (i) => [7, i],
    'many callers of a function': (i) => [i, 7],
    'each of many callers and each of many callees': (i) => [i % 50, Math.floor(i / 50)],
    'a chain': (i) => [i, i + 1],
    recursion: (i) => [i, i],
    'pairs far apart': (i) => [64 * i, 4096 * (i % 17)],
  };
  for (const [kind, pairOf] of Object.entries(kinds)) {
    it(`looks at a few slots only for a pair: ${kind}`, () => {
      const COUNT = 3000;
      const readsAGet = countingReads(100 * COUNT, (reads) => {
        const index = new PairIndex();
        for (let i = 0; i < COUNT; i++) index.add(...pairOf(i), i);
        const before = reads();
        for (let i = 0; i < COUNT; i++) expect(index.get(...pairOf(i))).to.equal(i);
        return (reads() - before) / COUNT;
      });
      // The length, and of each slot up to three words; at most half of the slots are taken.
      expect(readsAGet).to.be.within(4, 9);
    });
  }
});
