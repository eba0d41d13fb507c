// Memory: what loading the runtime adds to a process, and that arena pages cost nothing until they are touched.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const runtime = fileURLToPath(new URL('../../dist/cjs/runtime.cjs', import.meta.url));

/** Median over a few processes of what `code` adds to the resident set, in MiB. */
function addedMiB(code: string): number {
  const program = `const rss = () => process.memoryUsage.rss() / 2 ** 20; rss();
    const before = rss(); ${code}; process.stdout.write(String(rss() - before));`;
  const runs = Array.from({ length: 5 }, () => Number(execFileSync(process.execPath, ['-e', program])));
  return runs.sort((a, b) => a - b)[2];
}

describe('memory', () => {
  it('loading the runtime adds at most 6 MiB, worker_threads included', () => {
    const added = addedMiB(`require(${JSON.stringify(runtime)})`);
    expect(added).to.be.above(0).and.at.most(6);
  });

  it('an arena four times as large adds next to nothing', () => {
    const load = (bytes: number) =>
      addedMiB(`process.env.EVERYCALL_ARENA = 'bytes=${bytes}'; require(${JSON.stringify(runtime)})`);
    expect(load(2 ** 28) - load(2 ** 26)).to.be.below(1);
  });
});
