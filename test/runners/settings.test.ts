// Settings of a test run: where they come from, and what is said of those that are none.
import { expect } from 'chai';
import { checkTestRunSettings, outputsOf, readTestRunSettings, TESTS_VARIABLE } from '../../src/runners/settings.ts';
import { projects } from '../register/programs.ts';

describe('settings of a test run', () => {
  const project = projects();

  it('come from package.json, and from the environment, which wins', () => {
    const { directory } = project({
      'package.json': '{ "everycall": { "include": ["src/**"], "limit": 3, "output": "a.json" } }',
    });
    expect(readTestRunSettings(directory, {})).to.deep.equal({ include: ['src/**'], limit: 3, output: 'a.json' });
    const settings = readTestRunSettings(directory, { [TESTS_VARIABLE]: '{"output":["b.json","c.html"]}' });
    expect(settings).to.deep.equal({ include: ['src/**'], limit: 3, output: ['b.json', 'c.html'] });
    expect(outputsOf(settings, directory)).to.deep.equal([`${directory}/b.json`, `${directory}/c.html`]);
  });

  it('are none where nothing is said', () => {
    expect(readTestRunSettings(project({}).directory, {})).to.deep.equal({});
    expect(readTestRunSettings(project({ 'package.json': '{' }).directory, {})).to.deep.equal({});
  });

  for (const [given, message] of [
    [[], 'x expects an object of options, got []'],
    [
      { outptu: 'a' },
      "x has no option 'outptu'; expected one of include, exclude, testFiles, output, format, limit, summary, precision, overhead, tickMs, builtins",
    ],
    [{ include: 'src' }, "x expects 'include' to be a list of globs, got 'src'"],
    [{ output: [''] }, `x expects 'output' to be the name of a file or a list of names, got [""]`],
    [{ limit: 0 }, "x expects 'limit' to be a whole number from 1, or 'all', got 0"],
    [{ summary: 1 }, "x expects 'summary' to be true or false, got 1"],
    [{ precision: 'rough' }, "x expects 'precision' to be 'adaptive' or 'exact' or 'sampled', got 'rough'"],
  ] as const) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      expect(() => checkTestRunSettings('x', given))
        .to.throw()
        .with.property('message', message);
    });
  }

  it('refuses an environment variable that is no JSON', () => {
    expect(() => readTestRunSettings('/', { [TESTS_VARIABLE]: 'limit=3' }))
      .to.throw()
      .with.property('message', "EVERYCALL_TESTS expects a JSON object, got 'limit=3'");
  });
});
