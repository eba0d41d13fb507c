// How options that users give are checked, wherever they give them: what is unknown or out of range is refused by name and
// in one line, never ignored.
import { EverycallError } from './errors.ts';

/** What an option has to be, and in words. */
export interface OptionCheck {
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

/** Checks of all options that something takes. */
export type OptionChecks<T> = Readonly<Record<keyof T, OptionCheck>>;

export const is = (expected: string, holds: (value: unknown) => boolean): OptionCheck => ({ expected, holds });

export const oneOf = (...values: readonly string[]): OptionCheck =>
  is(values.map((value) => `'${value}'`).join(' or '), (value) => values.includes(value as string));

export const numberFrom = (least: number, most: number): OptionCheck =>
  is(
    `a number from ${least} to ${most}`,
    (value) => typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most,
  );

export const isWhole = (value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

export const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

export const text = (expected: string): OptionCheck => is(expected, isText);

export const FLAG: OptionCheck = is('true or false', (value) => typeof value === 'boolean');

export const GLOBS: OptionCheck = is('a list of globs', isTexts);

/**
 * @param of what takes the options, as its user knows it: `start()`, `EVERYCALL_REGISTER`
 * @throws EverycallError `bad-option` if `options` is no object, or one of them is unknown or not as its check expects;
 * left out and `undefined` are the same
 */
export function checkOptions(of: string, options: unknown, checks: Readonly<Record<string, OptionCheck>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw badOption(of, 'an object of options', options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(checks, name)) {
      const known = Object.keys(checks).join(', ');
      throw new EverycallError('bad-option', `${of} has no option '${name}'; expected one of ${known}`);
    }
    const { expected, holds } = checks[name];
    if (value !== undefined && !holds(value)) throw badOption(of, `'${name}' to be ${expected}`, value);
  }
}

/** The error that says what `of` expects and what came. */
export function badOption(of: string, expected: string, got: unknown): EverycallError {
  return new EverycallError('bad-option', `${of} expects ${expected}, got ${show(got)}`);
}

const MOST_SHOWN_CHARACTERS = 80;

/** How a value looks in a message: in one line, short, and never throwing. */
function show(value: unknown): string {
  if (typeof value === 'string') return `'${shortened(value)}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  const kind = Array.isArray(value) ? 'an array' : 'an object';
  try {
    const shown = value instanceof RegExp ? String(value) : JSON.stringify(value);
    return shown.length <= MOST_SHOWN_CHARACTERS ? shown : kind;
  } catch {
    return kind;
  }
}

function shortened(shown: string): string {
  return shown.length <= MOST_SHOWN_CHARACTERS ? shown : `${shown.slice(0, MOST_SHOWN_CHARACTERS - 1)}…`;
}
