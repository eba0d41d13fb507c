// `everycall ps`, `start`, `stop`, `clear` and `snapshot` as they are typed, against real processes.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { durationOf } from '../../src/cli/ps.ts';
import { callsOf, load } from '../../src/index.ts';
import { COUNTING, monitored } from '../monitor/processes.ts';
import { CLI } from '../register/programs.ts';

describe('everycall attached to a process', () => {
  const project = monitored();

  it('lists it, starts it, shows it, clears it and stops it', async () => {
    const program = project({ 'app.cjs': COUNTING });
    const everycall = (...args: string[]) => program.project.node([CLI, ...args], { env: program.env });
    expect((await everycall('ps')).stdout).to.equal('no process has a monitor; start one with --monitor\n');
    const app = await program.start(['app.cjs', '--an', 'argument\u001b[31m']);
    const pid = String(app.pid);
    const listed = (await everycall('ps')).stdout.split('\n');
    expect(listed[0]).to.match(/^ *PID +UPTIME +THREADS +STATE +COMMAND$/);
    expect(listed[1]).to.match(new RegExp(`^ *${pid} +\\d+ s +1 +stopped +app.cjs --an argument \\[31m$`));
    const [{ status, socket }] = JSON.parse((await everycall('ps', '--json')).stdout);
    expect([status.pid, status.isRunning, socket]).to.deep.equal([app.pid, false, app.path]);

    expect(await everycall('start', pid, '--precision', 'exact')).to.deep.include({
      code: 0,
      stderr: `everycall: process ${pid} is being profiled\n`,
    });
    expect((await everycall('start', pid)).stderr).to.contain('already');
    expect((await everycall('start', pid, '--overhead', '0.2')).stderr).to.contain('with these settings from now on');
    expect((await everycall('start', pid, '--tick', '2')).code).to.equal(1);
    expect((await everycall('ps')).stdout).to.contain('profiling');

    expect((await everycall('snapshot', pid, '--name', 'g')).stdout).to.match(/^g +app.cjs:3/m);
    const file = program.project.path('p.json');
    expect((await everycall('snapshot', pid, '-o', file)).code).to.equal(0);
    expect(callsOf(load(file), 'f')).to.be.above(0);
    await everycall('snapshot', '-o', program.project.path('p.html')); // the only one that there is
    expect(readFileSync(program.project.path('p.html'), 'utf8')).to.contain('<!doctype html>');

    await everycall('stop', pid);
    await everycall('clear', pid);
    expect((await everycall('snapshot', pid, '--format', 'csv')).stdout).to.not.contain('app.cjs');
    app.child.kill('SIGKILL');
  });

  it('says in one line what it cannot attach to', async () => {
    const program = project({ 'app.cjs': COUNTING });
    const everycall = (...args: string[]) => program.project.node([CLI, ...args], { env: program.env });
    for (const command of ['start', 'stop', 'clear', 'snapshot']) {
      const none = await everycall(command, '999999');
      expect([none.code, none.stdout, none.stderr]).to.deep.equal([
        1,
        '',
        'everycall: cannot attach to process 999999: no process has a monitor; start one with --monitor\n',
      ]);
    }
    const apps = [await program.start(['app.cjs']), await program.start(['app.cjs'])];
    const [a, b] = apps.map(({ pid }) => pid);
    for (const args of [['stop', '999999'], ['stop']]) {
      const { code, stderr } = await everycall(...args);
      const got = args[1] ?? 'none';
      expect([code, stderr]).to.deep.equal([
        1,
        `everycall: expected the PID of a process with a monitor (${b}, ${a}), got ${got}\n`,
      ]);
    }
    for (const { child } of apps) child.kill('SIGKILL');
  });
});

describe('durationOf()', () => {
  it('gives the two units that say most', () => {
    expect([0, 59.9, 60, 3599, 3600, 86_399, 90_000].map(durationOf)).to.deep.equal([
      ...['0 s', '59 s', '1 min', '59 min', '1 h 0 min', '23 h 59 min', '1 d 1 h'],
    ]);
  });
});
