// Faults in whole processes: what everycall needs of Node and of the system fails in turn, before it is loaded. The program's
// output and exit code are those it has without us, and what is said of it is said once.
import { expect } from 'chai';
import { CLI, REGISTER_CJS, projects } from '../register/programs.ts';

const MAIN = `
const { Worker, isMainThread, workerData, parentPort } = require('node:worker_threads');
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
async function later(n) { await null; return fib(n); }
if (!isMainThread) parentPort.postMessage(fib(workerData));
else {
  new Worker(__filename, { workerData: 15 }).on('message', async (value) => {
    console.log(value, fib(22), await later(10), (function deep(n) { try { return deep(n + 1); } catch (e) { return e.name; } })(0));
    process.exitCode = 3;
  });
}`;

/** Starts as a program would, and says at the end how many calls of fib there were on this thread. */
const startIn = (precision: string) => `
if (require('node:worker_threads').isMainThread) {
  everycall.start({ precision: '${precision}' });
  process.on('exit', () => {
    const { functions } = everycall.snapshot();
    require('node:fs').writeSync(2, 'fib ' + (functions.find(({ name }) => name === 'fib')?.calls ?? 0) + '\\n');
  });
}`;

const IN_WORKERS = `const threads = require('node:worker_threads');
const { Worker } = threads;
const replace = (instead) => {
  threads.Worker = new Proxy(Worker, { construct: (Base, [file, options]) => options?.eval ? instead(Base, options) : new Base(file, options) });
  require('node:module').syncBuiltinESMExports();
};`;

/** fib 22, 15 and 10 together. */
const ALL = 57_313 + 1973 + 177;

const FAULTS: Record<string, { readonly code: string; readonly calls: number }> = {
  'no shared memory': {
    // Node's own module needs some, too.
    code: `require('node:worker_threads'); globalThis.SharedArrayBuffer = class { constructor() { throw new RangeError('no memory'); } };`,
    calls: 0,
  },
  'a little shared memory': {
    code: `const S = SharedArrayBuffer; globalThis.SharedArrayBuffer = new Proxy(S, { construct: (T, [bytes]) => { if (bytes > 40e6) throw new RangeError('no memory'); return new T(bytes); } });`,
    calls: ALL,
  },
  'the ticker cannot be started': {
    code: `${IN_WORKERS} replace(() => { throw new Error('ERR_WORKER_INIT_FAILED'); });`,
    calls: ALL,
  },
  'the ticker dies': {
    code: `${IN_WORKERS} replace((Base, options) => new Base('setTimeout(() => process.exit(1), 5)', options));`,
    calls: ALL,
  },
  'no WASI': {
    code: `const get = process.getBuiltinModule; process.getBuiltinModule = (name) => { if (/wasi/.test(name)) throw new Error('no wasi'); return get.call(process, name); };`,
    calls: ALL,
  },
  'a clock that gives no number': { code: `performance.now = () => NaN;`, calls: ALL },
  'a clock that goes backwards': { code: `let at = 1e6; performance.now = () => at--;`, calls: ALL },
};

describe('faults in a process', function () {
  this.timeout(120_000);
  const project = projects();

  for (const [fault, { code, calls }] of Object.entries(FAULTS)) {
    for (const precision of ['adaptive', 'sampled']) {
      it(`${fault}, ${precision}: the program runs as without us, and the calls are ${calls === 0 ? 'none' : 'all there'}`, async () => {
        const program = project({ 'main.js': MAIN, 'fault.cjs': code, 'start.cjs': startIn(precision) });
        const plain = await program.node(['main.js']);
        const preloads = ['fault.cjs', REGISTER_CJS, 'start.cjs'].flatMap((file) => [
          '-r',
          file.startsWith('/') ? file : `./${file}`,
        ]);
        const { stdout, code: exit, stderr } = await program.node([...preloads, 'main.js']);
        expect({ stdout, exit }).to.deep.equal({ stdout: plain.stdout, exit: plain.code });
        expect(exit).to.equal(3);
        const lines = stderr.split('\n').filter((line) => line !== '');
        const said = lines.filter((line) => line.startsWith('everycall: '));
        expect(said.length, stderr).to.be.at.most(1);
        expect(lines.filter((line) => !said.includes(line))).to.deep.equal([`fib ${calls}`]);
      });
    }
  }

  for (const error of ['ENOSPC', 'EACCES', 'EROFS']) {
    it(`${error} on every write: the program runs as without us, and one line says what is missing`, async () => {
      const program = project({
        'main.js': MAIN,
        'fault.cjs': `const fs = require('node:fs');
          const fail = (what) => { throw Object.assign(new Error('${error}: ' + what), { code: '${error}' }); };
          for (const name of ['writeFileSync', 'mkdirSync', 'mkdtempSync', 'renameSync', 'copyFileSync', 'appendFileSync']) fs[name] = () => fail(name);
          const { openSync, writeSync } = fs;
          fs.openSync = (path, flags, mode) => (/[wa+]/.test(String(flags ?? 'r')) ? fail('open') : openSync(path, flags, mode));
          fs.writeSync = (fd, ...rest) => (fd > 2 ? fail('write') : writeSync(fd, ...rest));
          require('node:module').syncBuiltinESMExports();`,
      });
      const plain = await program.node(['main.js']);
      const folder = program.path('recording');
      const { mkdirSync } = await import('node:fs');
      mkdirSync(folder);
      const outcome = await program.node([CLI, '--record', folder, 'main.js'], {
        env: { EVERYCALL_CACHE: program.path('cache'), NODE_OPTIONS: '' },
      });
      expect({ stdout: outcome.stdout, exit: outcome.code }).to.deep.equal({ stdout: plain.stdout, exit: 3 });
      const { readdirSync, rmSync } = await import('node:fs');
      for (const name of readdirSync(folder)) rmSync(program.path(`recording/${name}`));
      const failing = await program.node([CLI, '--record', folder, 'main.js'], {
        env: { EVERYCALL_CACHE: program.path('cache2'), NODE_OPTIONS: '--require ./fault.cjs' },
      });
      const complaints = failing.stderr.split('\n').filter((line) => line.startsWith('everycall:'));
      expect(new Set(complaints).size, failing.stderr).to.equal(complaints.length);
      expect(complaints.length, failing.stderr).to.be.at.least(1);
      expect(failing.stdout === plain.stdout || failing.stdout === '', failing.stdout + failing.stderr).to.be.true;
    });
  }

  for (const [what, options, file] of [
    ['a small heap', ['--max-old-space-size=64'], 'heap.js'],
    ['a heap that runs full in a worker', [], 'limits.js'],
  ] as const) {
    it(`${what}: the outcome is that without us`, async () => {
      const program = project({
        'heap.js': `function fill() { const all = []; for (;;) all.push(new Array(1000).fill(all.length)); } fill();`,
        'limits.js': `const { Worker } = require('node:worker_threads');
          new Worker('./fills.js', { resourceLimits: { maxOldGenerationSizeMb: 24 } })
            .on('error', (error) => console.log(error.code))
            .on('exit', (code) => console.log('exit', code));`,
        'fills.js': `function fill() { const all = []; for (;;) all.push(new Array(1000).fill(all.length)); } fill();`,
        'start.cjs': startIn('adaptive'),
      });
      const plain = await program.node([...options, file]);
      const profiled = await program.node([...options, '-r', REGISTER_CJS, '-r', './start.cjs', file]);
      const { code, signal, stdout } = profiled;
      expect({ code, signal, stdout }).to.deep.equal({ code: plain.code, signal: plain.signal, stdout: plain.stdout });
    });
  }
});
