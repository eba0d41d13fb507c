// Percentiles of durations against those of the single calls.
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';
import type { DurationBucket } from '../../src/profile.ts';
import { percentileNs, timedCalls } from '../../src/statistics/durations.ts';
import { makeFunction } from '../support/profiles.ts';

/** Four buckets to each power of two, so that none is wider than a fourth of where it begins. */
function histogram(calls: readonly number[]): DurationBucket[] {
  const buckets = new Map<number, DurationBucket>();
  for (const ns of calls) {
    const widthNs = ns < 4 ? 1 : 2 ** Math.floor(Math.log2(ns)) / 4;
    const fromNs = Math.floor(ns / widthNs) * widthNs;
    const known = buckets.get(fromNs)?.calls ?? 0;
    buckets.set(fromNs, { fromNs, toNs: fromNs + widthNs, calls: known + 1 });
  }
  return [...buckets.values()].sort((a, b) => a.fromNs - b.fromNs);
}

const timed = (...calls: number[]) =>
  makeFunction(1, { calls: calls.length, durations: histogram(calls), maxTotalNs: Math.max(0, ...calls) });

describe('percentileNs()', () => {
  it('lies within a bucket of what the calls themselves give', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (calls, share) => {
          const sorted = calls.toSorted((a, b) => a - b);
          // The least call that the share does not exceed.
          const exactNs = sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)];
          const foundNs = percentileNs(timed(...calls), share)!;
          expect(Math.abs(foundNs - exactNs)).to.be.at.most(Math.max(1, exactNs / 4));
        },
      ),
    );
  });

  it('never falls as the share rises, and ends at the longest call', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 20 }), (calls) => {
        const fn = timed(...calls);
        const found = Array.from({ length: 101 }, (_, percent) => percentileNs(fn, percent / 100)!);
        expect(found).to.deep.equal(found.toSorted((a, b) => a - b));
        expect(found[100]).to.equal(Math.max(...calls));
      }),
    );
  });

  it('takes calls to lie evenly in their bucket', () => {
    const fn = makeFunction(1, {
      durations: [
        { fromNs: 100, toNs: 200, calls: 4 },
        { fromNs: 400, toNs: 800, calls: 4 },
      ],
    });
    expect([0, 0.25, 0.5, 0.75, 1].map((share) => percentileNs(fn, share))).to.deep.equal([100, 150, 200, 600, 800]);
  });

  it('is null where no call was timed', () => {
    expect(percentileNs(makeFunction(1, { calls: 5 }), 0.5)).to.equal(null);
  });

  it('refuses a share that is none', () => {
    for (const share of [-0.1, 1.1, NaN, 50]) {
      expect(() => percentileNs(timed(1), share)).to.throw(
        EverycallError,
        `percentileNs() expects 'share' to be from 0 to 1, got ${share}`,
      );
    }
  });
});

describe('timedCalls()', () => {
  it('counts the calls in the histogram, not all calls', () => {
    expect(timedCalls(makeFunction(1, { calls: 9, durations: histogram([1, 5, 5, 900]) }))).to.equal(4);
    expect(timedCalls(makeFunction(1, { calls: 9 }))).to.equal(0);
  });
});
