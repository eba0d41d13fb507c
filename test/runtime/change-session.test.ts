// changeSession(): a session that is running charges time in another way from then on, without a figure lost.
import { expect } from 'chai';
import { changeSession } from '../../runtime/control.ts';
import { CONTROL, REGIME_EXACT, REGIME_SAMPLED, SLAB } from '../../runtime/layout.ts';
import { DrivenRuntime, PRECISIONS } from '../support/driven-runtime.ts';

const OWNER = -99;

describe('changeSession()', () => {
  for (const from of PRECISIONS) {
    for (const to of ['exact', 'sampled'] as const) {
      it(`makes a thread ${to} that was ${from}, and counts on`, () => {
        const runtime = new DrivenRuntime({ precision: from, tickEachEvent: true });
        const { main } = runtime;
        const { I } = main.runtime.arena;
        const a = main.instrument('a', 1, () => {});
        runtime.start();
        const calls = 8000; // exact events are granted 12,000 at a time at most
        for (let i = 0; i < calls; i++) a();
        expect(changeSession(main.runtime.arena, OWNER, { precision: to })).to.equal(true);
        for (let i = 0; i < calls; i++) {
          main.runtime.tick();
          a();
        }
        expect(I[main.runtime.slab + SLAB.regime]).to.equal(to === 'exact' ? REGIME_EXACT : REGIME_SAMPLED);
        const profile = runtime.snapshot();
        expect(profile.processes[0].precision).to.equal(to);
        expect(profile.functions.find(({ name }) => name === 'a')!.calls).to.equal(2 * calls);
      });
    }
  }

  it('changes the overhead, and nothing while no session is running', () => {
    const { main } = new DrivenRuntime();
    const { arena } = main.runtime;
    expect(changeSession(arena, OWNER, { overhead: 0.5 })).to.equal(false);
    expect(arena.F[CONTROL.overhead]).to.equal(0.03);
    main.runtime.start({ precision: 'adaptive', overhead: 0.1, tickMs: 1, onlyThread: null });
    expect(changeSession(arena, OWNER, { overhead: 0.5 })).to.equal(true);
    expect(arena.F[CONTROL.overhead]).to.equal(0.5);
  });
});
