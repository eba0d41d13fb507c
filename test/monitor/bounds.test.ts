// What one client may take of a monitor: bytes, connections, time, memory and work are each bounded, and it still answers others.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { subscribe } from '../../src/monitor/client.ts';
import { MOST_SUBSCRIBERS } from '../../src/monitor/events.ts';
import type { Frame } from '../../src/monitor/frame.ts';
import { exchange, until } from './processes.ts';
import { codeOf, expectAlive, get, GOOD, send } from './requests.ts';
import { closeServers, serve, type Served } from './served.ts';

describe('a client that asks for too much', () => {
  afterEach(closeServers);

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
});

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
