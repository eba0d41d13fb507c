// A short run of test/conformance/random/main.ts; `npm run test:conformance:random` is the long one, and EVERYCALL_RANDOM_PROGRAMS
// makes this one longer.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

const MAIN = fileURLToPath(new URL('random/main.ts', import.meta.url));
const PROGRAMS = Number(process.env.EVERYCALL_RANDOM_PROGRAMS ?? 1000);
const FLAGS = ['--import', 'tsx', '--experimental-vm-modules', '--no-warnings'];

describe('random programs', () => {
  it('do instrumented, stopped and in each precision, what they do as they are', async function () {
    this.timeout(60_000 + PROGRAMS * 100);
    const run = [...FLAGS, MAIN, '--programs', String(PROGRAMS)];
    const { stdout } = await promisify(execFile)(process.execPath, run).catch((failed: { stdout: string }) => failed);
    console.log(`    ${/^seed \d+/.exec(stdout)?.[0]}`);
    // The seed is printed first, and what differs is shown as small as it goes.
    expect(stdout).to.match(/^\d+ programs compared, \d+ refused by both, \d+ lines seen; 0 differ;/m);
    expect(Number(/^(\d+) programs compared/m.exec(stdout)![1])).to.be.greaterThan(PROGRAMS / 2);
  });
});
