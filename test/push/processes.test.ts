// Processes that push: what arrives, and that they never notice what becomes of it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { ask } from '../../src/monitor/client.ts';
import { monitored, until } from '../monitor/processes.ts';
import { CLI, REGISTER_CJS } from '../register/programs.ts';

describe('a process that pushes', function () {
  this.timeout(40_000);
  const project = monitored();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** Takes all, or nothing ever. */
  async function fakeServer(hangs = false) {
    const names: string[] = [];
    const bodies: Buffer[] = [];
    const server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        names.push(new URL(request.url!, 'http://x').searchParams.get('name')!);
        bodies.push(Buffer.concat(pieces));
        if (!hangs) response.end();
      });
    });
    servers.push(server);
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
    return { names, bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  const api = JSON.stringify(new URL('../../dist/cjs/index.cjs', import.meta.url).pathname);
  const pushing = (options: object, rest: string) => `
    const { start, stop } = require(${api});
    start({ push: ${JSON.stringify(options)} });
    function f() {}
    ${rest}`;

  it('sends an interval after the other, and none in which nothing was recorded', async () => {
    const { names, bodies, url } = await fakeServer();
    const program = project({
      'app.cjs': pushing(
        { url, everyMs: 1000, labels: { env: 'test' } },
        `console.log('up'); const timer = setInterval(f, 10);
         setTimeout(() => { clearInterval(timer); stop(); }, 1500); setInterval(() => {}, 1000);`,
      ),
    });
    const app = await program.startCommand(['-r', REGISTER_CJS, 'app.cjs']); // its monitor comes with the push
    await until(() => names.length === 2);
    expect(names).to.deep.equal(['app{env=test}', 'app{env=test}']);
    expect(bodies[0].subarray(0, 11).toString()).to.equal('--everycall');
    expect(bodies[0].includes(Buffer.from([0x1f, 0x8b])), 'gzipped').to.equal(true);
    const metrics = async () => (await ask(app, '/metrics')).body.toString();
    await until(async () => (await metrics()).includes('everycall_pushed_profiles_total{outcome="sent"} 2'));
    await new Promise((settle) => setTimeout(settle, 2200));
    expect(names, 'nothing more while stopped').to.have.length(2);
    app.child.kill();
    expect((await app.ended).stderr).to.equal('');
  });

  it('ends when it is done, whatever the server does', async () => {
    const hanging = await fakeServer(true);
    for (const url of [hanging.url, 'http://127.0.0.1:1']) {
      const program = project({
        'app.cjs': pushing(
          { url, everyMs: 1000, token: 'secret-token' },
          `const timer = setInterval(f, 10); setTimeout(() => clearInterval(timer), 1600);`,
        ),
      });
      const begin = performance.now();
      const { code, stdout, stderr } = await program.project.node(['-r', REGISTER_CJS, 'app.cjs'], {
        env: program.env,
      });
      // Far less than the 10 s in which an attempt is given up.
      expect(performance.now() - begin).to.be.below(9000);
      expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '' });
      expect(stderr).to.not.contain('secret');
    }
  });

  it('is told so on the command line, with the token in the environment only', async () => {
    const { names, url } = await fakeServer();
    const program = project({
      'my app.cjs': `
        function f() {}
        console.log('up');
        const timer = setInterval(f, 10);
        setInterval(() => { if (process.env.EVERYCALL_PUSH_TOKEN !== undefined) throw new Error('it is seen'); }, 100);`,
    });
    const app = await program.startCommand([CLI, '--quiet', '--push', url, 'my app.cjs'], {
      EVERYCALL_PUSH_TOKEN: 'secret-token',
      EVERYCALL_PUSH_LABELS: 'env=test',
    });
    await until(() => names.length === 1);
    expect(names).to.deep.equal(['my_app{env=test}']);
    process.kill(app.pid, 'SIGTERM');
    expect((await app.ended).stderr).to.not.contain('secret');
  });
});
