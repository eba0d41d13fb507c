// `everycall top` in a real terminal (tmux): keys in, screen out; and what it does without one.
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { load } from '../../../src/index.ts';
import { ask } from '../../../src/monitor/client.ts';
import { CLI } from '../../register/programs.ts';
import { monitored, type MonitoredProject, type Running, until } from '../../monitor/processes.ts';
import { Screen } from '../../support/tmux.ts';
import { hasTool } from '../../support/tools.ts';

/** Twice as many calls of `leaf` as of `parse`, on two threads; `parse` is called by `tick` on one, by `crunch` on the other. */
const APP = `
  const { Worker, isMainThread } = require('node:worker_threads');
  function leaf() {}
  function parse() { leaf(); leaf(); }
  function 描画() {}
  function tick() { parse(); 描画(); }
  function crunch() { parse(); }
  if (isMainThread) {
    new Worker(__filename, { name: 'worker' });
    console.log('up');
    setInterval(tick, 10);
  } else {
    setInterval(crunch, 10);
  }
`;

describe('everycall top (needs tmux)', function () {
  this.timeout(120_000); // every step waits for a frame, and CI has other things to do
  const project = monitored();
  const screens: Screen[] = [];
  before(function () {
    if (!hasTool('tmux')) this.skip();
  });
  afterEach(() => screens.splice(0).forEach((screen) => screen.close()));

  async function started(source = APP): Promise<{ program: MonitoredProject; app: Running }> {
    const program = project({
      'app.cjs': source,
      'boom.cjs': `process.on('SIGUSR2', () => { throw new Error('boom'); });`,
    });
    const app = await program.start(['app.cjs']);
    await ask(app, '/v1/start', { precision: 'exact' });
    return { program, app };
  }

  /** A terminal in which top runs, and tells its exit code and how it leaves the terminal. */
  function screenOf(program: MonitoredProject, args = '', env: Record<string, string> = {}, node = ''): Screen {
    const command = `"${process.execPath}" ${node} "${CLI}" top --interval 0.2 ${args}`;
    const stty = `stty -a | grep -qE '[^-]icanon' && stty -a | grep -qE '[^-]echo ' && echo cooked`;
    const screen = new Screen(`echo before\n${command}\necho code=$?\n${stty}`, {
      ...{ width: 120, height: 20, cwd: program.project.directory },
      env: { ...(program.env as Record<string, string>), EVERYCALL_CACHE: 'off', ...env },
    });
    screens.push(screen);
    return screen;
  }

  /** Waits until it holds of what the screen shows. */
  async function sees<T>(screen: Screen, holds: (text: string) => T | false): Promise<T> {
    const deadlineMs = performance.now() + 30_000;
    return until(() => {
      const text = screen.text();
      if (performance.now() > deadlineMs) throw new Error(`still not seen:\n${text}`);
      return holds(text);
    });
  }

  const shows = (screen: Screen, what: RegExp | string) =>
    sees(screen, (text) => (typeof what === 'string' ? text.includes(what) : what.test(text)) && text);

  /** It is over, and the terminal is as it was. */
  async function restored(screen: Screen, code: number): Promise<string> {
    const text = await shows(screen, /code=\d+\s+cooked/);
    expect(text).to.match(/^before$/m);
    expect(text).to.match(new RegExp(`^code=${code}$`, 'm'));
    expect(screen.modes()).to.deep.equal({ isAlternate: false, hasCursor: true });
    return text;
  }

  /** Names of the functions that are listed, in order. */
  const names = (screen: Screen) => screen.lines().flatMap((line) => / (\S+) +app\.cjs:\d+/.exec(line)?.slice(1) ?? []);

  it('shows what happens, sorts, filters, pauses, and leaves the terminal as it was', async () => {
    const { program, app } = await started();
    const screen = screenOf(program);
    const first = await shows(screen, /\d[kM]? calls\/s · cpu .*2 threads/);
    expect(screen.modes()).to.deep.equal({ isAlternate: true, hasCursor: false });
    expect(first).to.not.contain('before');
    expect(first).to.match(new RegExp(`^${app.pid} app.cjs +up \\d+ s, profiling \\(exact\\)`));
    const all = ['leaf', 'parse', 'tick', 'crunch', '描画']; // the worker begins later
    await sees(screen, () => all.every((name) => names(screen).includes(name)));

    // selfWall → totalCpu → totalWall → await → open → errors → name
    screen.type('>', 'Right', '>', '>', '>', '>');
    // The worker's module is there only if it ran after the start.
    await sees(screen, () => /^(?:<module>,)?crunch,leaf,parse,/.test(names(screen).join()));
    screen.type('r');
    await sees(screen, () => names(screen)[0] === '描画');
    expect(screen.text()).to.contain('name*');
    screen.type('/', 'PaR');
    await sees(screen, () => names(screen).join() === 'parse');
    expect(screen.text()).to.contain('filter: PaR_');
    screen.type('Enter');
    await shows(screen, 'functions of all threads, filter: PaR');
    screen.type('Escape');
    await sees(screen, () => names(screen).length >= 5);

    screen.type('p');
    const paused = await shows(screen, 'page paused');
    await new Promise((settle) => setTimeout(settle, 700)); // three intervals
    expect(screen.text()).to.equal(paused);
    screen.type('p', '?');
    await shows(screen, 'callers and callees of a function');
    screen.type('x');
    await sees(screen, () => names(screen).length >= 5);

    screen.type('C-c');
    await restored(screen, 0);
    app.child.kill('SIGKILL');
  });

  it('opens threads, callers and callees, stops, clears and saves', async () => {
    const { program, app } = await started();
    const screen = screenOf(program, String(app.pid));
    await sees(screen, () => names(screen).includes('crunch'));
    screen.type('t');
    await shows(screen, /main\b/);
    screen.type('/', 'worker', 'Enter', 'Enter'); // whichever thread is the busier
    await sees(screen, () => names(screen).includes('crunch') && !names(screen).includes('tick'));
    expect(screen.lines()[2]).to.match(/^functions of thread worker/);
    screen.type('[');
    await sees(screen, () => names(screen).includes('tick') && !names(screen).includes('crunch'));
    screen.type('a');
    await sees(screen, () => names(screen).includes('tick') && names(screen).includes('crunch'));

    screen.type('s');
    await shows(screen, 'not profiled');
    screen.type('/', 'leaf', 'Enter', 'Enter');
    await shows(screen, 'callers and callees of leaf');
    const callers = await shows(screen, /^caller .* parse/m);
    screen.type('Enter'); // parse itself
    const both = await shows(screen, /^callee .* leaf/m);
    expect(both).to.match(/^caller .* tick/m);
    expect(both).to.match(/^caller .* crunch/m);

    screen.type('w', 'C-u', 'saved.json', 'Enter');
    await shows(screen, 'saved saved.json');
    const profile = load(program.project.path('saved.json'));
    const calls = (name: string) => profile.functions.find((fn) => fn.name === name)!.calls;
    expect(calls('leaf')).to.equal(2 * calls('parse'));
    expect(callers).to.match(new RegExp(`^caller .* ${calls('leaf')} .* parse `, 'm'));
    expect(both).to.match(new RegExp(`^caller .* ${calls('tick')} .* tick `, 'm'));
    expect(both).to.match(new RegExp(`^callee .* ${calls('leaf')} .* leaf `, 'm'));

    screen.type('Escape');
    await shows(screen, 'of leaf');
    screen.type('Escape');
    await sees(screen, () => names(screen).join() === 'leaf');
    screen.type('Escape', 'C');
    await shows(screen, 'nothing is recorded: s starts');
    screen.type('s');
    await sees(screen, () => names(screen).includes('tick'));
    screen.type('w', 'C-u', 'no/such/folder/p.json', 'Enter');
    await shows(screen, /^cannot .*|^expected .*/m);
    screen.type('q');
    await restored(screen, 0);
    expect(existsSync(program.project.path('no'))).to.equal(false);
    app.child.kill('SIGKILL');
  });

  it('fits any size, and has no colours where they are not wanted', async () => {
    const { program, app } = await started();
    const screen = screenOf(program, '--sort name', { NO_COLOR: '1' });
    await sees(screen, () => names(screen).includes('描画'));

    const codes = new Set([...screen.text(true).matchAll(/\u001b\[([\d;]*)m/g)].map(([, code]) => code));
    expect([...codes].filter((code) => !['', '0', '7', '27', '39', '49'].includes(code))).to.deep.equal([]);
    screen.resize(50, 8);
    await sees(screen, () => screen.lines()[7]?.startsWith('? keys') && names(screen).length > 0);
    expect(screen.text()).to.not.contain('totalCpu');
    screen.type('End');
    await sees(screen, () => names(screen).includes('描画'));
    screen.resize(120, 30);
    const wide = await shows(screen, 'totalCpu');
    expect(wide.split('\n')[29]).to.match(/^\? keys/);
    await sees(screen, () => names(screen).length >= 5);
    screen.type('q');
    await restored(screen, 0);
    app.child.kill('SIGKILL');
  });

  it('gives the terminal back on SIGTERM and when it fails itself', async () => {
    const { program, app } = await started();
    for (const [signal, code, node] of [
      ['SIGTERM', 143, ''],
      ['SIGINT', 130, ''],
      ['SIGUSR2', 1, '-r ./boom.cjs'],
    ] as const) {
      const screen = screenOf(program, '', {}, node);
      await sees(screen, () => names(screen).includes('leaf'));
      process.kill(screen.child(), signal);
      const text = await restored(screen, code);
      if (code === 1) expect(text).to.contain('Error: boom');
    }
    app.child.kill('SIGKILL');
  });

  it('shows a thread that is stuck, and keeps the last figures when the process ends', async () => {
    const { program, app } = await started(`
      function stuck() { for (;;) g(); }
      function g() {}
      console.log('up');
      setTimeout(stuck, 300);
    `);
    const screen = screenOf(program);
    await shows(screen, /main held for [\d.]+ +m?s by stuck/);
    await sees(screen, () => names(screen).includes('g'));
    await shows(screen, /\d[kM]? calls\/s/);
    app.child.kill('SIGKILL');
    const ended = await shows(screen, 'the process has ended: any key leaves');
    expect(ended).to.match(/, ended$/m);
    expect(names(screen)).to.include.members(['g', 'stuck']);
    expect(ended).to.match(/\d[kM]? calls\/s/);
    screen.type('Down', 'x');
    await restored(screen, 0);
  });
});

describe('everycall top without a terminal', () => {
  const project = monitored();

  it('prints one page with --once', async () => {
    const program = project({ 'app.cjs': APP });
    const everycall = (...args: string[]) => program.project.node([CLI, 'top', ...args], { env: program.env });
    const app = await program.start(['app.cjs']);
    const stopped = await everycall('--once', '--interval', '0.1');
    expect([stopped.code, stopped.stderr]).to.deep.equal([0, '']);
    expect(stopped.stdout).to.contain('nothing is recorded');
    await ask(app, '/v1/start', { precision: 'exact' });
    await until(async () => (await ask(app, '/v1/snapshot?format=csv')).body.includes('crunch'));
    const { stdout, stderr, code } = await everycall('--once', '--interval', '0.5', '--sort', 'name', String(app.pid));
    expect([code, stderr]).to.deep.equal([0, '']);

    expect(stdout).to.not.match(/\u001b/);
    const listed = stdout.split('\n').flatMap((line) => / (\S+) +app\.cjs:\d+/.exec(line)?.slice(1) ?? []);
    expect(listed).to.deep.equal([...listed].sort());
    expect(listed).to.include.members(['crunch', 'leaf', 'parse', 'tick', '描画']);
    expect(stdout).to.match(/^ +[\d.]+ .* leaf /m);
    const threads = (await everycall('--once', '--per-thread', '--interval', '0.1')).stdout;
    expect(threads).to.match(/^ +0 .* main/m);
    const one = await everycall('--once', '--thread', '1', '--limit', '1', '--sort', 'calls');
    expect(one.stdout).to.match(/functions of thread worker[^]*leaf[^]*… and \d+ more\n$/);
    const none = await everycall('--once', '--thread', '9');
    expect([none.code, none.stderr]).to.deep.equal([
      1,
      `everycall: expected --thread to be one of 0 main, 1 ${/0 main, 1 (\S+);/.exec(none.stderr)?.[1]}; got 9\n`,
    ]);
    app.child.kill('SIGKILL');
  });

  it('says in one line what it lacks', async () => {
    const program = project({ 'app.cjs': APP });
    const everycall = (...args: string[]) => program.project.node([CLI, 'top', ...args], { env: program.env });
    expect(await everycall()).to.deep.include({
      code: 2,
      stdout: '',
      stderr: "everycall: 'top' expects a terminal to draw in; --once prints one page anywhere\n",
    });
    expect(await everycall('--once')).to.deep.include({
      code: 1,
      stderr: 'everycall: cannot attach to a PID: no process has a monitor; start one with --monitor\n',
    });
    const apps = [await program.start(['app.cjs']), await program.start(['app.cjs'])];
    const which = await everycall('--once');
    expect([which.code, which.stderr]).to.deep.equal([
      1,
      'everycall: expected the PID of one of these 2 processes, got none\n',
    ]);
    expect(which.stdout).to.match(/^ *PID +UPTIME +THREADS +STATE +COMMAND\n/);
    for (const { pid, child } of apps) {
      expect(which.stdout).to.match(new RegExp(`^ *${pid} .* app.cjs$`, 'm'));
      child.kill('SIGKILL');
    }
  });
});
