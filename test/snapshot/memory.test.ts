// What a profile takes: columns until its edges are asked for, rows from then on, and no object for a number.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

describe('memory of a profile', () => {
  it('is one copy of the edges, and at most 330 bytes an edge once they are rows, then without the copy', function () {
    this.timeout(60_000);
    const program = fileURLToPath(new URL('../fixtures/snapshot/edge-memory.mjs', import.meta.url));
    const dist = new URL('../../dist/', import.meta.url).href;
    const output = execFileSync(process.execPath, ['--expose-gc', program, dist], { encoding: 'utf8' });
    const { edges, columnBytes, columnBytesLeft, rowBytes } = JSON.parse(output) as Record<string, number>;
    expect(edges).to.equal(99_000);
    expect(columnBytes / edges, 'bytes an edge before').to.be.within(64, 90);
    expect(columnBytesLeft, 'bytes of columns afterwards').to.be.below(10_000);
    expect(rowBytes / edges, 'bytes an edge afterwards').to.be.within(200, 330);
  });
});
