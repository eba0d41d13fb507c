// Reads the XML with Python's parser.
import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { checkBudget } from '../../src/budget/check.ts';
import { renderBudgetJunit } from '../../src/exporters/budget-junit.ts';
import { makeFunction, makeProfile, ROOT } from '../support/profiles.ts';
import { hasTool } from '../support/tools.ts';
import { profile, result, rules } from './budget-sample.ts';

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

const READER = `
import json, sys
from xml.etree import ElementTree
def read(element):
    return {'tag': element.tag, 'attributes': element.attrib, 'text': (element.text or '').strip(), 'children': [read(child) for child in element]}
print(json.dumps(read(ElementTree.fromstring(sys.stdin.buffer.read()))))
`;

function parse(xml: string): Element {
  return JSON.parse(execFileSync('python3', ['-c', READER], { input: xml, encoding: 'utf8' })) as Element;
}

describe('renderBudgetJunit() (needs python3)', function () {
  before(function () {
    if (!hasTool('python3')) this.skip();
  });

  it('has a test case for each rule, and a failure in each that is broken', () => {
    const suites = parse(renderBudgetJunit(result, { cwd: '/repo' }));
    expect(suites).to.deep.include({
      tag: 'testsuites',
      attributes: { name: 'everycall budget', tests: '7', failures: '5', errors: '0' },
    });
    const [suite] = suites.children;
    expect(suite.attributes).to.deep.equal({
      name: 'everycall budget',
      tests: '7',
      failures: '5',
      errors: '0',
      skipped: '0',
    });
    const cases = suite.children.filter(({ tag }) => tag === 'testcase');
    expect(cases.map(({ attributes, children }) => [attributes.name, children.length])).to.deep.equal([
      ['handle: at most 2 calls', 0],
      ['handle → query: at most 2 calls per call of handle', 1],
      ['query: at most 5 ms of self wall time, at most 4 calls and at least 1 call', 1],
      ['handle: at most 2 ms of total wall time', 1],
      ['größe*: at most 1 call', 1],
      ['Query: at most 1 call', 1],
      ['legacy: at most 0 calls', 0],
    ]);
    expect(cases[1].attributes).to.include({ classname: 'everycall budget', file: 'src/server.ts', line: '15' });
    expect(cases[2].children[0]).to.deep.equal({
      tag: 'failure',
      attributes: {
        message:
          'query (src/db.ts:20): expected at most 5 ms of self wall time, got 12.35 ms, 7.346 ms too long; and 1 more',
        type: 'broken',
      },
      text: [
        'query (src/db.ts:20): expected at most 5 ms of self wall time, got 12.35 ms, 7.346 ms too long',
        'query (src/db.ts:20): expected at most 4 calls, got 5, 1 too many',
      ].join('\n'),
      children: [],
    });
    expect(cases[4].children[0].text).to.match(
      /^größe, 50%: <"&\\u\{a\}\\u\{1b\}\[31m\\u\{d800\} \(C:\/repo\/ä,b%\.ts:30\): /,
    );
    expect(cases[5].children[0].attributes.type).to.equal('absent');
    expect(suite.children.at(-1)).to.deep.include({
      tag: 'system-out',
      text: '2 of 7 rules hold, 1 of them without a function of that name',
    });
  });

  it('tells rules apart that say the same', () => {
    const twice = checkBudget(profile, [rules[0], rules[0]]);
    const [suite] = parse(renderBudgetJunit(twice, { suite: 'a & "b"' })).children;
    expect(suite.attributes.name).to.equal('a & "b"');
    expect(suite.children.slice(0, 2).map(({ attributes }) => attributes.name)).to.deep.equal([
      'handle: at most 2 calls',
      'handle: at most 2 calls (2)',
    ]);
  });

  it('says what figures are missing', () => {
    const incomplete = { ...profile, dropped: { ...profile.dropped, threads: 2 } };
    expect(parse(renderBudgetJunit(checkBudget(incomplete, []))).children[0].children.at(-1)!.tag).to.equal(
      'system-err',
    );
  });

  it('is XML whatever a name holds', () => {
    const every =
      Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).join('') +
      '\ud800\udfff\udc00\u2028\ufffe\uffff]]>💧';
    const functions = [ROOT, makeFunction(1, { name: every, file: `/${every}`, calls: 2 })];
    const xml = renderBudgetJunit(checkBudget(makeProfile({ functions }), [{ function: every, max: { calls: 1 } }]));
    const [testCase] = parse(xml).children[0].children;
    expect(testCase.attributes.name).to.match(/^\\u\{0\}.*\\u\{1f\} !"#\$%&'.*💧: at most 1 call$/);
    expect(testCase.children[0].text).to.include(']]>💧 (/');
  });
});
