// The site registry: every file's site table, written once by whichever thread loads it first, so that ids are equal in
// all threads. Append only. A record is complete before its bucket points to it, so readers need no lock.
import { type Arena, allocate, encodeText, locked, readText, writeBytes } from './arena.ts';
import { CONTROL, FILE, FILE_BUCKETS, FILE_TABLE } from './layout.ts';
import { Atomics, imul } from './primordials.ts';

/** Taken at load: neither what the program puts in their place nor what records its calls of them is to be called here. */
const { parse, stringify } = JSON;

/** A registered file; `address` is that of its record. */
export interface RegisteredFile {
  readonly address: number;
  readonly firstSite: number;
  readonly siteCount: number;
  readonly file: string;
  readonly hash: string;
  /** A SiteTable as JSON. */
  readonly table: string;
}

/** FNV-1a over UTF-16 units: spreads file names well enough and needs no node module. */
function keyHashOf(file: string, hash: string, count: number): number {
  let h = 0x811c9dc5 ^ count;
  const key = `${hash}\n${file}`;
  for (let i = 0; i < key.length; i++) h = imul(h ^ key.charCodeAt(i), 0x01000193);
  return h | 0;
}

function find(arena: Arena, keyHash: number, file: string, hash: string, count: number): number {
  const { I } = arena;
  let address = Atomics.load(I, FILE_TABLE + (keyHash & (FILE_BUCKETS - 1)));
  for (; address > 0; address = recordBefore(I, address, FILE.next)) {
    if (I[address + FILE.keyHash] !== keyHash || I[address + FILE.siteCount] !== count) continue;
    const record = readFile(arena, address);
    if (record?.file === file && record.hash === hash) return address;
  }
  return 0;
}

/** Memory is handed out upwards, so what does not lie below has been overwritten; 0 then, and before the first. */
function recordBefore(I: Int32Array, address: number, column: number): number {
  const next = I[address + column];
  return next > 0 && next < address ? next : 0;
}

/** The address of the file's record, which is made if need be; 0 when there is no room for it. */
export function registerFile(
  arena: Arena,
  owner: number,
  file: string,
  hash: string,
  count: number,
  table: string,
): number {
  const keyHash = keyHashOf(file, hash, count);
  const known = find(arena, keyHash, file, hash, count);
  if (known !== 0) return known;
  const text = stringify([file, hash, table]);
  const bytes = encodeText(text);
  return locked(arena, owner, () => {
    const { I } = arena;
    const again = find(arena, keyHash, file, hash, count);
    if (again !== 0) return again;
    const firstSite = I[CONTROL.siteCount];
    if (firstSite + count > I[CONTROL.maxSites]) return 0;
    const address = allocate(arena, FILE.words + ((bytes.length + 3) >> 2));
    if (address === 0) return 0;
    const bucket = FILE_TABLE + (keyHash & (FILE_BUCKETS - 1));
    I[address + FILE.next] = I[bucket];
    I[address + FILE.older] = I[CONTROL.files];
    I[address + FILE.firstSite] = firstSite;
    I[address + FILE.siteCount] = count;
    I[address + FILE.bytes] = bytes.length;
    I[address + FILE.keyHash] = keyHash;
    I[address + FILE.index] = I[CONTROL.fileCount]++;
    writeBytes(arena, address + FILE.words, bytes);
    I[CONTROL.siteCount] = firstSite + count;
    Atomics.store(I, bucket, address); // last: publishes the record to lock-free readers
    Atomics.store(I, CONTROL.files, address);
    return address;
  });
}

/** `null` for a record that has been overwritten. */
function readFile(arena: Arena, address: number): RegisteredFile | null {
  const { I } = arena;
  const firstSite = I[address + FILE.firstSite];
  const siteCount = I[address + FILE.siteCount];
  if (!(firstSite >= 0 && siteCount >= 0 && firstSite + siteCount <= I[CONTROL.siteCount])) return null;
  try {
    const [file, hash, table] = parse(readText(arena, address + FILE.words, I[address + FILE.bytes])) as string[];
    return { address, firstSite, siteCount, file, hash, table };
  } catch {
    return null;
  }
}

/** All files, newest first, up to the one whose record is at `until`. */
export function* registeredFiles(arena: Arena, until = 0): Generator<RegisteredFile> {
  let address = Atomics.load(arena.I, CONTROL.files);
  for (; address > 0 && address !== until; address = recordBefore(arena.I, address, FILE.older)) {
    const file = readFile(arena, address);
    if (file !== null) yield file;
  }
}
