// Pushing: what goes to a server, and what happens when the server is not as it should be.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import type { Profile } from '../../src/profile.ts';
import { ingest, ingestUrl, type Outcome, type PushedProfile } from '../../src/push/ingest.ts';
import { checkPushOptions, pushOf } from '../../src/push/options.ts';
import { type PushSource, startPushing } from '../../src/push/pusher.ts';
import { MOST_QUEUED, MOST_QUEUED_BYTES, PushQueue } from '../../src/push/queue.ts';
import { until } from '../monitor/processes.ts';

interface Received {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const servers: Server[] = [];

/** A server that takes profiles, or does what it is told to. */
async function fakeServer(handle: (response: ServerResponse, turn: number) => void = (response) => response.end()) {
  const received: Received[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const url = new URL(request.url!, 'http://x');
      received.push({ url, headers: request.headers, body: Buffer.concat(pieces) });
      handle(response, received.length);
    });
  });
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const profile = (n = 0, bytes = 3): PushedProfile => ({
  body: new Uint8Array(bytes).fill(n),
  fromMs: 1_700_000_000_500 + n,
  untilMs: 1_700_000_010_500 + n,
});

const answerWith =
  (status: number, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end('some words');

describe('pushing', function () {
  this.timeout(20_000);
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  it('sends what Pyroscope takes', async () => {
    const { received, url } = await fakeServer();
    const options = { url, name: 'shop', labels: { env: 'prod', zone: 'eu-1' }, token: 'abc', tenant: 't1' };
    expect(await ingest(options, profile(7), 'other')).to.deep.equal({ taken: true });
    const [{ url: asked, headers, body }] = received;
    expect(asked.pathname).to.equal('/ingest');
    expect(Object.fromEntries(asked.searchParams)).to.deep.equal({
      name: 'shop{env=prod,zone=eu-1}',
      ...{ from: '1700000000', until: '1700000011', format: 'pprof', spyName: 'everycall' },
    });
    expect(headers).to.deep.include({ authorization: 'Bearer abc', 'x-scope-orgid': 't1' });
    const form = await new Response(body, { headers: { 'Content-Type': headers['content-type']! } }).formData();
    const sent = form.get('profile') as File;
    expect([...new Uint8Array(await sent.arrayBuffer())]).to.deep.equal([7, 7, 7]);
    const types = JSON.parse(await (form.get('sample_type_config') as File).text()) as object;
    expect(Object.keys(types)).to.deep.equal(['wall', 'cpu', 'calls']);
  });

  it('keeps a path, names what has no name, and sends user and password as Basic', async () => {
    const { received, url } = await fakeServer();
    await ingest({ url: `${url}/a/ingest?x=1`, token: 'me:secret' }, profile(), 'app');
    expect(received[0].url.pathname).to.equal('/a/ingest');
    expect(received[0].url.searchParams.get('x')).to.equal('1');
    expect(received[0].url.searchParams.get('name')).to.equal('app{}');
    expect(received[0].headers.authorization).to.equal(`Basic ${Buffer.from('me:secret').toString('base64')}`);
    expect(ingestUrl({ url: 'https://h' }, profile(), 'app').href).to.match(/^https:\/\/h\/ingest\?name=/);
  });

  for (const [status, mayRetry] of [
    [400, false],
    [401, false],
    [408, true],
    [413, false],
    [429, true],
    [500, true],
    [503, true],
  ] as const) {
    it(`takes ${status} as a reason ${mayRetry ? 'to try again' : 'not to try again'}`, async () => {
      const { url } = await fakeServer(answerWith(status));
      expect(await ingest({ url }, profile(), 'a')).to.deep.equal({
        taken: false,
        mayRetry,
        reason: `answer ${status}`,
      });
    });
  }

  it('follows no redirect', async () => {
    const other = await fakeServer();
    const { url } = await fakeServer(answerWith(307, { Location: `${other.url}/ingest` }));
    const outcome = await ingest({ url, token: 'secret' }, profile(), 'a');
    expect(outcome).to.deep.equal({ taken: false, mayRetry: false, reason: 'answer 307' });
    expect(other.received).to.deep.equal([]);
  });

  it('gives up a server that hangs, and one that is not there', async () => {
    const { url } = await fakeServer(() => {});
    const hung = await ingest({ url, timeoutMs: 150 }, profile(), 'a');
    expect(hung).to.deep.equal({ taken: false, mayRetry: true, reason: 'no answer in 0.15 s' });
    servers[0].closeAllConnections();
    await new Promise((settle) => servers.splice(0)[0].close(settle));
    expect(await ingest({ url }, profile(), 'a')).to.deep.include({ mayRetry: true, reason: 'ECONNREFUSED' });
    const broken = await fakeServer((response) => response.destroy());
    expect(await ingest({ url: broken.url }, profile(), 'a')).to.deep.include({ mayRetry: true, reason: 'ECONNRESET' });
  });

  it('needs no answer to the end: an endless one is not read', async () => {
    const { url } = await fakeServer((response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(1000)), 1);
      response.on('close', () => clearInterval(more));
    });
    expect(await ingest({ url }, profile(), 'a')).to.deep.equal({ taken: true });
  });
});

describe('the queue of profiles', function () {
  this.timeout(20_000);
  const timing = { firstWaitMs: 1, longestWaitMs: 4, random: () => 0 };

  it('tries again until the server takes it, in order', async () => {
    const sent: number[] = [];
    const words: string[] = [];
    let failures = 3;
    const send = async ({ body }: PushedProfile): Promise<Outcome> => {
      await null;
      if (failures-- > 0) return { taken: false, mayRetry: true, reason: 'answer 503' };
      sent.push(body[0]);
      return { taken: true };
    };
    const queue = new PushQueue(send, (reason) => words.push(reason), timing);
    for (const n of [1, 2, 3]) queue.add(profile(n));
    await until(() => queue.counts.sent === 3);
    expect(sent).to.deep.equal([1, 2, 3]);
    expect(words, 'said once').to.deep.equal(['answer 503']);
    expect(queue.counts).to.deep.equal({ sent: 3, dropped: 0, refused: 0 });
  });

  it('does not try what the server will never take', async () => {
    const send = ({ body }: PushedProfile): Promise<Outcome> =>
      Promise.resolve(body[0] === 1 ? { taken: false, mayRetry: false, reason: 'answer 400' } : { taken: true });
    const queue = new PushQueue(send, () => {}, timing);
    for (const n of [1, 2]) queue.add(profile(n));
    await until(() => queue.counts.sent === 1);
    expect(queue.counts).to.deep.equal({ sent: 1, dropped: 0, refused: 1 });
  });

  it('drops the oldest where there are too many, or they are too large', async () => {
    const sent: number[] = [];
    let open = (): void => {};
    const gate = new Promise<void>((settle) => (open = settle));
    const send = async ({ body }: PushedProfile): Promise<Outcome> => {
      await gate;
      sent.push(body[0]);
      return { taken: true };
    };
    const queue = new PushQueue(send, () => {}, timing);
    for (let n = 0; n <= MOST_QUEUED + 3; n++) queue.add(profile(n)); // the first is being sent
    expect([queue.length, queue.counts.dropped]).to.deep.equal([MOST_QUEUED, 3]);
    for (const n of [100, 101]) queue.add(profile(n, MOST_QUEUED_BYTES - 1000));
    expect(queue.length, 'one of the large ones').to.equal(1);
    open();
    await until(() => queue.counts.sent === 2);
    expect(sent).to.deep.equal([0, 101]);
    expect(queue.counts.dropped).to.equal(3 + MOST_QUEUED + 1);
  });

  it('goes on after a sending that fails altogether, and counts a profile that cannot be made', async () => {
    let turns = 0;
    const words: string[] = [];
    const send = (): Promise<Outcome> =>
      ++turns === 1 ? Promise.reject(new Error('no socket')) : Promise.resolve({ taken: true });
    const queue = new PushQueue(send, (reason) => words.push(reason), {
      firstWaitMs: 1,
      longestWaitMs: 1,
      random: () => 0,
    });
    queue.add(profile(1));
    queue.add(profile(2));
    await until(() => queue.counts.sent === 2);
    queue.giveUp('no room');
    expect(queue.counts).to.deep.equal({ sent: 2, dropped: 0, refused: 1 });
    expect(words).to.deep.equal(['Error: no socket', 'no room']);
  });

  it('begins each span where the last one ended, also where that one could not be made', async () => {
    const sent: PushedProfile[] = [];
    let renders = 0;
    const source: PushSource = {
      begin: () => () => ({ functions: [{ kind: 'function', calls: 1, selfWallNs: 1 }] }) as unknown as Profile,
      render: () => {
        if (++renders === 1) throw new Error('no memory');
        return new Uint8Array(1);
      },
      argv: [],
      complain: () => {},
    };
    const { queue, end } = startPushing({ url: 'http://h', everyMs: 30 }, source, (each) => {
      sent.push(each);
      return Promise.resolve({ taken: true });
    });
    const wait = setInterval(() => {}, 5);
    await until(() => sent.length >= 2);
    clearInterval(wait);
    end();
    expect(queue.counts.refused).to.equal(1);
    expect(sent[1].fromMs).to.equal(sent[0].untilMs);
    expect(sent[0].untilMs - sent[0].fromMs, 'not two spans long').to.be.below(1000);
  });

  it('waits twice as long each time, up to a bound, and as long as it is asked to', async () => {
    const times: number[] = [];
    const send = (): Promise<Outcome> => {
      times.push(performance.now());
      const failed = { taken: false, mayRetry: true, reason: 'answer 503' } as const;
      return Promise.resolve(
        times.length === 5 ? { taken: true } : times.length === 4 ? { ...failed, afterMs: 1e9 } : failed,
      );
    };
    const queue = new PushQueue(send, () => {}, { firstWaitMs: 20, longestWaitMs: 60, random: () => 0 });
    queue.add(profile());
    await until(() => queue.counts.sent === 1);
    const waits = times.slice(1).map((time, i) => time - times[i]);
    // No more than that they are not shorter: how much longer is up to the machine.
    [20, 40, 60, 60].forEach((least, i) => expect(waits[i]).to.be.at.least(least - 2));
  });
});

describe('options of pushing', () => {
  const refusal = (check: () => unknown): string => {
    try {
      check();
    } catch (error) {
      expect(error).to.be.instanceOf(EverycallError).with.property('code', 'bad-option');
      return (error as Error).message;
    }
    return 'taken';
  };

  for (const [options, expected] of [
    [{ url: 'http://h:4040', everyMs: 1000, name: 'a.b-c', labels: { a: 'b c' }, token: 'x', tenant: 't' }, 'taken'],
    [{ url: 'ftp://h' }, "'url' to be one of http: or https:"],
    [{ url: 'nowhere' }, "'url' to be one of http: or https:"],
    [{}, "'url' to be"],
    [null, 'an object of options'],
    [{ url: 'http://h', everyMs: 999 }, "'everyMs' to be a number from 1000 to 600000"],
    [{ url: 'http://h', name: 'a{b' }, "'name' to be"],
    [{ url: 'http://h', labels: { 'a-b': 'c' } }, "'labels' to be"],
    [{ url: 'http://h', labels: { a: 'b,c' } }, "'labels' to be"],
    [{ url: 'http://h', tenant: 'a\r\nX: y' }, "'tenant' to be"],
    [{ url: 'http://h', nmae: 'x' }, "no option 'nmae'"],
  ] as const) {
    it(`${expected === 'taken' ? 'takes' : 'refuses'} ${JSON.stringify(options)}`, () => {
      expect(refusal(() => checkPushOptions('start()', options))).to.contain(expected);
    });
  }

  it('quotes no password and no token', () => {
    const urls = [
      'http://me:secret@h',
      'ftp://u:secret@h/',
      'u:secret@h:4040',
      'http://u:secret@h:99999/',
      'http://u:secret x@h y/',
    ];
    for (const options of [...urls.map((url) => ({ url })), { url: 'http://h', token: 'secret secret' }]) {
      expect(refusal(() => checkPushOptions('start()', options)))
        .to.match(/expects '(url|token)'/)
        .and.not.contain('secret');
    }
  });

  it('reads the environment, and takes the token out of it', () => {
    const env = {
      EVERYCALL_PUSH: 'http://h:4040',
      EVERYCALL_PUSH_LABELS: 'service_name=shop, env=prod',
      EVERYCALL_PUSH_TOKEN: 'abc',
    };
    expect(pushOf('EVERYCALL_PUSH', env)).to.deep.equal({
      ...{ url: 'http://h:4040', name: 'shop', labels: { env: 'prod' }, token: 'abc' },
    });
    expect(env).to.not.have.property('EVERYCALL_PUSH_TOKEN');
    expect(pushOf('EVERYCALL_PUSH', {})).to.equal(null);
    expect(pushOf('EVERYCALL_PUSH', { EVERYCALL_PUSH: 'off' })).to.equal(null);
    expect(pushOf('--push', {}, 'http://h')).to.deep.equal({ url: 'http://h' });
    expect(refusal(() => pushOf('EVERYCALL_PUSH', { EVERYCALL_PUSH: 'h' }))).to.contain('EVERYCALL_PUSH expects');
    expect(
      refusal(() => pushOf('EVERYCALL_PUSH', { EVERYCALL_PUSH: 'http://h', EVERYCALL_PUSH_LABELS: 'a' })),
    ).to.contain('EVERYCALL_PUSH_LABELS expects');
  });
});
