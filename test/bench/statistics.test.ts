import { expect } from 'chai';
import { geometricMean, medianOf, medianWarm, quartilesOf, ratios, spreadOf } from '../../bench/statistics.ts';

describe('statistics of the bench', () => {
  it('takes the value in the middle, or halfway between the two there', () => {
    expect(spreadOf([7, 1, 10])).to.deep.equal({ min: 1, median: 7, max: 10 });
    expect(spreadOf([4, 1, 10, 3])).to.deep.equal({ min: 1, median: 3.5, max: 10 });
    expect(medianOf([5])).to.equal(5);
  });

  it('takes quartiles by rank', () => {
    expect(quartilesOf([50, 10, 40, 20, 30])).to.deep.equal([20, 40]);
    expect(quartilesOf([7])).to.deep.equal([7, 7]);
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
    expect(() => geometricMean([])).to.throw(RangeError);
    expect(() => geometricMean([1, 0])).to.throw(RangeError);
    expect(() => geometricMean([1, Number.NaN])).to.throw(RangeError);
  });
});
