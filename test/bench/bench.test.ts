// The bench in its shortest form. No figure is held to anything: only what was run, counted and written is.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Results } from '../../bench/results.ts';

const main = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
const SHORT = ['--rounds', '1', '--seconds', '0.01'];

describe('npm run bench', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-bench-test-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const args = (more: readonly string[]) => ['--import', 'tsx', main, '--out', folder, ...more];
  const bench = (...more: string[]) => spawnSync(process.execPath, args(more), { encoding: 'utf8' });
  const written = (extension: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(extension))
      .map((name) => readFileSync(join(folder, name), 'utf8'));

  describe('measuring two programs', () => {
    it('counts the calls that they are known to make, and writes the same as JSON and as Markdown', () => {
      const programs = ['--program', 'fib', '--program', 'generator'];
      const { status, stdout, stderr } = bench(...programs, '--variant', 'exact', '--variant', 'cpu-prof', ...SHORT);
      expect(status, stderr).to.equal(0);

      const [json, ...others] = written('.json').map((text) => JSON.parse(text) as Results);
      expect(others).to.deep.equal([]);
      expect(json.failures).to.deep.equal([]);
      expect(json.programs.map(({ program, calls, units }) => [program, calls, units])).to.deep.equal([
        ['fib', 1 + 2 * fibonacci(26) - 1, null],
        ['generator', 2, 200_000],
      ]);
      for (const { rows } of json.programs) {
        expect(rows.map(({ variant, reason }) => [variant, reason])).to.deep.equal([
          ['original', null],
          ['exact', null],
          ['cpu-prof', null],
        ]);
        for (const { rounds } of rows) {
          expect(rounds).to.have.length(1);
          expect(rounds[0].wallNs).to.have.length.at.least(3);
          expect(rounds[0].cpuNs).to.have.length(rounds[0].wallNs.length);
        }
      }

      const [markdown] = written('.md');
      expect(stdout).to.equal(`${markdown}\n`);
      expect(markdown).to.include('242,786 calls a run');
      // What the table shows of a row, worked out from the JSON in another way.
      const [original, exact] = json.programs[0].rows.map(({ rounds }) => warmMedian(rounds[0].wallNs));
      const shown = /^\| exact \| ([\d.]+) \(.*?\) \| ([\d.]+) /m.exec(markdown)!;
      expect(Number(shown[1])).to.be.closeTo(exact / 1e6, 0.006);
      expect(Number(shown[2])).to.be.closeTo(exact / original, 0.006);
      const [firstOriginal, firstExact] = json.programs[0].rows.map(({ rounds }) => rounds[0].wallNs[0]);
      const first = /^\| exact (?:\|[^|]*){4}/m.exec(markdown)![0].split('|').at(-1)!;
      expect(Number(first.trim().split(' ')[0])).to.be.closeTo(firstExact / firstOriginal, 0.006);
      const cost = /^\| exact (?:\|[^|]*){5}/m.exec(markdown)![0].split('|').at(-1)!;
      expect(Number(cost.trim().split(' ')[0])).to.be.closeTo((exact - original) / 242_786, 0.006);

      const again = bench(
        '--from',
        join(
          folder,
          readdirSync(folder).find((name) => name.endsWith('.json'))!,
        ),
      );
      expect(again.stdout).to.equal(markdown);
      expect(readdirSync(folder), 'nothing half written').to.have.length(2);
    }).timeout(60_000);
  });

  describe('measuring a server (needs Linux, which tells CPU times of other processes in ns)', () => {
    it('has figures of every process, and of every slice of the requests to all of them', function () {
      if (process.platform !== 'linux') this.skip();
      const { status, stderr, stdout } = bench('--program', 'fastify', '--variant', 'stopped', ...SHORT);
      expect(status, stderr).to.equal(0);
      const [{ rows, slices }] = (JSON.parse(written('.json')[0]) as Results).servers;
      expect(rows.map(({ variant, rounds }) => [variant, rounds.length])).to.deep.equal([
        ['original', 1],
        ['stopped', 1],
      ]);
      expect(slices.map(({ variant, rounds }) => [variant, rounds.length])).to.deep.equal([
        ['original', 2],
        ['stopped', 2],
      ]);
      for (const { mainUs, processUs } of slices.flatMap(({ rounds }) => rounds)) {
        expect(mainUs).to.be.above(0);
        expect(processUs).to.be.at.least(mainUs);
      }
      expect(stdout).to.match(/^\| adaptive, servers, CPU a request \| .* not measured \|$/m);
    }).timeout(60_000);
  });

  describe('given a program that gives a wrong result', () => {
    it('says which, keeps the rest, and fails', () => {
      const program = join(folder, 'wrong.cjs');
      writeFileSync(program, `exports.run = () => 41;\nexports.expected = 42;\n`);
      const { status, stderr } = bench('--program', program, '--variant', 'stopped', ...SHORT);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^bench: wrong, original: Error: wrong result/m);
      expect(written('.md')[0]).to.include('* wrong, stopped: Error: wrong result');
    });
  });

  describe('given a program that makes other calls than it says', () => {
    it('fails', () => {
      const program = join(folder, 'miscounted.cjs');
      writeFileSync(
        program,
        `function one() { return 1; }\nexports.run = () => one();\nexports.expected = 1;\nexports.calls = 3;\n`,
      );
      const { status, stderr } = bench('--program', program, '--variant', 'original', ...SHORT);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^bench: miscounted: expected 3 calls, counted 2$/m);
    });
  });

  describe('given wrong options', () => {
    const cases: readonly [string, string[], RegExp][] = [
      ['an unknown option', ['--rouns', '3'], /--rouns/],
      ['an unknown program', ['--program', 'fob'], /--program: expected one of fib, .*, got fob/],
      ['an unknown variant', ['--variant', 'fast'], /--variant: expected one of original, .*, got fast/],
      ['no number', ['--rounds', 'many'], /--rounds: expected a number above 0 .*, got many/],
      ['half a round', ['--rounds', '1.5'], /--rounds: expected a whole number, got 1.5/],
      ['no time', ['--seconds', '0'], /--seconds: expected a number above 0/],
      ['a Node that is not there', ['--node', '/nowhere/node'], /--node: no such file/],
      ['a program that is not there', ['--program', 'nowhere.cjs'], /--program: no such file/],
    ];
    for (const [name, given, message] of cases) {
      it(`says so in a line and ends with 2: ${name}`, () => {
        const { status, stdout, stderr } = bench(...given);
        expect(status).to.equal(2);
        expect(stdout).to.equal('');
        expect(stderr)
          .to.match(message)
          .and.match(/^bench: .*\n$/);
        expect(readdirSync(folder)).to.deep.equal([]);
      });
    }
  });

  it('leaves no process and no file behind when it is interrupted', async () => {
    const [program, pidFile, out] = ['endless.cjs', 'pid', 'out'].map((name) => join(folder, name));
    mkdirSync(out);
    // Not quite endless, should it be left behind.
    writeFileSync(
      program,
      `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
      exports.run = () => { while (performance.now() < 60_000); };`,
    );
    const running = spawn(process.execPath, args(['--out', out, '--program', program, ...SHORT]), { stdio: 'ignore' });
    const pid = await until(() => pidIn(pidFile));
    running.kill('SIGINT');
    const [code] = (await once(running, 'exit')) as [number];
    expect(code).to.equal(130);
    expect(await until(() => isGone(pid!))).to.equal(true);
    expect(readdirSync(out)).to.deep.equal([]);
  });
});

function fibonacci(n: number): number {
  let [a, b] = [0, 1];
  for (let i = 0; i < n; i++) [a, b] = [b, a + b];
  return a;
}

/** The median without the first third, by counting. */
function warmMedian(runs: readonly number[]): number {
  const warm = runs.slice(Math.trunc(runs.length / 3));
  const below = (value: number) => warm.filter((other) => other < value).length;
  const middle = warm.filter((value) => {
    const least = below(value);
    return least <= warm.length / 2 && least + warm.filter((other) => other === value).length >= warm.length / 2;
  });
  return (Math.min(...middle) + Math.max(...middle)) / 2;
}

/** Asks until there is an answer, for a while: a test that failed must not wait for ever. */
async function until<T>(ask: () => T | undefined): Promise<T | undefined> {
  for (let tries = 0; tries < 1000; tries++) {
    const answer = ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
}

function pidIn(file: string): number | undefined {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined;
}

function isGone(pid: number): true | undefined {
  try {
    process.kill(pid, 0);
    return undefined;
  } catch {
    return true;
  }
}
