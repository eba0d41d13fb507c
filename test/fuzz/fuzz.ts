// Bad input by chance: values of all kinds, data that is changed in a place or two, bytes that are. Only our own errors may
// come of them, in one line and in time.
//
// `FC_SEED=…` repeats a run; `npm run test:fuzz` draws more (EVERYCALL_FUZZ_FACTOR times as many).
import { expect } from 'chai';
import fc from 'fast-check';
import { EverycallError } from '../../src/errors.ts';

const FACTOR = Number(process.env['EVERYCALL_FUZZ_FACTOR'] ?? 1);
const SEED = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
/** Longer is a hang. In CPU time, so that a busy machine makes none. */
const MOST_CPU_MS = 5000;

let isSaid = false;

/** A test of `runs` values, more in the long form. Says once from which seed all are drawn. */
export function fuzz<T>(
  title: string,
  values: fc.Arbitrary<T>,
  runs: number,
  check: (value: T) => void | Promise<void>,
): void {
  it(title, async function () {
    if (!isSaid) console.log(`fuzz: FC_SEED=${SEED}`);
    isSaid = true;
    this.timeout(60_000 + 20_000 * FACTOR);
    const timed = async (value: T) => {
      const before = process.cpuUsage();
      await check(value);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000, 'CPU time in ms').to.be.below(MOST_CPU_MS);
    };
    await fc.assert(fc.asyncProperty(values, timed), { numRuns: Math.ceil(runs * FACTOR), seed: SEED });
  });
}

/** What `act` gives, or `undefined` where it throws one of our own errors. Any other fails the test. */
export function gives<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    expectOwn(error);
    return undefined;
  }
}

/** The same for a promise. */
export async function resolves<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    expectOwn(error);
    return undefined;
  }
}

function expectOwn(error: unknown): void {
  // The transform may not import the class; its errors have the code.
  const isOwn = error instanceof EverycallError || (error as { code?: unknown }).code === 'bad-option';
  if (!isOwn) throw new Error(`expected an EverycallError, got ${String((error as Error)?.stack ?? error)}`);
  expect((error as Error).message).to.match(/^[^\n]+$/);
}

/** Everything that JavaScript has, but for values whose own code throws: those are not ours. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  }),
  fc.constantFrom<unknown>(
    Symbol('x'),
    () => 1,
    class {},
    /x/g,
    new Error('x'),
    Promise.resolve(),
    looped(),
    -0,
    NaN,
    Infinity,
    2 ** 31,
    2 ** 53,
    -1,
    0.5,
    '',
    '\0',
    '\ud800',
    'a'.repeat(10_000),
    '[',
    '{a,b',
    '**',
    '/',
    '__proto__',
    'constructor',
    [],
    [[]],
    [null],
    Object.create(null),
    new Proxy({}, {}),
    globalThis,
  ),
);

function looped(): object {
  const made: Record<string, unknown> = {};
  made['self'] = made;
  return made;
}

/** Objects with these fields, and others, of any values; and values that are no objects. */
export function anyOptions(names: readonly string[]): fc.Arbitrary<unknown> {
  const name = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', '', 'x') },
  );
  const fields = fc.array(fc.tuple(name, anyValue), { maxLength: 3 }).map((entries) => {
    const made: Record<string, unknown> = {};
    // Also a field that is really called `__proto__`.
    for (const [key, value] of entries)
      Object.defineProperty(made, key, { value, enumerable: true, configurable: true });
    return made;
  });
  return fc.oneof({ weight: 6, arbitrary: fields }, { weight: 1, arbitrary: anyValue });
}

/** A change of data: at a place, chosen by numbers, something else. */
export interface Change {
  readonly path: readonly number[];
  readonly does: 'replace' | 'remove' | 'repeat' | 'swap' | 'rename';
  readonly value: unknown;
}

const jsonValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1,
    0.5,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    1e15,
    '',
    'x',
    '__proto__',
    [],
    {},
    [[]],
    [0],
    [-1],
    [null],
    '*',
    '\u2028',
    '\n',
  ),
  fc.jsonValue(),
  fc.integer({ min: -3, max: 300 }),
);

export const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    path: fc.array(fc.nat(1000), { minLength: 1, maxLength: 7 }),
    does: fc.constantFrom('replace', 'replace', 'remove', 'repeat', 'swap', 'rename'),
    value: jsonValue,
  }),
  { minLength: 1, maxLength: 3 },
);

/** Changes a copy of JSON data. */
export function changed(data: unknown, all: readonly Change[]): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(data));
  for (const { path, does, value } of all) {
    let at = copy;
    for (const [depth, step] of path.entries()) {
      if (typeof at !== 'object' || at === null) break;
      const container = at as Record<string, unknown>;
      const keys = Object.keys(container);
      if (keys.length === 0) break;
      const key = keys[step % keys.length];
      const inner = container[key];
      const isLast = depth === path.length - 1 || typeof inner !== 'object' || inner === null;
      if (!isLast) {
        at = inner;
        continue;
      }
      const other = keys[(step + 1) % keys.length];
      if (does === 'replace') container[key] = value;
      else if (does === 'repeat' && Array.isArray(container)) container.push(inner);
      else if (does === 'swap') [container[key], container[other]] = [container[other], inner];
      else if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
      if (does === 'rename' && !Array.isArray(container)) container[`${key}x`] = inner;
      break;
    }
  }
  return copy;
}

/** A change of bytes. */
export interface Cut {
  readonly at: number;
  readonly does: 'set' | 'remove' | 'insert' | 'truncate' | 'repeat';
  readonly bytes: Uint8Array;
}

export const cuts: fc.Arbitrary<readonly Cut[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    does: fc.constantFrom('set', 'set', 'remove', 'insert', 'truncate', 'repeat'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  }),
  { minLength: 1, maxLength: 4 },
);

export function cut(bytes: Uint8Array, all: readonly Cut[]): Buffer {
  let made = Buffer.from(bytes);
  for (const { at, does, bytes: given } of all) {
    const place = Math.floor(at * made.length);
    const [head, tail] = [made.subarray(0, place), made.subarray(place)];
    if (does === 'truncate') made = Buffer.from(head);
    else if (does === 'insert') made = Buffer.concat([head, given, tail]);
    else if (does === 'repeat') made = Buffer.concat([head, tail.subarray(0, 200), tail]);
    else if (does === 'remove') made = Buffer.concat([head, tail.subarray(given.length)]);
    else made = Buffer.concat([head, given.subarray(0, tail.length), tail.subarray(given.length)]);
  }
  return made;
}
