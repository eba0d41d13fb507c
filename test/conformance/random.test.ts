// A short run of test/conformance/random/main.ts; `npm run test:conformance:random` is the long one, and EVERYCALL_RANDOM_PROGRAMS
// makes this one longer.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const MAIN = fileURLToPath(new URL('random/main.ts', import.meta.url));
const PROGRAMS = Number(process.env.EVERYCALL_RANDOM_PROGRAMS ?? 1000);
const SEED = Number(process.env.EVERYCALL_RANDOM_SEED ?? Date.now() % 2 ** 30);
/** Realms and what they register stay in memory. */
const PROGRAMS_PER_PROCESS = 1000;
/** Stack enough for the deepest recursion, with our larger frames, too. */
const FLAGS = ['--import', 'tsx', '--experimental-vm-modules', '--no-warnings', '--stack-size=3900'];

/** Runs so many programs from a seed on, and says what came of them: numbers, and all that was printed. */
async function programsFrom(seed: number, count: number): Promise<{ compared: number; left: number; output: string }> {
  const run = [...FLAGS, MAIN, '--programs', String(count), '--seed', String(seed)];
  const { stdout } = await promisify(execFile)(process.execPath, run).catch((failed: { stdout: string }) => failed);
  const found =
    /^(\d+) programs compared, \d+ refused by both, (\d+) left as they are, \d+ endless, \d+ lines seen; 0 differ; /m;
  const [, compared, left] = found.exec(stdout) ?? [];
  // What differs is shown as small as it goes.
  expect(compared, stdout).to.be.a('string');
  return { compared: Number(compared), left: Number(left), output: stdout };
}

describe('random programs', () => {
  it('do instrumented, stopped and in each precision, what they do as they are', async function () {
    this.timeout(60_000 + PROGRAMS * 200);
    console.log(`random programs: EVERYCALL_RANDOM_SEED=${SEED}`);
    let [compared, left, output] = [0, 0, ''];
    for (let from = 0; from < PROGRAMS; from += PROGRAMS_PER_PROCESS) {
      const results = await programsFrom(SEED + from, Math.min(PROGRAMS_PER_PROCESS, PROGRAMS - from));
      compared += results.compared;
      left += results.left;
      output += results.output;
    }
    expect(compared).to.be.greaterThan(PROGRAMS / 2);
    expect(left, output).to.be.at.most(1 + PROGRAMS / 500);
  });
});
