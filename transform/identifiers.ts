// The names of what is injected into one file.
import type { Hooks } from '../runtime/contract.ts';

/** The hooks that only code that suspends uses, and a file without such code does not ask for. */
export const SUSPENSION_HOOKS = ['activate', 'finish', 'suspend', 'pause', 'resume', 'delegate', 'dispose'] as const;
export type SuspensionHook = (typeof SUSPENSION_HOOKS)[number] & keyof Hooks;

export interface Identifiers extends Record<SuspensionHook, string> {
  readonly state: string;
  readonly enter: string;
  readonly exit: string;
  readonly enterModule: string;
  readonly register: string;
  /** What `register` returned. */
  readonly base: string;
  /** The function that registers the file's sites when they are first needed. */
  readonly init: string;
  /** The handle in a function. Nested functions shadow it, which harms nobody. */
  readonly handle: string;
  /** The handle of the module's body. */
  readonly moduleHandle: string;
  /** How the function ended: the state itself if by throwing. */
  readonly outcome: string;
  /** What that was before a `finally`, and what was caught. */
  readonly kept: string;
  /** What takes a value over to where it may be used; numbers are added where one is not enough. */
  readonly temporary: string;
}

/**
 * Names that occur nowhere in the file, the same in all its functions: one look at each name, where a search in every
 * scope would be quadratic. `version` tells versions of files apart: by the base's name a function's text shows which one
 * it is from, and a script's names differ from those of all files that share its global scope.
 */
export function pickIdentifiers(used: ReadonlySet<string>, version: string, isScript: boolean): Identifiers {
  const mark = isScript ? `_${version}` : '';
  for (let attempt = 0; ; attempt++) {
    const end = attempt === 0 ? '' : String(attempt);
    const top = (letter: string): string => `$${letter}${mark}${end}`;
    const picked: Identifiers = {
      state: top('s'),
      enter: top('e'),
      exit: top('x'),
      enterModule: top('m'),
      register: top('r'),
      activate: top('a'),
      finish: top('f'),
      suspend: top('p'),
      pause: top('y'),
      resume: top('u'),
      delegate: top('d'),
      dispose: top('w'),
      base: `$b_${isScript ? version : shortened(version)}${end}`,
      init: top('i'),
      handle: `$h${end}`,
      moduleHandle: top('h'),
      outcome: `$k${end}`,
      kept: `$j${end}`,
      temporary: `$t${end}_`,
    };
    if (!Object.values(picked).some((name) => used.has(name))) return picked;
  }
}

/** Eight hexadecimal digits as few characters: they stand in every function. Of 10,000 files two share them by a chance of 1 in 30. */
function shortened(version: string): string {
  return parseInt(version, 16).toString(36).padStart(7, '0').slice(-6);
}
