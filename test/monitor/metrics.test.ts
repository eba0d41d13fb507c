// GET /metrics: the figures are those of a snapshot, bounded in number, and counters only rise.
import { expect } from 'chai';
import { BLOCK_BOUNDS_S } from '../../src/monitor/block-histogram.ts';
import type { Family } from '../../src/monitor/exposition.ts';
import { METRIC_COLUMNS, Metrics, MOST_THREADS } from '../../src/monitor/metrics.ts';
import { CPU_NS, WALL_NS } from '../support/driven-runtime.ts';
import { closeServers, serve } from './served.ts';

const ALL = { top: 1000, by: 'calls' } as const;

/** By name and labels; of counters with `_total`, as Prometheus has them. */
function seriesOf(families: readonly Family[]): Map<string, number> {
  const series = new Map<string, number>();
  for (const { name, type, samples } of families) {
    for (const { suffix = '', labels = {}, value } of samples) {
      const key = `${name}${type === 'counter' ? '_total' : ''}${suffix} ${Object.values(labels).join(' ')}`.trim();
      expect(series.has(key), `${key} is there once`).to.equal(false);
      series.set(key, value);
    }
  }
  return series;
}

const functionsIn = (families: readonly Family[]): string[] =>
  families.find(({ name }) => name === 'everycall_function_calls')!.samples.map(({ labels }) => labels!['function']);

describe('metrics', () => {
  afterEach(closeServers);

  it('are the figures of a snapshot, in seconds', async () => {
    const { driven, context } = await serve();
    driven.start();
    driven.main.run([{ name: 'a', self: 3, children: [{ name: 'b', self: 2, children: [] }] }]);
    driven.main.run([{ name: 'a', self: 1, children: [] }]);
    driven.stop();
    const series = seriesOf(new Metrics(context).read(ALL));
    const profile = driven.snapshot();
    for (const fn of profile.functions.filter(({ kind }) => kind !== 'root')) {
      const of = (name: string) =>
        series.get(`everycall_function_${name} ${fn.name} ${fn.file} ${fn.line} ${fn.column + 1}`);
      expect(of('calls_total')).to.equal(fn.calls);
      expect(of('errors_total')).to.equal(fn.errors);
      expect(of('self_wall_seconds_total')).to.equal(fn.selfWallNs / 1e9);
      expect(of('self_cpu_seconds_total')).to.equal(fn.selfCpuNs! / 1e9);
      expect(of('total_wall_seconds_total')).to.equal(fn.totalWallNs / 1e9);
      expect(of('total_cpu_seconds_total')).to.equal(fn.totalCpuNs! / 1e9);
      expect(of('await_seconds_total')).to.equal(fn.awaitNs / 1e9);
    }
    const [main] = profile.threads;
    expect(series.get('everycall_calls_total')).to.equal(3);
    expect(series.get(`everycall_thread_cpu_seconds_total ${main.name} ${main.id}`)).to.equal(main.cpuNs! / 1e9);
    expect(series.get('everycall_cpu_seconds_total')).to.equal((6 * CPU_NS) / 1e9);
    expect(series.get('everycall_running')).to.equal(0);
    expect(series.get('everycall_arena_size_bytes')).to.equal(32 << 20);
    expect(series.get('everycall_arena_used_bytes'))
      .to.be.above(0)
      .and.below(32 << 20);
    expect(series.get('everycall_dropped_total calls_too_deep')).to.equal(0);
  });

  it('are of the functions with the highest figures, so many at most', async () => {
    const { driven, context } = await serve();
    const metrics = new Metrics(context);
    driven.start();
    driven.main.run([
      { name: 'a', self: 3, children: [] },
      { name: 'b', self: 1, children: [{ name: 'c', self: 4, children: [] }] },
      { name: 'b', self: 1, children: [] },
    ]);
    expect(functionsIn(metrics.read({ top: 1, by: 'calls' }))).to.deep.equal(['b']);
    expect(functionsIn(metrics.read({ top: 2, by: 'selfWall' }))).to.deep.equal(['c', 'a']);
    expect(functionsIn(metrics.read({ top: 2, by: 'totalCpu' }))).to.deep.equal(['b', 'c']);
    expect(functionsIn(metrics.read({ top: 0, by: 'calls' }))).to.deep.equal([]);
    expect(functionsIn(metrics.read({ top: 9, by: 'calls' }))).to.have.members(['a', 'b', 'c']);
  });

  it('rise until a clear, after which they begin anew', async () => {
    const { driven, context } = await serve();
    const metrics = new Metrics(context);
    driven.start();
    const read = () => seriesOf(metrics.read(ALL));
    driven.main.instrument('a', 0, () => {
      driven.pass(3);
      const before = read();
      expect(before.get('everycall_function_self_wall_seconds_total a forest.js 1 1')).to.equal((3 * WALL_NS) / 1e9);
      // A reading of a thread that runs may come out lower, here by a clock that goes back.
      driven.pass(-1);
      for (const [key, value] of read()) {
        if (key.includes('_total')) expect(value, key).to.be.at.least(before.get(key)!);
      }
      driven.pass(2);
    })();
    driven.clear();
    driven.main.run([{ name: 'a', self: 1, children: [] }]);
    const after = read();
    expect(after.get('everycall_function_self_wall_seconds_total a forest.js 1 1')).to.equal(WALL_NS / 1e9);
    expect(after.get('everycall_calls_total')).to.equal(1);
  });

  it('count event-loop blocks that are over, and show those that are not', async () => {
    const { driven, context } = await serve();
    const metrics = new Metrics(context);
    driven.start();
    const block = (ms: number) =>
      driven.main.instrument('a', 0, () => {
        for (let passed = 0; passed < ms; passed += 20) {
          driven.pass(20);
          metrics.blocks.look();
        }
      });
    for (const ms of [40, 80, 200, 2000, 40_000]) {
      block(ms)();
      driven.pass(1);
      metrics.blocks.look();
    }
    const series = seriesOf(metrics.read(ALL));
    const counts = [...series].filter(([key]) => key.startsWith('everycall_event_loop_block_seconds_bucket'));
    expect(counts.map(([, count]) => count)).to.deep.equal([1, 2, 2, 2, 3, 3, 3, 3, 4]);
    expect(counts).to.have.length(BLOCK_BOUNDS_S.length + 1);
    expect(series.get('everycall_event_loop_block_seconds_count')).to.equal(4);
    expect(series.get('everycall_event_loop_block_seconds_sum')).to.be.closeTo(42.28, 0.1);

    driven.main.instrument('a', 0, () => {
      driven.pass(300);
      const now = seriesOf(metrics.read(ALL));
      expect(now.get('everycall_thread_blocked_seconds main 0')).to.equal(0.3);
    })();
  });

  it('have series of their own for so many threads at most', async () => {
    const { driven, context } = await serve();
    driven.start();
    for (let i = 0; i < MOST_THREADS + 6; i++)
      driven.thread('worker', i + 1).run([{ name: 'a', self: 1, children: [] }]);
    const series = seriesOf(new Metrics(context).read(ALL));
    const threads = [...series.keys()].filter((key) => key.startsWith('everycall_thread_wall_seconds_total'));
    expect(threads).to.have.length(MOST_THREADS);
    expect(series.get('everycall_threads')).to.be.at.least(MOST_THREADS + 7);
    expect(series.get('everycall_calls_total')).to.equal(MOST_THREADS + 6);
  });

  it('are asked for with a token, and parameters that are known', async () => {
    const { target, driven } = await serve();
    driven.start();
    driven.main.run([{ name: 'a', self: 3, children: [] }]);
    const status = async (query: string, token = target.token): Promise<number> => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await fetch(`http://${target.host}:${target.port}/metrics${query}`, { headers })).status;
    };
    expect(await status('', 'another')).to.equal(401);
    expect(await status('?top=1001')).to.equal(400);
    expect(await status('?by=name')).to.equal(400);
    expect(await status('?n=1')).to.equal(400);
    for (const by of METRIC_COLUMNS) expect(await status(`?top=3&by=${by}`), by).to.equal(200);
  });
});
