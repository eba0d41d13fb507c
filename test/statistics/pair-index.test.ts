// The index by pairs against a Map of texts.
import { expect } from 'chai';
import fc from 'fast-check';
import { PairIndex } from '../../src/statistics/pair-index.ts';
import { randomly } from '../support/call-forest.ts';

describe('PairIndex', () => {
  it('finds what a Map finds, -1 among the pairs as the parent of a root', () => {
    const number = fc.integer({ min: -1, max: 60 });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { maxLength: 600, size: 'max' }), (pairs) => {
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
      }),
      randomly(100),
    );
  });
});
