// What a monitor does with requests that make no sense: says so, changes nothing, and goes on.
import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { randomly } from '../support/call-forest.ts';
import { until } from './processes.ts';
import { expectAlive, GOOD, send } from './requests.ts';
import { closeServers, serve } from './served.ts';

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
