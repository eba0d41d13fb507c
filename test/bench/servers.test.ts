// Servers of the bench that do not serve: each is a row with a reason, and the others are measured.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Bench } from '../../bench/measure.ts';
import type { Program } from '../../bench/programs.ts';
import { measureSlices } from '../../bench/slices.ts';
import type { Variant } from '../../bench/variants.ts';

/** Does as BROKEN says, which the variant sets. */
const SERVER = `
  const { createServer } = require('node:http');
  const { userPage } = require(process.env.APPLICATION);
  const { BROKEN } = process.env;
  if (BROKEN === 'throws') throw new Error('no server today');
  if (BROKEN === 'ends') process.exit();
  const server = createServer(async (request, response) => {
    const text = BROKEN === 'lies' ? '{}' : JSON.stringify(await userPage('7'));
    response.setHeader('Content-Length', text.length).end(text);
  });
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port, loadedMs: 1 })));
  process.stdin.on('end', () => process.exit()).resume();
`;

describe('slices of the bench (need Linux, which tells CPU times of other processes in ns)', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-bench-test-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('tell why there are none of a server that does not start, ends or answers wrongly', async function () {
    if (process.platform !== 'linux') this.skip();
    const file = join(folder, 'server.cjs');
    writeFileSync(file, SERVER);
    const APPLICATION = join(import.meta.dirname, '../../bench/programs/servers/application.cjs');
    const variants = ['', 'throws', 'ends', 'lies'].map((BROKEN): Variant => {
      return { name: BROKEN || 'original', options: () => [], env: { BROKEN, APPLICATION }, quick: [] };
    });
    const failures: string[] = [];
    const bench: Bench = {
      node: process.execPath,
      rounds: 1,
      seconds: 0.01,
      minRuns: 1,
      scratch: folder,
      cache: folder,
      variantsFor: () => variants,
      progress: () => {},
      fail: (line) => failures.push(line),
    };
    const program: Program = { name: 'broken', kind: 'server', quick: false, file, folders: [], packages: [] };
    const rows = await measureSlices(bench, program);
    expect(rows.map(({ variant, rounds }) => [variant, rounds.length])).to.deep.equal([
      ['original', 2],
      ['throws', 0],
      ['ends', 0],
      ['lies', 0],
    ]);
    const [original, throwing, ending, lying] = rows.map(({ reason }) => reason);
    expect(original).to.equal(null);
    expect(throwing).to.equal('Error: no server today');
    expect(ending).to.equal('ended with 0');
    expect(lying).to.match(/^wrong answer: expected \{"id":"7".*, got \{\}$/);
    expect(failures).to.have.length(3);
  });
});
