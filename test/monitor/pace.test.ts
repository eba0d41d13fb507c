// createPace(): however much clients ask for, the monitor keeps to its share of a processor.
import { expect } from 'chai';
import { CPU_SHARE, createPace } from '../../src/monitor/pace.ts';

function driven(share = CPU_SHARE) {
  const now = { cpuMs: 0, wallMs: 0 };
  const sleeps: number[] = [];
  const sleep = (ms: number) => {
    sleeps.push(ms);
    now.wallMs += ms;
  };
  const pace = createPace(
    () => now.cpuMs,
    () => now.wallMs,
    sleep,
    share,
  );
  const work = (ms: number) => {
    now.cpuMs += ms;
    now.wallMs += ms;
  };
  return { pace, work, now, sleeps };
}

describe('createPace()', () => {
  it('lets short work pass, and says how long more of it has to wait', () => {
    const { pace, work, now } = driven(0.1);
    work(1000);
    expect([pace.debtMs(), pace.delayMs(50)]).to.deep.equal([0, 50]);
    work(2000); // of the 1000 that were left, and 200 for the time: 800 too much
    expect(pace.debtMs()).to.be.closeTo(8000, 1e-6);
    expect(pace.delayMs(50), 'but frames come once a second').to.equal(1000);
    now.wallMs += 8000;
    expect(pace.debtMs()).to.be.closeTo(0, 1e-6);
    now.wallMs += 1e9;
    work(2000);
    expect(pace.debtMs(), 'what is in hand is bounded').to.equal(0);
    work(2000);
    expect(pace.debtMs()).to.be.above(10_000);
  });

  it('keeps a flood of small requests within the share, by sleep', () => {
    const { pace, work, now, sleeps } = driven();
    for (let i = 0; i < 100_000; i++) {
      pace.slowDown();
      work(0.2);
    }
    expect(now.cpuMs - 2000).to.be.at.most(now.wallMs * CPU_SHARE + 1);
    expect(Math.max(...sleeps)).to.be.within(1, 25);
  });
});
