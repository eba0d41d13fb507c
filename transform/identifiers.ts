// The names of what is injected into one file.
import type { Hooks } from '../runtime/contract.ts';

/** The hooks that only code that suspends uses, and a file without such code does not ask for. */
export const SUSPENSION_HOOKS = ['activate', 'finish', 'suspend', 'pause', 'resume', 'delegate', 'dispose'] as const;
export type SuspensionHook = (typeof SUSPENSION_HOOKS)[number] & keyof Hooks;

/** The ones that are called whether the activation is recorded or not: functions call them by names of their own. */
export type PassingHook = Exclude<SuspensionHook, 'activate' | 'finish'>;

export interface Identifiers extends Record<SuspensionHook, string> {
  /** What functions call the hooks that pass values on. */
  readonly local: Readonly<Record<PassingHook, string>>;
  readonly state: string;
  readonly enter: string;
  readonly exit: string;
  readonly enterModule: string;
  readonly register: string;
  /** What `register` returned. */
  readonly base: string;
  /** The function that registers the file's sites when they are first needed, and gives back the state. */
  readonly init: string;
  /** The handle in a function. Nested functions shadow it, which harms nobody. */
  readonly handle: string;
  /** The handle of the module's body. */
  readonly moduleHandle: string;
  /** How the function ended: the state itself if by throwing. */
  readonly outcome: string;
  /** What stands for an end by throwing, where a function has to come back to it. */
  readonly thrown: string;
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
    const own = isScript ? version : shortened(version);
    const picked: Identifiers = {
      local: { suspend: `$p${end}`, pause: `$y${end}`, resume: `$u${end}`, delegate: `$d${end}`, dispose: `$w${end}` },
      state: top('s'),
      enter: top('e'),
      exit: top('x'),
      enterModule: top('m'),
      register: top('r'),
      activate: top('a'),
      finish: top('f'),
      suspend: top('P'),
      pause: top('Y'),
      resume: top('U'),
      delegate: top('D'),
      dispose: top('W'),
      base: `$b_${own}${end}`,
      init: `$i_${own}${end}`,
      handle: `$h${end}`,
      moduleHandle: top('h'),
      outcome: `$k${end}`,
      thrown: `$g${end}`,
      kept: `$j${end}`,
      temporary: `$t${end}_`,
    };
    const { local, ...others } = picked;
    if (![...Object.values(others), ...Object.values(local)].some((name) => used.has(name))) return picked;
  }
}

/** Eight hexadecimal digits as few characters: they stand in every function. Of 10,000 files two share them by a chance of 1 in 30. */
function shortened(version: string): string {
  return parseInt(version, 16).toString(36).padStart(7, '0').slice(-6);
}
