// The tests that packages are published with pass under everycall as they do without it, test by test.
import { expect } from 'chai';
import { fixturePackages } from '../support/fixture-packages.ts';
import { callsIn, IS_WHOLE, PRECISIONS, Runs } from './runs.ts';
import type { Way } from './runs.ts';

/** Results that each suite has at least. */
const SUITES: readonly { name: string; results: number; isLong?: boolean }[] = [
  { name: 'minimist', results: 150 },
  { name: 'secure-json-parse', results: 99 },
  { name: 'fastq', results: 270 },
  { name: 'safe-regex2', results: 4, isLong: true },
  { name: 'qs', results: 1_690, isLong: true },
  { name: 'fast-uri', results: 3_400, isLong: true },
  { name: 'find-my-way', results: 540, isLong: true },
  { name: 'avvio', results: 240, isLong: true },
];

/** TAP without how long things took. */
const results = (stdout: string): string[] => stdout.split('\n').filter((line) => !/duration_ms/.test(line));

describe('tests of packages', function () {
  this.timeout(IS_WHOLE ? 600_000 : 120_000);
  let runs: Runs;
  before(() => {
    fixturePackages('real-programs');
    runs = new Runs();
  });
  after(() => runs.remove());

  for (const [i, { name, results: least, isLong }] of SUITES.entries()) {
    if (isLong && !IS_WHOLE) continue;
    const ways: readonly Way[] = IS_WHOLE
      ? ['stopped', ...PRECISIONS, 'builtins']
      : [PRECISIONS[i % PRECISIONS.length]];
    it(`${name}: the same results (${ways.join(', ')})`, async () => {
      const plain = await runs.plain(['suite.cjs', name]);
      const wanted = results(plain.stdout);
      expect(plain.code, plain.stderr).to.equal(0);
      expect(wanted.filter((line) => /^\s*ok /.test(line)).length).to.be.at.least(least);
      expect(wanted.filter((line) => /^\s*not ok /.test(line))).to.deep.equal([]);
      for (const way of ways) {
        const { stdout, stderr, code, profile } = await runs.instrumented(way, ['suite.cjs', name]);
        expect({ results: results(stdout), stderr, code }, way).to.deep.equal({
          results: wanted,
          stderr: plain.stderr,
          code: 0,
        });
        const calls = [...callsIn(profile).values()].reduce((sum, n) => sum + n, 0);
        if (way === 'stopped') expect(calls).to.equal(0);
        else expect(calls).to.be.at.least(least);
      }
    });
  }
});
