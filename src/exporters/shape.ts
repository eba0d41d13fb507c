// Checks that data read from outside is what a type says, and copies it: the result holds the fields of the type and
// nothing else, frozen to the leaves.

/** What was expected at some place, and what was there instead. */
export class Mismatch extends Error {
  readonly expected: string;
  readonly got: string;
  /** From the outermost value in, such as `.functions[3].calls`. */
  path = '';

  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
  }
}

/** Gives the value as a `T`, or throws {@link Mismatch}. */
export type Check<T> = (value: unknown) => T;

/** A check for each field of `T`: the compiler refuses one too many or too few. */
export type Shape<T> = { readonly [K in keyof T]-?: Check<T[K]> };

export function text(value: unknown): string {
  if (typeof value !== 'string') throw new Mismatch('text', describe(value));
  return value;
}

export function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new Mismatch('true or false', describe(value));
  return value;
}

/** A finite number from `least` to `most`. */
export function amount(least = 0, most = Infinity): Check<number> {
  const expected = `a number ${most === Infinity ? `from ${least}` : `from ${least} to ${most}`}`;
  return (value) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < least || value > most) {
      throw new Mismatch(expected, describe(value));
    }
    return value;
  };
}

/** A whole number from `least` that is exact. */
export function whole(least = 0): Check<number> {
  return (value) => {
    if (!Number.isSafeInteger(value) || (value as number) < least) {
      throw new Mismatch(`a whole number from ${least}`, describe(value));
    }
    return value as number;
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Check<T> {
  return (value) => {
    if (!values.includes(value as T)) throw new Mismatch(`one of ${values.join(', ')}`, describe(value));
    return value as T;
  };
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value) => (value === null ? null : check(value));
}

export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new Mismatch('a list', describe(value));
    const copy: T[] = [];
    for (let i = 0; i < value.length; i++) copy.push(at(`[${i}]`, () => check(value[i])));
    return Object.freeze(copy);
  };
}

/** A field that is not of `T` is refused too: it was meant to say something. */
export function object<T extends object>(shape: Shape<T>): Check<Readonly<T>> {
  const checks = Object.entries(shape) as [string, Check<unknown>][];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Mismatch('an object', describe(value));
    }
    const copy: Record<string, unknown> = {};
    for (const [name, check] of checks) {
      copy[name] = at(`.${name}`, () => check(Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined));
    }
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(shape, name));
    if (unknown !== undefined) throw new Mismatch('an object without other fields', describe(unknown));
    return Object.freeze(copy) as Readonly<T>;
  };
}

/** Runs a check; a mismatch in it learns where it was. */
export function at<T>(place: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof Mismatch) error.path = place + error.path;
    throw error;
  }
}

const LONGEST_SHOWN = 40;

/** What came, for {@link Mismatch}: short, whatever it is. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}
