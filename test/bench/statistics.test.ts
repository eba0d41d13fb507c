import { expect } from 'chai';
import {
  geometricMean,
  growthPerDecade,
  medianOf,
  medianWarm,
  quartilesOf,
  ratios,
  spreadOf,
} from '../../bench/statistics.ts';

describe('statistics of the bench', () => {
  it('takes the value in the middle, or halfway between the two there', () => {
    expect(spreadOf([7, 1, 10])).to.deep.equal({ min: 1, median: 7, max: 10 });
    expect(spreadOf([4, 1, 10, 3])).to.deep.equal({ min: 1, median: 3.5, max: 10 });
    expect(medianOf([5])).to.equal(5);
  });

  it('takes the middle half, between ranks where it lies there', () => {
    expect(quartilesOf([5, 1, 4, 2, 3])).to.deep.equal({ q1: 2, median: 3, q3: 4 });
    expect(quartilesOf([2, 1])).to.deep.equal({ q1: 1.25, median: 1.5, q3: 1.75 });
    expect(quartilesOf([7])).to.deep.equal({ q1: 7, median: 7, q3: 7 });
  });

  it('takes for growth what ten times as much adds', () => {
    expect(growthPerDecade([1, 10, 100, 1000].map((x) => [x, 7 + 3 * Math.log10(x)] as const))).to.be.closeTo(3, 1e-9);
    expect(growthPerDecade([1, 10, 100].map((x) => [x, 4] as const))).to.equal(0);
  });

  it('sorts by number, and leaves the values as they are', () => {
    const values = [100, 20, 3];
    expect(medianOf(values)).to.equal(20);
    expect(values).to.deep.equal([100, 20, 3]);
  });

  it('leaves out the first third of the runs', () => {
    expect(medianWarm([1000, 900, 1, 2, 3, 4])).to.equal(2.5);
    expect(medianWarm([1000, 900, 1, 2, 3])).to.equal(2.5); // a third of five is one, whole runs only
    expect(medianWarm([8, 2])).to.equal(5);
  });

  it('divides by the original of the same round', () => {
    expect(ratios([6, 8, 9], [2, 8, 3])).to.deep.equal([3, 1, 3]);
  });

  it('takes the geometric mean: twice as slow and twice as fast are even', () => {
    expect(geometricMean([2, 0.5])).to.be.closeTo(1, 1e-12);
    expect(geometricMean([1, 3, 9])).to.be.closeTo(3, 1e-12);
    expect(geometricMean([1.21])).to.be.closeTo(1.21, 1e-12);
  });

  it('refuses what has no median or no geometric mean', () => {
    expect(() => spreadOf([])).to.throw(RangeError);
    expect(() => quartilesOf([])).to.throw(RangeError);
    expect(() => geometricMean([])).to.throw(RangeError);
    expect(() => geometricMean([1, 0])).to.throw(RangeError);
    expect(() => geometricMean([1, Number.NaN])).to.throw(RangeError);
  });
});
