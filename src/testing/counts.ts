// Figures of functions for tests: how often something was called, and for how long. Pure; how a function object is found
// in a profile is handed in, since only the runtime knows.
import type { NamePattern, FilePattern } from '../budget/budget.ts';
import { functionsNamed } from '../budget/select.ts';
import { EverycallError } from '../errors.ts';
import { badOption, isTexts } from '../option-checks.ts';
import type { FunctionFigures, FunctionStats, Profile } from '../profile.ts';
import { addFunctionFigures, NO_FUNCTION_FIGURES } from '../statistics/figures.ts';

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any function at all, classes included
export type AnyFunction = Function;

/**
 * Which functions are meant:
 *
 * - the function itself, of this thread, or its class for the constructor;
 * - its name as reports show it (`parse`, `Cache.get`), or its key (`/app/parser.ts:12:0:parse`);
 * - a name with `*` for any text, or a regular expression that the name matches: all such functions together;
 * - `{ function, file }` as in a budget: all such functions together.
 */
export type What = AnyFunction | string | RegExp | { readonly function: NamePattern; readonly file?: FilePattern };

/** What only the runtime knows. */
export interface FunctionFinder {
  /** Whether the statistics are those of the function object. */
  readonly matches: (stat: FunctionStats, fn: AnyFunction) => boolean;
  /** Whether calls of the function object are counted at all. Default: it is taken for granted. */
  readonly isInstrumented?: (fn: AnyFunction) => boolean;
}

/**
 * Each function of it throws EverycallError `bad-option` for a name that several functions have (it lists them; their keys
 * tell them apart, or `{ function, file }`), and for a function object that is not instrumented, whose calls nobody counts.
 */
export interface Counts {
  /**
   * How often it was called. 0 for what is not in the profile: a function that was never called is not, and neither is one
   * whose name is mistyped. Rather give the function itself.
   *
   * @example
   * const { profile } = await run(work);
   * expect(callsOf(profile, parse)).to.be.at.most(3);
   */
  readonly callsOf: (profile: Profile, what: What) => number;
  /** All figures, of several functions their sum; all 0 for what is not in the profile. */
  readonly figuresOf: (profile: Profile, what: What) => FunctionFigures;
}

export function createCounts(finder: FunctionFinder): Counts {
  const figuresOf = (profile: Profile, what: What): FunctionFigures => {
    const found = functionsOf(profile, what, finder);
    return found.length === 0
      ? NO_FUNCTION_FIGURES
      : found.reduce<FunctionFigures>(addFunctionFigures, NO_FUNCTION_FIGURES);
  };
  return { figuresOf, callsOf: (profile, what) => figuresOf(profile, what).calls };
}

function functionsOf({ functions }: Profile, what: What, finder: FunctionFinder): readonly FunctionStats[] {
  if (typeof what === 'function') {
    if (finder.isInstrumented?.(what) === false) {
      throw new EverycallError(
        'bad-option',
        `expected a function that is instrumented, got ${whatText(what)}: nobody counts its calls`,
      );
    }
    return functions.filter((fn) => finder.matches(fn, what));
  }
  if (typeof what === 'string') return functionsCalled(functions, what);
  if (what instanceof RegExp) return functions.filter(({ name }) => name.search(what) >= 0);
  if (typeof what === 'object' && what !== null && what.function !== undefined) {
    const { function: names, file } = what;
    if (!isPatterns(names)) throw badOption('{ function }', 'a name or a list of names', names);
    if (file !== undefined && !isPatterns(file)) throw badOption('{ file }', 'a glob or a list of globs', file);
    return functionsNamed(functions, what);
  }
  throw new EverycallError(
    'bad-option',
    `expected a function, a name, a RegExp or { function, file }, got ${what === null ? 'null' : typeof what}`,
  );
}

const isPatterns = (value: unknown): boolean => typeof value === 'string' || isTexts(value);

function functionsCalled(functions: readonly FunctionStats[], name: string): readonly FunctionStats[] {
  const ofKey = functions.filter(({ key }) => key === name);
  if (ofKey.length > 0) return ofKey;
  const found = functionsNamed(functions, name);
  if (found.length > 1 && !name.includes('*')) {
    throw new EverycallError(
      'bad-option',
      `expected the name of one function, got '${name}', which is ${found.map(({ key }) => key).join(' and ')}`,
    );
  }
  return found;
}

/** How a message calls it. */
export function whatText(what: What): string {
  if (typeof what === 'function') return what.name === '' ? 'an anonymous function' : what.name;
  if (typeof what === 'string') return what;
  if (what instanceof RegExp) return String(what);
  return JSON.stringify(what);
}

/**
 * The value as a profile, which is not checked further: for assertions, which are given anything.
 *
 * @throws EverycallError `bad-option` if it is none
 */
export function asProfile(value: unknown, assertion: string): Profile {
  const { functions, edges } = (value ?? {}) as Partial<Profile>;
  if (!Array.isArray(functions) || !Array.isArray(edges)) {
    const got = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
    throw new EverycallError('bad-option', `${assertion} expects a profile, got ${got}`);
  }
  return value as Profile;
}
