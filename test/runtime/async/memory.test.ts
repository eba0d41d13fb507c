// Activations leave nothing behind but figures: nothing in the arena, nothing in the heap, and no promise, generator or
// closure is kept alive by the runtime. What was given up is counted.
import { execFileSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { DURATION_LINE_WORDS, DURATION_LINES, DURATIONS } from '../../../runtime/layout.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

for (const precision of ['exact', 'sampled']) {
  describe(`memory of activations, ${precision}`, () => {
    it('a million that finished and two that were given up leave figures only', function () {
      this.timeout(120_000);
      const runtime = pathToFileURL(here('../../../dist/runtime/index.js')).href;
      const program = here('../../fixtures/async/abandoned.mjs');
      const output = execFileSync(process.execPath, ['--expose-gc', program, runtime, precision], { encoding: 'utf8' });
      const [left, functions] = output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      const { count, arenaBytes, histogramBytes, heapBytes, alive } = left as Record<string, number>;
      expect(arenaBytes, 'bytes of the arena, without histograms').to.equal(0);
      const largest = (DURATIONS.words + DURATION_LINES * DURATION_LINE_WORDS) * 4;
      expect(histogramBytes, 'bytes of the histograms of four functions and of the calibration').to.be.at.most(
        5 * largest,
      );
      if (precision === 'exact') expect(histogramBytes, 'histograms').to.be.greaterThan(0);
      expect(heapBytes, 'bytes of the heap').to.be.below(2e6);
      expect(alive, 'what was given up and is still there').to.equal(0);
      const warmUp = 5000;
      const rows = Object.fromEntries(
        (functions as [string, number, number, number][]).map(([name, ...figures]) => [name, figures]),
      );
      const all = count + warmUp;
      expect(rows.finished).to.deep.equal([all, 0, all]);
      expect(rows.abandoned).to.deep.equal([all + 1, all + 1, 0]);
      expect(rows.generator).to.deep.equal([all + 1, all + 1, all + 1]);
      expect(rows.parent).to.deep.equal([all / 10 + 2, 0, all / 10 + 2]);
    });
  });
}
