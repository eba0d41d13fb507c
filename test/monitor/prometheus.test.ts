// A real Prometheus scrapes a real process: what its API says then is what a snapshot says.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { parseJson } from '../../src/exporters/json.ts';
import { ask, askJson } from '../../src/monitor/client.ts';
import type { MonitorStatus } from '../../src/monitor/frame.ts';
import { hasTool } from '../support/tools.ts';
import { monitored, until } from './processes.ts';

/** With names and a file that must be escaped. */
const PROGRAM = `
  const odd = { 'a "quoted" \\\\ \\n name'() { busy(3); } }['a "quoted" \\\\ \\n name'];
  function busy(ms) { const end = Date.now() + ms; while (Date.now() < end); }
  function slow() { busy(20); }
  async function waits() { await new Promise((settle) => setTimeout(settle, 5)); }
  function fails() { throw new Error('on purpose'); }
  setTimeout(() => {
    for (let i = 0; i < 7; i++) slow();
    busy(120);
    odd();
    try { fails(); } catch {}
    waits();
  }, 300);
  setInterval(() => {}, 1000);
  console.log('up');
`;

const COLUMNS = {
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  self_wall_seconds: ({ selfWallNs }) => selfWallNs / 1e9,
  self_cpu_seconds: ({ selfCpuNs }) => (selfCpuNs ?? 0) / 1e9,
  total_wall_seconds: ({ totalWallNs }) => totalWallNs / 1e9,
  total_cpu_seconds: ({ totalCpuNs }) => (totalCpuNs ?? 0) / 1e9,
  await_seconds: ({ awaitNs }) => awaitNs / 1e9,
} satisfies Record<string, (fn: ReturnType<typeof parseJson>['functions'][number]) => number>;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const { port } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return port;
}

describe('metrics of a real process', function () {
  this.timeout(60_000);
  const project = monitored();
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  /** A process that has done its work and records no more. */
  async function stoppedApp(more: Readonly<Record<string, string>> = {}) {
    const program = project({ 'ä "app".cjs': PROGRAM, ...more });
    const app = await program.start(['ä "app".cjs'], { EVERYCALL_MONITOR: '127.0.0.1:0' });
    children.push(app.child);
    const { http } = await askJson<MonitorStatus>(app, '/v1/status');
    await ask(app, '/metrics'); // from here on it looks for blocks
    await ask(app, '/v1/start', { precision: 'exact' });
    const profileNow = async () => parseJson((await ask(app, '/v1/snapshot')).body.toString());
    await until(async () => {
      const waits = (await profileNow()).functions.find(({ name }) => name === 'waits');
      return waits !== undefined && waits.open === 0;
    });
    await new Promise((settle) => setTimeout(settle, 100)); // for the look that sees the end of the block
    await ask(app, '/v1/stop', {});
    return { program, app, http: http!, profile: await profileNow() };
  }

  it('pass promtool check metrics, which finds nothing to say (needs promtool)', async function () {
    if (!hasTool('promtool')) return this.skip();
    const { app } = await stoppedApp();
    const { type, body } = await ask(app, '/metrics');
    expect(type).to.equal('text/plain; version=0.0.4; charset=utf-8');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: '', stderr: '' });
    const broken = spawnSync('promtool', ['check', 'metrics'], { input: `${body.toString()}x{ 1\n` });
    expect(broken.status, 'and it would').to.not.equal(0);
  });

  it('arrive in Prometheus as a snapshot has them (needs prometheus)', async function () {
    if (!hasTool('prometheus')) return this.skip();
    const port = await freePort();
    const { program, http, profile } = await stoppedApp();
    program.project.write('token', http.token!);
    program.project.write(
      'prometheus.yml',
      `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: everycall
    metrics_path: /metrics
    params: { top: ['100'], by: ['selfWall'] }
    authorization: { credentials_file: ${JSON.stringify(program.project.path('token'))} }
    static_configs: [{ targets: ['127.0.0.1:${http.port}'] }]
`,
    );
    mkdirSync(program.project.path('data'));
    const prometheus = spawn(
      'prometheus',
      [
        `--config.file=${program.project.path('prometheus.yml')}`,
        `--storage.tsdb.path=${program.project.path('data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    children.push(prometheus);
    const query = async (text: string): Promise<readonly Series[]> => {
      const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`;
      const answer = (await (await fetch(url)).json()) as { data: { result: Series[] } };
      return answer.data.result;
    };
    const valueOf = async (text: string) => (await query(text)).map(({ value }) => Number(value[1]));
    await until(async () => {
      try {
        return (await valueOf('up'))[0] === 1;
      } catch {
        return false; // it does not listen yet
      }
    });

    const functions = profile.functions.filter(({ kind, calls }) => kind !== 'root' && calls > 0);
    expect(functions.map(({ name }) => name)).to.include.members(['slow', 'busy', 'fails', 'a "quoted" \\ \n name']);
    for (const [name, figureOf] of Object.entries(COLUMNS)) {
      const found = (await query(`everycall_function_${name}_total`)).map(({ metric, value }) => [
        [metric['file'], metric['line'], Number(metric['column']) - 1, metric['function']].join(':'),
        Number(value[1]),
      ]);
      expect(Object.fromEntries(found), name).to.deep.equal(
        Object.fromEntries(functions.map((fn) => [fn.key, figureOf(fn)])),
      );
    }
    expect(await valueOf('everycall_calls_total')).to.deep.equal([
      functions.reduce((sum, { calls }) => sum + calls, 0),
    ]);
    expect(await valueOf('everycall_thread_cpu_seconds_total{thread="main"}')).to.deep.equal([
      profile.threads[0].cpuNs! / 1e9,
    ]);
    expect(await valueOf('everycall_running')).to.deep.equal([0]);
    expect(await valueOf('sum(everycall_dropped_total)')).to.deep.equal([0]);
    // The timer's callback, which did all of the work.
    expect(await valueOf('everycall_event_loop_block_seconds_count')).to.deep.equal([1]);
    expect(await valueOf('everycall_event_loop_block_seconds_bucket{le="0.25"}')).to.deep.equal([0]);
    expect((await query('everycall_arena_used_bytes < everycall_arena_size_bytes')).length).to.equal(1);
  });
});
