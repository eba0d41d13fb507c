// The accuracy bench: its arithmetic, and its programs under an injected clock, where what they spend is known to the ns.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { selfNsOf } from '../../bench/accuracy/cpu-profile.ts';
import { coverage, errorsOf, worstRatio } from '../../bench/accuracy/errors.ts';
import { instrumentedPrograms } from '../../bench/accuracy/instrumented.ts';
import { timesOf, truthMisses } from '../../bench/accuracy/measured.ts';
import { coverageOf } from '../../bench/accuracy/standard-errors.ts';
import { createRuntime } from '../../runtime/instance.ts';
import { CONTROL, TICKER_LIVE } from '../../runtime/layout.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';

const US = 1000;
const TICK_NS = 1e6;

interface Program {
  readonly roundUs: number;
  readonly truth: Readonly<Record<string, readonly [calls: number, units: number]>>;
  begin?(): void;
  round(): unknown;
}

/** The instrumented programs, their time passing on a clock of ours: a unit is 1 µs, ticks come every ms, more or less if `uneven`. */
function driven(precision: 'exact' | 'sampled', uneven: boolean) {
  let wallNs = 0;
  let nextTickNs = TICK_NS;
  let ticks = 0;
  const untilNextNs = () => TICK_NS * (uneven ? 0.5 + ((++ticks * 0.6180339887) % 1) : 1);
  const runtime = createRuntime({ arenaBytes: 4 << 20, clock: { wallNs: () => wallNs, cpuNs: () => wallNs } });
  runtime.arena.I[CONTROL.tickerState] = TICKER_LIVE; // we are the ticker
  const passTo = (ns: number) => {
    for (; nextTickNs <= ns; nextTickNs += untilNextNs()) {
      wallNs = nextTickNs;
      runtime.tick();
    }
    wallNs = Math.max(wallNs, ns);
  };
  const kernel = {
    spend: (units: number) => passTo(wallNs + Math.round(units * US)),
    until: (ms: number) => passTo(Math.round(ms * 1e6)),
    pause: () => Promise.resolve(),
    now: () => wallNs / 1e6,
  };
  const module = { exports: {} as Record<string, (given: typeof kernel) => Program> };
  new Function('require', 'module', 'exports', instrumentedPrograms())(() => runtime, module, module.exports);
  expect(runtime.start({ precision, overhead: 0.03, tickMs: 1, onlyThread: null })).to.equal(true);
  return { runtime, programs: module.exports, kernel };
}

const NAMES = ['split', 'tiny', 'below', 'above', 'aliased', 'recursion', 'nested', 'asynchronous', 'left', 'right'];

/** Runs so many rounds; self times and standard errors by function. */
async function run(precision: 'exact' | 'sampled', name: string, rounds: number) {
  const { runtime, programs, kernel } = driven(precision, name !== 'aliased');
  const program = programs[name](kernel);
  program.begin?.();
  runtime.clear();
  for (let i = 0; i < rounds; i++) await program.round();
  const { functions } = takeSnapshot(runtime);
  const found = new Map(functions.map((fn) => [fn.name.split('.').at(-1)!, fn]));
  return { program, found };
}

describe('the programs of known times', () => {
  for (const name of NAMES) {
    it(`${name}: exact gives each function just what is written in it`, async () => {
      const { program, found } = await run('exact', name, 7);
      for (const [fn, [calls, units]] of Object.entries(program.truth)) {
        expect(found.get(fn)?.calls, `calls of ${fn}`).to.equal(7 * calls);
        const trueNs = 7 * calls * units * US;
        expect(found.get(fn)?.selfWallNs, `self of ${fn}`).to.be.closeTo(trueNs, name === 'aliased' ? 7 : 0);
        expect(found.get(fn)?.selfCpuNs).to.equal(found.get(fn)?.selfWallNs);
      }
    });
  }

  for (const name of NAMES.filter((one) => one !== 'aliased')) {
    it(`${name}: sampled is within three of its standard errors, and the whole within a tick`, async () => {
      const rounds = 400;
      const { program, found } = await run('sampled', name, rounds);
      let [trueSum, sum] = [0, 0];
      for (const [fn, [calls, units]] of Object.entries(program.truth)) {
        const trueNs = rounds * calls * units * US;
        const { selfWallNs, selfErrorNs } = found.get(fn)!;
        expect(Math.abs(selfWallNs - trueNs), fn).to.be.at.most(3 * selfErrorNs + TICK_NS);
        trueSum += trueNs;
        sum += selfWallNs;
      }
      expect(Math.abs(sum - trueSum)).to.be.at.most(2 * TICK_NS);
    });
  }

  it('aliased: sampled in step with the loop gives all to one of two functions', async () => {
    const { found } = await run('sampled', 'aliased', 50);
    const times = ['early', 'late'].map((fn) => found.get(fn)!.selfWallNs).sort((a, b) => a - b);
    expect(times[0]).to.be.at.most(2 * TICK_NS);
    expect(times[1]).to.be.at.least(48 * TICK_NS);
  });
});

describe('errorsOf()', () => {
  const [a, b] = errorsOf({ a: 100, b: 300 }, { a: 150, b: 300, other: 999 });

  it('compares times, and shares among the functions that are known', () => {
    expect(a).to.include({ name: 'a', trueNs: 100, measuredNs: 150 });
    expect(a.time).to.be.closeTo(0.5, 1e-12);
    expect(a.share).to.be.closeTo(150 / 450 - 0.25, 1e-12);
    expect(b.time).to.equal(0);
    expect(worstRatio([a, b])).to.be.closeTo(1.5, 1e-12);
  });

  it('takes a function that was not seen for 0', () => {
    const errors = errorsOf({ a: 1, b: 1 }, { b: 2 });
    expect(errors.map(({ time }) => time)).to.deep.equal([-1, 1]);
    expect(worstRatio(errors)).to.equal(Infinity);
  });
});

describe('coverage()', () => {
  it('counts what lies within so many standard errors', () => {
    const misses = [-3, -1, 0, 1, 2].map((error) => ({ error, standardError: 1 }));
    expect([1, 2, 3].map((within) => coverage(misses, within))).to.deep.equal([0.6, 0.8, 1]);
  });

  it('takes the true share of what was measured, so that a slower span is no error', () => {
    const span = (a: number, b: number) =>
      [
        ['a', { selfCpuNs: a, selfErrorNs: 10 }],
        ['b', { selfCpuNs: b, selfErrorNs: 10 }],
        ['other', { selfCpuNs: 1e9, selfErrorNs: 1 }],
      ] as const;
    const [a] = coverageOf({ a: 1, b: 3 }, [span(25, 75), span(50, 150), span(40, 60)]);
    expect(a.within).to.deep.equal([2 / 3, 1, 1]);
    expect(a.spreadOverStated).to.be.closeTo(Math.sqrt(225 / 3) / 10, 1e-12);
  });
});

describe('selfNsOf()', () => {
  it('lets a sample last until the next one, and gives callees that are no function of ours to their caller', () => {
    const node = (id: number, functionName: string, children: number[]) => ({
      id,
      callFrame: { functionName },
      children,
    });
    const nodes = [node(1, '(root)', [2]), node(2, 'f', [3]), node(3, 'spend', [4]), node(4, 'wasm', [])];
    const self = selfNsOf({ nodes, samples: [2, 4, 3, 1], timeDeltas: [500, 10, 20, 40] }, new Set(['spend', 'wasm']));
    expect(Object.fromEntries(self)).to.deep.equal({ f: 70_000, '(root)': 0 });
  });
});

describe('what a child says', () => {
  const one = {
    rounds: 10,
    cpuNs: 1100,
    wallNs: 0,
    onTheWall: false,
    truthNs: { f: 100 },
    callsARound: { f: 2 },
    profile: null,
  };

  it('is put on one round, by the calls that were recorded', () => {
    const figures = { calls: 40, selfCpuNs: 2000, selfWallNs: 9000, selfErrorNs: 0 };
    expect(timesOf({ measured: [one] }, [['f', figures]])).to.deep.equal({ f: 100 });
    expect(timesOf({ measured: [{ ...one, onTheWall: true }] }, [['f', figures]])).to.deep.equal({ f: 450 });
  });

  it('tells what of the original no function accounts for', () => {
    expect(truthMisses({ measured: [one] })).to.be.closeTo(0.1, 1e-12);
  });
});

describe('npm run bench:accuracy -- --quick', () => {
  it('writes its tables', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const out = mkdtempSync(join(tmpdir(), 'everycall-accuracy-'));
    try {
      const main = fileURLToPath(new URL('../../bench/accuracy/main.ts', import.meta.url));
      const args = ['--import', 'tsx', main, '--quick', '--out', out];
      const text = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' });
      expect(readdirSync(out)).to.include.members(['accuracy.json', 'accuracy.md']);
      expect(text).to.include('rightMost').and.to.include('| split: most |');
    } finally {
      rmSync(out, { recursive: true });
    }
  });
});
