// What is said of options that are none, whatever their values are.
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../src/errors.ts';
import { badOption, checkOptions, FLAG, numberFrom } from '../src/option-checks.ts';

const CHECKS = { width: numberFrom(0, 10), quiet: FLAG };

describe('checks of options', () => {
  const refusal = (options: unknown): string | null => {
    try {
      checkOptions('draw()', options, CHECKS);
      return null;
    } catch (error) {
      expect(error).to.be.instanceOf(EverycallError).with.property('code', 'bad-option');
      return (error as Error).message;
    }
  };

  it('take what holds, what is left out and what is undefined', () => {
    for (const options of [{}, { width: 0 }, { width: 10, quiet: false }, { width: undefined }]) {
      expect(refusal(options)).to.equal(null);
    }
  });

  const looped: unknown[] = [];
  looped.push(looped);
  const cases: [unknown, string][] = [
    [null, 'draw() expects an object of options, got null'],
    [undefined, 'draw() expects an object of options, got undefined'],
    [{ heigth: 1 }, "draw() has no option 'heigth'; expected one of width, quiet"],
    [{ toString: 1 }, "draw() has no option 'toString'; expected one of width, quiet"],
    [{ width: 11 }, "draw() expects 'width' to be a number from 0 to 10, got 11"],
    [{ width: NaN }, "draw() expects 'width' to be a number from 0 to 10, got NaN"],
    [{ width: '1\n2' }, "draw() expects 'width' to be a number from 0 to 10, got '1\\u{a}2'"],
    [{ width: [1] }, "draw() expects 'width' to be a number from 0 to 10, got [1]"],
    [{ width: looped }, "draw() expects 'width' to be a number from 0 to 10, got an array"],
    [{ width: { a: 'x'.repeat(100) } }, "draw() expects 'width' to be a number from 0 to 10, got an object"],
    [{ quiet: () => 1 }, "draw() expects 'quiet' to be true or false, got a function"],
    [{ quiet: Symbol('no') }, "draw() expects 'quiet' to be true or false, got Symbol(no)"],
    [{ quiet: 10n }, "draw() expects 'quiet' to be true or false, got 10"],
  ];
  for (const [options, message] of cases) {
    it(`say: ${message}`, () => {
      expect(refusal(options)).to.equal(message);
    });
  }

  it('say it in one line of bounded length, whatever came', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true }), (value) => {
        const { message } = badOption('draw()', 'a pen', value);
        expect(message).to.match(/^draw\(\) expects a pen, got \S/);
        expect(message.length).to.be.lessThan(700);
        expect(message).to.not.contain('\n');
      }),
    );
  });
});
