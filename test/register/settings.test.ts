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
      ['', "EVERYCALL_REGISTER expects a JSON object, got ''"],
      ['[]', 'EVERYCALL_REGISTER expects an object of options, got []'],
      ['{"strict":1}', "EVERYCALL_REGISTER expects 'strict' to be true or false, got 1"],
      ['{"include":"x"}', "EVERYCALL_REGISTER expects 'include' to be a list of globs, got 'x'"],
      ['{"colour":1}', "EVERYCALL_REGISTER has no option 'colour'; expected one of include, exclude, root, strict"],
    ]) {
      expect(() => parseSettings(json), json).to.throw(EverycallError, expected);
    }
  });
});
