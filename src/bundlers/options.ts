// What the bundler plugins may be told, and where that is checked.
import { ORIGINALS, type Originals } from '../../transform/options.ts';
import { checkOptions, FLAG, is, isText, isTexts, oneOf, text } from '../option-checks.ts';
import type { OptionChecks } from '../option-checks.ts';

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
  /**
   * Which small functions keep their body as it was written beside the instrumented one, for while nothing is recorded: `'all'`,
   * the default; `'one-line'`, those of one line, so that all lines stay where they were; or `'none'`, for the shortest code
   * and for builds whose coverage is taken.
   */
  readonly originals?: Originals;
}

const ONE_OR_MORE_GLOBS = is('a glob or a list of globs', (value) => isText(value) || isTexts(value));

const CHECKS: OptionChecks<BundlerOptions> = {
  include: ONE_OR_MORE_GLOBS,
  exclude: ONE_OR_MORE_GLOBS,
  root: text('a directory'),
  bundleRuntime: FLAG,
  enforce: oneOf('pre', 'post'),
  client: FLAG,
  originals: oneOf(...ORIGINALS),
};

/** @throws EverycallError `bad-option` that names the option and what was expected */
export function checkBundlerOptions(options: unknown): asserts options is BundlerOptions {
  checkOptions('everycall()', options, CHECKS);
}
