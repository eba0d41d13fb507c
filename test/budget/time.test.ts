import { expect } from 'chai';
import fc from 'fast-check';
import { roundedTimeText, timeNs, timeText } from '../../src/budget/time.ts';
import { Mismatch } from '../../src/exporters/shape.ts';

describe('timeNs()', () => {
  for (const [text, ns] of [
    ['5 ms', 5_000_000],
    ['5ms', 5_000_000],
    ['250 ns', 250],
    ['0.25 us', 250],
    ['0.25 µs', 250],
    ['0.25 μs', 250],
    ['1.5 s', 1_500_000_000],
    ['2.3 ms', 2_300_000],
    ['0 ns', 0],
  ] as const) {
    it(`reads ${text}`, () => expect(timeNs(text)).to.equal(ns));
  }

  for (const bad of [
    5,
    0,
    null,
    undefined,
    NaN,
    {},
    [],
    '5',
    '',
    'ms',
    '-5 ms',
    '+5 ms',
    '5 m',
    '5 MS',
    '5  ms',
    ' 5 ms',
  ]) {
    it(`refuses ${JSON.stringify(bad) ?? String(bad)}, and names what is right`, () => {
      expect(() => timeNs(bad)).to.throw(Mismatch, /^expected a time with its unit .* such as "5 ms", got /);
    });
  }

  for (const bad of [
    'NaN ms',
    'Infinity s',
    '1e9 s',
    '0x10 ns',
    '5 ms\n',
    '1,5 ms',
    '.5 ms',
    '5. ms',
    '__proto__',
    `${'9'.repeat(99)} s`,
  ]) {
    it(`refuses ${JSON.stringify(bad.slice(0, 20))}`, () => expect(() => timeNs(bad)).to.throw(Mismatch));
  }

  it('refuses what no clock could measure', () => {
    expect(timeNs('9007199 s')).to.equal(9_007_199e9);
    expect(() => timeNs('9007200 s')).to.throw(Mismatch, 'at most 104 days');
  });
});

describe('timeText()', () => {
  it('uses the unit that fits', () => {
    expect([0, 1, 999, 1000, 1500, 5e6, 2.3e6, 6e10].map(timeText)).to.deep.equal([
      '0 ns',
      '1 ns',
      '999 ns',
      '1 µs',
      '1.5 µs',
      '5 ms',
      '2.3 ms',
      '60 s',
    ]);
  });

  it('is what timeNs() reads, for every whole number of ns', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (ns) => timeNs(timeText(ns)) === ns),
      { numRuns: 2000 },
    );
  });
});

describe('roundedTimeText()', () => {
  it('gives three digits', () => {
    expect(roundedTimeText(1_234_567, 'up')).to.equal('1.24 ms');
    expect(roundedTimeText(1_234_567, 'down')).to.equal('1.23 ms');
    expect(roundedTimeText(1_230_000, 'up')).to.equal('1.23 ms');
    expect(roundedTimeText(0, 'up')).to.equal('0 ns');
    expect(roundedTimeText(0, 'down')).to.equal('0 ns');
    expect(roundedTimeText(999.5, 'up')).to.equal('1000 ns');
  });

  it('never ends on the other side, and is at most 2 % away', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: Number.MAX_SAFE_INTEGER / 2, noNaN: true }), (ns) => {
        const up = timeNs(roundedTimeText(ns, 'up'));
        const down = timeNs(roundedTimeText(ns, 'down'));
        return up >= ns && up <= ns * 1.02 && down <= ns && down >= ns * 0.98;
      }),
      { numRuns: 2000 },
    );
  });

  it('stays at the longest time that a budget can say', () => {
    expect(timeNs(roundedTimeText(1e300, 'up'))).to.equal(Number.MAX_SAFE_INTEGER);
    expect(timeNs(roundedTimeText(Number.MAX_SAFE_INTEGER - 1, 'up'))).to.equal(Number.MAX_SAFE_INTEGER);
  });
});
