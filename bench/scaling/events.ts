// Ns a call (enter and exit) against the size of one shape, in one regime; beside it the memory alone and the loop alone.
// Sizes take turns, and what is shown is the median of the rounds by this thread's own CPU clock.
import { CONTROL, SLAB } from '../../runtime/layout.ts';
import { sharedNowNs, systemClock } from '../../runtime/clock.ts';
import { createDriven } from './driven.ts';
import type { Regime } from './regimes.ts';
import { copyOf, touchedBy, walker } from './memory-walk.ts';
import { type Quartiles, quartilesOf } from '../statistics.ts';
import { seeded, SHAPES, type Tape } from './tape.ts';

export interface EventCost {
  readonly size: number;
  readonly hooksNs: Quartiles;
  /** The rows touched without hooks. */
  readonly memoryNs: Quartiles;
  /** The tape read without hooks and rows. It is part of both others. */
  readonly loopNs: Quartiles;
}

/** Calls of one batch: enough for the CPU clock, few enough that batches of all sizes take turns often. */
const CALLS_A_BATCH = 50_000;

export function costsOfShape(name: string, regime: Regime, rounds: number, largest = Infinity): EventCost[] {
  const shape = SHAPES.find((one) => one.name === name)!;
  const driven = createDriven();
  const { arena, slab, enter, exit } = driven.runtime;
  const handles = new Int32Array(1 << 15);
  const cpuNs = systemClock(sharedNowNs()).cpuNs!;

  function play(tape: Tape): void {
    let top = 0;
    for (let i = 0; i < tape.length; i++) {
      const fn = tape[i];
      if (fn !== 0) handles[top++] = enter(fn);
      else exit(handles[--top]);
    }
  }
  function read(tape: Tape): void {
    let top = 0;
    for (let i = 0; i < tape.length; i++) {
      const fn = tape[i];
      if (fn !== 0) handles[top++] = fn;
      else handles[--top] = 0;
    }
  }
  function nsACall(work: () => void, tape: Tape): number {
    const calls = tape.length / 2;
    const times = Math.max(1, Math.round(CALLS_A_BATCH / calls));
    const began = cpuNs();
    for (let i = 0; i < times; i++) work();
    return (cpuNs() - began) / (times * calls);
  }

  driven.start(regime);
  const random = seeded(1);
  const cases = shape.sizes
    .filter((size) => size <= largest)
    .map((size) => {
      const tape = shape.tape(driven.functions(shape.functions(size)), size, random);
      const ns = { hooks: [] as number[], memory: [] as number[], loop: [] as number[] };
      return { size, tape, touched: touchedBy(driven.runtime, tape), ...ns };
    });
  const walk = walker(copyOf(arena, arena.I[CONTROL.nextFree]), arena.I[slab + SLAB.stack], regime);
  const warmUp = Math.max(2, rounds >> 2);
  for (let round = -warmUp; round < rounds; round++) {
    for (const { tape, touched, hooks, memory, loop } of cases) {
      const measured = [
        nsACall(() => play(tape), tape),
        nsACall(() => walk(tape, touched), tape),
        nsACall(() => read(tape), tape),
      ];
      if (round >= 0) [hooks, memory, loop].forEach((list, i) => list.push(measured[i]));
    }
  }
  return cases.map(({ size, hooks, memory, loop }) => ({
    size,
    hooksNs: quartilesOf(hooks),
    memoryNs: quartilesOf(memory),
    loopNs: quartilesOf(loop),
  }));
}
