// /debug/pprof/: what is added in the time that is asked for, and the profiler as it was before; read by `go tool pprof`, too.
import { spawn } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Profile as Pprof } from 'pprof-format';
import { askJson } from '../../src/monitor/client.ts';
import type { MonitorStatus } from '../../src/monitor/frame.ts';
import { hasTool } from '../support/tools.ts';
import { monitored, until } from './processes.ts';
import { closeServers, serve, type Served } from './served.ts';

const get = (target: Served['target'], path: string, signal?: AbortSignal) =>
  fetch(`http://${target.host}:${target.port}${path}`, {
    headers: { Authorization: `Bearer ${target.token}` },
    ...(signal !== undefined && { signal }),
  });

/** Exact calls by name; of the answer to a profile. */
async function callsIn(answer: Promise<Response>): Promise<Record<string, number>> {
  const response = await answer;
  expect(response.status).to.equal(200);
  const profile = Pprof.decode(gunzipSync(new Uint8Array(await response.arrayBuffer())));
  const text = (index: unknown): string => profile.stringTable.strings[Number(index)];
  const at = profile.sampleType.findIndex(({ type }) => text(type) === 'calls');
  const calls: Record<string, number> = {};
  for (const { value, locationId } of profile.sample) {
    if (Number(value[at]) === 0) continue;
    const location = profile.location.find(({ id }) => id === locationId[0])!;
    const name = text(profile.function.find(({ id }) => id === location.line[0].functionId)!.name);
    calls[name] = (calls[name] ?? 0) + Number(value[at]);
  }
  return calls;
}

describe('/debug/pprof/profile', function () {
  this.timeout(20_000);
  afterEach(closeServers);

  /** A server whose program calls `a` three times before it stops. */
  async function served(options: Parameters<typeof serve>[0] = {}) {
    const all = await serve(options);
    const { driven } = all;
    const call = (name: string, times = 1): void => {
      for (let i = 0; i < times; i++) driven.main.run([{ name, self: 1, children: [] }]);
    };
    const isRunning = (): boolean => driven.main.runtime.isRunning();
    driven.start();
    call('a', 3);
    return { ...all, call, isRunning };
  }

  it('is of the time that it waits, and leaves the profiler running that ran', async () => {
    const { driven, target, call, isRunning } = await served();
    const answer = callsIn(get(target, '/debug/pprof/profile?seconds=0.3'));
    await new Promise((settle) => setTimeout(settle, 100));
    call('a', 2);
    call('b');
    expect(await answer).to.deep.equal({ a: 2, b: 1 });
    expect(isRunning()).to.equal(true);
    expect(driven.snapshot().functions.find(({ name }) => name === 'a')!.calls, 'in all').to.equal(5);
  });

  it('starts a profiler that was off, and stops it when the last profile is done', async () => {
    const { driven, target, call, isRunning } = await served();
    driven.stop();
    const long = callsIn(get(target, '/debug/pprof/profile?seconds=2.5'));
    await until(isRunning);
    const short = callsIn(get(target, '/debug/pprof/profile?seconds=1'));
    await new Promise((settle) => setTimeout(settle, 300)); // until its first reading
    call('b', 4);
    expect(await short).to.deep.equal({ b: 4 });
    expect(isRunning(), 'the other one waits still').to.equal(true);
    call('b', 2);
    expect(await long).to.deep.equal({ b: 6 });
    expect(isRunning()).to.equal(false);
  });

  it('stops when nobody waits any more', async () => {
    const { driven, target, isRunning } = await served();
    driven.stop();
    const controller = new AbortController();
    const left = get(target, '/debug/pprof/profile?seconds=300', controller.signal).catch((error: Error) => error.name);
    await until(isRunning);
    controller.abort();
    expect(await left).to.equal('AbortError');
    await until(() => !isRunning());
  });

  it('is of what came after a clear', async () => {
    const { driven, target, call } = await served();
    const answer = callsIn(get(target, '/debug/pprof/profile?seconds=0.3'));
    await new Promise((settle) => setTimeout(settle, 100));
    driven.clear();
    call('a');
    expect(await answer).to.deep.equal({ a: 1 });
  });

  it('may take longer than other answers may', async () => {
    const { target } = await served({ limits: { connections: 8, requestMs: 1000, answerMs: 150 } });
    expect(await callsIn(get(target, '/debug/pprof/profile?seconds=0.5'))).to.deep.equal({});
  });

  it('is waited for by four at a time, and for five minutes at most', async () => {
    const { target } = await served();
    const controller = new AbortController();
    const waiting = [1, 2, 3, 4].map(() =>
      get(target, '/debug/pprof/profile?seconds=300', controller.signal).catch(() => undefined),
    );
    const fifth = await until(async () => {
      const answer = await get(target, '/debug/pprof/profile?seconds=0.05');
      await answer.arrayBuffer();
      return answer.status !== 200 && answer;
    });
    expect([fifth.status, fifth.headers.get('retry-after')]).to.deep.equal([429, '1']);
    controller.abort();
    await Promise.all(waiting);
    expect((await get(target, '/debug/pprof/profile?seconds=301')).status).to.equal(400);
    expect((await get(target, '/debug/pprof/profile?clock=moon')).status).to.equal(400);
  });

  it('is listed, and what Go has beside it is refused with a word', async () => {
    const { target } = await served();
    expect(await (await get(target, '/debug/pprof/')).text()).to.match(/^profile\?seconds=N /m);
    expect(await (await get(target, '/debug/pprof/cmdline')).text()).to.equal(`${process.execPath}\0app.js`);
    const heap = await get(target, '/debug/pprof/heap');
    expect(heap.status).to.equal(404);
    expect(await heap.text()).to.contain("'heap' is nothing that everycall measures");
    expect((await get({ ...target, token: 'another' }, '/debug/pprof/profile?seconds=0.1')).status).to.equal(401);
  });
});

describe('go tool pprof (needs go)', function () {
  this.timeout(60_000);
  const project = monitored();
  before(function () {
    if (!hasTool('go')) this.skip();
  });

  it('profiles a process that was not recorded, from its address', async () => {
    const program = project({
      'app.cjs': `
        function planted(ms) { const end = Date.now() + ms; while (Date.now() < end); }
        function quick() { planted(1); }
        setInterval(() => planted(15), 20);
        setInterval(quick, 20);
        console.log('up');
      `,
    });
    const app = await program.start(['app.cjs'], { EVERYCALL_MONITOR: '127.0.0.1:0' });
    const status = () => askJson<MonitorStatus>(app, '/v1/status');
    const { http, isRunning } = await status();
    expect(isRunning).to.equal(false);
    const folder = program.project.path('.');
    const url = `http://x:${http!.token}@127.0.0.1:${http!.port}/debug/pprof/profile`;
    const go = spawn('go', ['tool', 'pprof', '-top', '-seconds=1', url], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, PPROF_TMPDIR: folder, GOPROXY: 'off', GOTOOLCHAIN: 'local' },
    });
    let [out, errors] = ['', ''];
    go.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    go.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const code = await new Promise((settle) => go.on('close', settle));
    expect(code, errors).to.equal(0);
    expect(out).to.match(/^Type: cpu$/m);
    const first = out.split('\n')[out.split('\n').findIndex((line) => /flat +flat%/.test(line)) + 1];
    expect(first).to.match(/ planted$/);
    expect((await status()).isRunning, 'as before').to.equal(false);
    app.child.kill('SIGKILL');
  });
});
