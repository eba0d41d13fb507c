// The protocol of claiming a slab as a model: the lock (runtime/arena.ts), folding an ended slab away (runtime/slab.ts,
// fold.ts), a thread that is terminated anywhere in it, and a reader of both slabs (src/snapshot/snapshot.ts). The ended slab
// has two figures of 1; each of them has to be found once, whoever looks and whoever dies.
import type { Model, Step } from './search.ts';

export type ClaimMutant =
  | 'a figure is added and taken away in two steps'
  | 'a figure is only added'
  | 'the reader does not ask for folds'
  | 'who comes next folds from the beginning'
  | 'a resumed folding is not told'
  | 'the reader keeps what it read';

interface Claimant {
  step: number;
  isDead: boolean;
}

interface State {
  lock: number;
  foldSequence: number;
  slab: 'ended' | 'folding' | 'free';
  ended: number[];
  finished: number[];
  /** Summaries of folded threads. */
  summaries: number;
  claimants: Claimant[];
  reader: { step: number; before: number; ended: number[]; finished: number[]; sum: number | null };
}

const LOCK = 0;
const LOOK = 1;
const ODD = 2;
const BEGIN = 3;
const MOVE = 4;
const MOVE_AS_TWO = 6;
const FREE = 8;
const EVEN = 9;
const UNLOCK = 10;
const DONE = 11;

export function claim(claimants: number, mutant?: ClaimMutant): Model<State> {
  /** What each step does; the next one is the one after it, or the one it names. */
  function act(state: State, owner: number, step: number): number {
    switch (step) {
      case LOOK: // model of reusableSlab()
        return state.slab === 'free' ? UNLOCK : ODD;
      case ODD:
        state.foldSequence +=
          mutant === 'a resumed folding is not told'
            ? 1 - (state.foldSequence & 1)
            : 2 - ((state.foldSequence + 1) & 1);
        return BEGIN;
      case BEGIN: // summary and state in one step, see writeFolded()
        if (state.slab === 'ended' || mutant === 'who comes next folds from the beginning') state.summaries++;
        state.slab = 'folding';
        return MOVE;
      case MOVE:
      case MOVE + 1: {
        const figure = step - MOVE;
        state.finished[figure] += state.ended[figure];
        if (mutant === 'a figure is added and taken away in two steps') return MOVE_AS_TWO + figure;
        if (mutant !== 'a figure is only added') state.ended[figure] = 0;
        return figure === 0 ? MOVE + 1 : FREE;
      }
      case MOVE_AS_TWO:
      case MOVE_AS_TWO + 1:
        state.ended[step - MOVE_AS_TWO] = 0;
        return step === MOVE_AS_TWO ? MOVE + 1 : FREE;
      case FREE:
        state.slab = 'free';
        return EVEN;
      case EVEN:
        state.foldSequence++;
        return UNLOCK;
      default:
        if (state.lock === owner) state.lock = 0; // model of locked()
        return DONE;
    }
  }

  const work = (i: number): Step<State> => ({
    name: `claimant ${i}`,
    take(state) {
      const me = state.claimants[i];
      if (me.isDead || me.step === DONE) return false;
      if (me.step === LOCK) {
        if (state.lock !== 0) return false;
        state.lock = i + 1;
        me.step = LOOK;
        return true;
      }
      me.step = act(state, i + 1, me.step);
      return true;
    },
  });
  /** V8 ends a thread between two steps. The last one lives, so that there is an end to look at. */
  const terminate = (i: number): Step<State> => ({
    name: `claimant ${i} is terminated`,
    take(state) {
      const me = state.claimants[i];
      if (me.isDead || me.step === DONE || i === claimants - 1) return false;
      me.isDead = true;
      return true;
    },
  });
  /** By its patience or because the owner is known to be dead. Of a living owner the patience is not modelled. */
  const takeOver: Step<State> = {
    name: 'the lock of a dead owner is freed',
    take(state) {
      if (state.lock === 0 || !state.claimants[state.lock - 1].isDead) return false;
      state.lock = 0;
      return true;
    },
  };
  const read: Step<State> = {
    name: 'reader',
    take(state) {
      const me = state.reader;
      const asks = mutant !== 'the reader does not ask for folds';
      if (me.step === 0) me.ended = [...state.ended];
      else if (me.step === 1) {
        const isStill = state.claimants.every(({ isDead, step }) => isDead || step === LOCK || step === DONE);
        // Odd: it waits, unless nobody is there to go on.
        if (asks && (state.foldSequence & 1) !== 0 && !isStill) return false;
        me.before = state.foldSequence;
      } else if (me.step === 2) me.finished = [...state.finished];
      else if (me.step === 3) {
        if (state.slab === 'free' && asks) me.ended = [0, 0]; // what was folded is in the sums
        // One whose folding stands still was read before it began.
        if (state.slab === 'folding' && mutant !== 'the reader keeps what it read') me.ended = [...state.ended];
      } else if (me.step === 4) {
        if (asks && state.foldSequence !== me.before) {
          me.step = 1;
          return true;
        }
        me.sum = [...me.ended, ...me.finished].reduce((sum, each) => sum + each, 0);
      } else return false;
      me.step++;
      return true;
    },
  };

  return {
    initial: {
      lock: 0,
      foldSequence: 0,
      slab: 'ended',
      ended: [1, 1],
      finished: [0, 0],
      summaries: 0,
      claimants: Array.from({ length: claimants }, () => ({ step: LOCK, isDead: false })),
      reader: { step: 0, before: 0, ended: [], finished: [], sum: null },
    },
    steps: [
      ...Array.from({ length: claimants }, (_, i) => work(i)),
      ...Array.from({ length: claimants }, (_, i) => terminate(i)),
      takeOver,
      read,
    ],
    broken(state) {
      const inside = state.claimants.filter(({ step, isDead }) => !isDead && step > LOCK && step < DONE).length;
      if (inside > 1) return 'two threads are under the lock';
      if (state.summaries > 1) return 'a thread has two summaries';
      if (state.reader.sum !== null && state.reader.sum !== 2) return `a reader finds ${state.reader.sum} of 2 calls`;
      if (state.slab === 'free' && state.finished.join() !== '1,1') return 'calls are lost or doubled by folding';
      return null;
    },
    isEnd: (state) => state.slab === 'free' && state.claimants.every(({ step, isDead }) => isDead || step === DONE),
  };
}
