// What a program can find out about the built-in functions, as plain data that two moments can be compared by. Goes by the
// names in the table, and finds the functions its own way.
import * as childProcess from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as zlib from 'node:zlib';
import { BUILTINS, builtinName } from '../../runtime/builtin-table.ts';

type Bag = Record<string | symbol, unknown>;

const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);
const NAMESPACES: Record<string, object> = {
  'node:fs': fs,
  'node:child_process': childProcess,
  'node:zlib': zlib,
  'node:crypto': crypto,
};

/** A function of the table that this version of Node has. */
export interface Found {
  readonly title: string;
  readonly owner: Bag;
  readonly key: string | symbol;
  /** The namespace that `import *` gives, where the function is exported by a module. */
  readonly namespace: Bag | null;
}

/** Where all functions of the table are. */
export function findBuiltins(): Found[] {
  return BUILTINS.flatMap((group) => {
    const module = group.file.startsWith('node:') ? (require(group.file) as Bag) : (globalThis as unknown as Bag);
    const owner = group.owner
      .split('.')
      .filter(Boolean)
      .reduce<Bag>((object, name) => object[name] as Bag, module);
    const namespace = group.owner === '' ? ((NAMESPACES[group.file] as Bag | undefined) ?? null) : null;
    return group.names
      .filter((key) => typeof owner[key] === 'function')
      .map((key) => ({ title: `${group.file} ${builtinName(group, key)}`, owner, key, namespace }));
  });
}

/** The functions themselves, for `===`. */
export function functionsOf(found: readonly Found[]): unknown[] {
  return found.flatMap(({ owner, key, namespace }) => [owner[key], namespace?.[key]]);
}

/** Everything that is to stay as it is while a function is wrapped. */
export function surveyOf({ owner, key, namespace }: Found): Record<string, unknown> {
  const fn = owner[key] as ((...args: unknown[]) => unknown) & { prototype: unknown };
  const place = { ...Object.getOwnPropertyDescriptor(owner, key), value: undefined };
  return {
    type: typeof fn,
    name: fn.name,
    length: fn.length,
    text: fn.toString(),
    textByCall: Function.prototype.toString.call(fn),
    textByJoining: `${fn as unknown as string}`,
    keys: Reflect.ownKeys(fn),
    descriptors: describeOwn(fn),
    place,
    neighbours: Reflect.ownKeys(owner),
    sameInNamespace: namespace === null || namespace[key] === fn,
    prototype: fn.prototype,
    parent: Object.getPrototypeOf(fn) as unknown,
    class: Object.prototype.toString.call(fn),
    isExtensible: Object.isExtensible(fn),
    isFunction: fn instanceof Function,
    isConstructor: isConstructor(fn),
    withoutArguments: outcomeOf(() => Reflect.apply(fn, undefined, [])),
    withNonsense: outcomeOf(() => Reflect.apply(fn, { not: 'it' }, [{ a: 1 }, { b: 2 }])),
    withItsOwner: outcomeOf(() => Reflect.apply(fn, owner, ['\0'])),
    asConstructor: outcomeOf(() => typeof Reflect.construct(fn, [])),
  };
}

/** The names of own properties, and whether they can be changed; of values only those that are no functions. */
function describeOwn(fn: object): unknown {
  return Object.entries(Object.getOwnPropertyDescriptors(fn) as Record<string, PropertyDescriptor>).map(
    ([name, { value, ...rest }]) => [name, typeof value === 'function' ? 'a function' : (value as unknown), rest],
  );
}

function isConstructor(fn: unknown): boolean {
  try {
    Reflect.construct(Object, [], fn as () => void);
    return true;
  } catch {
    return false;
  }
}

/** What came of a call: the value, or all that an error says but its stack. */
function outcomeOf(call: () => unknown): unknown {
  try {
    const value = call();
    return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value);
  } catch (error) {
    const { name, message, code, constructor } = error as Error & { code?: string };
    return { name, message, code, constructor, own: Object.keys(error as Error) };
  }
}

/** Where two surveys differ, as lines for people. */
export function differences(title: string, before: Record<string, unknown>, now: Record<string, unknown>): string[] {
  return Object.keys(before)
    .filter((aspect) => !isSame(before[aspect], now[aspect]))
    .map((aspect) => `${title}: ${aspect}`);
}

/** Written out, as nothing of this may depend on the functions under test. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const keys = Reflect.ownKeys(a);
  if (keys.length !== Reflect.ownKeys(b).length) return false;
  for (const key of keys) if (!isSame((a as Bag)[key], (b as Bag)[key])) return false;
  return true;
}
