// Words of the arena are overwritten while a program runs: neither it nor who reads the figures may notice more than that
// figures are wrong. What can be made whole again is so after a clear and a start.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { EDGE, SLAB, SLAB_EDGES } from '../../runtime/layout.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { parseForest } from '../support/call-forest.ts';
import { cellsOf, DrivenRuntime, parseCells, PRECISIONS } from '../support/driven-runtime.ts';
import type { Trial } from './corrupted-arena-child.ts';

const CHILD = fileURLToPath(new URL('corrupted-arena-child.ts', import.meta.url));
const TRIALS = 900;
const SEED = Number(process.env.FC_SEED ?? Date.now() % 2 ** 30);
/** A trial takes a few ms. In CPU time, so that a busy machine makes no hang of it. */
const MOST_CPU_MS = 3000;
const FOREST = parseForest('a[1](b[2] b[1](a[3]))');
const CELLS = 'a 2/1 7 4\n b 2/2 6 3\n a→b 2/2 6 3\n b→a 1/0 3 3';

describe('an arena whose memory is overwritten', () => {
  it('costs figures only: no hook throws or hangs, and readings succeed or fail as an EverycallError', async function () {
    this.timeout(180_000);
    console.log(`corrupted arena: FC_SEED=${SEED}`);
    const output = await new Promise<string>((done) => {
      const options = { timeout: 120_000, maxBuffer: 1 << 26 };
      execFile(
        process.execPath,
        ['--import', 'tsx', CHILD, String(SEED), String(TRIALS)],
        options,
        (_, stdout, stderr) => done(stdout + stderr),
      );
    });
    const lines = output.trimEnd().split('\n');
    const trials = lines.flatMap((line) =>
      /^\d+ \{/.test(line) ? [JSON.parse(line.slice(line.indexOf(' '))) as Trial] : [],
    );
    expect(trials.length, `the trial that did not end: ${lines.at(-1)!.slice(0, 500)}`).to.equal(TRIALS);
    for (const trial of trials) {
      expect(trial.thrown.concat(trial.misread), String(trial.seed)).to.deep.equal([]);
      expect(trial.cpuMs, String(trial.seed)).to.be.below(MOST_CPU_MS);
    }
  });

  for (const precision of PRECISIONS) {
    const damages: Record<string, (I: Int32Array, slab: number, edges: readonly number[]) => void> = {
      'the stack pointer is far above': (I, slab) => (I[slab + SLAB.sp] = 0x7fffffff),
      'the chains of the edges are circles': (I, _, edges) => edges.forEach((edge) => (I[edge + EDGE.next] = edge)),
      'the chains of the edges lead out of memory': (I, _, edges) =>
        edges.forEach((edge) => (I[edge + EDGE.next] = 0x7ffffff0)),
    };
    for (const [damage, overwrite] of Object.entries(damages)) {
      it(`goes on after a clear and a start: ${damage}, ${precision}`, () => {
        const driven = new DrivenRuntime({ precision });
        const { main } = driven;
        const { arena, slab } = main.runtime;
        driven.start();
        main.run(FOREST);
        main.instrument('c', 1, () => {
          overwrite(arena.I, slab, [...rowsOfTable(arena, slab + SLAB_EDGES)]);
          main.run(FOREST);
        })();
        driven.stop();
        driven.clear();
        driven.start();
        main.run(FOREST);
        driven.stop();
        expect(cellsOf(driven.snapshot())).to.deep.equal(parseCells(CELLS));
      });
    }
  }
});
