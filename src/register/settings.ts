// What the register hooks are told, and how it travels: by an environment variable or from the command line into the
// process, and from thread to thread by worker_threads' environment data, which the program's own `process.env` never shows.
import { getEnvironmentData, isMainThread, parentPort, setEnvironmentData } from 'node:worker_threads';
import { badOption, checkOptions, FLAG, GLOBS, text } from '../option-checks.ts';
import type { OptionChecks } from '../option-checks.ts';

export interface RegisterSettings {
  /** Globs of files to instrument; default: everything that `exclude` does not name. */
  readonly include?: readonly string[];
  /** Globs of files to leave alone; default: what lies in node_modules. */
  readonly exclude?: readonly string[];
  /** Directory that the globs are relative to; default: the working directory at the start. */
  readonly root?: string;
  /** A file that cannot be instrumented is an error instead of a warning. Default: false. */
  readonly strict?: boolean;
  /** `'off'`, or the directory of the transform cache. Default: found by itself. */
  readonly cache?: string;
  /** Show on a terminal how far long transforms are. Default: true. */
  readonly progress?: boolean;
}

/** Settings with nothing left open: what every thread of the process agrees on. */
export interface FullSettings {
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  readonly root: string;
  readonly strict: boolean;
  readonly cache: string | undefined;
  readonly progress: boolean;
}

const ENVIRONMENT_KEY = 'everycall.register/1';
const VARIABLE = 'EVERYCALL_REGISTER';

const CHECKS: OptionChecks<RegisterSettings> = {
  include: GLOBS,
  exclude: GLOBS,
  root: text('a directory'),
  strict: FLAG,
  cache: text("a directory, or 'off'"),
  progress: FLAG,
};

/** Reads EVERYCALL_REGISTER, the JSON form of {@link RegisterSettings}. Throws EverycallError naming what is wrong. */
export function parseSettings(json: string): RegisterSettings {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  if (value === undefined) throw badOption(VARIABLE, 'a JSON object', json);
  checkSettings(VARIABLE, value);
  return value;
}

/** @throws EverycallError `bad-option` that begins with `of` and names what is wrong */
export function checkSettings(of: string, value: unknown): asserts value is RegisterSettings {
  checkOptions(of, value, CHECKS);
}

/** The settings of this thread: those of the thread that started it, else `given`, else the environment variable. */
export function settingsOfThread(given: RegisterSettings | undefined): FullSettings {
  const inherited = isMainThread ? undefined : (getEnvironmentData(ENVIRONMENT_KEY) as unknown);
  if (inherited !== undefined) return inherited as FullSettings;
  const variable = process.env[VARIABLE];
  const settings = given ?? (variable ? parseSettings(variable) : {});
  return {
    include: settings.include,
    exclude: settings.exclude,
    root: settings.root ?? process.cwd(),
    strict: settings.strict ?? false,
    cache: settings.cache ?? process.env['EVERYCALL_CACHE'],
    progress: settings.progress ?? true,
  };
}

/** Hands the settings to all workers that this thread starts from now on, and they to theirs. */
export function shareSettings(settings: FullSettings): void {
  setEnvironmentData(ENVIRONMENT_KEY, { ...settings } as unknown as Parameters<typeof setEnvironmentData>[1]);
}

/**
 * Whether this is a thread of Node itself, such as the one that runs module hooks: preloads run there too, but nothing of
 * the program does. A worker that a program started always has a port to its parent.
 */
export function isInternalThread(): boolean {
  return !isMainThread && parentPort === null;
}
