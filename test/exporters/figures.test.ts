// Figures in human units: four digits, the unit that fits, nothing misleading at the borders.
import { expect } from 'chai';
import fc from 'fast-check';
import { count, duration, percent, relativeError } from '../../src/exporters/figures.ts';

describe('duration()', () => {
  for (const [ns, text] of [
    [0, '0'],
    [1e-9, '<0.001 ns'],
    [0.0625, '0.063 ns'],
    [5, '5.000 ns'],
    [9.9996, '10.00 ns'],
    [99.996, '100.0 ns'],
    [999.94, '999.9 ns'],
    [999.96, '1.000 µs'],
    [12_345, '12.35 µs'],
    [999_949_999, '999.9 ms'],
    [999_960_000, '1.000  s'],
    [59.99e9, '59.99  s'],
    [12_345.6e9, '12346  s'],
    [Number.MAX_SAFE_INTEGER, '9007199  s'],
  ] as const) {
    it(`gives ${ns} ns as '${text}'`, () => expect(duration(ns)).to.equal(text));
  }

  it('is never further from the value than its last digit', () => {
    const units: Record<string, number> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e15, noNaN: true }), (ns) => {
        const [figure, unit] = duration(ns).split(/ +/);
        const shownNs = Number(figure) * units[unit];
        expect(Math.abs(shownNs - ns) / ns).to.be.at.most(0.0005);
      }),
    );
  });
});

describe('percent()', () => {
  for (const [share, text] of [
    [0, '0.0%'],
    [1e-6, '<0.1%'],
    [0.0005, '0.1%'],
    [0.12345, '12.3%'],
    [1, '100.0%'],
  ] as const) {
    it(`gives ${share} as ${text}`, () => expect(percent(share)).to.equal(text));
  }
});

describe('relativeError()', () => {
  for (const [errorNs, valueNs, text] of [
    [0, 100, ''],
    [0, 0, ''],
    [4, 100, '±4%'],
    [0.94, 100, '±0.9%'],
    [0.96, 100, '±1%'],
    [0.01, 100, '±<0.1%'],
    [5000, 100, '±>999%'],
    [1, 0, '±>999%'],
  ] as const) {
    it(`gives ${errorNs} of ${valueNs} as '${text}'`, () => expect(relativeError(errorNs, valueNs)).to.equal(text));
  }
});

describe('count()', () => {
  it('takes the plural except for one', () => {
    expect([count(0, 'call'), count(1, 'call'), count(2, 'call')]).to.deep.equal(['0 calls', '1 call', '2 calls']);
  });
});
