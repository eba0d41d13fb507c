// What the plugin may be told, and the one place where that is checked. May not import src/, so its errors carry the
// code that EverycallError has, not its class.

/**
 * How the file will be run, and so how it reaches the runtime. `script`: in a global scope, by what the runtime has left
 * there. `body`: of a function that is called once, as test runners make a file one.
 */
export type ModuleKind = 'esm' | 'commonjs' | 'script' | 'body';

export const ORIGINALS = ['all', 'one-line', 'none'] as const;

/**
 * Which small functions keep their body as it was written beside the instrumented one, for while nothing is recorded. `one-line`:
 * those that begin and end on one line, so that the lines of all others stay what they are.
 */
export type Originals = (typeof ORIGINALS)[number];

export interface PluginOptions {
  /** Globs of the files to instrument. Default: all. */
  include?: string | readonly string[];
  /** Globs of the files to leave alone; wins over `include`. Default: `**\/node_modules/**`, see selection.ts. */
  exclude?: string | readonly string[];
  /** Directory that relative globs start from. Default: Babel's `cwd`. */
  root?: string;
  /** What instrumented code imports the hooks from. Default: `everycall/runtime`. */
  runtime?: string;
  /**
   * Default: from the parsed file. A module is `esm`; of the rest, what uses a name that CommonJS gives it (`require`,
   * `module`, `exports`, …) is `commonjs`, and what does not is a `script` that asks for the runtime by `require` if there is
   * one.
   */
  moduleKind?: ModuleKind;
  /**
   * For bundlers that leave out what nobody uses: what is injected is marked so that it goes with the functions it is for,
   * and a module body that only declares has no row of its own. Default: false.
   */
  treeShaking?: boolean;
  /**
   * Text is about a quarter longer with `all`, and calls cost hardly anything while nothing is recorded. Default: `all`; `none`
   * where other plugins get to see the file, such as one that counts what has been covered.
   */
  originals?: Originals;
}

const MODULE_KINDS: readonly unknown[] = ['esm', 'commonjs', 'script', 'body'];

const isString = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isGlobs = (value: unknown): boolean => (Array.isArray(value) ? value.every(isString) : isString(value));

const CHECKS: Record<keyof PluginOptions, [test: (value: unknown) => boolean, expected: string]> = {
  include: [isGlobs, 'a glob or a list of globs'],
  exclude: [isGlobs, 'a glob or a list of globs'],
  root: [isString, 'a directory'],
  runtime: [isString, 'a module specifier'],
  treeShaking: [(value) => typeof value === 'boolean', 'true or false'],
  originals: [(value) => (ORIGINALS as readonly unknown[]).includes(value), "'all', 'one-line' or 'none'"],
  moduleKind: [(value) => MODULE_KINDS.includes(value), "'esm', 'commonjs', 'script' or 'body'"],
};

export function checkOptions(options: object): asserts options is PluginOptions {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(CHECKS, name)) {
      refuse(`expected one of the options ${Object.keys(CHECKS).join(', ')}, got ${JSON.stringify(name)}`);
    }
    const check = CHECKS[name as keyof PluginOptions];
    if (value !== undefined && !check[0](value)) {
      refuse(`expected ${check[1]} as option ${name}, got ${show(value)}`);
    }
  }
}

/** In one line, whatever it is. */
function show(value: unknown): string {
  if (typeof value !== 'object' && typeof value !== 'string') return String(value).replace(/\s+/g, ' ');
  try {
    return JSON.stringify(value);
  } catch {
    return 'an object';
  }
}

function refuse(problem: string): never {
  throw Object.assign(new Error(`everycall: ${problem}`), { code: 'bad-option' });
}
