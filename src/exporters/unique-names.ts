// Names by which a foreign format tells things apart. Most formats know a function by its name alone or by name and file,
// and would add up two that we keep apart; here the ones that need it, and only those, get their place into the name.
import type { FunctionStats } from '../profile.ts';
import { printable } from './text-width.ts';

/** The texts; those that occur more than once with what `more` adds, and numbered where that is not enough. */
export function distinct(texts: readonly string[], more: (index: number) => string): string[] {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  const taken = new Set([...times].filter(([, n]) => n === 1).map(([text]) => text));
  return texts.map((text, i) => {
    if (times.get(text) === 1) return text;
    const longer = text + more(i);
    let name = longer;
    for (let n = 2; taken.has(name); n++) name = `${longer} #${n}`;
    taken.add(name);
    return name;
  });
}

/**
 * A name for each function, by its index: printable, on one line, not empty, and no two alike of those whose `scope` is
 * the same. `place` is added where it is needed to tell two apart.
 */
export function uniqueNames(
  functions: readonly FunctionStats[],
  scope: (fn: FunctionStats) => string,
  place: (fn: FunctionStats) => string,
): string[] {
  const scopes = new Map<string, number[]>();
  functions.forEach((fn, i) => {
    const members = scopes.get(scope(fn));
    if (members === undefined) scopes.set(scope(fn), [i]);
    else members.push(i);
  });
  const names: string[] = functions.map(() => '');
  for (const members of scopes.values()) {
    const plain = members.map((i) => printable(functions[i].name).trim() || '(anonymous)');
    distinct(plain, (k) => place(functions[members[k]])).forEach((name, k) => (names[members[k]] = name));
  }
  return names;
}
