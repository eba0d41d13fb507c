// Whether the sampled precision is fair: over many ticks each function's time must come out as it was, within its standard
// error, however long its calls are compared with a tick. Injected clock, so the only chance is in the lengths.
import { expect } from 'chai';
import { DrivenRuntime, WALL_NS } from '../support/driven-runtime.ts';

/** Steps of a tick: time passes in these, and the tick word moves when a whole tick has. */
const STEPS = 50;

describe('the sampled precision', () => {
  it('gives calls shorter and longer than a tick the time they took, within three standard errors', () => {
    const driven = new DrivenRuntime({ precision: 'sampled', tickEachEvent: false });
    const { main } = driven;
    let steps = 0;
    const truth: Record<string, number> = {};
    let seed = 1;
    const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff;
    const spend = (name: string, meanTicks: number) => {
      const handle = main.enter(name);
      const length = Math.round(meanTicks * STEPS * (0.5 + random()));
      for (let i = 0; i < length; i++) {
        driven.pass(1 / STEPS);
        if (++steps % STEPS === 0) main.runtime.tick();
      }
      truth[name] = (truth[name] ?? 0) + length / STEPS;
      main.exit(handle);
    };
    driven.start();
    while (steps < 20_000 * STEPS) {
      for (let i = 0; i < 10; i++) spend('a', 0.06);
      spend('b', 0.4);
      spend('c', 1.5);
      spend('d', 4);
    }
    driven.stop();
    const { functions } = driven.snapshot();
    const misses = Object.entries(truth).flatMap(([name, ticks]) => {
      const { selfWallNs, selfErrorNs } = functions.find((fn) => fn.name === name)!;
      const found = selfWallNs / WALL_NS;
      const error = selfErrorNs / WALL_NS;
      const text = `${name}: ${ticks.toFixed(0)} ticks, found ${found.toFixed(0)} ± ${error.toFixed(0)}`;
      if (process.env.VERBOSE !== undefined) console.log(`      ${text}`);
      return Math.abs(found - ticks) <= 3 * error ? [] : [text];
    });
    expect(misses).to.deep.equal([]);
  });
});
