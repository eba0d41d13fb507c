// A driven runtime that does all a program can do, in random order, and a reader without a slab as the monitor's thread is.
import fc from 'fast-check';
import { ASYNC_FUNCTION, type Activation } from '../../runtime/contract.ts';
import type { ArenaReader } from '../../src/snapshot/snapshot.ts';
import { DrivenRuntime, type DrivenThread } from '../support/driven-runtime.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;

export type Step = readonly [
  what:
    | 'enter'
    | 'activate'
    | 'end'
    | 'throw'
    | 'suspend'
    | 'resume'
    | 'pass'
    | 'tag'
    | 'start'
    | 'stop'
    | 'clear'
    | 'clearTag',
  thread: number,
  which: number,
];

/** Random programs of two threads; starts, stops and clears are rarer than the rest. */
export function programs(): fc.Arbitrary<Step[]> {
  const often = [
    'enter',
    'enter',
    'activate',
    'end',
    'end',
    'throw',
    'suspend',
    'resume',
    'resume',
    'pass',
    'pass',
  ] as const;
  const what = fc.constantFrom(...often, ...often, ...often, 'tag', 'start', 'stop', 'clear', 'clearTag');
  return fc.array(fc.tuple(what, fc.nat(1), fc.nat(4)), { maxLength: 120, size: 'max' });
}

type Open = { readonly handle: number } | { readonly activation: Activation };

/** One process that takes such steps. */
export class DrivenProgram {
  readonly driven: DrivenRuntime;
  readonly #threads: { readonly thread: DrivenThread; readonly open: Open[]; readonly waiting: Activation[] }[];

  constructor(precision: 'exact' | 'sampled' | 'adaptive') {
    this.driven = new DrivenRuntime({ precision, names: [...NAMES] });
    this.#threads = [this.driven.main, this.driven.thread()].map((thread) => ({ thread, open: [], waiting: [] }));
    this.driven.start();
  }

  /** As the monitor's: the arena and the clocks, no slab. */
  reader(): ArenaReader {
    const { arena, clock, isRunning } = this.driven.main.runtime;
    return { arena, clock, slab: 0, isRunning, endTerminated: () => {} };
  }

  take([what, on, which]: Step): void {
    const { thread, open, waiting } = this.#threads[on];
    const { runtime } = thread;
    const outcome = what === 'throw' ? runtime.state : 0;
    switch (what) {
      case 'enter':
        open.push({ handle: thread.enter(NAMES[which]) });
        return;
      case 'activate': {
        const activation = runtime.state[0] === 0 ? null : runtime.activate(thread.site(NAMES[which]), ASYNC_FUNCTION);
        if (activation !== null) open.push({ activation });
        return;
      }
      case 'end':
      case 'throw': {
        const last = open.pop();
        if (last === undefined) return;
        if ('activation' in last) runtime.finish(last.activation, outcome);
        else if (last.handle !== 0) runtime.exit(last.handle, outcome);
        return;
      }
      case 'suspend': {
        const last = open.at(-1);
        if (last === undefined || !('activation' in last)) return;
        open.pop();
        waiting.push(runtime.suspend(last.activation, last.activation));
        return;
      }
      case 'resume': {
        const [activation] = waiting.splice(which % Math.max(1, waiting.length), 1);
        if (activation !== undefined) open.push({ activation: runtime.resume(activation, activation) });
        return;
      }
      case 'pass':
        this.driven.pass(which);
        return;
      case 'tag':
        runtime.withTag(['x', 'y'][which % 2], () => {
          const handle = thread.enter(NAMES[which]);
          this.driven.pass(1);
          thread.exit(handle);
        });
        return;
      case 'start':
        this.driven.start(thread);
        return;
      case 'stop':
        this.driven.stop(thread);
        return;
      case 'clear':
        this.driven.clear(thread);
        return;
      case 'clearTag':
        runtime.clearTag(['x', 'y'][which % 2]);
    }
  }
}

/** A step, as a line of a program that failed. */
export const formatStep = ([what, thread, which]: Step): string => `${what} ${thread} ${which}`;
