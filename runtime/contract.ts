// The contract between instrumented code and the runtime. Imports nothing and holds no logic.
// Whatever changes here changes the meaning of code that is already built: raise CONTRACT_VERSION.

/** Version of everything in this file. Part of {@link RUNTIME_KEY}, so two versions never share a runtime. */
export const CONTRACT_VERSION = 3;

/**
 * `globalThis[Symbol.for(RUNTIME_KEY)]` holds this thread's only {@link Hooks}, whether loaded as CommonJS or ESM; the
 * module object of `node:worker_threads`, which all vm contexts of a thread share, has it, too.
 */
export const RUNTIME_KEY = 'everycall.runtime/3';

/** Index of the tick word in {@link Hooks.state}: 0 while stopped, else a positive number that a ticker moves on. */
export const TICK = 0;

/** Value of the tick word while the profiler is stopped. */
export const STOPPED = 0;

/** The handle of an activation that was entered while stopped; its exit must not be called. Real handles are positive. */
export const NOT_ENTERED = 0;

/** Site `i` of a file is passed to the hooks as `base + i * SITE_STRIDE`, `base` being what `register` returned. */
export const SITE_STRIDE = 48;

/** In place of an {@link Activation}: entered while stopped, or not recorded. */
export const NOT_ACTIVATED = null;

/** What suspends: the second argument of `activate`. */
export const ASYNC_FUNCTION = 0;
export const GENERATOR = 1;
export const ASYNC_GENERATOR = 2;
/** A module's body with a top-level await. */
export const ASYNC_MODULE = 3;

/** Who iterates: the third argument of `delegate`. */
export const YIELD_STAR = 0;
export const ASYNC_YIELD_STAR = 1;
export const FOR_AWAIT = 2;

/** What a site is. The site table stores the index in this list: append, never reorder. */
export const SITE_KINDS = [
  'module',
  'function',
  'arrow',
  'method',
  'getter',
  'setter',
  'constructor',
  'static-block',
  'field',
  'async',
  'generator',
  'async-generator',
  'builtin',
] as const;
export type SiteKind = (typeof SITE_KINDS)[number];

/**
 * One function of a file: name, index in SITE_KINDS, line (from 1) and column (from 0) in the original source, and the
 * index in `files` of that source where it is not the registered file.
 */
export type SiteRow = [name: string, kind: number, line: number, column: number, file?: number];

/** One function that was left as it was, and why. */
export type LeftRow = [name: string, kind: number, line: number, column: number, reason: string, file?: number];

/** The JSON text given to `register`: row `i` of `sites` is site `i` of the file. */
export interface SiteTable {
  readonly sites: readonly SiteRow[];
  readonly left: readonly LeftRow[];
  /** Original sources other than the registered file, where an input source map leads to several. */
  readonly files?: readonly string[];
  /**
   * What each site calls by name in its own body, and on which line first, parallel to `sites`: the names, and before them
   * where the line changes how many lines further down that is, from the site's own line on (`a b 3 c`: `a` and `b` on the
   * site's line, `c` three lines below). Constructors go by the name of their class; `#` is part of a private name.
   */
  readonly calls?: readonly string[];
  /** The identifier that holds the base in the instrumented code, which no other file of the process has. */
  readonly base?: string;
}

/**
 * One run of a function that suspends. Held by nobody but the function's own local variable, so that an abandoned one is
 * collected with its promise or generator. Instrumented code only passes it on.
 */
export interface Activation {
  /** Words of the kinds above: what it is a run of. */
  readonly kind: number;
  /** Set by `delegate` when a generator's consumer is done with it during a `yield*`: it then ends without an error. */
  isLeft?: boolean;
}

/**
 * What instrumented code calls. None of these throws, whatever it is given.
 *
 * ```js
 * function f(a) {
 *   let $k = typeof $b === "number" && $s, $h = $k[0] ? $e($b + 96) : 0;
 *   try { … return $k = a; } finally { if ($h !== 0) $x($h, $k); }
 * }
 *
 * async function g(a) {
 *   let $k = typeof $b === "number" && $s, $h = $k[0] ? $a($b + 144, 0) : null, $p = …, $u = …;
 *   try { … $u($h, await $p($h, a)) …; $k = 0; } finally { if ($h !== null) $f($h, $k); }
 * }
 * ```
 *
 * Where `$b` is not to be found the code runs as a text of its own, and is as if stopped. `$p` and `$u` are the hooks, or
 * what passes their second argument on.
 *
 * While an activation is suspended it is not on the stack. `suspend` and `pause` give back the value they were given, so
 * that no promise and no turn of the microtask queue is added; a rejection, a `throw()` or a `return()` arrives in a
 * `catch` or `finally`, which begins with a `resume`.
 */
export interface Hooks {
  readonly version: number;
  /** Shared by all threads; `state[TICK]` is tested inline before `enter` or `activate` is called. */
  readonly state: Int32Array;
  /** Begins an activation of `site` and returns its handle. */
  enter(site: number): number;
  /**
   * Ends the activation that `handle` was given for, and every deeper one whose own exit was lost. `outcome` is
   * {@link state} itself if it ended by throwing, and anything else if not.
   */
  exit(handle: number, outcome?: unknown): void;
  /** As `enter`, for a module body: it has no `finally`, so its frame is also closed when the thread's job ends. */
  enterModule(site: number): number;
  /** As `enter`, for what suspends. `kind` is one of ASYNC_FUNCTION … ASYNC_MODULE. */
  activate(site: number, kind: number): Activation | null;
  /** Ends the activation, suspended or not. `outcome` as for `exit`. */
  finish(activation: Activation, outcome?: unknown): void;
  /** Takes the activation off the stack before an `await` of `value`, which is returned as it is. */
  suspend<T>(activation: Activation | null, value: T): T;
  /** The same before a `yield`: the time until it is resumed is its consumer's, not spent waiting. */
  pause<T>(activation: Activation | null, value?: T): T;
  /** Puts the activation back on the stack, unless it is there, and returns `value`. */
  resume<T>(activation: Activation | null, value?: T): T;
  /**
   * For what iterates without coming back to the function's code between two steps (`yield*`, `for await`): an iterable
   * that does what `iterable` does and resumes and suspends the activation around each step. `iterable` itself where
   * there is no activation. `kind` is YIELD_STAR, ASYNC_YIELD_STAR or FOR_AWAIT.
   */
  delegate(activation: Activation | null, iterable: unknown, kind: number): unknown;
  /** For `await using`: a resource whose disposal disposes of `resource` and then suspends the activation. */
  dispose(activation: Activation | null, resource: unknown): unknown;
  /**
   * Makes the file's sites known and returns the base for this thread. `hash` tells versions of one file apart;
   * `count` is the number of sites, `table` a {@link SiteTable} as JSON. Registering the same file again is cheap.
   */
  register(file: string, hash: string, count: number, table: string): number;
}
