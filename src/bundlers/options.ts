// What the bundler plugins may be told, and where that is checked.
import { EverycallError } from '../errors.ts';

export interface BundlerOptions {
  /** Globs of the files to instrument. Default: all. */
  readonly include?: string | readonly string[];
  /** Globs of the files to leave alone; wins over `include`. What lies in `node_modules` is left alone unless included. */
  readonly exclude?: string | readonly string[];
  /** Directory that relative globs start from. Default: the working directory. */
  readonly root?: string;
  /**
   * Put the runtime into the bundle, so that it runs where everycall is not installed. Default: false, the bundle imports
   * `everycall/runtime`.
   */
  readonly bundleRuntime?: boolean;
  /**
   * `'pre'`, the default: instrument sources as they are written, before the bundler compiles them. `'post'`: what comes out
   * of the other plugins, for languages that only they can read. esbuild knows no order: there it is always `'pre'`.
   */
  readonly enforce?: 'pre' | 'post';
  /** Vite only: also instrument what is built for browsers, for those who run it in Node. Default: false. */
  readonly client?: boolean;
}

const isString = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isGlobs = (value: unknown): boolean => (Array.isArray(value) ? value.every(isString) : isString(value));

const CHECKS: Record<keyof BundlerOptions, readonly [test: (value: unknown) => boolean, expected: string]> = {
  include: [isGlobs, 'a glob or a list of globs'],
  exclude: [isGlobs, 'a glob or a list of globs'],
  root: [isString, 'a directory'],
  bundleRuntime: [isBoolean, 'true or false'],
  enforce: [(value) => value === 'pre' || value === 'post', "'pre' or 'post'"],
  client: [isBoolean, 'true or false'],
};

/** Throws EverycallError `bad-option` that names the option and what was expected. */
export function checkOptions(options: object): asserts options is BundlerOptions {
  for (const [name, value] of Object.entries(options)) {
    const check = (CHECKS as Record<string, (typeof CHECKS)['root'] | undefined>)[name];
    if (!check) {
      const known = Object.keys(CHECKS).join(', ');
      throw new EverycallError('bad-option', `expected one of the options ${known}, got ${JSON.stringify(name)}`);
    }
    if (value !== undefined && !check[0](value)) {
      throw new EverycallError('bad-option', `expected ${check[1]} as option ${name}, got ${JSON.stringify(value)}`);
    }
  }
}
