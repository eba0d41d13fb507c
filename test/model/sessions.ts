// The protocol of start, stop and clear as a model: what runtime/control.ts writes and in which order, how a thread catches
// up with it (runtime/hooks.ts, runtime/sessions.ts), and the ticker between them. Every read and every write of a shared
// word is a step of its own. Names of steps stand in the code where the words are read and written.
import type { Model, Step } from './search.ts';

export type Operation = 'start' | 'stop' | 'clear';

/** One thing done otherwise than in the code: the search must find what it breaks. */
export type Mutant =
  | 'restart with the first tick'
  | 'stop writes its time last'
  | 'stop leaves the epoch'
  | 'clear leaves the tick'
  | 'clear leaves the epoch'
  | 'figures are zeroed last'
  | 'no lock'
  | 'the epoch is read last'
  | 'the ticker stores'
  | 'the tick is read anew';

export interface SessionsOptions {
  readonly regime: 'exact' | 'sampled';
  /** What each thread that controls does, one after the other. */
  readonly controllers: readonly (readonly Operation[])[];
  /** Events of each recorded thread. */
  readonly threads: readonly number[];
  readonly ticks: number;
  readonly mutant?: Mutant;
}

interface Controller {
  next: number;
  step: number;
  /** Events that had ended when the clear began. */
  old: number[];
}

interface Thread {
  step: string;
  left: number;
  seen: number;
  charged: number;
  epoch: number;
  session: number;
  recording: boolean;
  clearEpoch: number;
  /** Events in the slab, by number. */
  figures: number[];
  ended: number[];
  // what it has read, during an event
  read: { settling: number; epoch: number; tick: number; session: number };
  // of the event it is in, for the promises
  sure: 'running' | 'stopped' | null;
  counted: boolean;
  possible: number[];
}

interface State {
  tick: number;
  lastTick: number;
  epoch: number;
  session: number;
  clearEpoch: number;
  lock: number;
  /** Sessions whose end is written. */
  timed: number[];
  controllers: Controller[];
  threads: Thread[];
  ticker: { left: number; read: number | null };
  forbidden: number[];
  broken: string | null;
}

const NEVER_SEEN = -1;

export function sessions({ regime, controllers, threads, ticks, mutant }: SessionsOptions): Model<State> {
  const sampled = regime === 'sampled';

  /** From here on nothing is sure of the events that are under way. */
  function unsettle(state: State): void {
    for (const thread of state.threads) thread.sure = null;
  }

  function advance(state: State): void {
    if (state.tick === 0) return;
    state.tick++;
    state.lastTick = state.tick;
  }

  /** The steps of each operation under the lock, in the order of control.ts. An operation ends where one says so. */
  const programs: Record<Operation, ((state: State, me: Controller) => 'over' | void)[]> = {
    start: [
      (state) => (state.tick !== 0 ? 'over' : undefined),
      (state) => {
        state.session++;
        // A thread that read the tick before a stop may begin the next session from here on, before start() has ended.
        for (const thread of state.threads) if (thread.step !== 'idle') thread.possible.push(state.session);
      },
      (state) => {
        if (mutant === 'restart with the first tick') state.tick = 1;
        else state.tick = state.lastTick = state.lastTick + 1;
      },
      (state) => void state.epoch++,
    ],
    stop: [
      (state) => (state.tick === 0 ? 'over' : undefined),
      (state) => {
        if (mutant !== 'stop writes its time last') state.timed.push(state.session);
      },
      (state) => {
        state.lastTick = state.tick;
        state.tick = 0;
      },
      (state) => {
        if (mutant !== 'stop leaves the epoch') state.epoch++;
      },
      (state) => {
        if (mutant === 'stop writes its time last') state.timed.push(state.session);
      },
    ],
    clear: [
      (state, me) => {
        me.old = state.threads.flatMap(({ ended }) => ended);
      },
      (state) => void state.clearEpoch++,
      (state) => {
        if (mutant !== 'clear leaves the epoch') state.epoch++;
      },
      (state) => {
        if (mutant !== 'clear leaves the tick') advance(state);
      },
    ],
  };

  function control(i: number): Step<State> {
    return {
      name: `control ${i}`,
      take(state) {
        const me = state.controllers[i];
        if (me.next >= controllers[i].length) return false;
        const operation = controllers[i][me.next];
        if (me.step === 0) {
          if (mutant !== 'no lock') {
            if (state.lock !== 0) return false;
            state.lock = i + 1;
          }
          unsettle(state);
          me.step = 1;
          return true;
        }
        const program = programs[operation];
        if (program[me.step - 1](state, me) === 'over') me.step = program.length;
        if (me.step++ < program.length) return true;
        if (operation === 'clear') state.forbidden = me.old;
        if (mutant !== 'no lock') state.lock = 0;
        unsettle(state);
        me.step = 0;
        me.next++;
        return true;
      },
    };
  }

  const isQuiet = (state: State) => state.controllers.every(({ step }) => step === 0);

  /** What the thread does next: the steps of an event. */
  const event: Record<string, (state: State, me: Thread, i: number) => string> = {
    idle(state, me) {
      me.sure = isQuiet(state) ? (state.tick === 0 ? 'stopped' : 'running') : null;
      me.counted = false;
      me.possible = [state.session];
      return state.tick === 0 ? 'end' : 'enter'; // the test that is in the program's code
    },
    enter: (state, me) =>
      state.tick === me.seen ? 'count' : sampled || !me.recording ? 'look at the tick' : 'look at the epoch',
    'look at the epoch': (state, me) => (state.epoch === me.epoch ? 'count' : 'look at the tick'),
    'look at the tick': (state, me) => (state.tick === me.charged ? 'count' : 'settle'),
    settle(state, me) {
      me.read.settling = state.tick;
      return 'compare the epoch';
    },
    'compare the epoch'(state, me) {
      const isOld = state.epoch !== me.epoch || (me.read.settling !== 0) !== (me.session !== 0);
      return isOld ? 'read the epoch' : 'note the tick';
    },
    'read the epoch'(state, me) {
      me.read.epoch = state.epoch;
      return 'read the tick';
    },
    'read the tick'(state, me) {
      me.read.tick = state.tick;
      return 'read the session';
    },
    'read the session'(state, me) {
      me.read.session = state.session;
      return 'end the session';
    },
    'end the session'(state, me) {
      if (me.session !== 0 && (me.session !== me.read.session || me.read.tick === 0)) {
        if (!state.timed.includes(me.session)) state.broken = 'a thread ends a session whose end has no time yet';
        me.session = 0;
        me.recording = false;
      }
      return 'look at the clear';
    },
    'look at the clear': (state, me) => (state.clearEpoch === me.clearEpoch ? 'begin a session' : 'zero the figures'),
    'zero the figures'(state, me) {
      if (mutant === 'figures are zeroed last') me.clearEpoch = state.clearEpoch;
      else me.figures = [];
      return 'note the clear';
    },
    'note the clear'(state, me) {
      if (mutant === 'figures are zeroed last') me.figures = [];
      else me.clearEpoch = state.clearEpoch;
      return 'begin a session';
    },
    'begin a session'(state, me) {
      if (me.read.tick !== 0 && me.session === 0) {
        me.session = me.read.session;
        me.recording = true;
        me.seen = me.charged = sampled ? (mutant === 'the tick is read anew' ? state.tick : me.read.tick) : NEVER_SEEN;
      }
      return 'note the epoch';
    },
    'note the epoch'(state, me) {
      me.epoch = mutant === 'the epoch is read last' ? state.epoch : me.read.epoch;
      if (me.read.tick === 0) me.seen = 0;
      return 'note the tick';
    },
    'note the tick'(state, me) {
      if (sampled || !me.recording) me.charged = mutant === 'the tick is read anew' ? state.tick : me.read.settling;
      return 'arm';
    },
    arm(_, me) {
      if (sampled && me.recording) me.seen = me.charged;
      return 'count';
    },
    count(state, me, i) {
      if (!me.recording) return 'end';
      me.counted = true;
      me.figures.push(10 * i + me.left);
      if (!me.possible.includes(me.session)) state.broken = 'a call is recorded in a session that was over before it';
      return 'end';
    },
    end(state, me, i) {
      if (me.sure === 'running' && !me.counted) state.broken = 'a call is lost while the profiler runs';
      if (me.sure === 'running' && me.clearEpoch !== state.clearEpoch) {
        state.broken = 'a call is lost: the clear before it was not noticed';
      }
      if (me.sure === 'stopped' && me.counted) state.broken = 'a call is counted while the profiler is stopped';
      me.ended.push(10 * i + me.left);
      me.left--;
      me.sure = null;
      me.possible = [];
      return 'idle';
    },
  };

  function thread(i: number): Step<State> {
    return {
      name: `thread ${i}`,
      take(state) {
        const me = state.threads[i];
        if (me.step === 'idle' && me.left === 0) return false;
        me.step = event[me.step](state, me, i);
        return true;
      },
    };
  }

  const ticker: Step<State> = {
    name: 'ticker',
    take(state) {
      const me = state.ticker;
      if (me.read === null) {
        if (me.left === 0 || state.tick === 0) return false;
        me.read = state.tick;
        return true;
      }
      if (mutant === 'the ticker stores') state.tick = state.lastTick = me.read + 1;
      else if (state.tick === me.read) state.tick = state.lastTick = me.read + 1;
      me.read = null;
      me.left--;
      return true;
    },
  };

  return {
    initial: {
      tick: 0,
      lastTick: 0,
      epoch: 0,
      session: 0,
      clearEpoch: 0,
      lock: 0,
      timed: [],
      controllers: controllers.map(() => ({ next: 0, step: 0, old: [] })),
      threads: threads.map((left) => ({
        step: 'idle',
        left,
        seen: NEVER_SEEN,
        charged: NEVER_SEEN,
        epoch: 0,
        session: 0,
        recording: false,
        clearEpoch: 0,
        figures: [],
        ended: [],
        read: { settling: 0, epoch: 0, tick: 0, session: 0 },
        sure: null,
        counted: false,
        possible: [],
      })),
      ticker: { left: ticks, read: null },
      forbidden: [],
      broken: null,
    },
    steps: [...controllers.map((_, i) => control(i)), ...threads.map((_, i) => thread(i)), ticker],
    broken(state) {
      if (state.broken !== null) return state.broken;
      for (const { clearEpoch, figures } of state.threads) {
        if (clearEpoch !== state.clearEpoch) continue; // a reader takes it for empty
        if (figures.some((id) => state.forbidden.includes(id))) return 'a call from before a clear is read after it';
      }
      if (state.session > controllers.flat().filter((operation) => operation === 'start').length) return 'two starts';
      return null;
    },
    isEnd: (state) => state.lock === 0 && isQuiet(state),
  };
}
