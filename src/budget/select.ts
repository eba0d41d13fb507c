// Finds the functions that a rule names. Works on text alone, the same on every system.
import picomatch from 'picomatch';
import type { FunctionStats } from '../profile.ts';
import { pathOf } from '../statistics/source-path.ts';
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
  const isInFile = file === undefined ? () => true : fileMatcher(all(file));
  return functions.filter((fn) => all(names).some((name) => matchesName(name, fn)) && isInFile(fn.file));
}

/** Rows that are no functions of the program: a `*` does not mean them. */
export function isOfProgram({ kind }: FunctionStats): boolean {
  return kind !== 'root' && kind !== 'overflow' && kind !== 'gc';
}

function matchesName(pattern: string, fn: FunctionStats): boolean {
  return fn.name === pattern || (pattern.includes('*') && isOfProgram(fn) && matchesWildcard(pattern, fn.name));
}

/** `*` stands for any text. Takes each piece as far to the left as it goes, so it never goes back. */
function matchesWildcard(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  const first = pieces[0];
  const last = pieces[pieces.length - 1];
  const end = name.length - last.length;
  if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}

function fileMatcher(globs: readonly string[]): (file: string) => boolean {
  const anywhere = globs.flatMap((glob) => {
    const from = glob.replace(/^\.\//, '');
    return isAbsolute(from) ? [from] : [from, `**/${from}`];
  });
  // `windows` is about the machine this runs on, not the one the profile was taken on: paths have forward slashes here.
  const matches = picomatch(anywhere, { dot: true, windows: false, nonegate: true, noextglob: true });
  const known = new Map<string, boolean>();
  return (file) => {
    let isMatch = known.get(file);
    if (isMatch === undefined) {
      isMatch = file !== '' && matches(pathOf(file));
      known.set(file, isMatch);
    }
    return isMatch;
  };
}

function isAbsolute(path: string): boolean {
  return /^(\/|[a-z]:|[a-z][a-z\d+.-]*:)/i.test(path);
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
