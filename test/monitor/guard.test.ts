// Who may ask a monitor: each that may not, tried, and what a process with a monitor shows of itself to others.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import { ask, askJson } from '../../src/monitor/client.ts';
import type { MonitorStatus } from '../../src/monitor/frame.ts';
import { isToken } from '../../src/monitor/guard.ts';
import { CLI } from '../register/programs.ts';
import { COUNTING, monitored, until } from './processes.ts';
import { codeOf, get, GOOD, send } from './requests.ts';
import { closeServers, serve, TOKEN } from './served.ts';

describe('who is let in', () => {
  afterEach(closeServers);

  it('is who shows the token, and nobody else', async () => {
    const served = await serve();
    const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString('base64')}`;
    const good = [GOOD, `authorization: bearer ${TOKEN}`, basic(`anyone:${TOKEN}`), basic(`:${TOKEN}`)];
    for (const line of good) expect((await get(served, '/v1/status', [line])).status, line).to.equal(200);
    const bad = [
      'X-Nothing: 1',
      'Authorization:',
      'Authorization: Bearer',
      `Authorization: ${TOKEN}`,
      `Authorization: Bearer ${TOKEN.slice(0, -1)}`,
      `Authorization: Bearer ${TOKEN}x`,
      `Authorization: Bearer ${TOKEN} ${TOKEN}`,
      `Cookie: token=${TOKEN}`,
      basic(TOKEN),
      basic(`${TOKEN}:x`),
    ];
    for (const line of bad) {
      const reply = await get(served, '/v1/status', [line]);
      expect([reply.status, codeOf(reply)], line).to.deep.equal([401, 'unauthorized']);
      expect(reply.headers).to.match(/^WWW-Authenticate: Bearer/m);
    }
    expect((await get(served, `/v1/status?token=${TOKEN}`, [])).status, 'in the address').to.equal(401);
    for (const path of ['stop', 'start', 'clear', 'settings']) {
      const reply = await send(
        served,
        `POST /v1/${path}`,
        ['Content-Type: application/json', 'Content-Length: 2'],
        '{}',
      );
      expect(reply.status, path).to.equal(401);
    }
    for (const path of ['snapshot', 'events']) expect((await get(served, `/v1/${path}`, [])).status).to.equal(401);
  });

  it('is found out by comparing digests, whatever the lengths', () => {
    expect(isToken(TOKEN, TOKEN)).to.equal(true);
    for (const other of ['', TOKEN + TOKEN, `${TOKEN}\0`, TOKEN.toUpperCase()])
      expect(isToken(other, TOKEN)).to.equal(false);
  });

  it('is told the token at the private socket only', async () => {
    const served = await serve();
    const { http } = await askJson<MonitorStatus>(served.target, '/v1/status');
    expect(http).to.deep.equal({ host: '127.0.0.1', port: served.target.port });
    const open = await serve({ door: { token: null } });
    expect((await askJson<MonitorStatus>(open.target, '/v1/status')).http!.token).to.equal(TOKEN);
  });

  it('calls the monitor by an address, not by a name that anybody can point to it', async () => {
    for (const token of [TOKEN, null]) {
      const served = await serve({ door: { token, hosts: ['me.local'] } });
      for (const host of ['127.0.0.1', '127.1.2.3:80', 'localhost:1', '[::1]:8080', 'LOCALHOST', 'me.local:1']) {
        expect((await get(served, '/v1/status', [GOOD, `Host: ${host}`])).status, host).to.equal(200);
      }
      const foreign = ['evil.com', 'localhost.evil.com', '127.0.0.1.evil.com', '192.168.0.1', '0.0.0.0', '[::2]', ''];
      for (const host of [...foreign, '127.0.0.1@evil.com', 'evil.com#127.0.0.1', 'a b']) {
        const reply = await get(served, '/v1/status', [GOOD, `Host: ${host}`]);
        expect([reply.status, codeOf(reply)], host).to.deep.equal([421, 'bad-host']);
      }
    }
    const remote = await serve({ door: { isRemote: true } });
    expect((await get(remote, '/v1/status', [GOOD, 'Host: 192.168.0.1:80'])).status).to.equal(200);
    expect((await get(remote, '/v1/status', [GOOD, 'Host: evil.com'])).status).to.equal(421);
  });

  it('is no page of another site, at the private socket neither', async () => {
    for (const token of [TOKEN, null]) {
      const served = await serve({ door: { token } });
      const own = `http://127.0.0.1:${served.target.port}`;
      for (const line of [`Origin: ${own}`, 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: none']) {
        const reply = await get(served, '/v1/status', [GOOD, line]);
        expect(reply.status, line).to.equal(200);
        expect(reply.headers).to.not.match(/^Access-Control/im);
      }
      const foreign = [
        'Origin: http://evil.com',
        'Origin: null',
        'Origin: http://127.0.0.1:1',
        `Origin: ${own}.evil.com`,
      ];
      for (const line of [...foreign, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Site: same-site']) {
        const reply = await get(served, '/v1/status', [GOOD, line]);
        expect([reply.status, codeOf(reply)], line).to.deep.equal([403, 'bad-origin']);
        expect(reply.headers).to.not.match(/^Access-Control/im);
      }
      const preflight = ['Origin: http://evil.com', 'Access-Control-Request-Method: POST'];
      const asked = await send(served, 'OPTIONS /v1/stop', preflight);
      expect(asked.status).to.equal(405);
      expect(asked.headers).to.not.match(/^Access-Control/im);
    }
  });

  it('says what it sends: a form or a plain fetch is not taken for JSON', async () => {
    const served = await serve({ door: { token: null } });
    served.driven.start();
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonx', ''];
    for (const type of types) {
      const reply = await send(served, 'POST /v1/stop', [`Content-Type: ${type}`, 'Content-Length: 2'], '{}');
      expect([reply.status, codeOf(reply)], type).to.deep.equal([415, 'bad-type']);
    }
    expect((await send(served, 'POST /v1/stop', ['Content-Length: 2'], '{}')).status).to.equal(415);
    expect(served.context.reader.isRunning()).to.equal(true);
    const good = ['Content-Type: application/json; charset=utf-8', 'Content-Length: 2'];
    expect((await send(served, 'POST /v1/stop', good, '{}')).status).to.equal(200);
    expect(served.context.reader.isRunning()).to.equal(false);
  });
});

describe('a process with a monitor', () => {
  const project = monitored();

  it('has no port open unless that is asked for', async function () {
    if (process.platform !== 'linux') return this.skip();
    const program = project({ 'app.cjs': COUNTING });
    const closed = await program.start(['app.cjs']);
    const open = await program.start(['app.cjs'], { EVERYCALL_MONITOR: '127.0.0.1:0' });
    const port = await until(async () => (await askJson<MonitorStatus>(open, '/v1/status')).http?.port);
    expect(portsOf(open.pid), 'a port that is asked for').to.deep.equal([`127.0.0.1:${port}`]);
    expect(portsOf(closed.pid)).to.deep.equal([]);
    closed.child.kill('SIGKILL');
    open.child.kill('SIGKILL');
  });

  it('shows its token to nobody', async function () {
    if (process.platform !== 'linux') return this.skip();
    const token = 'secret-secret-secret';
    const program = project({
      'app.cjs': `
        const { execFileSync } = require('node:child_process');
        const seen = [process.env, process.argv, process.execArgv, process.title, execFileSync('env').toString()];
        console.log(JSON.stringify(seen).includes('secret-'));
        setInterval(() => {}, 1000);`,
    });
    const app = await program.startCommand([CLI, '--quiet', '--monitor-http', '0', 'app.cjs'], {
      EVERYCALL_MONITOR_TOKEN: token,
    });
    const http = await until(async () => (await askJson<MonitorStatus>(app, '/v1/status')).http);
    expect(http.token).to.equal(token);
    expect(portsOf(app.pid)).to.deep.equal([`127.0.0.1:${http.port}`]);
    expect(await ask({ host: '127.0.0.1', port: http.port, token }, '/v1/status')).to.have.property('status', 200);
    const titles = [app.pid, app.child.pid!].map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
    expect(titles.join('')).to.not.contain(token);
    process.kill(app.pid, 'SIGTERM');
    const { stdout, stderr } = await app.ended;
    expect(stdout).to.equal('false\n');
    expect(stderr).to.contain(`http://127.0.0.1:${http.port}/`).and.not.contain(token);
  });
});

/** Addresses that the process listens at, of IPv4 and IPv6. */
function portsOf(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return []; // closed meanwhile
      }
    }),
  );
  const rows = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/${pid}/net/${name}`, 'latin1').split('\n').slice(1),
  );
  return rows.flatMap((row) => {
    const [, address = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    if (state !== '0A' || !inodes.has(inode)) return [];
    const [host, port] = address.split(':');
    const bytes = [3, 2, 1, 0].map((i) => parseInt(host.slice(2 * i, 2 * i + 2), 16));
    return [`${host.length === 8 ? bytes.join('.') : host}:${parseInt(port, 16)}`];
  });
}
