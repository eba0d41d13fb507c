import { expect } from 'chai';
import { readBudget, readBudgetText as parseBudget } from '../../src/budget/parse.ts';
import { Mismatch } from '../../src/exporters/shape.ts';

const HEAD = '"format": "everycall.budget", "version": 1';
const withRules = (...rules: string[]) => `{ ${HEAD}, "rules": [${rules.join(', ')}] }`;

/** Place and message of the refusal. */
function refusal(json: string): string {
  try {
    parseBudget(json);
  } catch (error) {
    expect(error).to.be.instanceOf(Mismatch);
    const { path, message } = error as Mismatch;
    expect(message).to.not.include('\n');
    return `${path}: ${message}`;
  }
  throw new Error(`was not refused: ${json}`);
}

describe('parseBudget()', () => {
  it('gives what was written, in the order in which it was written', () => {
    const json = withRules(
      '{ "max": { "totalWall": "5 ms", "calls": 3 }, "comment": "hot", "function": "parse", "file": "src/*.ts" }',
      '{ "function": ["a", "b.*"], "from": { "function": "c", "file": ["x", "y"] }, "per": "d", "sum": true, "optional": false, "min": { "calls": 0.5 } }',
    );
    expect(JSON.stringify(parseBudget(json))).to.equal(JSON.stringify(JSON.parse(json)));
  });

  it('gives it frozen to the leaves', () => {
    const budget = parseBudget(withRules('{ "function": ["a"], "from": { "function": "b" }, "max": { "calls": 1 } }'));
    const rule = budget.rules[0];
    for (const part of [budget, budget.rules, rule, rule.function, rule.from, rule.max]) {
      expect(part).to.be.frozen;
    }
  });

  it('takes a budget without rules', () => expect(parseBudget(withRules()).rules).to.deep.equal([]));

  for (const [what, json, expected] of [
    ['an empty file', ' ', ': expected JSON, got an empty file'],
    [
      'a file that was cut short',
      withRules('{ "function": "a"').slice(0, -3),
      ': expected JSON, got something else or a part of it',
    ],
    ['other JSON', '{ "name": "x" }', ': expected "format": "everycall.budget", got other JSON'],
    ['a list', '[]', ': expected "format": "everycall.budget", got other JSON'],
    ['null', 'null', ': expected "format": "everycall.budget", got other JSON'],
    ['a profile', '{ "format": "everycall.profile" }', ': expected "format": "everycall.budget"'],
    ['no version', '{ "format": "everycall.budget", "rules": [] }', '.version: expected 1, got nothing'],
    [
      'a newer version, whatever else it holds',
      '{ "format": "everycall.budget", "version": 2, "policies": [] }',
      '.version: expected 1, got 2: a newer everycall wrote it',
    ],
    [
      'a version that is text',
      '{ "format": "everycall.budget", "version": "1", "rules": [] }',
      '.version: expected 1, got "1"',
    ],
    ['no rules', `{ ${HEAD} }`, '.rules: expected a list, got nothing'],
    [
      'an unknown field',
      `{ ${HEAD}, "rules": [], "rule": [] }`,
      ': expected one of the fields format, version, comment, rules, got "rule"',
    ],
    ['a rule that is text', withRules('"parse"'), '.rules[0]: expected an object, got "parse"'],
    [
      'a rule without function',
      withRules('{ "max": { "calls": 1 } }'),
      '.rules[0].function: expected text, got nothing',
    ],
    [
      'an empty name',
      withRules('{ "function": "", "max": { "calls": 1 } }'),
      '.rules[0].function: expected text of 1 to 1000 characters, got ""',
    ],
    [
      'an endless name',
      withRules(`{ "function": "${'a'.repeat(1001)}", "max": { "calls": 1 } }`),
      '.rules[0].function: expected text of 1 to 1000 characters',
    ],
    [
      'an empty list of names',
      withRules('{ "function": [], "max": { "calls": 1 } }'),
      '.rules[0].function: expected at least one, got an empty list',
    ],
    [
      'a number as a name',
      withRules('{ "function": ["a", 1], "max": { "calls": 1 } }'),
      '.rules[0].function[1]: expected text, got 1',
    ],
    [
      'a misspelt field',
      withRules('{ "function": "a", "mx": { "calls": 1 } }'),
      '.rules[0]: expected one of the fields function, file, from, per, sum, optional, comment, max, min, got "mx"',
    ],
    [
      'a misspelt figure',
      withRules('{ "function": "a", "max": { "call": 1 } }'),
      '.rules[0].max: expected one of the fields calls,',
    ],
    [
      'a rule without limits',
      withRules('{ "function": "a" }'),
      '.rules[0]: expected an object with a limit in max or min, got none',
    ],
    [
      'a rule with empty limits',
      withRules('{ "function": "a", "max": {}, "min": {} }'),
      '.rules[0]: expected an object with a limit',
    ],
    [
      'a negative count',
      withRules('{ "function": "a", "max": { "calls": -1 } }'),
      '.rules[0].max.calls: expected a number from 0, got -1',
    ],
    [
      'a count that is text',
      withRules('{ "function": "a", "max": { "calls": "NaN" } }'),
      '.rules[0].max.calls: expected a number from 0, got "NaN"',
    ],
    [
      'null as a count',
      withRules('{ "function": "a", "max": { "calls": null } }'),
      '.rules[0].max.calls: expected a number from 0, got null',
    ],
    [
      'an endless count',
      withRules('{ "function": "a", "max": { "calls": 1e999 } }'),
      '.rules[0].max.calls: expected a number from 0, got Infinity',
    ],
    [
      'a count that is not exact',
      withRules('{ "function": "a", "max": { "calls": 1e16 } }'),
      '.rules[0].max.calls: expected a number from 0, got 1',
    ],
    [
      'half a call',
      withRules('{ "function": "a", "max": { "calls": 0.5 } }'),
      '.rules[0].max.calls: expected a whole number from 0, since there is no per, got 0.5',
    ],
    [
      'a time without unit',
      withRules('{ "function": "a", "max": { "selfWall": 5 } }'),
      '.rules[0].max.selfWall: expected a time with its unit (ns, µs, ms or s) such as "5 ms", got 5',
    ],
    [
      'a figure that edges do not have',
      withRules('{ "function": "a", "from": "b", "max": { "p99": "1 s" } }'),
      '.rules[0].max.p99: expected a figure that is known of edges, since there is a from, got p99',
    ],
    [
      'a figure that does not add up, per call',
      withRules('{ "function": "a", "per": "b", "max": { "averageWall": "1 s" } }'),
      '.rules[0].max.averageWall: expected a figure that adds up over calls, since there is a per, got averageWall',
    ],
    [
      'limits that exclude each other',
      withRules('{ "function": "a", "max": { "selfWall": "1 ms" }, "min": { "selfWall": "1 s" } }'),
      '.rules[0].min.selfWall: expected no more than max.selfWall, 1 ms, got 1 s',
    ],
    [
      'sum as text',
      withRules('{ "function": "a", "sum": "yes", "max": { "calls": 1 } }'),
      '.rules[0].sum: expected true or false, got "yes"',
    ],
    [
      'an unknown field of from',
      withRules('{ "function": "a", "from": { "name": "b" }, "max": { "calls": 1 } }'),
      '.rules[0].from: expected one of the fields function, file, got "name"',
    ],
    [
      'prototype keys',
      withRules('{ "function": "a", "max": { "__proto__": { "calls": 1 } } }'),
      '.rules[0].max: expected one of the fields calls,',
    ],
    [
      'prototype keys of a rule',
      withRules('{ "function": "a", "max": { "calls": 1 }, "__proto__": {} }'),
      '.rules[0]: expected one of the fields function,',
    ],
    [
      'constructor as a figure',
      withRules('{ "function": "a", "max": { "constructor": 1 } }'),
      '.rules[0].max: expected one of the fields calls,',
    ],
  ] as const) {
    it(`refuses ${what}, saying where`, () => expect(refusal(json).slice(0, expected.length)).to.equal(expected));
  }
});

describe('readBudget()', () => {
  it('gives what it gave before', () => {
    const budget = parseBudget(withRules('{ "function": "a", "max": { "calls": 1 } }'));
    expect(readBudget(budget)).to.deep.equal(budget);
  });

  it('takes fields that are undefined for left out, as a literal may have them', () => {
    const rule = { function: 'a', file: undefined, max: { calls: 1, errors: undefined } };
    const budget = readBudget({ format: 'everycall.budget', version: 1, rules: [rule] });
    expect(budget.rules).to.deep.equal([{ function: 'a', max: { calls: 1 } }]);
  });

  it('takes no inherited format for its own', () => {
    expect(() => readBudget(Object.create({ format: 'everycall.budget', version: 1, rules: [] }))).to.throw(Mismatch);
  });
});
