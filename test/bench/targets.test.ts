// What the bench makes of measurements, from made-up ones whose outcome one can see.
import { expect } from 'chai';
import type { Load, Measurement, ProgramResult, Results, Row, Slice } from '../../bench/results.ts';
import {
  addedNs,
  meansOfPrograms,
  meansOfServers,
  meansOfSlices,
  overTwoClocks,
  targetsOf,
} from '../../bench/targets.ts';
import { render } from '../../bench/table.ts';

const measured = (wallNs: number, cpuNs = wallNs): Measurement => ({
  loaded: { wallMs: 50, cpuMs: 40 },
  wallNs: [9e9, wallNs, wallNs], // the first one does not count
  cpuNs: [9e9, cpuNs, cpuNs],
  clockNs: 25,
  maxRssBytes: 50e6,
});
const row = <Of>(variant: string, ...rounds: Of[]): Row<Of> => ({ variant, reason: null, rounds });
const missing = (variant: string): Row<never> => ({ variant, reason: 'not installed', rounds: [] });
const program = (name: string, of: Partial<ProgramResult>): ProgramResult => ({
  program: name,
  kind: 'real',
  reason: null,
  versions: {},
  calls: 1_000,
  units: null,
  sizes: [],
  rows: [],
  ...of,
});
const loaded = (requestsPerSecond: number, cpuUs: number): Load => ({
  requestsPerSecond,
  cpuUs,
  requests: 1_000,
  p99Ms: 2,
  maxRssBytes: 90e6,
  loadedMs: 80,
});

const sliced = (mainUs: number, processUs: number): Slice => ({ mainUs, processUs });

const fib = program('fib', {
  kind: 'micro',
  rows: [
    row('original', measured(10_000), measured(20_000)),
    row('sampled', measured(13_000), measured(25_000)),
    row('exact', measured(70_000), measured(90_000)),
  ],
});
const acorn = program('acorn', {
  rows: [
    row('original', measured(1_000)),
    row('stopped', measured(2_000)),
    row('adaptive', measured(9_000)),
    missing('njstrace'),
  ],
});
const marked = program('marked', { rows: [row('original', measured(4_000)), row('stopped', measured(2_000))] });
const pool = program('pool', {
  kind: 'pool',
  rows: [row('original', measured(500, 1_000)), row('stopped', measured(500, 8_000))],
});
const results: Results = {
  format: 1,
  everycall: '0.0.0',
  date: '2000-01-01T00:00:00.000Z',
  node: 'v0.0.0',
  v8: '0',
  machine: { cpu: 'abacus', cores: 1, memoryBytes: 2 ** 30, system: 'none', loadBefore: 0, loadAfter: 0 },
  rounds: 1,
  seconds: 1,
  programs: [fib, acorn, marked, pool],
  servers: [
    {
      server: 'express',
      connections: 1,
      seconds: 1,
      versions: {},
      rows: [row('original', loaded(1_000, 5_000)), row('adaptive', loaded(800, 5_100))],
      slices: [
        row('original', sliced(10, 20), sliced(20, 40), sliced(10, 20)),
        row('adaptive', sliced(10, 22), sliced(20, 42), sliced(30, 60)), // 1.1, 1.05 and 3
      ],
    },
  ],
  startUp: [
    row('node', { wallMs: 1, cpuMs: 1, processMs: 30 }, { wallMs: 1, cpuMs: 1, processMs: 40 }),
    row('--import everycall/register', { wallMs: 1, cpuMs: 1, processMs: 65 }, { wallMs: 1, cpuMs: 1, processMs: 77 }),
  ],
  ticker: { reason: null, shares: [0.01, 0.03, 0.012] },
  languages: null,
  edgeRowBytes: 64,
  failures: [],
};

describe('targets of the bench', () => {
  it('takes what a call takes more than in the same round of the original', () => {
    expect(addedNs(fib, 'sampled')).to.deep.equal([3, 5]);
    expect(addedNs(fib, 'exact')).to.deep.equal([60, 70]);
    expect(overTwoClocks(fib)).to.deep.equal([1.2, 1.4]);
    expect(addedNs(acorn, 'njstrace')).to.equal(null);
  });

  it('divides by units where calls are not what is meant, and uses CPU time where threads work beside each other', () => {
    expect(addedNs({ ...fib, units: 500 }, 'sampled')).to.deep.equal([6, 10]);
    expect(addedNs(pool, 'stopped')).to.deep.equal([7]);
  });

  it('takes geometric means over the real programs that a tool ran, and names them', () => {
    expect(meansOfPrograms(results.programs).map(({ variant, of }) => [variant, of])).to.deep.equal([
      ['original', ['acorn', 'marked', 'pool']],
      ['stopped', ['acorn', 'marked', 'pool']],
      ['adaptive', ['acorn']],
    ]);
    const [, stopped, adaptive] = meansOfPrograms(results.programs);
    expect(stopped.ratio).to.be.closeTo(2, 1e-12); // of 2, 1/2 and 8
    expect(adaptive.ratio).to.be.closeTo(9, 1e-12);
    expect(meansOfServers(results.servers, 'cpu')[1].ratio).to.be.closeTo(1.02, 1e-12);
    expect(meansOfSlices(results.servers)[1].ratio).to.be.closeTo(1.1, 1e-12);
    expect(meansOfServers(results.servers, 'throughput')[1].ratio).to.be.closeTo(1.25, 1e-12);
  });

  it('holds the medians against the targets', () => {
    const values = Object.fromEntries(targetsOf(results).map(({ name, value }) => [name, value]));
    expect(values['sampled, fib']).to.equal(4);
    expect(values['exact, fib']).to.be.closeTo(1.3, 1e-12);
    expect(values['exact, acorn']).to.equal(null);
    expect(values['ticker']).to.be.closeTo(1.2, 1e-12);
    expect(values['start-up, --import']).to.equal(36);
    expect(values['start-up, -r']).to.equal(null);
    expect(values['adaptive, servers, CPU a request']).to.be.closeTo(1.1, 1e-12);
    const text = render(results);
    expect(text).to.include(
      '| adaptive | 20.0 (15.0–25.0) | 1.000 (1.000–2.000) | 42.0 (32.0–51.0) | 1.100 (1.075–2.050) |',
    );
    expect(text).to.include('| sampled, fib | ≤ 4 ns a call | 4 | met |');
    expect(text).to.include('| adaptive, real programs, geometric mean | ≤ 1.25 × original | 9 | missed |');
    expect(text).to.include('| start-up, -r | ≤ 40 ms over Node |  | not measured |');
    expect(text).to.match(/^\| njstrace \| not installed \|/m);
  });
});
