import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { load } from '../../src/files.ts';
import { CLI, projects } from '../register/programs.ts';
import type { Outcome, RunOptions } from '../register/programs.ts';

/** What a program shows of itself to the outside; the report is not part of it. */
function visible({ code, signal, stdout }: Outcome): object {
  return { code, signal, stdout };
}

describe('everycall run', () => {
  const project = projects();

  /** Runs the program by plain node and by everycall, and expects the same of both. */
  async function compare(files: Record<string, string>, args: string[], options: RunOptions = {}) {
    const program = project(files);
    const plain = await program.node(args, options);
    const profiled = await program.node([CLI, 'run', ...args], options);
    expect(visible(profiled)).to.deep.equal(visible(plain));
    return { plain, profiled };
  }

  it('prints the table to stderr when the program has ended', async () => {
    const program = project({ 'main.cjs': `function f() {} f(); f(); console.log('out');` });
    const { code, stdout, stderr } = await program.node([CLI, 'main.cjs']);
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'out\n' });
    expect(stderr).to.match(/^f +main\.cjs:1(?::\d+)? +2 /m);
    expect(stderr).not.to.contain('\x1b');
  });

  it('leaves the program its arguments, its environment and its being the main module', async () => {
    const show = `console.log(JSON.stringify([process.argv.slice(1), Object.keys(process.env).sort(), process.exitCode,
      process.listenerCount('SIGINT'), process.listeners('exit').length, process.eventNames().map(String)]));`;
    const { profiled } = await compare(
      { 'main.cjs': `console.log(require.main === module, module.parent, module.paths.length);${show}` },
      ['main.cjs', '--limit', '3', '--', '-x', ''],
    );
    expect(profiled.stdout).to.contain('--limit');
    await compare({ 'main.mjs': `console.log(import.meta.url, import.meta.filename);${show}` }, ['./main.mjs', 'a']);
  });

  it('leaves the order of first ticks and microtasks', async () => {
    const order = `setImmediate(() => console.log('immediate')); Promise.resolve().then(() => console.log('promise'));
      process.nextTick(() => console.log('tick')); console.log('sync');`;
    await compare({ 'main.cjs': order }, ['main.cjs']);
    await compare({ 'main.mjs': order }, ['main.mjs']);
  });

  it('passes stdin and stdout through', async () => {
    const { profiled } = await compare(
      { 'main.cjs': `process.stdin.on('data', (d) => process.stdout.write(d.toString().toUpperCase()));` },
      ['main.cjs'],
      { input: 'lines\nof input\n' },
    );
    expect(profiled.stdout).to.equal('LINES\nOF INPUT\n');
  });

  it('ends with the exit code of the program, and still reports', async () => {
    const endings = [
      `function f() {} f(); process.exit(7);`,
      `function f() {} f(); process.exitCode = 9;`,
      `function f() {} f(); throw new TypeError('mine');`,
      `function f() {} f(); Promise.reject(new Error('unhandled'));`,
      `function f() {} f(); process.on('exit', () => { process.exitCode = 4; });`,
      `function f() {} f(); process.on('uncaughtException', () => process.exit(5)); throw 1;`,
    ];
    for (const ending of endings) {
      const { plain, profiled } = await compare({ 'main.cjs': ending }, ['main.cjs']);
      expect(profiled.stderr, ending).to.match(/^f +main\.cjs:1(?::\d+)? +1 /m);
      for (const said of plain.stderr.match(/^\w*Error: \w+/gm) ?? []) expect(profiled.stderr).to.contain(said);
    }
  });

  it('shows an uncaught error at its line', async () => {
    const program = project({
      'main.ts': `type A = number;\n\nfunction f(a: A): never {\n  throw new Error('mine' + a);\n}\nf(1);`,
    });
    const { code, stderr } = await program.node([CLI, 'main.ts']);
    expect(code).to.equal(1);
    expect(stderr)
      .to.contain('Error: mine1')
      .and.to.match(/at f \(.*main\.ts:4:\d+\)/);
  });

  it('runs the CommonJS, ES module and TypeScript kinds of programs', async () => {
    const program = project({
      'a.js': `export function f() {} f();`,
      'b.mts': `export function f(x: number): void {} f(1);`,
      'c.cts': `function f(x: number): void {} f(1);`,
      'd.ts': `enum E { A } function f(x: E): void {} f(E.A);`,
      'e.tsx': `const f = <T,>(x: T): T => x; f(1);`,
    });
    for (const name of ['a.js', 'b.mts', 'c.cts', 'd.ts', 'e.tsx', 'd', './b.mjs']) {
      const { code, stderr } = await program.node([CLI, name]);
      expect(code, stderr).to.equal(0);
      expect(stderr, name).to.match(/^f +\w+\.\w+:1(?::\d+)? +1 /m);
    }
  });

  it('reports once, for workers too, and not for processes that the program forks', async () => {
    const program = project({
      'main.cjs': `const { Worker } = require('worker_threads'); const { fork } = require('child_process');
        new Worker(__dirname + '/worker.cjs', { execArgv: [], env: {} }).on('exit', () => fork(__dirname + '/child.ts'));`,
      'worker.cjs': `function inWorker() {} inWorker(); process.exit(3);`,
      'child.ts': `function inChild(x: number) {} inChild(1); console.log('child', process.env.EVERYCALL_RUN);`,
    });
    const { stdout, stderr } = await program.node([CLI, 'main.cjs']);
    expect(stdout).to.equal('child undefined\n');
    expect(stderr.match(/ session/g)).to.have.length(1);
    expect(stderr)
      .to.match(/^inWorker /m)
      .and.not.to.contain('inChild');
  });

  it('writes a profile or a table to FILE, and nothing to stderr', async () => {
    const program = project({ 'main.cjs': `function f() {} f(); process.chdir('/');` });
    for (const name of ['p.json', 'p.json.gz', 'p.txt']) {
      const { code, stderr } = await program.node([CLI, '-o', name, 'main.cjs']);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    }
    for (const name of ['p.json', 'p.json.gz']) {
      expect(program.callsOf(load(program.path(name)))).to.include({ 'main.cjs:f': 1 });
    }
    expect(readFileSync(program.path('p.txt'), 'utf8')).to.match(/^f .* 1 /m);
  });

  it('says so when FILE cannot be written, prints the table instead, and fails unless the program did', async () => {
    const program = project({ 'main.cjs': `function f() {} f(); process.exitCode = Number(process.argv[2]);` });
    mkdirSync(program.path('dir'));
    for (const [file, own, expected] of [
      ['nowhere/p.json', '0', 1],
      ['dir', '0', 1],
      ['nowhere/p.txt', '5', 5],
    ] as const) {
      const { code, stderr } = await program.node([CLI, '-o', file, 'main.cjs', own]);
      expect(code, file).to.equal(expected);
      expect(stderr.split('\n')[0]).to.match(/^everycall: .*(nowhere|dir)/);
      expect(stderr).to.match(/^f /m);
    }
  });

  it('prints nothing when quiet', async () => {
    const program = project({ 'main.cjs': `function f() {} f();` });
    expect((await program.node([CLI, '--quiet', 'main.cjs'])).stderr).to.equal('');
  });

  it('records nothing before the program starts it when paused', async () => {
    const program = project({ 'main.cjs': `function f() {} f(); everycall.start(); f(); everycall.stop(); f();` });
    expect((await program.node([CLI, '--start-paused', 'main.cjs'])).stderr).to.match(/^f +main\.cjs:1(?::\d+)? +1 /m);
  });

  it('instruments what include names', async () => {
    const program = project({
      'main.cjs': `require('dep')(); function f() {} f();`,
      'node_modules/dep/index.js': `module.exports = function dep() {};`,
    });
    const { stderr } = await program.node([CLI, '--include', '**/node_modules/dep/**', 'main.cjs']);
    expect(stderr).to.match(/^dep /m).and.not.to.match(/^f /m);
  });

  it('fails with one line where there is no script to run', async () => {
    const program = project({ 'dir/x.txt': '' });
    for (const [args, expected] of [
      [['nothere.js'], 1],
      [['dir'], 1],
      [[], 2],
      [['--nonsense', 'x.js'], 2],
    ] as const) {
      const { code, stdout, stderr } = await program.node([CLI, ...args]);
      expect({ code, stdout }, args.join()).to.deep.equal({ code: expected, stdout: '' });
      expect(stderr).to.match(/^everycall: [^\n]+\n$/);
    }
  });

  it('fails on a file that cannot be parsed when strict', async () => {
    const program = project({ 'main.cjs': `require('./odd');`, 'odd.js': `%DebugPrint(1);` });
    const strict = await program.node(['--allow-natives-syntax', CLI, '--strict', 'main.cjs']);
    expect(strict.code).to.equal(1);
    expect(strict.stderr).to.contain('odd.js:1:1 cannot be instrumented');
    const lenient = await program.node(['--allow-natives-syntax', CLI, 'main.cjs']);
    expect(lenient.code, lenient.stderr).to.equal(0);
    expect(lenient.stderr).to.contain('odd.js:1:1 left uninstrumented');
  });

  it('survives a reader that goes away', async () => {
    const program = project({ 'main.cjs': `function f() {} f(); for (let i = 0; i < 1e5; i++) console.log(i); ` });
    const pipe = (command: string) =>
      program.node([
        '-e',
        `process.exitCode = require('child_process').spawnSync('sh', ['-c', ${JSON.stringify(command)}], { stdio: 'inherit' }).status`,
      ]);
    const node = JSON.stringify(process.execPath);
    const cli = JSON.stringify(CLI);
    expect((await pipe(`${node} ${cli} main.cjs 2>err.txt | head -1`)).stdout).to.equal('0\n');
    expect(readFileSync(program.path('err.txt'), 'utf8'))
      .to.match(/^f /m)
      .and.not.to.contain('everycall:');
    expect((await pipe(`${node} ${cli} main.cjs 2>&1 >/dev/null | head -0; echo over`)).stdout).to.equal('over\n');
  });
});

describe('everycall report', () => {
  const project = projects();

  it('prints a saved profile', async () => {
    const program = project({ 'main.cjs': `function f() {} f(); f();` });
    await program.node([CLI, '-o', 'p.json', 'main.cjs']);
    const { code, stdout, stderr } = await program.node([CLI, 'report', '--columns', 'name,calls', 'p.json']);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^f +2$/m);
  });

  it('fits the width it is given and writes to FILE', async () => {
    const program = project({ 'main.cjs': `function f() {} f();` });
    await program.node([CLI, '-o', 'p.json', 'main.cjs']);
    const { stdout } = await program.node([CLI, 'report', 'p.json'], { env: { COLUMNS: '60' } });
    for (const line of stdout.split('\n')) expect(line.length).to.be.at.most(60);
    await program.node([CLI, 'report', '-o', 'p.txt', 'p.json']);
    expect(existsSync(program.path('p.txt'))).to.equal(true);
  });

  it('fails with one line on a file that is missing or no profile', async () => {
    const program = project({ 'bad.json': '{"a":' });
    for (const name of ['none.json', 'bad.json']) {
      const { code, stdout, stderr } = await program.node([CLI, 'report', name]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr)
        .to.match(/^everycall: [^\n]+\n$/)
        .and.to.contain(name);
    }
  });

  it('prints help and version', async () => {
    const program = project({});
    expect((await program.node([CLI, '--help'])).stdout).to.contain('Usage');
    expect((await program.node([CLI, '--version'])).stdout).to.match(/^\d+\.\d+\.\d+/);
  });
});
