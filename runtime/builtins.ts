// Built-in functions as functions of their own: while a session asks for it, each one in builtin-table.ts is replaced by a
// proxy that enters before and exits after it. A proxy and not a function: name, length, own properties, `new` and whatever
// the program puts on it are those of the original. Per thread, as each has its own globals and modules.
// Nothing here may throw into the program or load a module before a session asks for it.
import type { Arena } from './arena.ts';
import { BUILTINS, type BuiltinGroup, builtinName, type BuiltinRule, JAVASCRIPT } from './builtin-table.ts';
import type { Collections } from './collections.ts';
import { NOT_ENTERED, SITE_KINDS, SITE_STRIDE, STOPPED, TICK } from './contract.ts';
import { BUILTINS_OFF, BUILTINS_WITHOUT_EXEC, CONTROL, FRAME, FUNCTION, REGIME_OFF, SLAB } from './layout.ts';

/** What the profiler does itself calls built-in functions, too: those calls are not the program's. */
export interface OwnWork {
  /** Levels of it that are running. */
  depth: number;
}

export interface BuiltinsHost {
  readonly own: OwnWork;
  /** Follow whatever is wrapped. */
  readonly collections: Collections;
  enter(site: number): number;
  /** `outcome` is the arena's words, `state`, where it ended by throwing. */
  exit(handle: number, outcome?: unknown): void;
  register(file: string, hash: string, count: number, table: string): number;
  /** Catches up with starts and stops, which calls `follow`. */
  settle(): void;
  queueMicrotask(callback: () => void): void;
}

export interface Builtins {
  /** Makes the built-in functions what this thread's session asks for. True if it had to do something. Never throws. */
  follow(): boolean;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- whatever stands there
type Callable = Function;

/** A place where a built-in function is found. */
interface Place {
  readonly owner: object;
  readonly key: string | symbol;
  readonly rule: BuiltinRule;
  /** As the hooks take it, and as rows of the arena have it. */
  readonly site: number;
  readonly siteId: number;
  /** What stands in for the function here, once it was wrapped. */
  standIn: Callable | null;
  /** What the program had put in place of our stand-in when a session ended: it may call that one. */
  replacement: unknown;
}

const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;

export function createBuiltins({ I }: Arena, slab: number, host: BuiltinsHost): Builtins {
  const { own, enter, exit } = host;
  const EPOCH = slab + SLAB.epoch;
  const SP = slab + SLAB.sp;
  /** BUILTINS_OFF, or which are wrapped. */
  let wrapped = BUILTINS_OFF;
  let places: readonly Place[] | null = null;
  /** Both ways between functions and their stand-ins, which are the same in every session. */
  const standIns = new WeakMap<object, Callable>();
  const originals = new WeakMap<object, Callable>();

  // ── the stand-ins ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether a call that comes now is the program's and to be recorded. */
  function records(place: Place): boolean {
    if (own.depth !== 0) return false;
    if (wrapped === BUILTINS_OFF) {
      putBack(place); // a stand-in that came back after its session
      return false;
    }
    if (I[CONTROL.epoch] !== I[EPOCH]) {
      try {
        host.settle(); // and if that is over, all of them are taken away
      } catch {
        return false; // the program's stack is at its end
      }
    }
    return wrapped !== BUILTINS_OFF && I[TICK] !== STOPPED;
  }

  /** Site ids of the rule `regexp`; one of them takes its steps on a copy. */
  const regexpSites = new Set<number>();
  let splitSite = NaN;
  /** The regular expression that the innermost function of the rule `regexp` works on. */
  let subject: unknown;

  /**
   * Whether this `exec` is a step of the function whose frame is on top. What else calls `exec` right under such a frame are
   * callbacks of `replace` that are not instrumented.
   */
  function isStep(self: unknown): boolean {
    const top = I[I[I[SP] + FRAME.fn] + FUNCTION.site];
    return top === splitSite || (self === subject && regexpSites.has(top));
  }

  function traps(place: Place): ProxyHandler<Callable> {
    const { rule, site } = place;
    if (rule === 'text') {
      return { apply: (target, self, args) => apply(target, originals.get(self as object) ?? self, args) as unknown };
    }
    if (rule === 'regexp') {
      return {
        apply(target, self, args) {
          if (!records(place)) return apply(target, self, args) as unknown;
          const before = subject;
          const handle = enter(site);
          subject = self;
          let outcome: unknown = I;
          try {
            const result: unknown = apply(target, self, args);
            outcome = null;
            return result;
          } finally {
            subject = before;
            if (handle !== NOT_ENTERED) exit(handle, outcome);
          }
        },
      };
    }
    return {
      apply(target, self, args: unknown[]) {
        if (
          !records(place) ||
          (rule === 'exec' && subject !== undefined && isStep(self)) ||
          (rule === 'unless-callback' && typeof args[args.length - 1] === 'function')
        ) {
          return apply(target, self, args) as unknown;
        }
        const handle = enter(site);
        let outcome: unknown = I;
        try {
          const result: unknown = apply(target, self, args);
          outcome = null;
          return result;
        } finally {
          if (handle !== NOT_ENTERED) exit(handle, outcome);
        }
      },
    };
  }

  // ── putting them in and taking them out ──────────────────────────────────────────────────────────────────────────

  function putIn(place: Place): void {
    const { owner, key } = place;
    void Reflect.get(owner, key); // what Node defines at its first use is then there
    const found: unknown = getOwnPropertyDescriptor(owner, key)?.value;
    if (typeof found !== 'function') return;
    if (originals.has(found))
      place.standIn = found; // the program has put it back
    else if (found !== place.replacement) {
      let standIn = standIns.get(found);
      if (standIn === undefined) {
        standIn = new Proxy(found, traps(place));
        standIns.set(found, standIn);
        originals.set(standIn, found);
      }
      // A property that is not to be written stays as it is, and the function unrecorded.
      if (defineProperty(owner, key, { value: standIn })) place.standIn = standIn;
    }
  }

  /** Does nothing where something else stands by now; our stand-in, if that one calls it, passes everything on. */
  function putBack(place: Place): void {
    const { owner, key, standIn } = place;
    if (standIn === null) return;
    const found: unknown = getOwnPropertyDescriptor(owner, key)?.value;
    if (found === standIn) defineProperty(owner, key, { value: originals.get(standIn) });
    else if (standIns.get(found as object) !== standIn) place.replacement = found;
  }

  function find(): readonly Place[] {
    const found = findPlaces(I, host.register);
    for (const { rule, key, siteId } of found) {
      if (rule === 'regexp') regexpSites.add(siteId);
      if (key === Symbol.split) splitSite = siteId;
    }
    return found;
  }

  function wrap(which: number): void {
    places ??= find();
    for (const place of places) {
      if (which === BUILTINS_WITHOUT_EXEC && place.rule === 'exec') continue;
      guarded(() => putIn(place));
    }
  }

  function unwrap(): void {
    for (const place of places ?? []) guarded(() => putBack(place));
  }

  function follow(isRetry = false): boolean {
    const records = I[slab + SLAB.session] !== 0 && I[slab + SLAB.regime] !== REGIME_OFF;
    const wanted = records ? I[CONTROL.builtins] : BUILTINS_OFF;
    if (wanted === wrapped) return false;
    own.depth++;
    try {
      wrapped = BUILTINS_OFF;
      unwrap();
      if (wanted !== BUILTINS_OFF) wrap(wanted);
      process.getBuiltinModule('node:module').syncBuiltinESMExports();
      host.collections.follow(wanted !== BUILTINS_OFF);
      wrapped = wanted;
    } catch {
      if (!isRetry) host.queueMicrotask(() => void follow(true)); // the program's stack was at its end
    } finally {
      own.depth--;
    }
    return true;
  }

  return { follow: () => follow() };
}

/** An object whose properties cannot even be asked for is the program's doing: what is there is left alone. */
function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof RangeError) throw error; // the stack's end
  }
}

/** Where the functions are in this realm, those of one file registered together. Loads the modules. */
function findPlaces(I: Int32Array, register: BuiltinsHost['register']): Place[] {
  const kind = SITE_KINDS.indexOf('builtin');
  const places: Place[] = [];
  for (const file of new Set(BUILTINS.map((group) => group.file))) {
    const groups = BUILTINS.filter((group) => group.file === file && group.rule !== 'text');
    const sites = groups.flatMap((group) => group.names.map((name) => [builtinName(group, name), kind, 0, 0]));
    let site = register(file, process.version, sites.length, JSON.stringify({ sites, left: [] }));
    const from: unknown = file === JAVASCRIPT ? globalThis : process.getBuiltinModule(file);
    for (const group of BUILTINS.filter((candidate) => candidate.file === file)) {
      const owner = ownerOf(group, from);
      for (const key of group.names) {
        const { rule } = group;
        const siteId = site > 0 ? I[site + FUNCTION.site] : NaN;
        if (owner !== null) places.push({ owner, key, rule, site, siteId, standIn: null, replacement: undefined });
        if (rule !== 'text') site += SITE_STRIDE;
      }
    }
  }
  return places;
}

/** The object that has the functions of a group; `null` where there is none. */
function ownerOf({ owner }: BuiltinGroup, from: unknown): object | null {
  let found = from;
  for (const name of owner === '' ? [] : owner.split('.'))
    found = (found as Record<string, unknown> | undefined)?.[name];
  return (typeof found === 'object' && found !== null) || typeof found === 'function' ? found : null;
}
