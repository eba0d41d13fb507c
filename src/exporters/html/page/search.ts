// Which functions a search means: those whose name and file hold all its words, in any case. No DOM.
import type { FunctionIdentity } from '../../../profile.ts';

export interface SearchIndex {
  /** 1 for each function that matches; `null` when nothing is looked for. */
  find(query: string): Uint8Array | null;
}

export function searchIndex(functions: readonly FunctionIdentity[]): SearchIndex {
  let texts: string[] | undefined;
  return {
    find(query) {
      const words = query.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length === 0) return null;
      texts ??= functions.map(({ name, file, line }) => `${name}\n${file}:${line}`.toLowerCase());
      return Uint8Array.from(texts, (text) => (words.every((word) => text.includes(word)) ? 1 : 0));
    },
  };
}
