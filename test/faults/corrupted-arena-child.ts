// One process of corrupted-arena.test.ts: in each trial words of the arena are overwritten while a program runs. Prints the
// trial before it begins, so that whoever waits for this process knows which one never ended, and what came of it as JSON.
import fc from 'fast-check';
import { CONTROL, FIRST_FREE } from '../../runtime/layout.ts';
import { EverycallError } from '../../src/errors.ts';
import { forests } from '../support/call-forest.ts';
import type { Call } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS } from '../support/driven-runtime.ts';

export interface Trial {
  readonly seed: number;
  /** What hooks, starts, stops and clears threw, which must be nothing. */
  readonly thrown: readonly string[];
  /** What readings threw that is none of our errors. */
  readonly misread: readonly string[];
  readonly cpuMs: number;
}

/** A word to overwrite, as a share of the memory in use, and what with. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  words: fc.constantFrom(1, 1, 1, 2, 16),
  value: fc.oneof(
    fc.integer(),
    fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000),
    fc.nat(1 << 20).map((address) => address & ~1),
  ),
  /** In place of the value, that of another word: as if one row had been written over another. */
  from: fc.option(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
});

function damageMemory(
  I: Int32Array,
  { at, words, value, from }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
) {
  const inUse = I[CONTROL.nextFree] - FIRST_FREE;
  const place = (share: number) => FIRST_FREE + Math.floor(share * inUse);
  for (let i = 0; i < words; i++) I[place(at) + i] = from === null ? value : I[place(from) + i];
}

function runTrial(seed: number): Trial {
  const [forest, damages] = fc.sample(fc.tuple(forests(), fc.array(damage, { minLength: 1, maxLength: 4 })), {
    numRuns: 1,
    seed,
  })[0];
  const driven = new DrivenRuntime({ precision: PRECISIONS[seed % 3], arenaBytes: 1 << 20, maxFrames: 256 });
  const thrown: string[] = [];
  const misread: string[] = [];
  const guarded = (list: string[], act: () => unknown) => {
    try {
      act();
    } catch (error) {
      if (list === thrown || !(error instanceof EverycallError))
        list.push(String((error as Error).stack).slice(0, 400));
    }
  };
  const before = process.cpuUsage();
  const { main } = driven;
  const other = driven.thread();
  const runBoth = (calls: readonly Call[]) => {
    guarded(thrown, () => main.run(calls));
    guarded(thrown, () => other.run(calls));
  };
  driven.start();
  runBoth(forest);
  const half = forest.length >> 1;
  // Some of it while functions are open.
  guarded(thrown, () =>
    main.instrument('a', 1, () => {
      main.run(forest.slice(0, half));
      for (const each of damages) damageMemory(main.runtime.arena.I, each);
      main.run(forest.slice(half));
    })(),
  );
  guarded(misread, () => driven.snapshot());
  runBoth(forest);
  for (const step of ['stop', 'start', 'clear', 'stop', 'start'] as const) {
    guarded(thrown, () => driven[step]());
    runBoth(forest);
    guarded(misread, () => driven.snapshot(other));
  }
  guarded(thrown, () => other.runtime.end());
  const { user, system } = process.cpuUsage(before);
  return { seed, thrown, misread, cpuMs: (user + system) / 1000 };
}

const [from, count] = process.argv.slice(2).map(Number);
for (let seed = from; seed < from + count; seed++) {
  process.stdout.write(`${seed} `);
  process.stdout.write(`${JSON.stringify(runTrial(seed))}\n`);
}
