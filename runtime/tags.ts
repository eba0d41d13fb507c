// The names of tags in the arena, equal in all threads. A tag's id is its place in the chain of records; the records are
// kept by a clear and used again, so that clearing often needs no more memory than clearing once.
import { type Arena, allocate, encodeText, locked, readText, writeBytes } from './arena.ts';
import { CONTROL, FIRST_TAG, NO_TAG, OTHER_TAG, TAG, TAG_BYTES, TAG_WORDS } from './layout.ts';
import { Atomics } from './primordials.ts';

/** What tags beyond `maxTags` are called together. */
export const OTHER_NAME = '(other)';

/** Id and record of the tags in use, in the order of their ids. */
function* tagRecords({ I }: Arena): Generator<readonly [id: number, record: number]> {
  const count = Atomics.load(I, CONTROL.tagCount);
  let record = I[CONTROL.tags];
  for (let i = 0; i < count && record !== 0; i++, record = I[record + TAG.next]) yield [FIRST_TAG + i, record];
}

/** Names by id. */
export function tagNames(arena: Arena): Map<number, string> {
  const names = new Map([[OTHER_TAG, OTHER_NAME]]);
  for (const [id, record] of tagRecords(arena)) {
    names.set(id, readText(arena, record + TAG.words, arena.I[record + TAG.bytes]));
  }
  return names;
}

/** The id of a tag that is in use; NO_TAG if it is not. Names are compared as far as they are kept, TAG_BYTES. */
export function findTag(arena: Arena, name: string): number {
  if (name === OTHER_NAME) return OTHER_TAG;
  const bytes = encodeText(name, TAG_BYTES);
  for (const [id, record] of tagRecords(arena)) if (isNamed(arena, record, bytes)) return id;
  return NO_TAG;
}

function isNamed({ I }: Arena, record: number, bytes: Uint8Array): boolean {
  if (I[record + TAG.bytes] !== bytes.length) return false;
  const kept = new Uint8Array(I.buffer, (record + TAG.words) * 4, bytes.length);
  return kept.every((byte, i) => byte === bytes[i]);
}

/** The tag's id, which is given now if there is one left; otherwise OTHER_TAG. */
export function tagIdOf(arena: Arena, owner: number, name: string): number {
  const { I } = arena;
  return locked(arena, owner, () => {
    const known = findTag(arena, name);
    if (known !== NO_TAG) return known;
    const count = I[CONTROL.tagCount];
    if (count >= I[CONTROL.maxTags]) return OTHER_TAG;
    let link = CONTROL.tags;
    for (const [, record] of tagRecords(arena)) link = record + TAG.next;
    const record = I[link] || allocate(arena, TAG_WORDS);
    if (record === 0) return OTHER_TAG;
    const bytes = encodeText(name, TAG_BYTES);
    I[link] = record;
    writeBytes(arena, record + TAG.words, bytes);
    I[record + TAG.bytes] = bytes.length;
    I[record + TAG.clearedAt] = 0;
    Atomics.store(I, CONTROL.tagCount, count + 1); // last: publishes the record
    return FIRST_TAG + count;
  });
}

/** Notes that the tag's figures are to be forgotten. The caller holds the lock and tells the threads. */
export function markTagCleared(arena: Arena, id: number): void {
  const { I } = arena;
  const serial = Atomics.add(I, CONTROL.tagClears, 1) + 1;
  if (id === OTHER_TAG) I[CONTROL.otherTagClearedAt] = serial;
  for (const [each, record] of tagRecords(arena)) if (each === id) I[record + TAG.clearedAt] = serial;
}

/** The tags that were cleared since `tagClears` had that value. */
export function tagsClearedSince(arena: Arena, serial: number): Set<number> {
  const { I } = arena;
  const ids = new Set<number>();
  if (I[CONTROL.tagClears] === serial) return ids;
  const isSince = (clearedAt: number) => clearedAt !== 0 && ((clearedAt - serial) | 0) > 0; // the serial wraps around
  if (isSince(I[CONTROL.otherTagClearedAt])) ids.add(OTHER_TAG);
  for (const [id, record] of tagRecords(arena)) if (isSince(I[record + TAG.clearedAt])) ids.add(id);
  return ids;
}
