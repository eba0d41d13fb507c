// `everycall --children`: whatever a program starts is recorded too, and nobody notices. One program starts processes in
// every way there is; its report is compared with what the processes themselves counted.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { load } from '../../src/files.ts';
import type { Profile } from '../../src/profile.ts';
import { CLI, type Project, projects } from '../register/programs.ts';

/** Calls `work` as often as its last argument says. `argv[2]` names it, since all processes run this file. */
const CHILD = `
  function work() {}
  for (let i = 0; i < Number(process.argv.at(-1)); i++) work();
  if (process.argv[2] === 'nest') {
    require('child_process').execFileSync(process.execPath, [__filename, 'nested', '1000'], { env: {} });
  }
  if (process.argv[2] === 'ipc') process.on('message', (m) => { work(); process.send(m + 1, () => process.disconnect()); });
  process.stdout.write([process.env.NODE_OPTIONS, process.env.EVERYCALL_RECORDING, process.execArgv.join(), ''].join(';'));
`;

/** The functions' calls by process: arguments of the process → calls of \`work\`. */
function workByProcess({ processes, threads, functions }: Profile): Record<string, number> {
  const found: Record<string, number> = {};
  const work = functions.find(({ name }) => name === 'work')!;
  for (const { thread, calls } of work.parts) {
    const { argv } = processes[threads[thread].process];
    found[argv.slice(1, 2).join()] = (found[argv.slice(1, 2).join()] ?? 0) + calls;
  }
  return found;
}

async function recorded(program: Project, ...args: string[]) {
  const outcome = await program.node([CLI, '--children', '-o', 'p.json', ...args]);
  expect(outcome.stderr).to.equal('');
  return { ...outcome, profile: load(program.path('p.json')) };
}

describe('everycall --children', function () {
  const project = projects();

  it('records what is started in any way, with any environment, and shows nothing of it', async () => {
    const program = project({
      'child.cjs': CHILD,
      'package.json': '{ "scripts": { "work": "node child.cjs npm 100000" } }',
      'main.cjs': `
        const cp = require('child_process');
        const { execPath } = process;
        const seen = [];
        const ended = (child) => new Promise((settle) => {
          let out = '';
          child.stdout?.on('data', (data) => (out += data));
          child.on('close', () => settle(seen.push(out.split('\\n').at(-1))));
        });
        (async () => {
          await ended(cp.spawn(execPath, ['child.cjs', 'spawn', '1']));
          await ended(cp.spawn(execPath, ['child.cjs', 'own-env', '2'], { env: { NODE_OPTIONS: '--no-warnings' } }));
          const forked = cp.fork('child.cjs', ['ipc', '2'], { execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
          forked.send(41);
          forked.on('message', (m) => console.log('answer', m));
          await ended(forked);
          await ended(cp.exec('"' + execPath + '" child.cjs exec 4'));
          await ended(cp.execFile('sh', ['-c', '"$0" child.cjs shell 5', execPath], { env: {} }));
          await ended(cp.spawn(execPath, ['child.cjs', 'detached', '6'], { detached: true }));
          await ended(cp.spawn(execPath, ['child.cjs', 'nest', '7']));
          await ended(cp.exec('npm run --silent work'));
          seen.push(String(cp.spawnSync(execPath, ['child.cjs', 'spawnSync', '8']).stdout));
          seen.push(String(cp.spawnSync(execPath, ['child.cjs', 'spawnSync', '8'], { env: {} }).stdout));
          seen.push(String(cp.execFileSync(execPath, ['child.cjs', 'execFileSync', '9'], { env: {} })));
          seen.push(String(cp.execSync('"' + execPath + '" child.cjs execSync 10')));
          await new Promise((settle) => {
            const code = "require('child_process').spawn(process.execPath, ['child.cjs', 'worker', '11']).on('exit', () => {})";
            new (require('worker_threads').Worker)(code, { eval: true, env: { PATH: process.env.PATH } }).on('exit', settle);
          });
          console.log(JSON.stringify([...new Set(seen)]), process.env.NODE_OPTIONS, Object.keys(process.env).join().match(/EVERYCALL_(?!CACHE)/));
          console.log(cp.spawn.name, cp.execSync.name, cp.execSync.length, cp.spawnSync('true').status, cp.spawnSync('/none').error.code);
          try { cp.execFileSync(3) } catch (error) { console.log(error.code) }
          try { cp.spawnSync('true', 7) } catch (error) { console.log(error.code) }
        })();`,
    });
    const plain = await program.node(['main.cjs']);
    const { stdout, code, profile } = await recorded(program, 'main.cjs');
    expect(code).to.equal(0);
    expect(stdout).to.equal(plain.stdout);
    expect(stdout).to.contain('answer 42');
    expect(workByProcess(profile)).to.deep.equal({
      ...{ spawn: 1, 'own-env': 2, ipc: 3, exec: 4, shell: 5, detached: 6, nest: 7, nested: 1000, npm: 100000 },
      ...{ spawnSync: 16, execFileSync: 9, execSync: 10, worker: 11 },
    });
    expect(profile.functions.find(({ name }) => name === 'work')!.calls).to.equal(101074);
    expect(profile.sessions).to.have.length(profile.processes.length);
    // Every session lies where its process does.
    for (const { process, startedAtMs } of profile.sessions) {
      expect(startedAtMs).to.be.within(profile.processes[process].startedAtMs, profile.processes[process].takenAtMs);
    }
  });

  it('records the workers of a cluster and the threads of a pool', async () => {
    const program = project({
      'main.cjs': `
        const cluster = require('cluster');
        function request() {}
        if (cluster.isPrimary) {
          let n = 3;
          for (let i = 1; i <= 3; i++) cluster.fork({ TIMES: String(i) }).on('exit', (code) => { if (--n === 0) console.log('all', code); });
        } else {
          for (let i = 0; i < Number(process.env.TIMES); i++) request();
          process.disconnect();
        }`,
    });
    const { stdout, profile } = await recorded(program, 'main.cjs');
    expect(stdout).to.equal('all 0\n');
    expect(profile.processes).to.have.length(4);
    const request = profile.functions.find(({ name }) => name === 'request')!;
    expect(request.calls).to.equal(6);
    expect(request.parts.map(({ calls }) => calls).sort()).to.deep.equal([1, 2, 3]);
  });

  it('prints all processes in one report, and each by itself', async () => {
    const program = project({
      'main.cjs': `function main() {} main(); require('child_process').fork('./child.cjs', ['7']);`,
      'child.cjs': `function work() {} work(); work();`,
    });
    const { stderr } = await program.node([CLI, '--children', '--columns', 'name,calls', 'main.cjs']);
    expect(stderr).to.match(/^2 processes; 2 sessions/);
    expect(stderr)
      .to.match(/^work +2$/m)
      .and.match(/^main +1$/m);
    expect(stderr).to.match(/^ *id +pid +process +threads +wall +cpu +cpu% +calls$/m);
    expect(stderr)
      .to.match(/^ *0 +\d+ +main\.cjs +1 .* 2$/m)
      .and.match(/^ *1 +\d+ +child\.cjs 7 +1 .* 3$/m);
    const each = await program.node([CLI, '--children', '--per-process', '--columns', 'name,calls', 'main.cjs']);
    expect(each.stderr).to.match(/^process \d+: main\.cjs\nname +calls\n(.*\n)?main +1\n/m);
    expect(each.stderr).to.match(/^process \d+: child\.cjs 7\nname +calls\n(.*\n)?work +2\n/m);
  });

  it('records only the program itself without it', async () => {
    const program = project({
      'main.cjs': `require('child_process').fork('./child.cjs').on('exit', (code) => process.exit(code));`,
      'child.cjs': `function work() {} work(); process.exit(everycall.isRunning() ? 1 : 7);`,
    });
    const { code, stderr } = await program.node([CLI, 'main.cjs']);
    expect(code).to.equal(7);
    expect(stderr).not.to.match(/^work /m);
  });

  it('keeps what was killed, by its checkpoint, and says so', async () => {
    const program = project({
      'main.cjs': `
        const { readdirSync, statSync } = require('fs');
        const child = require('child_process').fork('./child.cjs');
        const seen = new Set(); // the second one began after the child had said that its work is done
        const look = () => {
          const name = readdirSync('kept').find((file) => file.startsWith(child.pid + '-') && file.includes('.checkpoint'));
          if (name) seen.add(statSync('kept/' + name, { throwIfNoEntry: false })?.mtimeMs);
          if (seen.size < 2) setTimeout(look, 20); else child.kill('SIGKILL');
        };
        child.on('message', look).on('exit', (_, signal) => console.log(signal));`,
      'child.cjs': `function work() {} for (let i = 0; i < 5; i++) work(); process.send(0); for (;;);`,
    });
    const { stdout, stderr } = await program.node([
      ...[CLI, '--children', '--checkpoint', '0.3', '--record', 'kept', '--columns', 'name,calls', 'main.cjs'],
    ]);
    expect(stdout).to.equal('SIGKILL\n');
    expect(stderr).to.match(
      /^everycall: process \d+ \(child\.cjs\) was killed: its figures are those of its last checkpoint/,
    );
    expect(stderr).to.match(/^work +5$/m);
  });

  it('does not wait for what outlives the program, and reports what is known of it', async () => {
    const program = project({
      'main.cjs': `
        const child = require('child_process').fork('./child.cjs', { detached: true });
        child.on('message', () => { child.disconnect(); child.unref(); });`,
      'child.cjs': `function work() {} work(); work(); setTimeout(() => process.send(0), 1000); setTimeout(() => {
          require('fs').writeFileSync('over', ''); }, 6000);`,
    });
    const { code, stderr } = await program.node([CLI, '--children', '--checkpoint', '0.3', 'main.cjs']);
    expect(code).to.equal(0);
    expect(stderr).to.match(
      /^everycall: process \d+ \(child\.cjs\) still runs: its figures are those of its last checkpoint/,
    );
    expect(stderr).to.match(/^work .* 2 /m);
    // Its folder is gone, which must not trouble it.
    for (let i = 0; i < 600 && !existsSync(program.path('over')); i++) await new Promise((r) => setTimeout(r, 20));
    expect(existsSync(program.path('over'))).to.equal(true);
  });
});

describe('everycall --record', () => {
  const project = projects();

  it('keeps a file of each process, which report reads; nothing is left in the temporary folder otherwise', async () => {
    const program = project({
      'main.cjs': `function main() {} main(); require('child_process').fork('./child.cjs');`,
      'child.cjs': `function work() {} work(); work();`,
    });
    mkdirSync(program.path('tmp'));
    const env = { TMPDIR: program.path('tmp') };
    const { code } = await program.node([CLI, '--children', '--record', 'rec', '--quiet', 'main.cjs'], { env });
    expect(code).to.equal(0);
    const files = readdirSync(program.path('rec'));
    expect(files.filter((name) => /^\d+-[0-9a-f]+\.json\.gz$/.test(name))).to.have.length(2);
    expect(files.filter((name) => /^\d+-[0-9a-f]+\.process\.json$/.test(name))).to.have.length(2);
    expect(files).to.have.length(4);
    await program.node([CLI, '--children', '--quiet', 'main.cjs'], { env });
    expect(readdirSync(program.path('tmp'))).to.deep.equal([]);

    const report = await program.node([CLI, 'report', '--columns', 'name,calls', 'rec']);
    expect(report.stderr).to.equal('');
    expect(report.stdout)
      .to.match(/^work +2$/m)
      .and.match(/^main +1$/m);
    const one = await program.node([CLI, 'report', '--process', '1', '--columns', 'name,calls', 'rec']);
    expect(one.stdout)
      .to.match(/^work +2$/m)
      .and.not.match(/^main /m);

    const again = await program.node([CLI, '--record', 'rec', 'main.cjs']);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.match(/^everycall: --record expects an empty folder, got rec with [^\n]*\n$/);
    const file = await program.node([CLI, '--record', 'main.cjs', 'main.cjs']);
    expect(file.code).to.equal(1);
    expect(file.stderr).to.match(/^everycall: cannot record to main\.cjs: [^\n]*\n$/);
    mkdirSync(program.path('empty'));
    const empty = await program.node([CLI, 'report', 'empty']);
    expect(empty.code).to.equal(1);
    expect(empty.stderr).to.match(/^everycall: expected a folder of --record, got empty without a profile\n$/);
  });

  it('says in one line where a process cannot write, and the program does not notice', async () => {
    const program = project({
      'main.cjs': `function main() {} main();
        const { rmSync, readdirSync, mkdirSync } = require('fs');
        for (const name of readdirSync('rec')) rmSync('rec/' + name);
        // A folder where the profile is to go: what a disk that is full or read-only does, for any user.
        mkdirSync('rec/x'); require('fs').writeFileSync = () => { throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }); };
        console.log('ran');`,
    });
    const { code, stdout, stderr } = await program.node([CLI, '--record', 'rec', 'main.cjs']);
    expect(stdout).to.equal('ran\n');
    expect(code).to.equal(1);
    expect(stderr.split('\n').filter(Boolean)).to.match(
      /cannot write the profile of process \d+: .*ENOSPC.*no report: no process left a profile/,
    );
    expect(readdirSync(program.path('rec'))).to.deep.equal(['x']);
  });
});
