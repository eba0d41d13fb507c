// The matchers and the chai plugin in a real vitest, which has a chai 5 of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const fixture = fileURLToPath(new URL('../fixtures/vitest', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const vitest = join(dirname(resolve('vitest/package.json')), 'vitest.mjs');

interface VitestResult {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

describe('the assertions in vitest', () => {
  let outcomes: Map<string, string>;
  before(() => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [vitest, 'run', '--root', fixture, '--reporter', 'json', '--no-cache'],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
    );
    const json = stdout.slice(stdout.indexOf('{'));
    if (json === '') throw new Error(stderr);
    const { testResults } = JSON.parse(json) as VitestResult;
    outcomes = new Map(
      testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .map(({ fullName, status, failureMessages }) => [
          fullName,
          failureMessages.length === 0 ? status : failureMessages[0].split('\n').slice(0, 4).join('\n'),
        ]),
    );
  });

  it('hold', () => {
    expect(outcomes.get('holds matchers')).to.equal('passed');
    expect(outcomes.get('holds plugin')).to.equal('passed');
  });

  it('break, and say what was expected and what came', () => {
    expect(outcomes.get('breaks toHaveCalls')).to.match(/^Error: expected 3 calls of parse, got 2\n/);
    expect(outcomes.get('breaks not.toHaveCalls')).to.match(/^Error: expected not 2 calls of parse, got 2\n/);
    expect(outcomes.get('breaks toHaveCallsAtMost')).to.match(/^Error: expected at most 1 call of parse, got 2\n/);
    expect(outcomes.get('breaks toMeetBudget')).to.match(
      /^Error: expected the profile to meet its budget\n\nbroken: parse: at most 1 call\n {2}parse /,
    );
    expect(outcomes.get('breaks callsOf')).to.match(/calls of parse: expected 2 to be at most 1\n/);
    expect(outcomes.size).to.equal(7);
  });

  it('have types, which refuse what they do not take', () => {
    const options = [
      '--noEmit',
      '--ignoreConfig',
      '--strict',
      '--skipLibCheck',
      '--module',
      'nodenext',
      '--target',
      'es2022',
    ];
    const more = ['--allowImportingTsExtensions', '--lib', 'es2023', '--types', 'node'];
    const check = (file: string) =>
      execFileSync(process.execPath, [resolve('typescript/bin/tsc'), ...options, ...more, join(fixture, file)], {
        encoding: 'utf8',
      });
    expect(check('budget.spec.ts')).to.equal('');
    expect(() => check('wrong.ts'))
      .to.throw()
      .with.property('stdout')
      .that.matches(/^[^\n]*wrong\.ts\(6,[^\n]*\n[^\n]*wrong\.ts\(7,/);
  });
});
