import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { parseSettings } from '../../src/register/settings.ts';

describe('parseSettings()', () => {
  it('reads the options that there are', () => {
    const settings = { include: ['**/*.ts'], exclude: [], root: '/', strict: true, cache: 'off', progress: false };
    expect(parseSettings(JSON.stringify(settings))).to.deep.equal(settings);
  });

  it('refuses everything else, naming what was expected and what came', () => {
    for (const [json, expected] of [
      ['', 'expected a JSON object, got ""'],
      ['[]', 'expected a JSON object, got "[]"'],
      ['{"strict":1}', 'EVERYCALL_REGISTER.strict: expected true or false, got 1'],
      ['{"include":"x"}', 'EVERYCALL_REGISTER.include: expected a list of strings, got "x"'],
      ['{"colour":1}', 'got "colour"'],
    ]) {
      expect(() => parseSettings(json), json).to.throw(EverycallError, expected);
    }
  });
});
