// Small numbers for functions, the same from one reading to the next, and what each stands for. Follows the registry, of
// which it reads only what is new.
import type { Arena } from '../../runtime/arena.ts';
import { SITE_KINDS } from '../../runtime/contract.ts';
import { GC_SITE, OVERFLOW_SITE, ROOT_SITE } from '../../runtime/layout.ts';
import { type RegisteredFile, registeredFiles } from '../../runtime/registry.ts';
import type { FunctionIdentity } from '../profile.ts';
import { tableOf } from '../snapshot/sites.ts';
import { keyOf } from '../statistics/assembly.ts';
import type { LiveName } from './frame.ts';

/** Ids of the functions that have no site. */
export const ROOT_ID = 0;
export const OVERFLOW_ID = 1;
export const GC_ID = 2;

export class FunctionIds {
  readonly names: LiveName[] = [];
  readonly #idOfKey = new Map<string, number>();
  readonly #idOfSite: number[] = [];
  #newest = 0;

  constructor() {
    for (const [name, kind] of [
      ['(event loop)', 'root'],
      ['(overflow)', 'overflow'],
      ['(garbage collection)', 'gc'],
    ] as const) {
      this.#name({ name, file: '', line: 0, column: 0, kind });
    }
  }

  /** Takes in the files that were registered since the last time. */
  follow(arena: Arena): void {
    const fresh = [...registeredFiles(arena, this.#newest)];
    if (fresh.length > 0) this.#newest = fresh[0].address;
    for (const file of fresh.reverse()) this.#addFile(file);
  }

  #addFile({ firstSite, siteCount, file, table }: RegisteredFile): void {
    const { sites, files } = tableOf(table);
    for (let i = 0; i < siteCount; i++) {
      const [name, kind, line, column, source] = sites[i] ?? [`<site ${firstSite + i}>`, 1, 0, 0];
      const original = files?.[source ?? -1] ?? file;
      this.#idOfSite[firstSite + i] = this.#name({
        name,
        file: original,
        line,
        column,
        kind: SITE_KINDS[kind] ?? 'function',
      });
    }
  }

  /** Two sites with one key, from two versions of a file, are one function. */
  #name(identity: FunctionIdentity): number {
    const key = keyOf(identity);
    let id = this.#idOfKey.get(key);
    if (id === undefined) {
      id = this.names.length;
      this.#idOfKey.set(key, id);
      this.names.push({ id, key, ...identity });
    }
    return id;
  }

  /** -1 for a site whose file was not there yet when `follow` looked. */
  of(site: number): number {
    if (site >= 0) return this.#idOfSite[site] ?? -1;
    return site === ROOT_SITE ? ROOT_ID : site === GC_SITE ? GC_ID : site === OVERFLOW_SITE ? OVERFLOW_ID : -1;
  }
}
