// Reads the filter of a selection into two questions: is this part in it, is this function? Refuses what it does not know,
// since a filter that is misspelt and ignored would show everything.
import picomatch from 'picomatch/posix.js';
import { badOption } from '../option-checks.ts';
import type { FunctionStats, Part, Profile } from '../profile.ts';
import { FOLDED_THREADS, UNTAGGED } from '../profile.ts';
import { packageOf } from './package-name.ts';
import { pathOf } from './source-path.ts';

type OneOrMore<T> = T | readonly T[];

/** What a selection keeps: what all of the given fields ask for. A list asks for any of its values, an empty one for nothing. */
export interface ProfileFilter {
  /** `ThreadStats.id`; a negative one for the folded threads of a process, see `FOLDED_THREADS`. */
  readonly thread?: OneOrMore<number> | undefined;
  /** Index in `profile.processes`. */
  readonly process?: OneOrMore<number> | undefined;
  /** Name of a tag; `null` for what ran under none. */
  readonly tag?: OneOrMore<string | null> | undefined;
  /** Whole name of a function, in which `*` may stand for any text; or a pattern found in it. */
  readonly name?: OneOrMore<string | RegExp> | undefined;
  /**
   * Path, or a glob on the path with forward slashes. It may begin at any folder: `src/**` is also in `/app/src`. A glob
   * names a file, not a folder.
   */
  readonly file?: OneOrMore<string> | undefined;
  /** As {@link packageOf} names it. */
  readonly package?: OneOrMore<string> | undefined;
  readonly kind?: OneOrMore<FunctionStats['kind']> | undefined;
  /** Asked about each function, with its figures in the whole profile. */
  readonly predicate?: ((fn: FunctionStats) => boolean) | undefined;
}

/** The questions; `null` where the filter does not ask. */
export interface Choice {
  readonly thread: ((thread: number) => boolean) | null;
  readonly tag: ((tag: number) => boolean) | null;
  readonly fn: ((fn: FunctionStats) => boolean) | null;
}

/** @throws EverycallError `bad-option` for an unknown field, a value of another type, or a thread or process that there is not */
export function parseFilter(profile: Profile, filter: ProfileFilter): Choice {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw badOption('select()', 'a filter, an object', filter);
  }
  const given = Object.entries(filter as Record<string, unknown>).filter(([, value]) => value !== undefined);
  for (const [key] of given) {
    if (!FIELDS.includes(key as keyof ProfileFilter)) {
      throw badOption('select()', `a filter of ${FIELDS.join(', ')}`, key);
    }
  }
  const { thread, process, tag, name, file, package: packages, kind, predicate } = filter;
  const processOf = (id: number) => (id < 0 ? FOLDED_THREADS - id : profile.threads[id].process);
  return {
    thread: every([
      ask(thread, (wanted) => among(list('thread', wanted, isThreadOf(profile)))),
      ask(process, (wanted) => {
        const isWanted = among(list('process', wanted, isProcessOf(profile)));
        return (id: number) => isWanted(processOf(id));
      }),
    ]),
    tag: ask(tag, (wanted) => {
      const isWanted = among(list('tag', wanted, TAG));
      return (id) => isWanted(id === UNTAGGED ? null : profile.tags[id].name);
    }),
    fn: every<FunctionStats>([
      ask(name, (wanted) => {
        const tests = list('name', wanted, NAME).map(nameTest);
        return (fn) => tests.some((test) => test(fn.name));
      }),
      ask(file, (wanted) => {
        const test = remembered(fileTest(list('file', wanted, TEXT)));
        return (fn) => test(fn.file);
      }),
      ask(packages, (wanted) => {
        const isWanted = among(list('package', wanted, TEXT));
        return (fn) => isWanted(packageOf(fn));
      }),
      ask(kind, (wanted) => {
        const isWanted = among<string>(list('kind', wanted, TEXT));
        return (fn) => isWanted(fn.kind);
      }),
      ask(predicate, (test) => {
        if (typeof test !== 'function') refuse('predicate', 'a function', test);
        return test;
      }),
    ]),
  };
}

/** Whether the part is in the selection. */
export function isPartChosen({ thread, tag }: Choice, part: Part): boolean {
  return (thread?.(part.thread) ?? true) && (tag?.(part.tag) ?? true);
}

const FIELDS: readonly (keyof ProfileFilter)[] = [
  'thread',
  'process',
  'tag',
  'name',
  'file',
  'package',
  'kind',
  'predicate',
];

// ── values ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Expected<T> {
  readonly words: string;
  readonly holds: (value: unknown) => value is T;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const TEXT: Expected<string> = { words: 'a text', holds: isText };
const TAG: Expected<string | null> = {
  words: 'the name of a tag, or null',
  holds: (value): value is string | null => value === null || isText(value),
};
const NAME: Expected<string | RegExp> = {
  words: 'a name or a RegExp',
  holds: (value): value is string | RegExp => isText(value) || value instanceof RegExp,
};

function wholeWithin(words: string, from: number, to: number): Expected<number> {
  return {
    words: `${words} (${from} to ${to})`,
    holds: (value): value is number => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
  };
}

function isThreadOf({ threads, processes }: Profile): Expected<number> {
  return wholeWithin('the id of a thread', FOLDED_THREADS - (processes.length - 1), threads.length - 1);
}

function isProcessOf({ processes }: Profile): Expected<number> {
  return wholeWithin('the index of a process', 0, processes.length - 1);
}

function list<T>(field: string, value: OneOrMore<T>, { words, holds }: Expected<T>): readonly T[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.map((each) => (holds(each) ? each : refuse(field, words, each)));
}

function refuse(field: string, words: string, got: unknown): never {
  throw badOption('select()', `'${field}' to be ${words}`, got);
}

// ── tests ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type Test<T> = (value: T) => boolean;

/** A value is asked for unless it is undefined: 0, '' and null are values like any other. */
function ask<W, T>(wanted: W | undefined, testOf: (wanted: W) => Test<T>): Test<T> | null {
  return wanted === undefined ? null : testOf(wanted);
}

function every<T>(tests: readonly (Test<T> | null)[]): Test<T> | null {
  const asked = tests.filter((test) => test !== null);
  return asked.length === 0 ? null : (value) => asked.every((test) => test(value));
}

function among<T>(values: readonly T[]): Test<T> {
  const set = new Set(values);
  return (value) => set.has(value);
}

function remembered(test: Test<string>): Test<string> {
  const known = new Map<string, boolean>();
  return (text) => {
    const answer = known.get(text) ?? test(text);
    known.set(text, answer);
    return answer;
  };
}

/** No glob: names have brackets and braces of their own, such as `A.[Symbol.iterator]`. */
export function nameTest(wanted: string | RegExp): Test<string> {
  // search() begins at the start whatever lastIndex says.
  if (typeof wanted !== 'string') return (name) => name.search(wanted) >= 0;
  if (!wanted.includes('*')) return (name) => name === wanted;
  const pattern = wanted.split('*').map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const whole = new RegExp(`^${pattern.join('.*')}$`, 'su');
  return (name) => name === wanted || whole.test(name);
}

/** A path that is written out matches whatever brackets it has: `pages/[id].ts`. */
export function fileTest(globs: readonly string[]): Test<string> {
  const tests = globs.map((glob) => {
    const trimmed = pathOf(glob).replace(/^\.\//, '');
    const anywhere =
      trimmed === '' || /^(?:\/|\*\*|[a-z]:|node:)/i.test(trimmed) ? [trimmed] : [trimmed, `**/${trimmed}`];
    const matches = trimmed === '' ? () => false : picomatch(anywhere, { dot: true });
    return (file: string, path: string) =>
      file === glob || path === trimmed || (trimmed !== '' && path.endsWith(`/${trimmed}`)) || matches(path);
  });
  return (file) => {
    const path = pathOf(file);
    return tests.some((test) => test(file, path));
  };
}
