// What keeps others out of a monitor, and a hostile client from doing harm: each thing that must not be, tried.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { ask, askJson, subscribe } from '../../src/monitor/client.ts';
import type { Frame, MonitorStatus } from '../../src/monitor/frame.ts';
import { isToken } from '../../src/monitor/guard.ts';
import { MOST_SUBSCRIBERS } from '../../src/monitor/events.ts';
import { randomly } from '../support/call-forest.ts';
import { CLI } from '../register/programs.ts';
import { COUNTING, exchange, monitored, until } from './processes.ts';
import { closeServers, serve, type Served, TOKEN } from './served.ts';

const GOOD = `Authorization: Bearer ${TOKEN}`;

interface Reply {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** One request, line by line as it goes out; `Host` is right unless it is given. */
async function send(served: Served, start: string, headers: readonly string[] = [], body = ''): Promise<Reply> {
  const { port } = served.target;
  const host = headers.some((line) => /^host:/i.test(line)) ? [] : [`Host: 127.0.0.1:${port}`];
  const text = await exchange(served.target, [`${start} HTTP/1.1`, ...host, ...headers, '', body].join('\r\n'));
  const [head, ...rest] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1] ?? 0), headers: head, body: rest.join('\r\n\r\n') };
}

const get = (served: Served, url = '/v1/status', headers: readonly string[] = [GOOD]) =>
  send(served, `GET ${url}`, headers);

const codeOf = ({ body }: Reply): string => (JSON.parse(body) as { error: { code: string } }).error.code;

async function expectAlive(served: Served): Promise<void> {
  expect((await get(served)).status).to.equal(200);
}

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

describe('a hostile client', () => {
  afterEach(closeServers);

  it('gets no method, path, parameter or body that there is not', async () => {
    const served = await serve();
    const json = ['Content-Type: application/json', GOOD];
    const cases: [start: string, body: string, status: number][] = [
      ['PUT /v1/status', '', 405],
      ['DELETE /v1/stop', '', 405],
      ['GET /v1/stop', '', 405],
      ['POST /v1/status', '{}', 405],
      ['GET /?x=1', '', 400],
      ['POST /', '', 405],
      ['GET /v1/../../etc/passwd', '', 404],
      ['GET /v1/%2e%2e/%2e%2e/etc/passwd', '', 404],
      ['GET //etc/passwd', '', 404],
      ['GET /v1/status/', '', 404],
      ['GET http://evil.com/v1/status', '', 404],
      ['GET /__proto__', '', 404],
      ['GET /constructor', '', 404],
      ['GET /v1/status?x=1', '', 400],
      ['GET /v1/snapshot?format=exe', '', 400],
      ['GET /v1/snapshot?format=json&format=json', '', 400],
      ['GET /v1/snapshot?thread=99', '', 400],
      ['GET /v1/events?hz=1e9', '', 400],
      ['GET /v1/events?hz=0', '', 400],
      ['GET /v1/events?limit=-1', '', 400],
      ['POST /v1/start', '[]', 400],
      ['POST /v1/start', 'nonsense', 400],
      ['POST /v1/start', '{"precision":"x"}', 400],
      ['POST /v1/start', '{"__proto__":{"precision":"exact"}}', 400],
      ['POST /v1/start', '{"monitor":true}', 400],
      ['POST /v1/start', '{"threads":"current"}', 400],
      ['POST /v1/stop', '{"x":1}', 400],
      ['POST /v1/clear', '{"tag":5}', 400],
      ['POST /v1/settings', '{"tickMs":5}', 400],
      ['POST /v1/settings', '{"overhead":0.5}', 409],
      [`GET /${'x'.repeat(5000)}`, '', 414],
    ];
    for (const [start, body, status] of cases) {
      const length = body === '' ? [] : [`Content-Length: ${body.length}`];
      const reply = await send(served, start, [...json, ...length], body);
      expect(reply.status, `${start.slice(0, 60)} ${body}: ${reply.body}`).to.equal(status);
      expect(JSON.parse(reply.body)).to.have.property('error');
    }
    expect(served.context.reader.isRunning()).to.equal(false);
  });

  it('cannot send more than a bounded body, nor more than bounded headers', async () => {
    const served = await serve();
    const json = ['Content-Type: application/json', GOOD];
    const large = `{"x":"${'y'.repeat(70_000)}"}`;
    const told = await send(served, 'POST /v1/start', [...json, `Content-Length: ${large.length}`], large);
    expect([told.status, codeOf(told)]).to.deep.equal([413, 'too-large']);
    const endless = connect(served.target);
    endless.on('error', () => {});
    const ended = new Promise((settle) => endless.on('close', settle));
    endless.write(
      ['POST /v1/start HTTP/1.1', 'Host: localhost', ...json, 'Transfer-Encoding: chunked', '', ''].join('\r\n'),
    );
    const more = setInterval(() => endless.write(`4000\r\n${'z'.repeat(0x4000)}\r\n`), 1);
    await ended;
    clearInterval(more);
    expect(endless.bytesWritten).to.be.below(4 << 20);
    expect((await get(served, '/v1/status', [GOOD, `X-Large: ${'x'.repeat(9000)}`])).status).to.equal(0);
    expect(
      (await get(served, '/v1/status', [...Array.from({ length: 2000 }, (_, i) => `A${i}: b`), GOOD])).status,
    ).to.equal(0);
    await expectAlive(served);
  });

  it('cannot take its time: for a request, nor for taking the answer', async () => {
    const served = await serve({ limits: { connections: 8, requestMs: 200, answerMs: 300 }, names: manyNames(3000) });
    for (const name of manyNames(3000)) served.driven.main.site(name);
    served.driven.start();
    for (const name of manyNames(3000)) served.driven.main.exit(served.driven.main.enter(name));
    const slow = connect(served.target);
    slow.on('error', () => {});
    const line = ['GET /v1/status HTTP/1.1', 'Host: localhost', GOOD].join('\r\n');
    let sent = 0;
    const drip = setInterval(() => slow.write(line[sent++] ?? 'x'), 20);
    await new Promise((settle) => slow.on('close', settle));
    clearInterval(drip);
    expect(sent).to.be.below(line.length);
    const silent = connect(served.target);
    await new Promise((settle) => silent.on('close', settle));

    const deaf = await deafReader(served, '/v1/snapshot?format=html');
    expect(await until(() => served.clients() === 0)).to.equal(true);
    deaf.destroy();
    await expectAlive(served);
  });

  it('is let go when it does not read its events, and until then costs one frame of memory', async () => {
    const served = await serve({ stalledAfterMs: 400, names: manyNames(3000) });
    served.driven.start();
    const change = setInterval(() => {
      for (const name of manyNames(3000)) served.driven.main.exit(served.driven.main.enter(name));
    }, 20);
    const frames: Frame[] = [];
    const end = await subscribe(served.target, (frame) => frames.push(frame), { hz: 20 });
    const deaf = await deafReader(served, '/v1/events?hz=20');
    await until(() => served.context.events.subscribers === 2);
    await until(() => served.context.events.subscribers === 1);
    clearInterval(change);
    expect(frames.length, 'the other one got its frames').to.be.above(2);
    deaf.destroy();
    end();
  });

  it('cannot take the connections of others', async () => {
    const served = await serve();
    const idle: Socket[] = [];
    for (let i = 0; i < 200; i++) {
      const socket = connect(served.target);
      socket.on('error', () => {});
      idle.push(socket);
    }
    await until(() => served.clients() >= 32);
    await expectAlive(served);
    expect(served.clients()).to.be.at.most(32);
    for (const socket of idle) socket.destroy();
    const ends: (() => void)[] = [];
    for (let i = 0; i < MOST_SUBSCRIBERS; i++) ends.push(await subscribe(served.target, () => {}, { hz: 0.1 }));
    expect((await get(served, '/v1/events')).status).to.equal(503);
    await expectAlive(served);
    for (const end of ends) end();
  });

  it('cannot send a second request on a connection', async () => {
    const served = await serve();
    const one = `GET /v1/status HTTP/1.1\r\nHost: localhost\r\n${GOOD}\r\n\r\n`;
    const text = await exchange(served.target, one.repeat(500));
    expect(text.split('HTTP/1.1 200').length - 1).to.be.at.most(1);
    await expectAlive(served);
  });

  it('cannot make a filter slow', async () => {
    const served = await serve();
    const bad = [
      `name=${'a*'.repeat(20)}`,
      `name=${'x'.repeat(300)}`,
      `tag=${'x'.repeat(300)}`,
      `package=${'x'.repeat(300)}`,
      `kind=${'x'.repeat(300)}`,
      `file=${encodeURIComponent('**/*a*/**/*b*/**')}`,
      `file=${encodeURIComponent('{1..1000000}')}`,
      `file=${encodeURIComponent('{a,b}')}`,
      `file=${encodeURIComponent('+(a|b|c)')}`,
      `file=${encodeURIComponent('@(a)')}`,
      `file=${encodeURIComponent('!(a)')}`,
      `file=${encodeURIComponent('[a-z]')}`,
      `file=${encodeURIComponent('a\\b')}`,
    ];
    for (const query of bad) {
      expect((await get(served, `/v1/snapshot?${query}`)).status, query.slice(0, 60)).to.equal(400);
    }
    const good = [
      'name=a*b*c',
      'name=A.[Symbol.iterator]',
      `file=${encodeURIComponent('src/**/*.ts')}`,
      'kind=method',
      'name=',
    ];
    for (const query of good) expect((await get(served, `/v1/snapshot?${query}`)).status, query).to.equal(200);
  });

  it('is slowed down and refused when it has used up the share of the processor', async () => {
    let debt = 0;
    let slowed = 0;
    const pace = { debtMs: () => debt, slowDown: () => void slowed++, delayMs: (everyMs: number) => everyMs };
    const served = await serve({ pace });
    expect((await get(served, '/v1/snapshot')).status).to.equal(200);
    debt = 2500;
    const reply = await get(served, '/v1/snapshot');
    expect([reply.status, codeOf(reply)]).to.deep.equal([429, 'busy']);
    expect(reply.headers).to.match(/^Retry-After: 3$/m);
    await expectAlive(served); // what is small is answered
    expect(slowed).to.equal(3);
  });

  it('cannot crash it by anything it sends', async () => {
    const served = await serve();
    const pieces = fc.constantFrom(
      ...[
        'GET ',
        'POST ',
        '/v1/status',
        '/v1/snapshot?',
        ' HTTP/1.1',
        '\r\n',
        '\r\n\r\n',
        '\n',
        ':',
        'Host: localhost',
      ],
      ...[
        'Content-Length: -1',
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
        GOOD,
        '\0',
        'é',
        '{"',
        'Expect: 100-continue',
      ],
      ...[
        'Upgrade: websocket\r\nConnection: Upgrade',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        '\x16\x03\x01\x02\x00',
        'ffffffffffffffff',
      ],
    );
    const bytes = fc.oneof(
      fc.array(pieces, { maxLength: 12 }).map((some) => Buffer.from(some.join(''), 'latin1')),
      fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const socket = connect(served.target);
        socket.on('error', () => {});
        socket.resume();
        await new Promise<void>((settle) =>
          socket.write(Buffer.concat([sent, Buffer.from('\r\n\r\n')]), () => settle()),
        );
        socket.destroy();
      }),
      randomly(300),
    );
    await expectAlive(served);
    await until(() => served.clients() === 0);
    expect(served.context.largeAnswers).to.equal(0);
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

function manyNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `function-with-a-long-name-${i}`);
}

/** Asks, and reads nothing of the answer. */
function deafReader(served: Served, url: string): Promise<Socket> {
  const socket = connect(served.target);
  socket.on('error', () => {});
  socket.pause();
  return new Promise((settle) =>
    socket.write(`GET ${url} HTTP/1.1\r\nHost: localhost\r\n${GOOD}\r\n\r\n`, () => settle(socket)),
  );
}
