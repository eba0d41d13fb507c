// Where in its caller a function is called, by name: what a site table's `calls` say (contract.ts draws their form). A
// guess where several functions have one name, and free at run time. Pure; imports nothing.

/** What is asked of a function: its name in the site table, its place in the source. */
export interface CallSide {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly file: string;
}

const MODULE = '<module>';
const MODIFIERS = /^(?:static )?(?:[gs]et )?/;

/** The lines of a site's calls, from 1, by the name that is called; `line` is the site's own. */
export function readCalls(calls: string, line: number): Map<string, number> {
  const lines = new Map<string, number>();
  if (calls === '') return lines;
  for (const word of calls.split(' ')) {
    if (/^-?\d/.test(word)) line += Number(word);
    else if (!lines.has(word)) lines.set(word, line);
  }
  return lines;
}

/** The opposite: `lines` in any order. */
export function writeCalls(lines: ReadonlyMap<string, number>, line: number): string {
  const words: string[] = [];
  let at = line;
  for (const [name, where] of [...lines].sort(([, a], [, b]) => a - b)) {
    if (where !== at) words.push(String(where - at));
    words.push(name);
    at = where;
  }
  return words.join(' ');
}

/**
 * The line of `caller` on which `callee` is called first, from 1: where its name stands; else, if it is defined inside the
 * caller, where that is; else the caller's own line.
 */
export function callLine(calls: string, callee: CallSide, caller: CallSide): number {
  return callLineIn(readCalls(calls, caller.line), calledAs(callee.name), callee, caller);
}

/** The same from the caller's `readCalls` and the callee's `calledAs`, for who asks about many callees of a caller. */
export function callLineIn(
  lines: ReadonlyMap<string, number>,
  called: string,
  callee: CallSide,
  caller: CallSide,
): number {
  const found = lines.get(called);
  if (found !== undefined) return found;
  return callee.file === caller.file && isInside(pathOf(callee.name), pathOf(caller.name)) ? callee.line : caller.line;
}

function pathOf(name: string): string {
  return name.replace(MODIFIERS, '');
}

/** How a call names a function: the last part of its path; a constructor's is its class's. */
export function calledAs(name: string): string {
  const path = pathOf(name).replace(/\.constructor$/, '');
  const last = Math.max(path.lastIndexOf('.') + 1, path.lastIndexOf('#'));
  return path.slice(last);
}

function isInside(path: string, outer: string): boolean {
  if (outer === MODULE) return !/[.#[]/.test(path);
  return path.startsWith(outer) && /^[.#[]/.test(path.slice(outer.length));
}
