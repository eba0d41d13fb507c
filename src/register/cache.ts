// The transform cache: compiled files on disk, so that the second run of a program need not load Babel at all.
// It may fail in any way (no room, no rights, foreign bytes, other processes writing): then there is no cache, never an error.
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CODE_FOLDER } from './code-cache.ts';
import type { ModuleFormat } from './formats.ts';
import { inlineUrl, withMap } from './map-comment.ts';
import { openPack, PACK_FOLDER } from './pack.ts';
import type { Pack } from './pack.ts';

/** What is run; its last line names its source map. */
export interface Compiled {
  readonly code: string;
  readonly format: ModuleFormat;
}

/** As it comes from the compiler: the map apart, as JSON. */
export interface Fresh extends Compiled {
  readonly map: string;
}

export interface TransformCache {
  /** Where V8's code of what is run is kept; `null` where nothing can be. Finds the cache's place. */
  codeDirectory(): string | null;
  /** What one program was given, under a name of its own; `null` where nothing can be kept. See pack.ts. */
  pack(name: string, tools: string): Pack | null;
  read(key: string): Compiled | null;
  /** Says that the entry is in use, whose copy in a pack has been found. */
  keep(key: string): void;
  /** Gives what to run: its map lies in the cache, or in the code where it could not be written. */
  write(key: string, fresh: Fresh): Compiled;
}

/**
 * Entries are named by their key and hold the magic number and a checksum, on a line of its own the format, and the code.
 * Maps lie beside them: they are larger than the code, and V8 would read over them at each start, while they are seldom
 * asked for.
 */
const MAGIC = 'everycall-cache/3 ';
const CHECKSUM_CHARS = 64;
const HEAD_BYTES = MAGIC.length + CHECKSUM_CHARS + 1;
const MAP = '.map';
const MAX_BYTES = 200 * 1024 * 1024;
/** What is kept when the cache had grown past its bound. */
const KEPT_BYTES = 150 * 1024 * 1024;
/** After so much written a process looks how large the cache has become, and at its first write. */
const BYTES_A_CHECK = MAX_BYTES / 32;
/** One read in so many looks whether the entry has to be kept young: each look costs as much as half a read. */
const READS_A_TOUCH = 8;
/** One process in so many looks how large the cache is without having written to it. */
const STARTS_A_CHECK = 32;
const DAY_MS = 24 * 60 * 60 * 1000;

const withInlineMap = ({ code, format, map }: Fresh): Compiled => ({ code: withMap(code, inlineUrl(map)), format });
/** Loaded where it is needed: a start with everything at hand does without, as `node:crypto` takes 10 ms to load. */
const sha256 = (data: string | Buffer): string =>
  process.getBuiltinModule('node:crypto').hash('sha256', data as string, 'hex');
const NO_CACHE: TransformCache = {
  codeDirectory: () => null,
  pack: () => null,
  read: () => null,
  keep: () => {},
  write: (_, fresh) => withInlineMap(fresh),
};

/** The name of an entry: everything that the compiled code depends on goes in. */
export function cacheKey(parts: readonly string[]): string {
  return sha256(parts.map((part) => `${part.length}:${part}`).join(''));
}

/**
 * @param setting `'off'`, a directory, or undefined for `node_modules/.cache/everycall` of the package around `cwd`, or else
 * a directory of this user under the system's temporary one
 */
export function openCache(setting: string | undefined, cwd: string, maxBytes = MAX_BYTES): TransformCache {
  if (setting === 'off') return NO_CACHE;
  // Found at the first use: a program that imports nothing to instrument leaves no directory behind.
  let found: Place | null | undefined;
  const bytesACheck = Math.min(BYTES_A_CHECK, maxBytes / 32);
  let unchecked = Infinity;
  const find = (): Place | null =>
    (found ??= placeOf(setting ? usable(resolve(cwd, setting)) : (inPackage(cwd) ?? inTemporary())));
  return {
    codeDirectory() {
      try {
        const place = find();
        if (place === null) return null;
        // What V8 keeps is written by Node, which keeps no bound: so it is looked after at times.
        if (Math.random() * STARTS_A_CHECK < 1) prune(place.directory, maxBytes);
        return join(place.directory, CODE_FOLDER);
      } catch {
        return null;
      }
    },
    pack(name, tools) {
      try {
        const place = find();
        return place === null ? null : packIn(place, name, tools);
      } catch {
        return null;
      }
    },
    keep(key) {
      if (found && Math.random() * READS_A_TOUCH < 1) touch(join(found.directory, key));
    },
    read(key) {
      try {
        const place = find();
        return place === null ? null : readEntry(place, key);
      } catch {
        return null;
      }
    },
    write(key, fresh) {
      try {
        const place = find();
        const compiled = place === null ? null : writeEntry(place, key, fresh);
        if (compiled === null) return withInlineMap(fresh);
        unchecked += fresh.code.length + fresh.map.length;
        if (unchecked >= bytesACheck) {
          unchecked = 0;
          prune(place!.directory, maxBytes);
        }
        return compiled;
      } catch {
        return withInlineMap(fresh);
      }
    },
  };
}

interface Place {
  readonly directory: string;
  /** Path of a URL, with `/` at its end. Node looks for a file where a map's URL has no scheme. */
  readonly urlPath: string;
}

function placeOf(directory: string | null): Place | null {
  return directory === null ? null : { directory, urlPath: `${pathToFileURL(directory).pathname}/` };
}

function packIn({ directory, urlPath }: Place, name: string, tools: string): Pack {
  const folder = join(directory, PACK_FOLDER);
  touch(join(folder, name));
  const { find, add } = openPack(join(folder, name), folder, tools);
  return {
    find,
    add(choice, source, packed) {
      // With its map in it, the code is not what lies in the cache: nothing could be written there.
      if (packed.compiled.code.endsWith(withMap('', urlPath + packed.key + MAP))) add(choice, source, packed);
    },
  };
}

/** The checksum is of bytes, as they lie on the disk: large files are neither copied nor encoded for it. */
function readEntry({ directory, urlPath }: Place, key: string): Compiled | null {
  const file = join(directory, key);
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch {
    return null;
  }
  const body = bytes.subarray(HEAD_BYTES);
  if (bytes.toString('latin1', 0, HEAD_BYTES) !== head(body)) return null;
  const end = body.indexOf('\n');
  const format = body.toString('latin1', 0, end);
  if (format !== 'module' && format !== 'commonjs') return null;
  if (Math.random() * READS_A_TOUCH < 1) touch(file);
  return { code: withMap(body.toString('utf8', end + 1), urlPath + key + MAP), format };
}

function head(body: Buffer): string {
  return `${MAGIC}${sha256(body)}\n`;
}

/** Keeps what is in use young, as the oldest entries go first; once a day is often enough. */
function touch(file: string): void {
  try {
    const now = Date.now();
    if (now - fs.statSync(file).mtimeMs > DAY_MS) fs.utimesSync(file, now / 1000, now / 1000);
  } catch {
    // a cache that can only be read is still a cache
  }
}

/** Gives what to run; `null` if it could not be written. The map comes first: code that is found shall have one. */
function writeEntry({ directory, urlPath }: Place, key: string, { code, format, map }: Fresh): Compiled | null {
  const file = join(directory, key);
  if (!writeFile(file + MAP, [map])) return null;
  const body = Buffer.from(`${format}\n${code}`);
  if (!writeFile(file, [head(body), body])) {
    fs.rmSync(file + MAP, { force: true });
    return null;
  }
  return { code: withMap(code, urlPath + key + MAP), format };
}

/** A reader sees the whole file or none: written beside and renamed, whoever else writes the same one meanwhile. */
function writeFile(file: string, pieces: readonly (string | Buffer)[]): boolean {
  const beside = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    const fd = fs.openSync(beside, 'wx', 0o600);
    try {
      for (const piece of pieces) fs.writeFileSync(fd, piece);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(beside, file);
    return true;
  } catch {
    fs.rmSync(beside, { force: true });
    return false;
  }
}

/** An entry, with its map and what is left of attempts to write them. */
interface Entry {
  readonly files: string[];
  bytes: number;
  mtimeMs: number;
}

function prune(directory: string, maxBytes: number): void {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  for (const [file, key] of ownFiles(directory)) {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) continue; // others prune, too
    const entry = entries.get(key) ?? { files: [], bytes: 0, mtimeMs: 0 };
    entry.files.push(file);
    entry.bytes += stat.size;
    entry.mtimeMs = Math.max(entry.mtimeMs, stat.mtimeMs);
    entries.set(key, entry);
    bytes += stat.size;
  }
  if (bytes <= maxBytes) return;
  const kept = (KEPT_BYTES / MAX_BYTES) * maxBytes;
  for (const entry of [...entries.values()].sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (bytes <= kept) break;
    for (const file of entry.files) fs.rmSync(file, { force: true });
    bytes -= entry.bytes;
  }
}

/** With what belongs together under one key. A directory given by the user may hold other things. */
function* ownFiles(directory: string): Generator<[file: string, key: string]> {
  for (const name of fs.readdirSync(directory)) {
    const key = /^[0-9a-f]{64}(?=\.|$)/.exec(name)?.[0];
    if (key !== undefined) yield [join(directory, name), key];
  }
  for (const name of readable(join(directory, PACK_FOLDER))) {
    const file = join(directory, PACK_FOLDER, name);
    if (/^[0-9a-f]{8}\.pack$/.test(name)) yield [file, file];
  }
  const code = join(directory, CODE_FOLDER);
  for (const version of readable(code)) {
    for (const name of readable(join(code, version))) {
      const file = join(code, version, name);
      if (/^[0-9a-f]+(?=\.|$)/.test(name)) yield [file, file];
    }
  }
}

function readable(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

function usable(directory: string): string | null {
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    fs.accessSync(directory, fs.constants.R_OK | fs.constants.W_OK);
    return directory;
  } catch {
    return null;
  }
}

/** Only where packages are installed already: a project that has no node_modules shall not get one from a profiler. */
function inPackage(cwd: string): string | null {
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    if (fs.existsSync(join(directory, 'package.json'))) {
      const modules = join(directory, 'node_modules');
      return fs.existsSync(modules) ? usable(join(modules, '.cache', 'everycall')) : null;
    }
    if (dirname(directory) === directory) return null;
  }
}

/** Code is run from here, so a directory that somebody else prepared under this guessable name is not touched. */
function inTemporary(): string | null {
  const { tmpdir, userInfo } = process.getBuiltinModule('node:os');
  const uid = process.getuid?.();
  const directory = usable(join(tmpdir(), `everycall-cache-${uid ?? userInfo().username}`));
  if (directory === null) return null;
  const stat = fs.lstatSync(directory);
  if (!stat.isDirectory()) return null;
  if (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o077) !== 0)) return null;
  return directory;
}
