// Errors: activations whose exit says that they ended by throwing are counted, in every precision, once each.
import { expect } from 'chai';
import fc from 'fast-check';
import { ASYNC_FUNCTION, ASYNC_GENERATOR, GENERATOR } from '../../runtime/contract.ts';
import type { Call } from '../support/call-forest.ts';
import { forests, randomly } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS } from '../support/driven-runtime.ts';

/** A body throws if it took an even time; the caller catches. Counts what ends so, by name. */
function run(driven: DrivenRuntime, forest: readonly Call[], thrown: Record<string, number>): void {
  const { main } = driven;
  const { runtime } = main;
  for (const { name, self, children } of forest) {
    const handle = main.enter(name);
    driven.pass(self);
    run(driven, children, thrown);
    const throws = self % 2 === 0;
    if (throws) thrown[name] = (thrown[name] ?? 0) + 1;
    driven.beforeEvent(runtime);
    runtime.exit(handle, throws ? runtime.state : self);
  }
}

for (const precision of PRECISIONS) {
  describe(`errors, ${precision}`, () => {
    const errorsOf = (driven: DrivenRuntime) =>
      Object.fromEntries(
        driven
          .snapshot()
          .functions.filter(({ errors }) => errors > 0)
          .map(({ name, errors }) => [name, errors]),
      );

    for (const tickEachEvent of [true, false]) {
      it(`are those of random forests, ${tickEachEvent ? 'with' : 'without'} a tick at each event`, () => {
        fc.assert(
          fc.property(forests(), (forest) => {
            const driven = new DrivenRuntime({ precision, tickEachEvent });
            const thrown: Record<string, number> = {};
            driven.start();
            run(driven, forest, thrown);
            expect(errorsOf(driven)).to.deep.equal(thrown);
            driven.clear();
            expect(errorsOf(driven)).to.deep.equal({});
          }),
          randomly(100),
        );
      });
    }

    it('are one for an exit that closes others with it', () => {
      const driven = new DrivenRuntime({ precision });
      const { main } = driven;
      driven.start();
      const handle = main.enter('a');
      main.enter('b');
      main.enter('c');
      driven.beforeEvent(main.runtime);
      main.runtime.exit(handle, main.runtime.state);
      expect(errorsOf(driven)).to.deep.equal({ a: 1 });
    });

    it('of what suspends are told apart from being left at a yield', () => {
      const driven = new DrivenRuntime({ precision });
      const { main } = driven;
      const { runtime } = main;
      driven.start();
      for (const [name, kind, stop, outcome] of [
        ['a', ASYNC_FUNCTION, 'suspend', runtime.state], // a rejected await
        ['b', ASYNC_FUNCTION, 'suspend', 0],
        ['c', GENERATOR, 'pause', runtime.state], // return() at a yield
        ['d', ASYNC_GENERATOR, 'pause', runtime.state], // comes only from a catch
        ['e', ASYNC_GENERATOR, 'pause', undefined],
      ] as const) {
        const activation = runtime.activate(main.site(name), kind)!;
        runtime[stop](activation, null);
        driven.pass(1);
        runtime.finish(activation, outcome);
      }
      expect(errorsOf(driven)).to.deep.equal({ a: 1, d: 1 });
    });

    it('of what was open at a stop or clear are not counted', () => {
      const driven = new DrivenRuntime({ precision });
      const { main } = driven;
      driven.start();
      const first = main.enter('a');
      driven.stop();
      driven.start();
      const second = main.enter('b');
      driven.clear();
      main.runtime.exit(second, main.runtime.state);
      main.runtime.exit(first, main.runtime.state);
      expect(errorsOf(driven)).to.deep.equal({});
    });
  });
}
