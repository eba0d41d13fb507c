// The row of garbage collection: its collections and their time, beside the time of the threads.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { attachTo } from '../../../runtime/instance.ts';
import { BUILTINS_OFF } from '../../../runtime/layout.ts';
import type { Profile } from '../../../src/profile.ts';
import { takeSnapshot } from '../../../src/snapshot/snapshot.ts';
import { functionOf, stopSubjects, subject } from '../../support/builtin-subject.ts';

describe('(garbage collection)', () => {
  stopSubjects();

  const { gc } = globalThis;
  before(function () {
    if (gc === undefined) throw new Error('the tests need --expose-gc');
  });
  const rowOf = (profile: Profile) => profile.functions.find(({ kind }) => kind === 'gc');

  it('counts collections and their time, beside the time of the threads', () => {
    const s = subject();
    s.start();
    s.call('outer', () => {
      for (let i = 0; i < 5; i++) gc!();
    });
    s.runtime.stop();
    gc!();
    gc!();
    const profile = s.profile();
    const row = rowOf(profile)!;
    expect(row.name).to.equal('(garbage collection)');
    expect(row.calls).to.be.within(5, 6); // one may come on its own
    expect(row.selfWallNs).to.be.above(0);
    expect(row.longestBlockNs).to.be.within(row.selfWallNs / row.calls, row.selfWallNs);
    expect(row.durations.reduce((sum, { calls }) => sum + calls, 0)).to.equal(row.calls);
    const outer = functionOf(profile, 'outer')!;
    expect(outer.selfWallNs, 'its time is also in what it interrupts').to.be.above(row.selfWallNs * 0.8);
    const others = profile.functions.filter((fn) => fn !== row);
    const sum = others.reduce((ns, { selfWallNs }) => ns + selfWallNs, 0);
    expect(profile.threads[0].wallNs).to.be.closeTo(sum, others.length);
    expect(profile.threads[0].calls).to.equal(1);
    expect(profile.threads[0].wallNs).to.be.at.most(profile.sessions[0].durationNs * 1.01);
    expect(profile.edges.map(({ callee }) => profile.functions[callee].kind)).to.not.include('gc');
    expect(Object.values(profile.dropped).every((n) => n === 0)).to.equal(true);
  });

  it('is there while the program runs on, for all to read', async () => {
    const s = subject();
    s.start();
    gc!();
    gc!();
    for (let i = 0; i < 200 && (rowOf(s.profile())?.calls ?? 0) < 2; i++) await pause(5);
    const during = rowOf(s.profile())!.calls;
    for (let i = 0; i < 3; i++) gc!();
    s.runtime.stop();
    expect(during).to.be.at.least(2);
    expect(rowOf(s.profile())!.calls).to.be.at.least(during + 3);
  });

  it('is there in the middle of a job that goes on, after a thousand ticks', () => {
    let nowNs = 0;
    const s = subject({ clock: { wallNs: () => nowNs } });
    const other = attachTo(s.runtime);
    const seen = () => rowOf(takeSnapshot(other))?.calls ?? 0;
    s.start();
    gc!();
    const early = seen();
    for (let tick = 0; tick < 1100; tick++) {
      nowNs += 1e6;
      s.call('outer', () => {});
    }
    const late = seen();
    s.runtime.stop();
    expect(early).to.equal(0);
    expect(late).to.be.at.least(1);
  });

  it('is forgotten by a clear, and absent where nobody asked', () => {
    const s = subject();
    s.start();
    gc!();
    s.runtime.clear();
    const cleared = rowOf(s.profile())?.calls ?? 0;
    s.runtime.stop();
    s.start(BUILTINS_OFF);
    gc!();
    s.runtime.stop();
    expect(cleared).to.equal(0);
    expect(rowOf(s.profile())).to.equal(undefined);
  });
});
