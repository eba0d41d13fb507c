// The monitor of real processes, over its private socket: what it says, what it does to them, and that they never notice.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { expect } from 'chai';
import { ask, askJson, attachable, findProcess, subscribe } from '../../src/monitor/client.ts';
import type { Frame, MonitorStatus } from '../../src/monitor/frame.ts';
import { parseJson } from '../../src/exporters/json.ts';
import { callsOf } from '../../src/index.ts';
import { CLI } from '../register/programs.ts';
import { COUNTING, monitored, type Running, STUCK, until } from './processes.ts';

const status = (process: Running) => askJson<MonitorStatus>(process, '/v1/status');

async function snapshot(process: Running, query = '') {
  return parseJson((await ask(process, `/v1/snapshot?format=json${query}`)).body.toString());
}

describe('the monitor', function () {
  const project = monitored();

  it('starts, stops and clears from outside, and tells the figures', async () => {
    const program = project({ 'app.cjs': COUNTING });
    const app = await program.start(['app.cjs']);
    const before = await status(app);
    expect(before).to.deep.include({ pid: app.child.pid, isRunning: false, http: null, subscribers: 0 });
    expect(before.argv).to.deep.equal([program.project.path('app.cjs')]);
    expect(before.threads).to.have.length(1);

    expect((await askJson<MonitorStatus>(app, '/v1/start', { precision: 'exact' })).isRunning).to.equal(true);
    await until(async () => callsOf(await snapshot(app), 'f') >= 5);
    expect((await askJson<MonitorStatus>(app, '/v1/settings', { overhead: 0.5 })).overhead).to.equal(0.5);
    expect((await askJson<MonitorStatus>(app, '/v1/stop', {})).isRunning).to.equal(false);
    const profile = await snapshot(app);
    const calls = callsOf(profile, 'f'); // the stop may come before the last of them has called g
    expect(callsOf(profile, 'g')).to.be.oneOf([calls, calls - 1]);
    expect(profile.processes[0]).to.deep.include({ precision: 'exact', running: false, pid: app.child.pid });
    expect(profile.processes[0].hookCost, 'calibrated').to.not.equal(null);
    expect(callsOf(await snapshot(app, '&name=g'), 'f'), 'filtered').to.equal(0);
    expect((await ask(app, '/v1/snapshot?format=table&name=g')).body.toString()).to.match(/^g +app.cjs/m);

    await ask(app, '/v1/clear', {});
    expect(callsOf(await snapshot(app), 'f')).to.equal(0);
    app.child.kill();
    expect((await app.ended).stderr).to.equal('');
  });

  it('answers, starts and tells while the main thread is stuck in a loop', async () => {
    const program = project({ 'app.cjs': STUCK });
    const app = await program.start(['app.cjs']);
    await ask(app, '/v1/start', { precision: 'exact' });
    const frames: Frame[] = [];
    const end = await subscribe(app, (frame) => frames.push(frame), { hz: 20 });
    await until(() => frames.length > 20 && frames.at(-1)!.functions.length > 0);
    end();
    const names = new Map(frames.flatMap(({ named }) => named.map(({ id, name }) => [id, name])));
    const calls = frames.flatMap(({ functions }) =>
      functions.filter(({ id }) => names.get(id) === 'g').map(({ calls }) => calls),
    );
    expect(calls.length).to.be.above(2);
    expect(calls, 'rising').to.deep.equal([...new Set(calls)].sort((a, b) => a - b));
    app.child.kill('SIGKILL');
  });

  it('tells its subscribers that the process ends, and when it was killed', async () => {
    const program = project({
      'ends.cjs': `function f() {} console.log('up'); setTimeout(() => { f(); f(); }, 600); process.on('SIGINT', () => process.exit(3));`,
      'app.cjs': COUNTING,
    });
    const ends = await program.start(['ends.cjs']);
    await ask(ends, '/v1/start', {});
    const frames: Frame[] = [];
    await subscribe(ends, (frame) => frames.push(frame), { hz: 0.1 });
    expect((await ends.ended).code).to.equal(0);
    await until(() => frames.at(-1)?.gone);
    expect(frames.map(({ gone }) => gone)).to.deep.equal([undefined, true]);
    expect(
      frames[1].functions.map(({ calls }) => calls),
      'the last figures',
    ).to.include(2);
    expect(readdirSync(program.places[0])).to.deep.equal([]);

    const killed = await program.start(['app.cjs']);
    const last: Frame[] = [];
    await subscribe(killed, (frame) => last.push(frame), { hz: 20 });
    await until(() => last.length > 2);
    killed.child.kill('SIGKILL');
    await until(() => last.at(-1)?.gone);
    expect(existsSync(killed.path), 'nobody could remove it').to.equal(true);
    expect(await attachable(program.places)).to.deep.equal([]);
    expect(existsSync(killed.path), 'whoever looks does').to.equal(false);
  });

  it('is there for no other user', async function () {
    if (process.platform === 'win32') return this.skip();
    const program = project({ 'app.cjs': COUNTING });
    const app = await program.start(['app.cjs']);
    expect(statSync(app.path).mode & 0o777).to.equal(0o600);
    expect(statSync(program.places[0]).mode & 0o777).to.equal(0o700);
    app.child.kill('SIGKILL');
  });

  it('neither keeps a process alive nor changes what it is', async () => {
    const look = `
      const { isMainThread, Worker } = require('node:worker_threads');
      console.log(JSON.stringify([Object.keys(process.env).filter((name) => /TOKEN/.test(name)), process.argv.length,
        process.title, process.listenerCount('SIGUSR2'), process.listenerCount('SIGTERM'), isMainThread]));
    `;
    const program = project({ 'app.cjs': look });
    const [plain, watched] = await Promise.all([
      program.project.node(['app.cjs']),
      program.project.node([CLI, '--quiet', '--monitor-http', '0', 'app.cjs'], {
        env: { ...program.env, EVERYCALL_MONITOR_TOKEN: '0123456789abcdef' },
      }),
    ]);
    expect(watched).to.deep.include({ code: 0, stdout: plain.stdout });
    expect(watched.stderr).to.not.contain('0123456789abcdef');
  });

  it('comes with `run --monitor`, and to children of --children, too', async () => {
    const program = project({
      'app.cjs': `
        require('node:child_process').fork(__dirname + '/child.cjs');
        ${COUNTING}`,
      'child.cjs': COUNTING,
    });
    const app = await program.startCommand([CLI, '--quiet', '--children', '--monitor', 'app.cjs']);
    const both = await until(async () => {
      const all = await attachable(program.places);
      return all.length === 2 && all.every(({ status }) => status !== null) && all;
    });
    expect(both.map(({ status }) => status!.argv[0].split('/').at(-1)).sort()).to.deep.equal(['app.cjs', 'child.cjs']);
    expect(both.every(({ status }) => status!.isRunning)).to.equal(true);
    for (const { pid } of both) process.kill(pid, 'SIGTERM');
    await app.ended;
    expect(readdirSync(program.places[0])).to.deep.equal([]);
  });

  it('comes by start({ monitor: true }), from any thread, one a process', async () => {
    const everycall = JSON.stringify(new URL('../../dist/cjs/index.cjs', import.meta.url).pathname);
    const program = project({
      'app.cjs': `
        const { Worker, isMainThread } = require('node:worker_threads');
        const { start } = require(${everycall});
        function f() {}
        if (isMainThread) {
          const worker = new Worker(__filename);
          worker.on('message', async () => {
            start({ monitor: true });
            await worker.terminate();
            console.log('up');
            start({ monitor: true });
            setInterval(f, 10);
          });
        } else {
          start({ monitor: true });
          require('node:worker_threads').parentPort.postMessage(0);
          setInterval(() => {}, 1000);
        }`,
    });
    const app = await program.start(['app.cjs'], { EVERYCALL_MONITOR: '' });
    expect(readdirSync(program.places[0])).to.have.length(1);
    await until(async () => callsOf(await snapshot(app), 'f') > 1);
    app.child.kill('SIGKILL');
  });

  it('comes with SIGUSR2 where that is asked for, also to a stuck process', async () => {
    const program = project({ 'app.cjs': STUCK });
    const env = { EVERYCALL_MONITOR: '', EVERYCALL_SIGUSR2: '1' };
    let pid: number | undefined;
    const outcome = program.project.node(['-r', (await import('../register/programs.ts')).REGISTER_CJS, 'app.cjs'], {
      env: { ...program.env, ...env },
      onOutput: (child) => (pid = child.pid),
    });
    await until(() => pid);
    expect(await attachable(program.places)).to.deep.equal([]);
    await until(async () => {
      process.kill(pid!, 'SIGUSR2'); // the thread that listens may not be there yet
      return (await attachable(program.places)).some(({ status }) => status !== null);
    });
    expect((await findProcess(undefined, program.places)).pid).to.equal(pid);
    process.kill(pid!, 'SIGKILL');
    expect((await outcome).signal).to.equal('SIGKILL');
  });
});
