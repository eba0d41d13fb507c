// The names of what is injected into one file.

export interface Identifiers {
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
}

/**
 * Names that occur nowhere in the file, the same in all its functions: one look at each name, where a search in every
 * scope would be quadratic. `mark` makes those of the top level differ between files that share one global scope.
 */
export function pickIdentifiers(used: ReadonlySet<string>, mark: string): Identifiers {
  for (let attempt = 0; ; attempt++) {
    const end = attempt === 0 ? '' : String(attempt);
    const top = (letter: string): string => `$${letter}${mark}${end}`;
    const picked: Identifiers = {
      state: top('s'),
      enter: top('e'),
      exit: top('x'),
      enterModule: top('m'),
      register: top('r'),
      base: top('b'),
      init: top('i'),
      handle: `$h${end}`,
      moduleHandle: top('h'),
    };
    if (!Object.values(picked).some((name) => used.has(name))) return picked;
  }
}
