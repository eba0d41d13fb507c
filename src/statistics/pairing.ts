// Which functions of two profiles are the same, also where a source was edited between them.
import type { FunctionStats, Profile } from '../profile.ts';

/** A function before and after; `null` where it is not. */
export type Pair = readonly [before: FunctionStats | null, after: FunctionStats | null];

/**
 * Functions of one key are the same. Of those left over in files that were edited (or of which that is not known), functions of
 * one file and name are the same in their order, if they are equally many in both profiles.
 */
export function pairFunctions(before: Profile, after: Profile): Pair[] {
  const pairs: Pair[] = [];
  const byKey = new Map(after.functions.map((fn) => [fn.key, fn]));
  const leftBefore: FunctionStats[] = [];
  for (const fn of before.functions) {
    const same = byKey.get(fn.key);
    byKey.delete(fn.key);
    if (same === undefined) leftBefore.push(fn);
    else pairs.push([fn, same]);
  }
  const leftAfter = after.functions.filter(({ key }) => byKey.has(key));

  const unedited = uneditedFiles(before, after);
  const placesOf = (fn: FunctionStats) => `${fn.file}\n${fn.name}`;
  const candidates = grouped(leftAfter, placesOf);
  for (const [place, group] of grouped(leftBefore, placesOf)) {
    const others = candidates.get(place);
    if (others?.length !== group.length || unedited.has(group[0].file)) {
      pairs.push(...group.map((fn): Pair => [fn, null]));
      continue;
    }
    candidates.delete(place);
    pairs.push(...group.map((fn, i): Pair => [fn, others[i]]));
  }
  for (const group of candidates.values()) pairs.push(...group.map((fn): Pair => [null, fn]));
  return pairs;
}

/** Groups in the order of their first function, each in the order of the source. */
function grouped(functions: readonly FunctionStats[], groupOf: (fn: FunctionStats) => string) {
  const groups = new Map<string, FunctionStats[]>();
  for (const fn of functions.toSorted((a, b) => a.line - b.line || a.column - b.column)) {
    const group = groups.get(groupOf(fn));
    if (group === undefined) groups.set(groupOf(fn), [fn]);
    else group.push(fn);
  }
  return groups;
}

/** Files of the same content in both profiles: nothing in them can have moved. */
function uneditedFiles(before: Profile, after: Profile): ReadonlySet<string> {
  const hashes = ({ sources }: Profile) => {
    const byFile = new Map<string, Set<string>>();
    for (const { file, hash } of sources) byFile.set(file, (byFile.get(file) ?? new Set()).add(hash));
    return byFile;
  };
  const now = hashes(after);
  return new Set(
    [...hashes(before)].flatMap(([file, then]) => {
      const others = now.get(file);
      return others?.size === then.size && [...then].every((hash) => others.has(hash)) ? [file] : [];
    }),
  );
}
