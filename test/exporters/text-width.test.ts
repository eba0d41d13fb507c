// Widths in terminal cells, and shortening to them.
import { expect } from 'chai';
import fc from 'fast-check';
import {
  displayWidth,
  pad,
  printable,
  shortenLeft,
  shortenMiddle,
  shortenRight,
  wrap,
} from '../../src/exporters/text-width.ts';

describe('displayWidth()', () => {
  for (const [what, text, cells] of [
    ['ASCII', 'abc', 3],
    ['nothing', '', 0],
    ['Chinese', '解析', 4],
    ['Korean', '한글', 4],
    ['fullwidth letters', 'Ａb', 3],
    ['accents as one or two characters', 'e\u0301é', 2],
    ['emoji', '🚀', 2],
    ['a family joined to one emoji', '👩‍👩‍👧', 2],
    ['Cyrillic and Greek', 'ДΩ', 2],
    ['box drawing', '─…', 2],
  ] as const) {
    it(`counts ${what}`, () => expect(displayWidth(text)).to.equal(cells));
  }
});

describe('printable()', () => {
  it('escapes what would act on a terminal or break the line', () => {
    expect(printable('a\nb\u001b[2Jc\u202ed\u2028')).to.equal('a\\u{a}b\\u{1b}[2Jc\\u{202e}d\\u{2028}');
    expect(printable('a\ud800')).to.equal('a\\u{d800}');
  });

  it('leaves words of all scripts as they are', () => {
    for (const text of ['naïve#méthode', '解析器', 'статика', '👩‍👩‍👧 $_1']) expect(printable(text)).to.equal(text);
  });
});

describe('shortenMiddle()', () => {
  it('keeps both ends', () => {
    expect(shortenMiddle('Parser.parseExpression', 9)).to.equal('Pars…sion');
    expect(shortenMiddle('short', 5)).to.equal('short');
  });
});

describe('shortenRight()', () => {
  it('keeps the beginning', () => {
    expect(shortenRight('12 threads · 3 functions', 11)).to.equal('12 threads…');
    expect(shortenRight('解析', 3)).to.equal('解…');
  });
});

describe('shortenLeft()', () => {
  it('keeps the end', () => {
    expect(shortenLeft('/app/src/main.ts:12', 11)).to.equal('…main.ts:12');
  });

  it('never gives more cells than asked, nor half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        for (const shorten of [shortenLeft, shortenMiddle, shortenRight]) {
          const short = shorten(text, width);
          expect(displayWidth(short)).to.be.at.most(width);
          expect(() => encodeURIComponent(short)).to.not.throw(); // it would for half a pair
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('pad()', () => {
  it('counts cells, not characters', () => {
    expect(pad('解', 4, 'left')).to.equal('解  ');
    expect(pad('解', 4, 'right')).to.equal('  解');
    expect(pad('long', 2, 'left')).to.equal('long');
  });
});

describe('wrap()', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrap('one two three four', 9)).to.deep.equal(['one two', '  three', '  four']);
    expect(wrap('', 9)).to.deep.equal(['']);
    expect(wrap('a', Infinity)).to.deep.equal(['a']);
  });
});
