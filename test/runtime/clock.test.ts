// The clocks: CPU time is that of one thread, stands still while it sleeps, and costs the program no warning.
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { measureClock, sharedNowNs, systemClock } from '../../runtime/clock.ts';
import { startProgram } from '../support/worker-programs.ts';

function busy(wallNs: () => number, ns: number): void {
  const end = wallNs() + ns;
  while (wallNs() < end);
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('systemClock()', () => {
  it('counts wall time from the origin it is given', () => {
    const origin = sharedNowNs() - 5e9;
    expect(systemClock(origin).wallNs()).to.be.within(5e9, 7e9);
  });

  it('counts CPU time while busy, none while asleep, and wall time both times', () => {
    const { wallNs, cpuNs } = systemClock(sharedNowNs());
    const measured = (act: () => void) => {
      const wall = wallNs();
      const cpu = cpuNs!();
      act();
      return { cpuMs: (cpuNs!() - cpu) / 1e6, wallMs: (wallNs() - wall) / 1e6 };
    };
    const working = measured(() => {
      const end = cpuNs!() + 50e6;
      while (cpuNs!() < end);
    });
    expect(working.cpuMs).to.be.within(50, 55);
    expect(working.wallMs).to.be.at.least(working.cpuMs * 0.99);
    const asleep = measured(() => sleep(100));
    expect(asleep.cpuMs).to.be.within(0, 5);
    expect(asleep.wallMs).to.be.at.least(99);
  });

  it('agrees with the system about a thread, not the process: two workers that burn 40 and 120 ms', async () => {
    const spent = await Promise.all(
      [40, 120].map((cpuMs) => startProgram<{ cpuMs: number }>('burnOnly', { cpuMs }).result),
    );
    expect(spent[0].cpuMs).to.be.within(40, 44);
    expect(spent[1].cpuMs).to.be.within(120, 126);
  });

  it('writes nothing to stderr and leaves process.emitWarning as it was', () => {
    const clock = new URL('../../runtime/clock.ts', import.meta.url).href;
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        `const before = process.emitWarning;
         const { systemClock } = await import(${JSON.stringify(clock)});
         const { cpuName } = systemClock(0);
         console.log(cpuName, process.emitWarning === before);`,
      ],
      { encoding: 'utf8' },
    );
    expect({ stdout, stderr, status }).to.deep.equal({
      stdout: 'thread CPU clock by WASI true\n',
      stderr: '',
      status: 0,
    });
  });
});

describe('measureClock()', () => {
  it('tells cost and smallest step', () => {
    let now = 0;
    expect(measureClock(() => (now += 250)).resolutionNs).to.equal(250);
    expect(measureClock(() => 7).resolutionNs).to.equal(0);
    const { wallNs } = systemClock(0);
    expect(measureClock(wallNs).costNs).to.be.within(1, 20_000);
    busy(wallNs, 1000);
  });
});
