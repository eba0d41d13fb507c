// The transform cache: compiled files on disk, so that the second run of a program need not load Babel at all.
// It may fail in any way (no room, no rights, foreign bytes, other processes writing): then there is no cache, never an error.
import { hash } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ModuleFormat } from './formats.ts';

export interface Compiled {
  readonly code: string;
  readonly format: ModuleFormat;
}

export interface TransformCache {
  read(key: string): Compiled | null;
  write(key: string, compiled: Compiled): void;
}

/** Entries are named by their key and hold `magic checksum format`, a newline, and the code. */
const MAGIC = 'everycall-cache/1';
const MAX_BYTES = 200 * 1024 * 1024;
/** What is kept when the cache had grown past its bound. */
const KEPT_BYTES = 150 * 1024 * 1024;
/** After so much written a process looks how large the cache has become, and at its first write. */
const BYTES_A_CHECK = MAX_BYTES / 32;
/** One read in so many looks whether the entry has to be kept young: each look costs as much as half a read. */
const READS_A_TOUCH = 8;
const DAY_MS = 24 * 60 * 60 * 1000;

const NO_CACHE: TransformCache = { read: () => null, write: () => undefined };

/** The name of an entry: everything that the compiled code depends on goes in. */
export function cacheKey(parts: readonly string[]): string {
  return hash('sha256', parts.map((part) => `${part.length}:${part}`).join(''), 'hex');
}

/**
 * @param setting `'off'`, a directory, or undefined for `node_modules/.cache/everycall` of the package around `cwd`, or else
 * a directory of this user under the system's temporary one
 */
export function openCache(setting: string | undefined, cwd: string, maxBytes = MAX_BYTES): TransformCache {
  if (setting === 'off') return NO_CACHE;
  // Found at the first use: a program that imports nothing to instrument leaves no directory behind.
  let directory: string | null | undefined;
  const bytesACheck = Math.min(BYTES_A_CHECK, maxBytes / 32);
  let unchecked = Infinity;
  const find = (): string | null =>
    (directory ??= setting ? usable(resolve(cwd, setting)) : (inPackage(cwd) ?? inTemporary()));
  return {
    read(key) {
      try {
        const place = find();
        return place === null ? null : readEntry(join(place, key));
      } catch {
        return null;
      }
    },
    write(key, compiled) {
      try {
        const place = find();
        if (place === null) return;
        unchecked += writeEntry(place, key, compiled);
        if (unchecked < bytesACheck) return;
        unchecked = 0;
        prune(place, maxBytes);
      } catch {
        // as if it had never been written
      }
    },
  };
}

function checksum(format: string, code: string): string {
  return hash('sha256', `${format}\n${code}`, 'hex');
}

function readEntry(file: string): Compiled | null {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const end = text.indexOf('\n');
  const [magic, sum, format] = text.slice(0, end).split(' ');
  const code = text.slice(end + 1);
  if (end < 0 || magic !== MAGIC || sum !== checksum(format, code)) return null;
  if (format !== 'module' && format !== 'commonjs') return null;
  if (Math.random() * READS_A_TOUCH < 1) touch(file);
  return { code, format };
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

/**
 * A reader sees the whole entry or none: written beside and renamed, whoever else writes the same key meanwhile.
 * Returns about how many bytes the cache has grown by.
 */
function writeEntry(directory: string, key: string, { code, format }: Compiled): number {
  const file = join(directory, key);
  const beside = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    fs.writeFileSync(beside, `${MAGIC} ${checksum(format, code)} ${format}\n${code}`, { mode: 0o600, flag: 'wx' });
    fs.renameSync(beside, file);
    return code.length;
  } catch {
    fs.rmSync(beside, { force: true });
    return 0;
  }
}

function prune(directory: string, maxBytes: number): void {
  const entries: { file: string; size: number; mtimeMs: number }[] = [];
  let bytes = 0;
  for (const name of fs.readdirSync(directory)) {
    if (!/^[0-9a-f]{64}(?:\.|$)/.test(name)) continue; // a directory given by the user may hold other things
    const file = join(directory, name);
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile()) continue; // others prune, too
    entries.push({ file, size: stat.size, mtimeMs: stat.mtimeMs });
    bytes += stat.size;
  }
  if (bytes <= maxBytes) return;
  entries.sort((a, b) => a.mtimeMs - b.mtimeMs);
  const kept = (KEPT_BYTES / MAX_BYTES) * maxBytes;
  for (const { file, size } of entries) {
    if (bytes <= kept) break;
    fs.rmSync(file, { force: true });
    bytes -= size;
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
  const uid = process.getuid?.();
  const directory = usable(join(tmpdir(), `everycall-cache-${uid ?? userInfo().username}`));
  if (directory === null) return null;
  const stat = fs.lstatSync(directory);
  if (!stat.isDirectory()) return null;
  if (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o077) !== 0)) return null;
  return directory;
}
