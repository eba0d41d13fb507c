// Durations: every activation that is timed exactly is in the right bucket, and no other; compared with a plain list.
import { expect } from 'chai';
import fc from 'fast-check';
import { ASYNC_FUNCTION, GENERATOR, SITE_STRIDE } from '../../runtime/contract.ts';
import { calibrate } from '../../runtime/calibrate.ts';
import { bucketOf } from '../../runtime/durations.ts';
import { createHooks } from '../../runtime/hooks.ts';
import { exactHooks } from '../../runtime/hot.ts';
import { createRuntime } from '../../runtime/instance.ts';
import { CONTROL, DURATIONS, KEPT_ENDED_SLABS, REGIME_SAMPLED, SLAB } from '../../runtime/layout.ts';
import type { DurationBucket, Profile } from '../../src/profile.ts';
import type { Call } from '../support/call-forest.ts';
import { forests, parseForest, randomly } from '../support/call-forest.ts';
import { DrivenRuntime, WALL_NS } from '../support/driven-runtime.ts';

/** Wall times of all calls of a forest, by name, in ns. */
function durationsOf(forest: readonly Call[], into: Record<string, number[]> = {}): Record<string, number[]> {
  const timeOf = ({ self, children }: Call): number => children.reduce((sum, each) => sum + timeOf(each), self);
  for (const call of forest) {
    (into[call.name] ??= []).push(timeOf(call) * WALL_NS);
    durationsOf(call.children, into);
  }
  return into;
}

function expectBuckets(buckets: readonly DurationBucket[], durations: readonly number[], where: string): void {
  for (const { fromNs, toNs, calls } of buckets) {
    expect(
      durations.filter((ns) => ns >= fromNs && ns < toNs),
      `${where}: ${fromNs} to ${toNs}`,
    ).to.have.length(calls);
  }
  expect(
    buckets.reduce((sum, { calls }) => sum + calls, 0),
    where,
  ).to.equal(durations.length);
}

const rowOf = ({ functions }: Profile, name: string) => functions.find((fn) => fn.name === name)!;

describe('bucketOf()', () => {
  it('gives ascending buckets, none wider than an eighth of its beginning', () => {
    const least: number[] = [];
    for (let ns = 0; ns < 2 ** 14; ns++) least[bucketOf(ns)] ??= ns;
    for (let power = 14; power < 42; power++) {
      for (let i = 0; i < 64; i++) least[bucketOf(2 ** power * (1 + i / 64))] ??= 2 ** power * (1 + i / 64);
    }
    expect(least.length).to.equal(38 * 8);
    least.forEach((ns, i) => {
      if (i > 0) expect(ns).to.be.greaterThan(least[i - 1]);
      if (i > 8) expect(ns - least[i - 1], `bucket ${i}`).to.be.at.most(least[i - 1] / 7.99);
    });
  });

  it('takes whatever a clock may say', () => {
    expect([NaN, -1, -Infinity, 0].map(bucketOf)).to.deep.equal([0, 0, 0, 0]);
    expect([2 ** 42, 2 ** 52, 1e300, Infinity].map(bucketOf)).to.deep.equal([303, 303, 303, 303]);
  });
});

describe('durations', () => {
  it('hold every call of random forests, in the exact precision', () => {
    fc.assert(
      fc.property(forests(), (forest) => {
        const driven = new DrivenRuntime({ precision: 'exact' });
        driven.start();
        driven.main.run(forest);
        const profile = driven.snapshot();
        for (const [name, durations] of Object.entries(durationsOf(forest))) {
          const fn = rowOf(profile, name);
          expectBuckets(fn.durations, durations, name);
          expect(fn.maxTotalNs, name).to.equal(Math.max(...durations));
        }
      }),
      randomly(150),
    );
  });

  it('hold none in the sampled precision, and only whole calls in the adaptive one', () => {
    fc.assert(
      fc.property(forests(), fc.constantFrom('sampled' as const, 'adaptive' as const), (forest, precision) => {
        const driven = new DrivenRuntime({ precision });
        driven.start();
        driven.main.run(forest);
        driven.main.run(forest);
        for (const fn of driven.snapshot().functions) {
          const durations = (durationsOf(forest)[fn.name] ?? []).flatMap((ns) => [ns, ns]);
          if (precision === 'sampled') expect(fn.durations).to.deep.equal([]);
          for (const { fromNs, toNs, calls } of fn.durations) {
            const there = durations.filter((ns) => ns >= fromNs && ns < toNs).length;
            expect(calls, `${fn.name}: ${fromNs} to ${toNs}`).to.be.at.most(there);
          }
        }
      }),
      randomly(150),
    );
  });

  it('are whole again after frames that a change of regime cut short', () => {
    const driven = new DrivenRuntime({ precision: 'adaptive', tickEachEvent: false });
    const { main } = driven;
    const { I } = main.runtime.arena;
    const { slab } = main.runtime;
    driven.start();
    const leaves = () => main.run(parseForest('c[0] c[0] c[0]'));
    leaves();
    const handles = ['a', 'b', 'a', 'b'].map((name) => main.enter(name));
    const switchesBefore = I[slab + SLAB.regimeSwitches];
    for (let i = 0; i < 100; i++) {
      main.runtime.tick();
      leaves();
    }
    expect(I[slab + SLAB.regimeSwitches] - switchesBefore, 'changes of regime').to.be.greaterThan(3);
    expect(I[slab + SLAB.regime]).to.equal(REGIME_SAMPLED);
    for (const handle of handles.reverse()) main.exit(handle); // no tick has passed: on the fast path
    driven.stop();
    driven.clear();
    main.runtime.start({ precision: 'exact', overhead: 0.03, tickMs: 1, onlyThread: null });
    const forest = parseForest('x[1](y[2](x[3](y[4](z[5]))))');
    main.run(forest);
    const profile = driven.snapshot();
    for (const [name, durations] of Object.entries(durationsOf(forest))) {
      expectBuckets(rowOf(profile, name).durations, durations, name);
    }
  });

  it('leave out what was open at a start, stop or clear', () => {
    const driven = new DrivenRuntime({ precision: 'exact' });
    const { main } = driven;
    driven.start();
    const first = main.enter('a');
    driven.pass(5);
    driven.stop();
    driven.start();
    const second = main.enter('b');
    driven.clear();
    main.run(parseForest('c[3]'));
    main.exit(second);
    main.exit(first);
    const { functions } = driven.snapshot();
    expect(functions.filter((fn) => fn.durations.length > 0).map(({ name }) => name)).to.deep.equal(['c']);
  });

  it('of what suspends run from the call to its end', () => {
    const driven = new DrivenRuntime({ precision: 'exact' });
    const { runtime } = driven.main;
    driven.start();
    for (const [name, kind] of [
      ['a', ASYNC_FUNCTION],
      ['g', GENERATOR],
    ] as const) {
      const activation = runtime.activate(driven.main.site(name), kind)!;
      driven.pass(2);
      runtime.suspend(activation, null);
      driven.pass(30);
      runtime.resume(activation);
      driven.pass(4);
      runtime.finish(activation);
      const fn = rowOf(driven.snapshot(), name);
      expectBuckets(fn.durations, [36 * WALL_NS], name);
      expect(fn.maxTotalNs).to.equal(36 * WALL_NS);
    }
  });

  it('are forgotten by a clear and fold with a thread that ended, without more memory each time', () => {
    const driven = new DrivenRuntime({ precision: 'exact', arenaBytes: 64 << 20 });
    const { I } = driven.main.runtime.arena;
    driven.start();
    const round = () => {
      const worker = driven.thread();
      worker.run(parseForest('a[1](b[300] c[7])'));
      worker.runtime.end();
    };
    for (let i = 0; i < KEPT_ENDED_SLABS + 5; i++) round();
    expectBuckets(
      rowOf(driven.snapshot(), 'b').durations,
      Array.from({ length: KEPT_ENDED_SLABS + 5 }, () => 300 * WALL_NS),
      'b',
    );
    const used = I[CONTROL.nextFree];
    for (let i = 0; i < 20; i++) round();
    expect(I[CONTROL.nextFree]).to.equal(used);
    driven.clear();
    expect(driven.snapshot().functions.flatMap((fn) => fn.durations)).to.deep.equal([]);
    for (let i = 0; i < 20; i++) {
      driven.main.run(parseForest('a[1](b[300] c[7])'));
      driven.clear();
    }
    const after = I[CONTROL.nextFree];
    for (let i = 0; i < 20; i++) {
      driven.main.run(parseForest('a[1](b[300] c[7])'));
      driven.clear();
    }
    expect(I[CONTROL.nextFree]).to.equal(after);
  });

  it('that find no room are counted as dropped', () => {
    const driven = new DrivenRuntime({ precision: 'exact' });
    const { main } = driven;
    driven.start();
    main.run(parseForest('a[1]'));
    const { I } = main.runtime.arena;
    I[CONTROL.capacity] = I[CONTROL.nextFree];
    main.run(parseForest('b[1] b[1] a[1] a[500]'));
    const profile = driven.snapshot();
    expect(profile.dropped.durations).to.equal(3);
    expectBuckets(rowOf(profile, 'a').durations, [WALL_NS, WALL_NS], 'a');
    expect(rowOf(profile, 'a').maxTotalNs).to.equal(500 * WALL_NS);
    expect(I[main.runtime.slab + SLAB.freeDurations]).to.equal(0);
  });

  it('leave the frame taken off when the program has no stack left for them', () => {
    const driven = new DrivenRuntime({ precision: 'exact' });
    const { arena, slab, clock } = driven.main.runtime;
    const { I, F } = arena;
    driven.start();
    driven.main.enter('a');
    const nothing = () => 0;
    const { pop } = exactHooks(
      I,
      F,
      slab + SLAB.sp,
      slab + SLAB.regime,
      slab + SLAB.epoch,
      slab + SLAB.sequence,
      slab + SLAB.budget,
      slab + SLAB.tagging,
      CONTROL.tickNs,
      (slab >> 1) + SLAB.cpuLastsNs,
      (slab >> 1) + SLAB.lastWallNs,
      I[slab + SLAB.stackEnd],
      clock.wallNs,
      clock.cpuNs,
      (slab >> 1) + SLAB.deepCalls,
      {
        edgeTo: nothing,
        countOnly: nothing,
        sample: nothing,
        reviewBudget: nothing,
        enterRarely: nothing,
        exitRarely: nothing,
        noteDuration() {
          throw new RangeError('stack');
        },
      },
    );
    expect(() => pop(I[slab + SLAB.sp])).to.throw('stack');
    expect(I[slab + SLAB.sp]).to.equal(I[slab + SLAB.stack]);
    expect(I[slab + SLAB.sequence] % 2, 'no reader takes the slab for one that is being written').to.equal(0);
    expect(rowOf(driven.snapshot(), 'a')).to.include({ calls: 1, open: 0 });
  });

  it('are shared by no two functions after a second calibration', () => {
    const runtime = createRuntime({ arenaBytes: 4 << 20 });
    const { arena, slab, clock } = runtime;
    const { I } = arena;
    const base = runtime.register('a.js', 'hash', 3, '{"sites":[],"left":[]}');
    runtime.start({ precision: 'exact', overhead: 0.03, tickMs: 1, onlyThread: null });
    for (const site of [base, base + SITE_STRIDE, base + 2 * SITE_STRIDE]) runtime.exit(runtime.enter(site));
    runtime.clear();
    runtime.stop();
    const host = {
      wakeTicker() {},
      noteCollections() {},
      followBuiltins: () => false,
      exactEventCostNs: () => 50,
      queueMicrotask() {},
      contextTag: () => undefined,
      lockOwner: 1,
    };
    calibrate(arena, slab, clock, createHooks(arena, slab, clock, host));
    for (const [head, next] of [
      [SLAB.freeDurations, DURATIONS.next],
      [SLAB.freeDurationLines, 0],
    ]) {
      const free = new Set<number>();
      for (let at = I[slab + head]; at !== 0; at = I[at + next]) {
        expect(free.has(at), `${at} twice in a list`).to.be.false;
        free.add(at);
      }
      expect(free.size).to.be.at.least(3);
    }
  });
});
