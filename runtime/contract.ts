// The contract between instrumented code and the runtime. Imports nothing and holds no logic.
// Whatever changes here changes the meaning of code that is already built: raise CONTRACT_VERSION.

/** Version of everything in this file. Part of {@link RUNTIME_KEY}, so two versions never share a runtime. */
export const CONTRACT_VERSION = 1;

/** `globalThis[Symbol.for(RUNTIME_KEY)]` holds this thread's only {@link Hooks}, whether loaded as CommonJS or ESM. */
export const RUNTIME_KEY = 'everycall.runtime/1';

/** Index of the tick word in {@link Hooks.state}: 0 while stopped, else a positive number that a ticker moves on. */
export const TICK = 0;

/** Value of the tick word while the profiler is stopped. */
export const STOPPED = 0;

/** The handle of an activation that was entered while stopped; its exit must not be called. Real handles are positive. */
export const NOT_ENTERED = 0;

/** Site `i` of a file is passed to the hooks as `base + i * SITE_STRIDE`, `base` being what `register` returned. */
export const SITE_STRIDE = 32;

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
}

/**
 * What instrumented code calls. None of these throws, whatever it is given.
 *
 * ```js
 * function f(a) {
 *   const $h = $s[0] === 0 ? 0 : $e($b + 96);
 *   try { … } finally { if ($h !== 0) $x($h); }
 * }
 * ```
 */
export interface Hooks {
  readonly version: number;
  /** Shared by all threads; `state[TICK]` is tested inline before `enter` is called. */
  readonly state: Int32Array;
  /** Begins an activation of `site` and returns its handle. */
  enter(site: number): number;
  /** Ends the activation that `handle` was given for, and every deeper one whose own exit was lost. */
  exit(handle: number): void;
  /** As `enter`, for a module body: it has no `finally`, so its frame is also closed when the thread's job ends. */
  enterModule(site: number): number;
  /**
   * Makes the file's sites known and returns the base for this thread. `hash` tells versions of one file apart;
   * `count` is the number of sites, `table` a {@link SiteTable} as JSON. Registering the same file again is cheap.
   */
  register(file: string, hash: string, count: number, table: string): number;
}
