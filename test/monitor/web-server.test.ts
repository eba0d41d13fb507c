// What `everycall web` serves, and `--web` of a run: the page to everybody on this machine, the process to who has the token.
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { askJson, subscribe } from '../../src/monitor/client.ts';
import type { Frame, MonitorStatus } from '../../src/monitor/frame.ts';
import { LIVE_PAGE } from '../../src/monitor/live-page.ts';
import { serveWeb, type WebServer } from '../../src/monitor/web-server.ts';
import { CLI } from '../register/programs.ts';
import { COUNTING, exchange, monitored, until } from './processes.ts';

/** The page's address in its parts. */
function partsOf(address: string): { readonly host: string; readonly port: number; readonly token: string } {
  const { hostname, port, hash } = new URL(address);
  return { host: hostname, port: Number(port), token: new URLSearchParams(hash.slice(1)).get('token')! };
}

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}/;

describe('the page of everycall web', () => {
  const project = monitored();
  let server: WebServer | undefined;

  afterEach(() => {
    server?.close();
    server = undefined;
  });

  async function served() {
    const program = project({ 'app.cjs': COUNTING });
    const app = await program.start(['app.cjs']);
    server = await serveWeb(app.path);
    const target = partsOf(server.address);
    const raw = async (start: string, headers: readonly string[] = [], body = '') => {
      const all = [`${start} HTTP/1.1`, 'Connection: close', ...headers, '', body];
      const text = await exchange(target, all.join('\r\n'));
      return { status: Number(text.split(' ')[1]), text };
    };
    return {
      app,
      target,
      raw,
      host: `Host: 127.0.0.1:${target.port}`,
      bearer: `Authorization: Bearer ${target.token}`,
    };
  }

  it('is one small document that loads nothing', () => {
    expect(gzipSync(LIVE_PAGE).length).to.be.below(150 << 10);
    expect(LIVE_PAGE).to.not.match(/<(?:script|img|link)[^>]+(?:src|href)=(?!"data:)/);
    for (const word of ['createElementNS', 'everycall']) expect(LIVE_PAGE).to.contain(word);
  });

  it('comes without the token, and all it asks for only with it', async () => {
    const { raw, host, bearer, target } = await served();
    const page = await raw('GET /', [host]);
    expect(page.status).to.equal(200);
    expect(page.text).to.match(
      /content-security-policy: default-src 'none'; script-src 'sha256-[^\r]+frame-ancestors 'none'/i,
    );
    expect(page.text).to.not.contain(target.token);
    expect((await raw('GET /v1/status', [host])).status).to.equal(401);
    expect((await raw('GET /v1/status', [host, `${bearer}x`])).status).to.equal(401);
    expect((await raw(`GET /v1/status?token=${target.token}`, [host])).status).to.equal(401);
    expect((await raw('GET /v1/status', [host, bearer])).status).to.equal(200);
    expect((await raw('GET /etc/passwd', [host, bearer])).status).to.equal(404);
    expect((await raw('GET /v1/../x', [host, bearer])).status).to.equal(404);
  });

  it('answers no other site, but lets people follow a link to the page', async () => {
    const { raw, host, bearer } = await served();
    expect((await raw('GET /', ['Host: evil.example'])).status).to.equal(421);
    expect((await raw('GET /v1/status', ['Host: evil.example', bearer])).status).to.equal(421);
    const foreign = ['Sec-Fetch-Site: cross-site', 'Origin: http://evil.example'];
    expect((await raw('GET /v1/status', [host, bearer, ...foreign])).status).to.equal(403);
    expect((await raw('GET /', [host, ...foreign])).status).to.equal(403);
    const link = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate'];
    expect((await raw('GET /', [host, ...link, 'Sec-Fetch-Dest: document'])).status).to.equal(200);
    expect((await raw('GET /', [host, ...link, 'Sec-Fetch-Dest: iframe'])).status).to.equal(403);
    expect((await raw('GET /v1/status', [host, bearer, ...link, 'Sec-Fetch-Dest: document'])).status).to.equal(403);
    const post = [host, bearer, 'Content-Length: 2'];
    expect((await raw('POST /v1/stop', post, '{}')).status).to.equal(415);
    const huge = [host, bearer, 'Content-Type: application/json', 'Content-Length: 99999999'];
    expect((await raw('POST /v1/clear', huge)).status).to.equal(413);
  });

  it('passes on what is asked and answered, events too, and says when the process is gone', async () => {
    const { app, target } = await served();
    expect((await askJson<MonitorStatus>(target, '/v1/status')).pid).to.equal(app.pid);
    expect((await askJson<MonitorStatus>(target, '/v1/start', { precision: 'exact' })).precision).to.equal('exact');
    const frames: Frame[] = [];
    await subscribe(target, (frame) => frames.push(frame), { hz: 20, stacks: true });
    await until(() => frames.length > 5);
    expect(frames[0].nodes).to.not.equal(undefined);
    const status = await askJson<MonitorStatus>(app, '/v1/status');
    expect(status.http).to.equal(null); // no port of the process itself
    app.child.kill('SIGKILL');
    await until(() => frames.at(-1)!.gone);
    await app.ended;
    let message = '';
    await askJson(target, '/v1/status').catch((error: Error) => (message = error.message));
    expect(message).to.equal('the monitor refused: the process has ended');
  });

  it('is served by the command until the process ends', async () => {
    const program = project({ 'app.cjs': COUNTING });
    const app = await program.start(['app.cjs']);
    let printed = '';
    const web = program.project.node([CLI, 'web'], {
      env: program.env,
      onOutput: (_, text) => (printed = text),
    });
    await until(() => ADDRESS.test(printed));
    expect(printed).to.match(new RegExp(`^process ${app.pid} is shown at http`));
    const target = partsOf(ADDRESS.exec(printed)![0]);
    expect((await askJson<MonitorStatus>(target, '/v1/status')).pid).to.equal(app.pid);
    app.child.kill('SIGKILL');
    const { code, stderr } = await web;
    expect([code, stderr]).to.deep.equal([0, `everycall: process ${app.pid} has ended\n`]);
  });

  it('is served by a run with --web, which keeps the token to itself where nobody looks', async () => {
    const program = project({ 'app.cjs': `function f() {} f(); setTimeout(() => {}, 1500);` });
    const { code, stderr } = await program.project.node([CLI, '--web', '--quiet', 'app.cjs'], { env: program.env });
    expect(code).to.equal(0);
    expect(stderr).to.match(
      /^everycall: process \d+ is shown at http:\/\/127\.0\.0\.1:\d+\/ \('web \d+' prints a whole address\)$/m,
    );
    expect(stderr).to.not.contain('token');
  });

  for (const [whose, args, others] of [
    ['the command', ['web', '--open'], true],
    ['a run', ['--web', '--open', '--quiet', 'app.cjs'], false],
  ] as const) {
    it(`is opened in a browser by a private file, which ${whose} takes away when it is interrupted`, async function () {
      if (process.platform !== 'linux') this.skip(); // another command opens it there
      const program = project({
        'app.cjs': COUNTING,
        'bin/xdg-open': '#!/bin/sh\nstat -c %a "$1" > opening\ncat "$1" >> opening\nmv opening opened.txt\n',
        'tmp/.keep': '',
      });
      chmodSync(program.project.path('bin/xdg-open'), 0o755);
      if (others) await program.start(['app.cjs']);
      let child: ChildProcess | undefined;
      const PATH = `${program.project.path('bin')}:${process.env['PATH']}`;
      const ended = program.project.node([CLI, ...args], {
        env: { ...program.env, PATH, TMPDIR: program.project.path('tmp') },
        onOutput: (started) => (child = started),
      });
      const opened = program.project.path('opened.txt');
      await until(() => existsSync(opened) && child !== undefined);
      const lines = readFileSync(opened, 'utf8').split('\n');
      expect(lines[0]).to.equal('600');
      expect(lines[1]).to.match(
        new RegExp(`^<!doctype html><meta http-equiv="refresh" content="0;url=${ADDRESS.source}">$`),
      );
      process.kill(-child!.pid!, 'SIGINT'); // Ctrl-C goes to all processes of a terminal
      expect((await ended).signal).to.equal('SIGINT');
      expect(readdirSync(program.project.path('tmp')).filter((name) => name.startsWith('everycall-web'))).to.deep.equal(
        [],
      );
    });
  }

  it('is what the monitor itself serves at a port of its own', async () => {
    const program = project({ 'app.cjs': COUNTING });
    const app = await program.start(['app.cjs'], { EVERYCALL_MONITOR: '127.0.0.1:0' });
    const { http } = await until(async () => {
      const status = await askJson<MonitorStatus>(app, '/v1/status');
      return status.http !== null && (status as MonitorStatus & { http: { host: string; port: number } });
    });
    const text = await exchange(
      { ...http!, token: '' },
      `GET / HTTP/1.1\r\nHost: 127.0.0.1:${http!.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).to.contain('<div id="live">');
  });

  it('is in the built package', () => {
    const built = readFileSync(new URL('../../dist/cjs/live-page.cjs', import.meta.url), 'utf8');
    expect(built).to.match(/id=\\?"live\\?"/);
  });
});
