// The programs that the thread tests run in real workers. What is "instrumented" is written out by hand, in the exact
// shape the transform gives it.
import { parentPort, workerData } from 'node:worker_threads';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { locked, type Arena } from '../../runtime/arena.ts';
import { sharedNowNs, systemClock } from '../../runtime/clock.ts';
import { threadRuntime } from '../../runtime/instance.ts';
import { BUILTINS_ALL } from '../../runtime/layout.ts';
import { differences, findBuiltins, functionsOf, surveyOf } from './builtin-survey.ts';

interface Given {
  readonly program: string;
  readonly arena: Arena;
  readonly flags: Int32Array;
  readonly owner: number;
  readonly counter: number;
  readonly rounds: number;
  readonly cpuMs: number;
}

const given = workerData as Given;
const { flags } = given;

/** This thread's hooks and four sites. */
function instrumentation() {
  const runtime = threadRuntime();
  const sites = ['work', 'leaf', 'burn', 'sleep'].map((name, i) => [name, 1, i + 1, 0]);
  const base = runtime.register('worker.js', '', sites.length, JSON.stringify({ sites, left: [] }));
  return { runtime, base, ...runtime };
}

function signal(index: number): void {
  Atomics.store(flags, index, 1);
  Atomics.notify(flags, index);
}

const programs: Record<string, () => unknown> = {
  /** Plain increments under the arena's lock. */
  lock() {
    const { arena, owner, counter, rounds } = given;
    const pass = () => {
      arena.I[counter] = arena.I[counter] + 1;
    };
    for (let i = 0; i < rounds; i++) locked(arena, owner, pass);
  },

  /** Burns CPU time without any hooks. */
  burnOnly() {
    const { cpuNs } = systemClock(sharedNowNs());
    const start = cpuNs!();
    while (cpuNs!() - start < given.cpuMs * 1e6);
    return { cpuMs: (cpuNs!() - start) / 1e6 };
  },

  /** Calls without end. */
  loop() {
    const { state, enter, exit, base } = instrumentation();
    function leaf(): void {
      const handle = state[0] === 0 ? 0 : enter(base + SITE_STRIDE);
      try {
        return;
      } finally {
        if (handle !== 0) exit(handle);
      }
    }
    function work(): void {
      const handle = state[0] === 0 ? 0 : enter(base);
      try {
        leaf();
        leaf();
      } finally {
        if (handle !== 0) exit(handle);
      }
    }
    signal(1);
    for (;;) work();
  },

  /** Optimised while stopped, the leaf inlined: nothing but the test of the tick word is left in the loop. */
  hot() {
    const { state, enter, exit, base } = instrumentation();
    function leaf(): void {
      const handle = state[0] === 0 ? 0 : enter(base + SITE_STRIDE);
      try {
        return;
      } finally {
        if (handle !== 0) exit(handle);
      }
    }
    for (let round = 0; round < 50; round++) for (let i = 0; i < 100_000; i++) leaf();
    signal(1);
    for (;;) leaf();
  },

  /** One call that never ends and makes no further calls. */
  stuck() {
    const { state, enter, base } = instrumentation();
    Atomics.wait(flags, 0, 0);
    if (state[0] !== 0) enter(base);
    signal(1);
    for (;;);
  },

  /** Starts, calls, stops: while the main thread is blocked. */
  startAndStop() {
    const { runtime, state, enter, exit, base } = instrumentation();
    runtime.start({ precision: 'sampled', overhead: 0.03, tickMs: 1, onlyThread: null });
    for (let i = 0; i < 1000; i++) {
      const handle = state[0] === 0 ? 0 : enter(base);
      if (handle !== 0) exit(handle);
    }
    runtime.stop();
    for (let i = 0; i < 1000; i++) {
      const handle = state[0] === 0 ? 0 : enter(base);
      if (handle !== 0) exit(handle);
    }
    signal(1);
    Atomics.wait(flags, 0, 0);
  },

  /** Everything a program can find out about the built-in functions: before, while they are wrapped, and after. */
  builtinSurvey() {
    const { runtime } = instrumentation();
    const found = findBuiltins();
    const originals = functionsOf(found);
    const surveys = () => found.map((each) => surveyOf(each));
    surveys(); // on RegExp.prototype itself some leave a lastIndex
    const before = surveys();
    runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null, builtins: BUILTINS_ALL });
    const wrapped = functionsOf(found);
    const during = surveys();
    runtime.stop();
    const after = functionsOf(found);
    const unlike = (now: typeof before) => found.flatMap(({ title }, i) => differences(title, before[i], now[i]));
    return {
      titles: found.map(({ title }) => title),
      notWrapped: found.filter((_, i) => wrapped[2 * i] === originals[2 * i]).map(({ title }) => title),
      during: unlike(during),
      after: unlike(surveys()),
      notRestored: after.flatMap((fn, i) => (fn === originals[i] ? [] : [found[i >> 1].title])),
    };
  },

  /** Regular expressions in every way, below `work`; answers with what it called. */
  builtinRegExps() {
    const { runtime, state, enter, exit, base } = instrumentation();
    const leaf = () => {
      const handle = state[0] === 0 ? 0 : enter(base + SITE_STRIDE);
      if (handle !== 0) exit(handle);
      return '-';
    };
    class Loud extends RegExp {
      override exec(text: string) {
        const handle = state[0] === 0 ? 0 : enter(base + 2 * SITE_STRIDE);
        const found = super.exec(text);
        if (handle !== 0) exit(handle);
        return found;
      }
    }
    const results: unknown[] = [];
    const work = () => {
      const handle = state[0] === 0 ? 0 : enter(base);
      const digits = /[0-9]/g;
      results.push(digits.exec('a1b2')![0], digits.exec('a1b2')![0], digits.exec('a1b2')); // exec 3
      results.push(/b/.test('abc'), /b/.test('xyz')); // test 2
      results.push('a1b2c3'.replace(digits, leaf), 'a1'.replaceAll(digits, '.')); // replace 2, leaf 3
      results.push('a1b'.replace(digits, () => /x/.exec('x')![0])); // replace 1, exec 1
      results.push('a1b2c'.split(/[0-9]/).length, 'a1b2'.match(digits)!.length, 'a1'.search(/1/)); // split, match, search
      results.push(new Loud('b').test('abc')); // test 1, exec 1
      if (handle !== 0) exit(handle);
    };
    work();
    runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null, builtins: BUILTINS_ALL });
    work();
    runtime.stop();
    return { unwrapped: results.slice(0, results.length / 2), wrapped: results.slice(results.length / 2) };
  },

  /** Follows the main thread's start and stop: `flags` 1 … 4 are its answers, 6 and 7 what it was asked to do. */
  builtinFollower() {
    const { state, enter, exit, base } = instrumentation();
    const { wait } = Atomics;
    const event = () => {
      const handle = state[0] === 0 ? 0 : enter(base);
      if (handle !== 0) exit(handle);
    };
    const original = JSON.parse;
    signal(1);
    wait(flags, 6, 0); // the main thread has started the profiler
    event();
    const kept = JSON.parse;
    const wrapped = kept !== original;
    for (let i = 0; i < 3; i++) kept('1');
    signal(2);
    wait(flags, 7, 0); // … and stopped it
    const byCall: unknown = kept('[2]');
    return { wrapped, byCall, restored: JSON.parse === original };
  },

  /** Burns CPU time inside one call. Answers with what its own clock says of it. */
  burn() {
    const { state, enter, exit, base, runtime } = instrumentation();
    const cpuNs = runtime.clock.cpuNs!;
    Atomics.wait(flags, 0, 0);
    const start = cpuNs();
    const handle = state[0] === 0 ? 0 : enter(base + 2 * SITE_STRIDE);
    while (cpuNs() - start < given.cpuMs * 1e6);
    const spentNs = cpuNs() - start;
    if (handle !== 0) exit(handle);
    return { spentNs };
  },

  /** Sleeps 50 ms twenty times, each in a call of its own. */
  sleeper() {
    const { state, enter, exit, base } = instrumentation();
    Atomics.wait(flags, 0, 0);
    for (let i = 0; i < 20; i++) {
      const handle = state[0] === 0 ? 0 : enter(base + 3 * SITE_STRIDE);
      Atomics.wait(flags, 5, 0, 50);
      if (handle !== 0) exit(handle);
    }
    return true;
  },
};

const answer = programs[given.program]();
if (answer !== undefined) parentPort!.postMessage(answer);
