// What one program has been given from the transform cache, in one file that is read at once: of hundreds of small modules,
// opening, reading and checking an entry each is most of what they cost. A file is found by its name and compared with the
// text it was made from, whole, so no digest has to be computed. Entries stay what counts: a pack can go at any time.
//
// A pack is appended to, a record at a time; of several for a file the last counts. Each has a checksum, which is asked when
// the record is used. The first record says which tools the others are made with.
import * as fs from 'node:fs';
import type { Compiled } from './cache.ts';
import type { ModuleFormat } from './formats.ts';

/** The folder in the cache's own. */
export const PACK_FOLDER = 'packs';

/** Larger files stay out: for them an entry of their own costs nothing that counts. In UTF-16 units. */
const MAX_TEXT = 1 << 18;
const MAX_PACK_BYTES = 48 << 20;

/** Words at the start of a record. Texts follow in the order of their lengths, the whole filled up to a word. */
const HEAD = { magic: 0, name: 1, source: 2, code: 3, flags: 4, sum: 5, words: 7 } as const;
const MAGIC = 0x31504345;
const FLAG = { moduleFormat: 1, wideName: 2, wideSource: 4, wideCode: 8 } as const;

export interface Packed {
  /** The entry that it was taken from. */
  readonly key: string;
  readonly compiled: Compiled;
}

export interface Pack {
  /** @param choice what the compiled code depends on besides the source: the file's name, and how it is compiled */
  find(choice: string, source: string): Packed | null;
  add(choice: string, source: string, packed: Packed): void;
}

/**
 * @param file where it lies; its directory is made when something is added
 * @param tools what every record depends on; a pack made with others is given up
 */
export function openPack(file: string, directory: string, tools: string): Pack {
  const records = new Map<string, number>();
  let bytes: Buffer = Buffer.alloc(0);
  let words: Int32Array = new Int32Array(0);
  let isOpen = false;

  function open(): void {
    isOpen = true;
    try {
      bytes = fs.readFileSync(file);
    } catch {
      return begin();
    }
    if (bytes.byteOffset % 4 !== 0) bytes = Buffer.copyBytesFrom(bytes);
    words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    if (!scan()) {
      records.clear();
      fs.rmSync(file, { force: true });
      begin();
    }
  }

  function begin(): void {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    append(recordOf(tools, '', '', 0));
  }

  /** False where it is to be given up: torn, made with other tools, or more than half of it out of date. */
  function scan(): boolean {
    let outdated = 0;
    let at = 0;
    for (; at < words.length; at += wordsOf(at)) {
      if (words[at + HEAD.magic] !== MAGIC) return false;
      const length = wordsOf(at);
      if (!(length >= HEAD.words && at + length <= words.length)) return false;
      const name = textOf(at, HEAD.name);
      if (at === 0 && (name !== tools || !isWhole(at))) return false;
      const choice = name.slice(KEY_CHARS);
      const earlier = records.get(choice);
      if (earlier !== undefined) outdated += wordsOf(earlier);
      if (at > 0) records.set(choice, at);
    }
    return at << 2 === bytes.length && outdated << 1 <= at && at > 0 && bytes.length <= MAX_PACK_BYTES;
  }

  const wordsOf = (at: number): number =>
    HEAD.words + ((words[at + HEAD.name] + words[at + HEAD.source] + words[at + HEAD.code] + 3) >> 2);

  function textOf(at: number, which: 1 | 2 | 3): string {
    let from = (at + HEAD.words) << 2;
    for (let i: number = HEAD.name; i < which; i++) from += words[at + i];
    const isWide = (words[at + HEAD.flags] & (1 << which)) !== 0;
    return bytes.toString(isWide ? 'utf16le' : 'latin1', from, from + words[at + which]);
  }

  function isWhole(at: number): boolean {
    const [first, second] = checksum(words, at, wordsOf(at));
    return words[at + HEAD.sum] === first && words[at + HEAD.sum + 1] === second;
  }

  function append(record: Buffer): void {
    fs.writeFileSync(file, record, { flag: 'a', mode: 0o600 });
  }

  return {
    find(choice, source) {
      try {
        if (!isOpen) open();
        const at = records.get(choice);
        if (at === undefined || textOf(at, HEAD.source) !== source || !isWhole(at)) return null;
        const format: ModuleFormat = (words[at + HEAD.flags] & FLAG.moduleFormat) !== 0 ? 'module' : 'commonjs';
        const key = textOf(at, HEAD.name).slice(0, KEY_CHARS);
        return { key, compiled: { code: textOf(at, HEAD.code), format } };
      } catch {
        return null;
      }
    },
    add(choice, source, { key, compiled }) {
      if (source.length + compiled.code.length > MAX_TEXT) return;
      try {
        if (!isOpen) open();
        append(recordOf(key + choice, source, compiled.code, compiled.format === 'module' ? FLAG.moduleFormat : 0));
      } catch {
        // found as an entry, as without it
      }
    },
  };
}

/** Of the key of an entry, which stands before the name. */
const KEY_CHARS = 64;

function recordOf(name: string, source: string, code: string, formatFlag: number): Buffer {
  const texts = [name, source, code];
  const isWide = texts.map((text) => /[^\0-\xff]/.test(text));
  const lengths = texts.map((text, i) => (isWide[i] ? 2 * text.length : text.length));
  const length = HEAD.words + ((lengths[0] + lengths[1] + lengths[2] + 3) >> 2);
  const words = new Int32Array(length);
  const bytes = Buffer.from(words.buffer);
  words[HEAD.magic] = MAGIC;
  words[HEAD.flags] = formatFlag;
  let at = HEAD.words << 2;
  for (let i = 0; i < 3; i++) {
    words[HEAD.name + i] = lengths[i];
    if (isWide[i]) words[HEAD.flags] |= FLAG.wideName << i;
    at += bytes.write(texts[i], at, isWide[i] ? 'utf16le' : 'latin1');
  }
  [words[HEAD.sum], words[HEAD.sum + 1]] = checksum(words, 0, length);
  return bytes;
}

/** Finds every change within one word for sure, others but for one in 2⁶⁴. Of all but itself. */
function checksum(words: Int32Array, from: number, count: number): [number, number] {
  let a = count;
  let b = ~count;
  for (let i = from, end = from + count; i < end; i++) {
    if (i === from + HEAD.sum) i += 2;
    if (i >= end) break;
    const word = words[i];
    a = Math.imul(a ^ word, 0x2c1b3c6d);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ word, 0x165667b1);
    b = (b << 17) | (b >>> 15);
  }
  return [a, b];
}

/** A name for the pack of a program: one that others share harms nothing, as records are compared whole. */
export function packName(...parts: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const unit of parts.join('\n')) hash = Math.imul(hash ^ unit.codePointAt(0)!, 0x01000193);
  return `${(hash >>> 0).toString(16).padStart(8, '0')}.pack`;
}
