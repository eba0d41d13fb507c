// A growing table of rows, found by two key words, in one thread's slab: the edges and the call tree are both one.
//
// Linear hashing (Litwin 1980) with its directory cut into segments of doubling size (Larson 1988): an insertion splits
// at most one bucket, so there is no pause for rehashing, and memory follows the rows. Rows keep their address for ever.
//
//   TABLE header ── segments[0] ─► 64 buckets      key words of a row: 0 and 1; chain: word 3
//                   segments[1] ─► 64 buckets
//                   segments[2] ─► 128 buckets …   firstChunk ─► [next capacity used | rows…] ─► …
//
// Written by the owner only. A reader walks the chunks up to `used`, which is published after the row is complete.
//
// Memory that was overwritten must cost figures, not time: a chunk lies behind the one before it, since memory is handed
// out upwards, and no chain is followed for ever.
import { type Arena, allocate } from './arena.ts';
import { CHUNK, TABLE, TABLE_SEGMENTS } from './layout.ts';
import { Atomics, fillWithZeros, imul, Math } from './primordials.ts';

const FIRST_BUCKETS = 64;
const KEY_A = 0;
const KEY_B = 1;
const NEXT = 3;
/** Rows of the first chunk; later ones double up to the largest. */
const FIRST_CHUNK_ROWS = 32;
const LARGEST_CHUNK_ROWS = 1024;
/** So long are only chains of a table that could not get more buckets for very many rows, or that was overwritten. */
const LONGEST_CHAIN = 4096;

/**
 * Makes the header ready, with a first chunk and buckets, so that a slab that is used again needs no more than before.
 * The words at `table` are zero.
 */
export function initTable(arena: Arena, table: number, rowWords: number, maxRows: number): void {
  const { I } = arena;
  I[table + TABLE.rowWords] = rowWords;
  I[table + TABLE.maxRows] = maxRows;
  addSegment(arena, table, 0);
  nextChunk(arena, table, 0, rowWords);
}

function hash(a: number, b: number): number {
  const h = imul(a, 0x9e3779b1) ^ imul(b, 0x85ebca6b);
  return h ^ (h >>> 15);
}

/** Address of the word that heads the bucket; 0 if its segment does not exist. */
function bucketAt(I: Int32Array, table: number, bucket: number): number {
  const segment = bucket < FIRST_BUCKETS ? 0 : 26 - Math.clz32(bucket); // 64..127 → 1, 128..255 → 2, …
  const address = I[table + TABLE.segments + segment];
  return address === 0 ? 0 : address + (segment === 0 ? bucket : bucket - (FIRST_BUCKETS << (segment - 1)));
}

function bucketOf(I: Int32Array, table: number, h: number): number {
  const size = FIRST_BUCKETS << I[table + TABLE.level];
  const wide = h & (size * 2 - 1);
  return wide < size + I[table + TABLE.split] ? wide : h & (size - 1);
}

/** The row of (a, b), which is made if need be; 0 when there is no room for it. */
export function rowOf(arena: Arena, table: number, a: number, b: number): number {
  const { I } = arena;
  const h = hash(a, b);
  let head = bucketAt(I, table, bucketOf(I, table, h));
  if (head === 0) {
    if (!addSegment(arena, table, 0)) return 0;
    head = bucketAt(I, table, bucketOf(I, table, h));
  }
  let steps = 0;
  for (let row = I[head]; row > 0; row = I[row + NEXT]) {
    if (I[row + KEY_A] === a && I[row + KEY_B] === b) return row;
    if (++steps > LONGEST_CHAIN) return 0;
  }
  const row = newRow(arena, table, a, b);
  if (row === 0) return 0;
  I[row + NEXT] = I[head];
  I[head] = row;
  if (I[table + TABLE.count] > (FIRST_BUCKETS << I[table + TABLE.level]) + I[table + TABLE.split]) {
    splitBucket(arena, table);
  }
  return row;
}

function newRow(arena: Arena, table: number, a: number, b: number): number {
  const { I } = arena;
  if (I[table + TABLE.count] >= I[table + TABLE.maxRows]) return 0;
  const rowWords = I[table + TABLE.rowWords];
  let chunk = I[table + TABLE.chunk];
  if (chunk === 0 || I[chunk + CHUNK.used] === I[chunk + CHUNK.capacity]) {
    chunk = nextChunk(arena, table, chunk, rowWords);
    if (chunk === 0) return 0;
  }
  const used = I[chunk + CHUNK.used];
  const row = rowsOf(chunk, rowWords) + used * rowWords;
  I[row + KEY_A] = a;
  I[row + KEY_B] = b;
  I[table + TABLE.count]++;
  Atomics.store(I, chunk + CHUNK.used, used + 1); // publishes the row
  return row;
}

/** Rows of a cache line or more start on one. */
function rowsOf(chunk: number, rowWords: number): number {
  return chunk + (rowWords >= 16 ? 16 : CHUNK.words);
}

function nextChunk(arena: Arena, table: number, last: number, rowWords: number): number {
  const { I } = arena;
  const kept = last === 0 ? I[table + TABLE.firstChunk] : I[last + CHUNK.next]; // left by resetTable
  if (kept !== 0) {
    I[table + TABLE.chunk] = kept;
    return kept;
  }
  const rows = last === 0 ? FIRST_CHUNK_ROWS : Math.min(I[last + CHUNK.capacity] * 2, LARGEST_CHUNK_ROWS);
  const chunk = allocate(arena, rowsOf(0, rowWords) + rows * rowWords);
  if (chunk === 0) return 0;
  I[chunk + CHUNK.capacity] = rows;
  Atomics.store(I, last === 0 ? table + TABLE.firstChunk : last + CHUNK.next, chunk);
  I[table + TABLE.chunk] = chunk;
  return chunk;
}

function addSegment(arena: Arena, table: number, segment: number): boolean {
  const { I } = arena;
  if (segment >= TABLE_SEGMENTS) return false;
  if (I[table + TABLE.segments + segment] !== 0) return true; // left by resetTable
  const address = allocate(arena, segment === 0 ? FIRST_BUCKETS : FIRST_BUCKETS << (segment - 1));
  I[table + TABLE.segments + segment] = address;
  return address !== 0;
}

/** Moves to the new last bucket what now belongs there. Without room for it chains grow instead. */
function splitBucket(arena: Arena, table: number): void {
  const { I } = arena;
  const level = I[table + TABLE.level];
  const size = FIRST_BUCKETS << level;
  const from = I[table + TABLE.split];
  if (from === 0 && !addSegment(arena, table, level + 1)) return;
  const source = bucketAt(I, table, from);
  const target = bucketAt(I, table, from + size);
  let row = I[source];
  I[source] = 0;
  // No calls from here on: where the program's stack ends, rows taken off their chain would be lost.
  for (let steps = 0; row > 0 && steps <= LONGEST_CHAIN; steps++) {
    const next = I[row + NEXT];
    const h = imul(I[row + KEY_A], 0x9e3779b1) ^ imul(I[row + KEY_B], 0x85ebca6b); // `hash`
    const wide = (h ^ (h >>> 15)) & (size * 2 - 1);
    const head = wide === from ? source : target;
    I[row + NEXT] = I[head];
    I[head] = row;
    row = next;
  }
  if (from + 1 < size) I[table + TABLE.split] = from + 1;
  else {
    I[table + TABLE.split] = 0;
    I[table + TABLE.level] = level + 1;
  }
}

/** 0 where there is none that can be one. */
function firstChunkOf(I: Int32Array, table: number): number {
  const chunk = I[table + TABLE.firstChunk];
  return chunk > 0 && chunk < I.length - CHUNK.words ? chunk : 0;
}

/** 0 behind the last one. */
function chunkAfter(I: Int32Array, chunk: number): number {
  const next = I[chunk + CHUNK.next];
  return next > chunk && next < I.length - CHUNK.words ? next : 0;
}

/** The chunks in the order they were made: the address of the first row, and how many rows there are. */
export function* chunksOfTable(
  { I }: Arena,
  table: number,
  rowWords: number,
): Generator<{ readonly first: number; readonly used: number }> {
  for (let chunk = firstChunkOf(I, table); chunk > 0; chunk = chunkAfter(I, chunk)) {
    const used = Math.min(Atomics.load(I, chunk + CHUNK.used), LARGEST_CHUNK_ROWS);
    if (used > 0) yield { first: rowsOf(chunk, rowWords), used };
  }
}

/** Addresses of all rows, in the order they were made. */
export function* rowsOfTable(arena: Arena, table: number): Generator<number> {
  const rowWords = arena.I[table + TABLE.rowWords];
  for (const { first, used } of chunksOfTable(arena, table, rowWords)) {
    for (let i = 0; i < used; i++) yield first + i * rowWords;
  }
}

/** Forgets all rows and keeps the memory for new ones. */
export function resetTable({ I }: Arena, table: number): void {
  const rowWords = I[table + TABLE.rowWords];
  for (let chunk = firstChunkOf(I, table); chunk > 0; chunk = chunkAfter(I, chunk)) {
    const used = Math.min(I[chunk + CHUNK.used], LARGEST_CHUNK_ROWS);
    Atomics.store(I, chunk + CHUNK.used, 0); // first: a reader must not take zeroed rows for rows
    const first = rowsOf(chunk, rowWords);
    fillWithZeros(I, first, first + used * rowWords);
  }
  for (let segment = 0; segment < TABLE_SEGMENTS; segment++) {
    const address = I[table + TABLE.segments + segment];
    if (address === 0) break;
    fillWithZeros(I, address, address + (segment === 0 ? FIRST_BUCKETS : FIRST_BUCKETS << (segment - 1)));
  }
  I[table + TABLE.count] = 0;
  I[table + TABLE.chunk] = 0;
  I[table + TABLE.level] = 0;
  I[table + TABLE.split] = 0;
}
