// Start, stop and clear while thousands of activations are suspended (G23 to G25 of the catalogue): later figures are right,
// nothing is negative, no edge is wrong, and reading disturbs nothing.
import { expect } from 'chai';
import { ASYNC_FUNCTION, type Activation, GENERATOR } from '../../../runtime/contract.ts';
import { SLAB } from '../../../runtime/layout.ts';
import type { Profile } from '../../../src/profile.ts';
import { DrivenRuntime, type DrivenThread, PRECISIONS, WALL_NS } from '../../support/driven-runtime.ts';

const COUNT = 3000;

for (const precision of PRECISIONS) {
  describe(`thousands suspended, ${precision}`, () => {
    let driven: DrivenRuntime;
    let main: DrivenThread;

    beforeEach(() => {
      driven = new DrivenRuntime({ precision });
      ({ main } = driven);
      driven.start();
    });

    const event = () => driven.beforeEvent(main.runtime);
    const activate = (name: string, kind: number): Activation | null => {
      event();
      return main.runtime.state[0] === 0 ? null : main.runtime.activate(main.site(name), kind);
    };
    /** Half of them await, half are generators that have yielded; each after one tick. */
    function suspendThousands(): (Activation | null)[] {
      return Array.from({ length: COUNT }, (_, i) => {
        const activation = i % 2 === 0 ? activate('a', ASYNC_FUNCTION) : activate('g', GENERATOR);
        event();
        if (i % 2 === 0) main.runtime.suspend(activation, null);
        else main.runtime.pause(activation);
        return activation;
      });
    }
    /** Resumes each, lets it call `b`, and ends it. */
    function finishAll(activations: readonly (Activation | null)[]): void {
      for (const activation of activations) {
        event();
        main.runtime.resume(activation);
        main.instrument('b', 1, () => {})();
        event();
        if (activation !== null) main.runtime.finish(activation);
      }
    }
    function expectSound({ functions, edges, threads }: Profile): void {
      for (const row of [...functions, ...edges, ...threads]) {
        for (const [column, value] of Object.entries(row))
          if (typeof value === 'number') expect(value, column).to.be.at.least(0);
      }
      const { arena, slab } = main.runtime;
      expect(arena.I[slab + SLAB.sp], 'the stack is empty').to.equal(arena.I[slab + SLAB.stack]);
    }
    const row = (name: string) => driven.snapshot().functions.find((fn) => fn.name === name);
    const callersOf = (name: string) => {
      const { functions, edges } = driven.snapshot();
      return edges
        .filter(({ callee }) => functions[callee].name === name)
        .map(({ caller, calls }) => [functions[caller].name, calls]);
    };

    it('a stop ends their waiting, and what they do later is not theirs', () => {
      const activations = suspendThousands();
      driven.pass(10);
      driven.stop();
      driven.pass(1000);
      driven.start();
      driven.pass(5);
      finishAll(activations);
      driven.stop();
      expect(row('a')).to.include({ calls: COUNT / 2, open: COUNT / 2, resumes: 0, selfWallNs: 0 });
      expect(row('a')!.awaitNs / WALL_NS).to.be.closeTo((COUNT / 2) * 10, 1e-3);
      expect(row('a')!.totalWallNs / WALL_NS).to.be.closeTo((COUNT / 2) * 10, 1e-3);
      expect(row('g')).to.include({
        calls: COUNT / 2,
        open: COUNT / 2,
        resumes: COUNT / 2,
        awaitNs: 0,
        totalWallNs: 0,
      });
      expect(row('b')).to.include({ calls: COUNT, open: 0, selfWallNs: COUNT * WALL_NS });
      expect(callersOf('b')).to.deep.equal([['(event loop)', COUNT]]);
      expectSound(driven.snapshot());
    });

    it('those of before a start are not seen, nor is who they are', () => {
      driven.stop();
      const activations = suspendThousands();
      driven.start();
      finishAll(activations);
      expect([row('a'), row('g')]).to.deep.equal([undefined, undefined]);
      expect(callersOf('b')).to.deep.equal([['(event loop)', COUNT]]);
      expectSound(driven.snapshot());
    });

    it('a clear forgets them', () => {
      const activations = suspendThousands();
      driven.pass(10);
      driven.clear();
      driven.pass(10);
      const later = suspendThousands();
      driven.pass(1);
      finishAll(activations);
      expect(row('a')).to.include({ calls: COUNT / 2, open: COUNT / 2 });
      expect(callersOf('b')).to.deep.equal([['(event loop)', COUNT]]);
      finishAll(later);
      expect(row('a')).to.include({ calls: COUNT / 2, open: 0, resumes: COUNT / 2 });
      expect(callersOf('b')).to.have.deep.members([
        ['(event loop)', COUNT],
        ['a', COUNT / 2],
        ['g', COUNT / 2],
      ]);
      expectSound(driven.snapshot());
    });

    it('reading in the middle shows their waiting so far and changes nothing (G25)', () => {
      const activations = suspendThousands();
      for (const ticks of [10, 20]) {
        driven.pass(10);
        expect(row('a')!.awaitNs / WALL_NS).to.be.closeTo((COUNT / 2) * ticks, 1e-3);
        expect(row('a')).to.include({ open: COUNT / 2 });
        const figures = () => ({ ...driven.snapshot(), processes: [] }); // without the time of reading
        expect(figures()).to.deep.equal(figures());
      }
      finishAll(activations);
      expect(row('a')).to.include({ calls: COUNT / 2, open: 0 });
      expectSound(driven.snapshot());
    });
  });
}
