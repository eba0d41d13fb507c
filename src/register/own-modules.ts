// What everycall loads lies beside the modules of the program, never among them. Both may need the same package, at the same
// moment even: the program loads one that we are asked to instrument, and need for that. Otherwise we would get what it
// exports so far, with a warning from Node, or the program would get ours, which is not instrumented, or our work would be
// counted as its.
import Module from 'node:module';

/** Where Node looks first at each `require`. */
type Cache = Record<string, unknown>;

const ours: Cache = Object.create(null) as Cache;

/** Runs `work`; what it requires, now or before in this way, the program neither gives nor sees. */
export function withOwnModules<T>(work: () => T): T {
  const internals = Module as unknown as { _cache: Cache };
  const theirs = internals._cache;
  internals._cache = ours;
  try {
    return work();
  } finally {
    internals._cache = theirs;
  }
}
