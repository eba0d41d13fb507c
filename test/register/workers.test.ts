import { expect } from 'chai';
import { PRELOADS, projects, REGISTER_ESM } from './programs.ts';

/** Waits for the worker's message or end, then prints it. */
const START = `
  const { Worker } = require('node:worker_threads');
  const start = (file, options) => new Promise((settle, reject) => {
    const worker = new Worker(file, options);
    worker.on('message', (m) => console.log(m));
    worker.on('error', reject);
    worker.on('exit', settle);
  });`;
const JOB = `function job() { return 1; } job(); job();`;

for (const [how, preload] of PRELOADS) {
  describe(`workers under everycall/register by ${how}`, () => {
    const project = projects();

    it('are instrumented, whatever execArgv and env they are given', async () => {
      const program = project({
        'main.cjs': `${START}
          (async () => {
            await start(__dirname + '/plain.cjs');
            await start(__dirname + '/bare.cjs', { execArgv: [] });
            await start(__dirname + '/own-env.mjs', { env: {} });
            await start(__dirname + '/both.mjs', { env: { A: '1' }, execArgv: ['--no-warnings'], argv: ['x'] });
          })();`,
        'plain.cjs': JOB,
        'bare.cjs': JOB,
        'own-env.mjs': JOB,
        'both.mjs': `${JOB} import { parentPort } from 'node:worker_threads';
          parentPort.postMessage(JSON.stringify([process.env, process.argv.slice(2)]));`,
      });
      const { calls, stdout, stderr, profile } = await program.record(preload, ['main.cjs']);
      expect({ stdout, stderr }).to.deep.equal({ stdout: '[{"A":"1"},["x"]]\n', stderr: '' });
      for (const file of ['plain.cjs', 'bare.cjs', 'own-env.mjs', 'both.mjs']) {
        expect(calls).to.include({ [`${file}:job`]: 2 });
      }
      expect(profile.threads).to.have.length(5); // of the program: none for Node's own thread of module hooks
    });

    it('are instrumented when another worker starts them', async () => {
      const program = project({
        'main.cjs': `${START} start(__dirname + '/outer.cjs', { execArgv: [], env: {} });`,
        'outer.cjs': `${START} start(__dirname + '/inner.ts', { execArgv: [] });`,
        'inner.ts': `function job(x: number): number { return x; } job(1);`,
      });
      const { calls, stderr } = await program.record(preload, ['main.cjs']);
      expect(stderr).to.equal('');
      expect(calls).to.include({ 'inner.ts:job': 1 });
    });

    it('are called as the program calls them, and those without a name as their file', async () => {
      const program = project({
        'main.cjs': `${START} start(__dirname + '/outer.cjs', { name: 'outer one' });`,
        'outer.cjs': `${START} function job() {} job(); start(__dirname + '/inner.cjs');`,
        'inner.cjs': `${JOB} require('node:worker_threads').parentPort.postMessage(1);`,
      });
      const { profile } = await program.record(preload, ['main.cjs']);
      const names = profile.threads.map(({ name }) => name.replace(/\d+$/, 'N'));
      expect(names).to.have.members(['main', 'outer one#N', 'inner.cjs#N']);
    });

    it('run evaluated code, and instrument what it requires', async () => {
      const program = project({
        'main.cjs': `${START} start('require(require("node:worker_threads").workerData)()', { eval: true, execArgv: [], workerData: __dirname + '/part.js' });`,
        'part.js': `module.exports = function part() { require('node:worker_threads').parentPort.postMessage('ran'); };`,
      });
      const { calls, stdout, stderr } = await program.record(preload, ['main.cjs']);
      expect({ stdout, stderr }).to.deep.equal({ stdout: 'ran\n', stderr: '' });
      expect(calls).to.include({ 'part.js:part': 1 });
    });

    it('are made by a class that looks and fails as the original', async () => {
      const program = project({
        'main.mjs': `
          import { Worker } from 'node:worker_threads';
          import threads from 'node:worker_threads';
          class Mine extends Worker { constructor() { super('', { eval: true, execArgv: [] }); } extra() { return 1; } }
          const worker = new Mine();
          console.log(Worker === threads.Worker, Worker.name, Worker.length, worker instanceof Worker, worker instanceof Mine,
            worker.extra(), new Worker('', { eval: true }).constructor === Worker, Object.keys(Worker.prototype).length);
          for (const wrong of [() => new Worker(), () => new Worker(1), () => new Worker('x.js'), () => Worker('a'),
            () => new Worker('', { eval: true, execArgv: 7 }), () => new Worker('', { eval: true, execArgv: ['--expose-gc'] }),
            () => new Worker('', { eval: true, get execArgv() { throw new Error('mine'); } })]) {
            try { wrong(); console.log('no error'); } catch (e) { console.log(e.code, e.message); }
          }`,
      });
      const plain = await program.node(['main.mjs']);
      const hooked = await program.node([...preload, 'main.mjs']);
      expect(hooked.stdout).to.equal(plain.stdout).and.to.contain('true Worker');
    });

    it('get along with flags that no worker may be given', async () => {
      const program = project({
        'main.cjs': `${START} start(__dirname + '/w.cjs');`,
        'w.cjs': `${JOB} require('node:worker_threads').parentPort.postMessage(typeof gc);`,
      });
      const flags = ['--expose-gc', '--max-old-space-size=500'];
      const { calls, stdout } = await program.record(preload, [...flags, 'main.cjs']);
      expect(stdout).to.equal('function\n');
      expect(calls).to.include({ 'w.cjs:job': 2 });
    });
  });
}

describe('everycall/register imported by the program', () => {
  const project = projects();

  it('instruments what is loaded later, and workers that inherit flags without it', async () => {
    const program = project({
      'main.mjs': `
        import ${JSON.stringify(REGISTER_ESM)};
        everycall.start();
        const { start } = await import('./later.cjs');
        await start(new URL('w.cjs', import.meta.url));
        for (const { name, calls } of everycall.snapshot().functions) if (name === 'job' || name === 'start') console.log(name, calls);`,
      'later.cjs': `${START} exports.start = function start(file) { return new Promise((done) => new Worker(file).on('exit', done)); };`,
      'w.cjs': JOB,
    });
    const { stdout, stderr } = await program.node(['--expose-gc', '--no-deprecation', 'main.mjs']);
    expect(stderr).to.equal('');
    expect(stdout.split('\n')).to.include.members(['job 2', 'start 1']);
  });
});

describe('register()', () => {
  const project = projects();
  const INDEX = new URL('../../dist/src/index.js', import.meta.url).href;

  it('instruments what is loaded later as its settings say, and once', async () => {
    const program = project({
      'main.mjs': `
        import { register, snapshot, start } from '${INDEX}';
        const attempt = (settings) => { try { return register(settings); } catch ({ code, message }) { return code + ': ' + message; } };
        console.log(attempt({ includes: [] }), attempt(1), attempt({ strict: 'yes' }));
        console.log(register({ exclude: ['**/left.cjs'] }), register(), register({ include: ['nothing'] }));
        start();
        const { work } = await import('./work.mts');
        work();
        for (const { name, calls, file } of snapshot().functions) if (file.endsWith('s')) console.log(file.split('/').pop(), name, calls);`,
      'work.mts': `import left from './left.cjs';\nexport function work(): void { left(); }`,
      'left.cjs': `module.exports = function left() {};`,
    });
    const { stdout, stderr } = await program.node(['--no-deprecation', 'main.mjs']);
    expect(stderr).to.equal('');
    expect(stdout.trim().split('\n').slice(0, 4)).to.deep.equal([
      "bad-option: register() has no option 'includes'; expected one of include, exclude, root, strict, cache, progress " +
        'bad-option: register() expects an object of options, got 1 ' +
        "bad-option: register() expects 'strict' to be true or false, got 'yes'",
      'true false false',
      'work.mts <module> 1',
      'work.mts work 1',
    ]);
  });
});
