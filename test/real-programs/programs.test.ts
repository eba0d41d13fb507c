// Real packages do under everycall what they do without it, byte for byte, stopped and in each precision; and what is counted
// of them is the same in all of these.
import { expect } from 'chai';
import { fixturePackages } from '../support/fixture-packages.ts';
import { callsIn, differences, IS_WHOLE, PRECISIONS, Runs } from './runs.ts';
import type { Way } from './runs.ts';

interface Program {
  readonly file: string;
  /** Lines and calls there are at least: a program that does nothing passes for no reason. */
  readonly lines: number;
  readonly calls: number;
  /** Too long for every day. */
  readonly isLong?: boolean;
}

const PROGRAMS: readonly Program[] = [
  { file: 'zod.mjs', lines: 500, calls: 20_000 },
  { file: 'ajv.cjs', lines: 180, calls: 100_000 },
  { file: 'luxon.mjs', lines: 250, calls: 150_000 },
  { file: 'templates.cjs', lines: 180, calls: 60_000 },
  { file: 'kysely.mjs', lines: 12, calls: 8_000 },
  { file: 'parsers.mjs', lines: 900, calls: 200_000 },
  { file: 'state.mjs', lines: 170, calls: 300_000 },
  { file: 'javascript-parsers.mjs', lines: 300, calls: 7_000_000, isLong: true },
  { file: 'formatters.cjs', lines: 600, calls: 5_000_000, isLong: true },
];

const ALL_WAYS: readonly Way[] = ['stopped', ...PRECISIONS, 'builtins'];

describe('real programs', function () {
  this.timeout(IS_WHOLE ? 600_000 : 120_000);
  let runs: Runs;
  before(() => {
    fixturePackages('real-programs');
    runs = new Runs();
  });
  after(() => runs.remove());

  for (const [i, { file, lines, calls, isLong }] of PROGRAMS.entries()) {
    if (isLong && !IS_WHOLE) continue;
    // Each day each program in one way; all in all of them in the whole form.
    const ways = IS_WHOLE ? ALL_WAYS : [ALL_WAYS[i % ALL_WAYS.length]];
    it(`${file}: the same instrumented (${ways.join(', ')})`, async () => {
      const script = `programs/${file}`;
      const plain = await runs.plain([script]);
      expect(plain.code, plain.stderr).to.equal(0);
      expect(plain.stdout.split('\n').length).to.be.at.least(lines);
      let counted: ReadonlyMap<string, number> | undefined;
      for (const way of ways) {
        const { profile, ...outcome } = await runs.instrumented(way, [script]);
        expect(outcome, way).to.deep.equal(plain);
        if (way === 'stopped') {
          expect([...callsIn(profile)], 'calls while stopped').to.deep.equal([]);
          continue;
        }
        expect(
          Object.values(profile.dropped).every((n) => n === 0),
          JSON.stringify(profile.dropped),
        ).to.equal(true);
        if (way === 'builtins') continue; // has functions that the others have not
        const these = callsIn(profile);
        expect([...these.values()].reduce((sum, n) => sum + n, 0)).to.be.at.least(calls);
        counted ??= these;
        expect(differences(counted, these), `calls ${ways[1]} and ${way}`).to.deep.equal([]);
      }
    });
  }
});
