// Finds the functions that a rule names. A pattern means the same as in a selection.
import type { FunctionStats } from '../profile.ts';
import { fileTest, nameTest } from '../statistics/filter.ts';
import type { FilePattern, NamePattern, Selector } from './budget.ts';

export interface NamedFiles {
  readonly function: NamePattern;
  readonly file?: FilePattern;
}

/** A selector in its long form. */
export function longForm(selector: Selector): NamedFiles {
  return isPattern(selector) ? { function: selector } : selector;
}

function isPattern(selector: Selector): selector is NamePattern {
  return typeof selector === 'string' || Array.isArray(selector);
}

/** `parse (src/parser.ts)` */
export function selectorText(selector: Selector): string {
  const { function: name, file } = longForm(selector);
  return listed(name) + (file === undefined ? '' : ` (${listed(file)})`);
}

function listed(patterns: string | readonly string[]): string {
  return all(patterns).join(' or ');
}

function all(patterns: string | readonly string[]): readonly string[] {
  return typeof patterns === 'string' ? [patterns] : patterns;
}

/** The functions that the selector names, in the order of the profile. */
export function functionsNamed(functions: readonly FunctionStats[], selector: Selector): FunctionStats[] {
  const { function: names, file } = longForm(selector);
  const isInFile = file === undefined ? () => true : fileTest(all(file));
  const isNamed = nameTests(all(names));
  return functions.filter((fn) => isNamed(fn) && isInFile(fn.file));
}

/** Rows that are no functions of the program: a `*` does not mean them. */
export function isOfProgram({ kind }: FunctionStats): boolean {
  return kind !== 'root' && kind !== 'overflow' && kind !== 'gc';
}

function nameTests(patterns: readonly string[]): (fn: FunctionStats) => boolean {
  const tests = patterns.map((pattern) => ({ pattern, matches: nameTest(pattern) }));
  return (fn) => tests.some(({ pattern, matches }) => fn.name === pattern || (isOfProgram(fn) && matches(fn.name)));
}

const MOST_SUGGESTED = 3;

/** Names in the profile that may have been meant by one that matches nothing: by another case, or with what it lies in. */
export function similarNames(functions: readonly FunctionStats[], selector: Selector): string[] {
  const wanted = all(longForm(selector).function).map(lastPart);
  const found = functions.filter((fn) => isOfProgram(fn) && wanted.includes(lastPart(fn.name))).map(({ name }) => name);
  return [...new Set(found)].sort().slice(0, MOST_SUGGESTED);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}
