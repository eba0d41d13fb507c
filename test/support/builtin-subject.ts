// A runtime of the test's own that records built-in functions, with three functions to call them from, and its figures.
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { type RuntimeOptions, createRuntime } from '../../runtime/instance.ts';
import { BUILTINS_WITHOUT_EXEC, CONTROL } from '../../runtime/layout.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { FunctionStats, Precision, Profile } from '../../src/profile.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';

const SITES = ['outer', 'inner', 'callback'];

/** A runtime with three sites, and its stop for when the test is over. */
export class Subject {
  readonly runtime: Runtime;
  readonly #base: number;

  constructor(options: RuntimeOptions = {}) {
    this.runtime = createRuntime({ arenaBytes: 8 << 20, ...options });
    this.runtime.arena.F[CONTROL.exactInnerNs] = 1; // known, so that a start need not measure it
    const sites = SITES.map((name, i) => [name, 1, i + 1, 0]);
    this.#base = this.runtime.register('test.js', '', sites.length, JSON.stringify({ sites, left: [] }));
  }

  start(builtins = BUILTINS_WITHOUT_EXEC, precision: Precision = 'exact', onlyThread: number | null = null): void {
    this.runtime.start({ precision, overhead: 0.03, tickMs: 1, onlyThread, builtins });
  }

  /** As an instrumented function of that name would. */
  call<T>(name: string, body: () => T): T {
    const { state, enter, exit } = this.runtime;
    const handle = state[0] === 0 ? 0 : enter(this.#base + SITES.indexOf(name) * SITE_STRIDE);
    try {
      return body();
    } finally {
      if (handle !== 0) exit(handle);
    }
  }

  profile(): Profile {
    return this.runtime.asOwnWork(() => takeSnapshot(this.runtime));
  }
}

export function functionOf({ functions }: Profile, name: string): FunctionStats | undefined {
  return functions.find((fn) => fn.name === name);
}

/** Calls of everything that was called, but for the event loop and garbage collection. */
export function callsOf({ functions }: Profile): Record<string, number> {
  const called = functions.filter(({ kind, calls }) => calls > 0 && kind !== 'gc');
  return Object.fromEntries(called.map(({ name, calls }) => [name, calls]));
}

export function edgesOf({ functions, edges }: Profile): Record<string, number> {
  return Object.fromEntries(
    edges.map(({ caller, callee, calls }) => [`${functions[caller].name} → ${functions[callee].name}`, calls]),
  );
}

const subjects: Subject[] = [];
export function subject(options?: RuntimeOptions): Subject {
  const made = new Subject(options);
  subjects.push(made);
  return made;
}

/** Stops those of each test when it is over. For every suite that asks for a subject. */
export function stopSubjects(): void {
  afterEach(() => {
    for (const { runtime } of subjects.splice(0)) runtime.stop();
  });
}

/** The methods, to be called without their object. */
export function bound(s: Subject) {
  return { runtime: s.runtime, start: s.start.bind(s), profile: s.profile.bind(s), call: s.call.bind(s) };
}
