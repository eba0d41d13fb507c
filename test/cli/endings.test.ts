import { expect } from 'chai';
import type { ChildProcess } from 'node:child_process';
import { CLI, projects } from '../register/programs.ts';

const BUSY = `function f() {} f(); setInterval(f, 5); console.log('ready');`;

/** No terminal here, so the signal goes to everycall alone, which passes it on. */
const send =
  (...signals: NodeJS.Signals[]) =>
  (child: ChildProcess): void => {
    signals.forEach((signal, i) => setTimeout(() => child.kill(signal), 150 * (i + 1)));
  };

describe('everycall run and signals', function () {
  const project = projects();

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`reports and ends by ${signal} as the program would have`, async () => {
      const program = project({ 'main.cjs': BUSY });
      const outcome = await program.node([CLI, 'main.cjs'], { onOutput: send(signal) });
      expect(outcome.signal).to.equal(signal);
      expect(outcome.stderr).to.match(/^f +main\.cjs:1(?::\d+)? +\d+ /m);
    });
  }

  it('ends by a signal that cannot be caught', async () => {
    const program = project({ 'main.cjs': `${BUSY} setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);` });
    expect((await program.node([CLI, 'main.cjs'])).signal).to.equal('SIGKILL');
  });

  it('leaves a signal to the program that handles it', async () => {
    const program = project({
      'main.cjs': `${BUSY} process.once('SIGINT', () => { console.log('handled', process.listenerCount('SIGINT')); process.exitCode = 6; setTimeout(() => process.exit(), 50); });`,
    });
    const { code, signal, stdout, stderr } = await program.node([CLI, 'main.cjs'], { onOutput: send('SIGINT') });
    expect({ code, signal, stdout }).to.deep.equal({ code: 6, signal: null, stdout: 'ready\nhandled 0\n' });
    expect(stderr.match(/ session/g)).to.have.length(1);
  });

  it('reports when a library counts listeners and then ends the process itself', async () => {
    const program = project({
      'main.cjs': `${BUSY} const listener = () => { if (process.listeners('SIGTERM').length !== 1) return; console.log('cleanup');
        process.removeListener('SIGTERM', listener); process.kill(process.pid, 'SIGTERM'); }; process.on('SIGTERM', listener);`,
    });
    const { signal, stdout, stderr } = await program.node([CLI, 'main.cjs'], { onOutput: send('SIGTERM') });
    expect({ signal, stdout }).to.deep.equal({ signal: 'SIGTERM', stdout: 'ready\ncleanup\n' });
    expect(stderr).to.match(/^f /m);
  });

  it('reports although the program removes all listeners', async () => {
    const program = project({
      'main.cjs': `function f() {} f(); process.removeAllListeners(); process.removeAllListeners('exit');`,
    });
    expect((await program.node([CLI, 'main.cjs'])).stderr).to.match(/^f /m);
  });

  it('ends a program that is stuck in a loop by force, at the second Ctrl-C and after saying so', async () => {
    const program = project({
      'main.cjs': `function f() {} f(); f(); f(); require('fs').writeSync(1, 'ready'); for (;;);`,
    });
    const { signal, stderr } = await program.node([CLI, 'main.cjs'], { onOutput: send('SIGINT', 'SIGINT') });
    expect(signal).to.equal('SIGKILL');
    const [said, missing, report] = stderr.split('\n');
    expect(said).to.match(/^everycall: .*force/);
    expect(missing).to.match(
      /^everycall: process \d+ \(main\.cjs\) was killed: its figures are those of its last checkpoint/,
    );
    expect(report).to.match(/^1 session/);
    expect(stderr).to.match(/^f +main\.cjs:1(?::\d+)? +3 /m);
  });

  it('never forces a program that handles Ctrl-C', async () => {
    const program = project({
      'main.cjs': `${BUSY} let n = 0; process.on('SIGINT', () => { if (++n === 3) setTimeout(() => process.exit(n), 2300); });`,
    });
    const { code, stderr } = await program.node([CLI, 'main.cjs'], { onOutput: send('SIGINT', 'SIGINT', 'SIGINT') });
    expect(code).to.equal(3);
    expect(stderr).not.to.contain('force');
  });
});
