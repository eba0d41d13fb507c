// A profile without folders: for comparing runs from different places, and for showing it to others.
import type { FunctionStats, Profile } from '../profile.ts';
import { Assembly } from './assembly.ts';
import { baseName } from './source-path.ts';

/**
 * The profile with only the last part of each path. Functions that are then the same (equal file name, line, column and
 * name) are joined: their counts and times add up, also where one was called by the other, so that such totals may count
 * time twice.
 */
export function stripDirs(profile: Profile): Profile {
  const strip = <T extends { readonly file: string }>(thing: T): T => ({ ...thing, file: baseName(thing.file) });
  const assembly = new Assembly();
  const ids = profile.functions.map((fn: FunctionStats) => assembly.function(strip(fn)));
  profile.functions.forEach(({ parts }, fn) => {
    for (const part of parts) assembly.addToFunction(ids[fn], part);
  });
  for (const { caller, callee, line, parts } of profile.edges) {
    for (const part of parts) assembly.addToEdge(ids[caller], ids[callee], line, part);
  }
  const nodes: number[] = [];
  for (const { parent, fn, parts } of profile.stacks) {
    const node = assembly.stack(parent === -1 ? -1 : nodes[parent], ids[fn]);
    nodes.push(node);
    for (const part of parts) assembly.addToStack(node, part);
  }
  return {
    ...profile,
    ...assembly.finish(),
    sources: [
      ...new Map(profile.sources.map(strip).map((source) => [`${source.file}\n${source.hash}`, source])).values(),
    ],
    notInstrumented: profile.notInstrumented.map(strip),
  };
}
