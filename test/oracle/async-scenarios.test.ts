// The catalogue's scenarios of generators, awaits and tags with real promises, timers and threads, through the command
// line: counts exactly, times with tolerance. Where the reference profiler is known to be wrong, the right answer.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { load } from '../../src/files.ts';
import type { Profile } from '../../src/profile.ts';
import { byTag } from '../../src/statistics/breakdown.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** `calls/primitiveCalls resumes open` of functions and edges. */
const COUNTS: Record<string, string> = {
  c07: '1/1 6 0',
  'c07consumer→c07': '1/1 6',
  c08: '1/1 4 0',
  c11: '4/1 17 0', // 14 and one more for the end of each `yield*`
  g10: '9/1 12 0',
  g10sleep: '4/4 4 0',
  g10burn: '4/4 0 0',
  'g10→g10sleep': '4/4 4',
  'g10→g10': '8/0 9',
  g11: '2/2 6 0',
  g11sleep: '6/6 6 0',
  g11block: '4/4 0 0',
  g16: '5/5 5 0',
  g19: '1/1 1 0',
  g19sleep: '4/4 4 0',
  'g19→g19each': '4/4 0',
  'g19each→g19sleep': '4/4 4',
  g20sleep: '1/1 1 0',
  g22nothing: '3/3 0 0',
  'g22→g22nothing': '3/3 0',
  g28: '1/1 1 0',
  g28never: '1/1 0 1',
  g26: '1/1 7 0',
  'g26consumer→g26': '1/1 7',
  g27: '9/1 12 0',
  'g27→g27': '8/0 9',
  g27sleep: '4/4 4 0',
  f10: '5/5 5 0',
  g15recursive: '6/1 10 0',
  g15sleep: '7/7 7 0',
  g15a: '2/2 2 0',
  g15b: '1/1 1 0',
  g15block: '5/5 0 0',
  g15burn: '2/2 0 0',
  g24long: '1/1 0 1',
  g24driver: '1/1 1 1',
  g24after: '1/1 0 0',
  '(event loop)→g24after': '1/1 0',
  g23inner: '2/2 2 0',
  '(event loop)→g23inner': '2/2 2',
};

type Column = 'totalWallNs' | 'totalCpuNs' | 'selfWallNs' | 'awaitNs' | 'longestBlockNs';

/** In ms. Timers are late on a busy machine: at least nine tenths, at most twice and 40 ms more than the program itself saw. */
const TIMES: readonly [what: string, column: Column, ms: number][] = [
  ['c07', 'totalWallNs', 10],
  ['c07', 'awaitNs', 0],
  ['c07consumer', 'totalWallNs', 20],
  ['g10', 'totalCpuNs', 40],
  ['g10', 'totalWallNs', 80],
  ['g10', 'selfWallNs', 0],
  ['g10sleep', 'totalCpuNs', 0],
  ['g11', 'totalWallNs', 160],
  ['g11', 'totalCpuNs', 60],
  ['g11', 'longestBlockNs', 30],
  ['g11sleep', 'awaitNs', 60],
  ['g11block', 'totalCpuNs', 0],
  ['g16', 'totalWallNs', 100],
  ['g19', 'totalWallNs', 50],
  ['g19', 'selfWallNs', 0],
  ['g19sleep', 'totalWallNs', 200],
  ['g20sleep', 'totalWallNs', 30],
  ['g26', 'totalWallNs', 30],
  ['g26', 'awaitNs', 30],
  ['g26consumer', 'totalWallNs', 60],
  ['g27', 'totalWallNs', 80],
  ['g27→g27', 'totalWallNs', 60],
  ['g27sleep', 'totalWallNs', 80],
  ['g15recursive', 'totalWallNs', 300],
  ['g15sleep', 'totalWallNs', 210],
  ['g15b', 'totalWallNs', 70],
  ['g24long', 'totalWallNs', 10], // up to the stop
  ['g24driver', 'totalWallNs', 10],
  ['g23inner', 'totalWallNs', 40],
];

for (const precision of ['exact', 'adaptive', 'sampled']) {
  describe(`scenarios with awaits, ${precision}`, () => {
    let folder: string;
    let profile: Profile;
    let output: string;
    const only = (tag: string) => {
      const { tags, functions } = profile;
      const id = tags.find(({ name }) => name === tag)!.id;
      return Object.fromEntries(
        functions.flatMap((fn) =>
          byTag(fn)
            .filter((part) => part.tag === id)
            .map((part) => [fn.name, part]),
        ),
      );
    };

    before(function () {
      this.timeout(60_000);
      folder = mkdtempSync(join(tmpdir(), 'everycall-scenarios-'));
      const saved = join(folder, 'profile.json');
      const options = ['--precision', precision, '-o', saved];
      const cli = here('../../dist/src/cli/main.js');
      const run = spawnSync(process.execPath, [cli, ...options, here('../fixtures/async/scenarios.ts')], {
        encoding: 'utf8',
      });
      expect(run.status, run.stderr).to.equal(0);
      output = run.stdout;
      profile = load(saved);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('are counted exactly', () => {
      const counts: Record<string, string> = {};
      const { functions, edges } = profile;
      for (const { name, calls, primitiveCalls, resumes, open } of functions) {
        counts[name] = `${calls}/${primitiveCalls} ${resumes} ${open}`;
      }
      for (const { caller, callee, calls, primitiveCalls, resumes } of edges) {
        counts[`${functions[caller].name}→${functions[callee].name}`] = `${calls}/${primitiveCalls} ${resumes}`;
      }
      expect(Object.fromEntries(Object.keys(COUNTS).map((key) => [key, counts[key]]))).to.deep.equal(COUNTS);
      expect(counts).to.not.have.any.keys('c10', 'g23', 'main→g23inner');
      expect(output).to.contain('3,2,1,0\n');
    });

    it('are timed within tolerance', () => {
      const { functions, edges } = profile;
      const lateMs = [...output.matchAll(/^late (.+)$/gm)].map(([, ms]) => Number(ms)).reduce((sum, ms) => sum + ms);
      for (const [what, column, ms] of TIMES) {
        const row = what.includes('→')
          ? edges.find(({ caller, callee }) => `${functions[caller].name}→${functions[callee].name}` === what)!
          : functions.find(({ name }) => name === what)!;
        const gotMs = (row as unknown as Record<Column, number>)[column] / 1e6;
        // A sampled time of a few ticks is known to within some ticks.
        const least = ms * 0.9 - (precision === 'exact' ? 0.5 : 6 * Math.sqrt(Math.max(1, ms / 10)));
        expect(gotMs, `${what} ${column} in ms`).to.be.within(Math.max(0, least), ms * 2 + 40 + lateMs);
      }
      for (const row of [...functions, ...edges]) {
        for (const [column, value] of Object.entries(row)) {
          if (column.endsWith('Ns')) expect(value, column).to.be.at.least(0);
        }
      }
    });

    it('are split by tag', () => {
      expect(only('1').f03burn.calls).to.equal(1);
      expect(only('2').f03burn.calls).to.equal(1);
      for (let i = 0; i < 5; i++) {
        const { f10, f10after } = only(`task ${i}`);
        expect([f10.calls, f10.resumes, f10after.calls]).to.deep.equal([1, 1, 1]);
        expect(f10.totalWallNs / 1e6).to.be.at.least(precision === 'exact' ? 19 : 15);
        expect(f10.totalCpuNs! / 1e6).to.be.at.most(10);
      }
      const second = only('g15 2');
      expect(second.g15recursive).to.include({ calls: 6, primitiveCalls: 1 });
      expect([second.g15block.calls, second.g15sleep.calls, second.g15a]).to.deep.equal([5, 5, undefined]);
    });
  });
}
