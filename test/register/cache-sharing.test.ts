// The transform cache under many processes at once, on a disk that fills up, and over a long time: a reader gets what was
// written under its key or nothing, nobody fails, and the bound holds.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { cacheKey, openCache } from '../../src/register/cache.ts';

const run = promisify(execFile);
const CACHE = new URL('../../dist/src/register/cache.js', import.meta.url).href;

/** What stands under a key: the key says it, so that every process knows what to expect. */
const CODE_OF = `(i) => ('let n = ' + i + ';\\n').repeat(20 + (i % 7) * 40)`;
const codeOf = new Function(`return ${CODE_OF}`)() as (i: number) => string;

/** A process that reads and writes at random, and prints how much of what it read was wrong, right and missing. */
const PROCESS = `
  import { cacheKey, openCache } from '${CACHE}';
  const [directory, rounds, bound, seed] = process.argv.slice(1);
  const cache = openCache(directory, '/', Number(bound));
  const codeOf = ${CODE_OF};
  let state = Number(seed);
  const random = (n) => (state = (state * 48271) % 2147483647) % n;
  const seen = { wrong: 0, right: 0, missing: 0 };
  for (let round = 0; round < Number(rounds); round++) {
    const i = random(60);
    const found = cache.read(cacheKey([String(i)]));
    if (found === null) seen.missing++, cache.write(cacheKey([String(i)]), { code: codeOf(i), format: 'module', map: '{}' });
    else if (found.code.startsWith(codeOf(i) + '\\n//# ') && found.format === 'module') seen.right++;
    else seen.wrong++;
  }
  console.log(JSON.stringify(seen));
`;

type Seen = Record<'wrong' | 'right' | 'missing', number>;

describe('a cache directory that many share', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'everycall-cache-test-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const bytesIn = (): number =>
    readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);

  async function processes(count: number, rounds: number, bound: number): Promise<Seen[]> {
    const args = ['--input-type=module', '-e', PROCESS, directory, String(rounds), String(bound)];
    const all = Array.from({ length: count }, (_, i) => run(process.execPath, [...args, String(i * 7919 + 1)]));
    return (await Promise.all(all)).map(({ stdout, stderr }) => {
      expect(stderr).to.equal('');
      return JSON.parse(stdout) as Seen;
    });
  }

  it('gives four processes that read and write the same keys what belongs to them', async () => {
    const seen = await processes(4, 400, 1e9);
    expect(seen.map(({ wrong }) => wrong)).to.deep.equal([0, 0, 0, 0]);
    for (const { right, missing } of seen) expect(right + missing).to.equal(400);
    expect(seen.reduce((sum, { right }) => sum + right, 0)).to.be.at.least(1600 - 4 * 60);
    expect(readdirSync(directory)).to.have.length(120); // every key once, with its map, and nothing half written
  });

  it('stays whole and within its bound while four processes prune it under each other', async () => {
    const bound = 40_000;
    const seen = await processes(4, 400, bound);
    expect(seen.map(({ wrong }) => wrong)).to.deep.equal([0, 0, 0, 0]);
    expect(Math.max(...seen.map(({ missing }) => missing))).to.be.above(60); // the bound was felt
    const largest = codeOf(6).length + 100;
    expect(bytesIn()).to.be.at.most(bound + 4 * (bound / 32 + largest));
  });

  it('keeps its bound write after write, and process after process', () => {
    const bound = 64_000;
    for (let i = 0; i < 300; i++) {
      if (i % 10 === 0)
        openCache(directory, '/', bound).write(cacheKey([`p${i}`]), { code: codeOf(i), format: 'module', map: '{}' });
    }
    const cache = openCache(directory, '/', bound);
    let most = 0;
    for (let i = 0; i < 300; i++) {
      cache.write(cacheKey([String(i)]), { code: codeOf(i), format: 'module', map: '{}' });
      most = Math.max(most, bytesIn());
    }
    expect(most).to.be.above(bound / 2);
    expect(most).to.be.at.most(bound + bound / 32 + codeOf(6).length + 200);
  });

  it('takes what other bytes make of an entry for no entry, wherever they stand', () => {
    const cache = openCache(directory, '/');
    const key = cacheKey(['a']);
    const entry = cache.write(key, { code: 'let ü = 1;\n//\n', format: 'commonjs', map: '{}' });
    const whole = readFileSync(join(directory, key));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
        const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) bytes[at] ^= change;
        writeFileSync(join(directory, key), bytes);
        expect(cache.read(key)).to.equal(null);
      }),
      { numRuns: 200 },
    );
    writeFileSync(join(directory, key), whole);
    expect(cache.read(key)).to.deep.equal(entry);
  });

  it('goes without an entry where the disk is full, and leaves nothing half written', async () => {
    const code = `
      import { cacheKey, openCache } from '${CACHE}';
      const cache = openCache(process.argv[1], '/');
      cache.write(cacheKey(['small']), { code: 'small', format: 'module', map: '{}' });
      cache.write(cacheKey(['large']), { code: 'x'.repeat(100000), format: 'module', map: '{}' });
      console.log(cache.read(cacheKey(['small']))?.code.slice(0, 5), cache.read(cacheKey(['large'])));`;
    // A limit on the size of a file ends a write in its middle, as a full disk does.
    const shell = `trap '' XFSZ; ulimit -f 16; exec "$0" --input-type=module -e "$1" "$2"`;
    const { stdout, stderr } = await run('bash', ['-c', shell, process.execPath, code, directory]);
    expect({ stdout, stderr }).to.deep.equal({ stdout: 'small null\n', stderr: '' });
    expect(readdirSync(directory)).to.have.members([cacheKey(['small']), `${cacheKey(['small'])}.map`]);
  });

  if (existsSync('/proc/self')) {
    it('goes without a cache where a directory lets nobody write, not even root', () => {
      const cache = openCache('/proc/self', '/');
      cache.write(cacheKey(['a']), { code: 'x', format: 'module', map: '{}' });
      expect(cache.read(cacheKey(['a']))).to.equal(null);
    });
  }
});
