// Profiles on disk: JSON, compressed where the name ends in `.gz`. Synchronous, since a profile is often saved while the
// process is about to end.
import { constants } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { RUNTIME_KEY } from '../runtime/contract.ts';
import { EverycallError } from './errors.ts';
import { jsonPieces, parseJson } from './exporters/json.ts';
import { Mismatch } from './exporters/shape.ts';
import { badOption } from './option-checks.ts';
import type { Profile } from './profile.ts';

/**
 * Writes the profile to the file, whole or not at all: a file that was there before stays until the new one is complete.
 *
 * @throws EverycallError `bad-file` if the profile is no valid one or the file cannot be written; `bad-option` for a path that
 * is none
 */
export function save(profile: Profile, path: string): void {
  checkPath('save()', path);
  asOwnWork(() => {
    const pieces = grouped(jsonPieces(profile));
    try {
      writeWhole(path, /\.gz$/i.test(path) ? compressed(pieces) : pieces);
    } catch (error) {
      throw error instanceof Mismatch ? badFile(`cannot save to ${path}`, error) : error;
    }
  });
}

/** Numbers would be open files, which are not ours. */
function checkPath(of: string, path: unknown): void {
  if (typeof path !== 'string' || path === '') throw badOption(of, 'the name of a file', path);
}

/** Where this thread is profiled, the built-in functions that `work` calls are not recorded as the program's. */
function asOwnWork<T>(work: () => T): T {
  const holder = globalThis as { [key: symbol]: { asOwnWork?<T>(work: () => T): T } | undefined };
  const runtime = holder[Symbol.for(RUNTIME_KEY)];
  return runtime?.asOwnWork === undefined ? work() : runtime.asOwnWork(work);
}

/** Bytes of a group: large enough that neither a write nor a compressed part costs much more than its content. */
const GROUP_BYTES = 1 << 20;

/** The pieces joined to groups of a size that is worth a write. */
function* grouped(pieces: Iterable<string>): Generator<string> {
  let group = '';
  for (const piece of pieces) {
    group += piece;
    if (group.length < GROUP_BYTES) continue;
    yield group;
    group = '';
  }
  if (group !== '') yield group;
}

/** More than this is no string any more. */
const LARGEST_TEXT = constants.MAX_STRING_LENGTH;

/** Each group as a member of its own: RFC 1952 lets a file be several in a row, and every reader takes them as one. */
function* compressed(groups: Iterable<string>): Generator<Uint8Array> {
  for (const group of groups) yield gzipSync(group, { level: GZIP_LEVEL });
}

/** Twice as fast as the default and a tenth larger. */
const GZIP_LEVEL = 3;

/**
 * Reads a profile that {@link save} wrote, checks all of it, and gives it frozen to the leaves.
 *
 * @throws EverycallError `bad-file` saying what was expected and what came
 */
export function load(path: string): Profile {
  checkPath('load()', path);
  return asOwnWork(() => loadText(path, parseJson));
}

/**
 * Reads a text file, compressed or not, and gives what `parse` makes of it.
 *
 * @throws EverycallError `bad-file` for what cannot be read, and in place of a {@link Mismatch} that `parse` throws
 */
export function loadText<T>(path: string, parse: (text: string) => T): T {
  try {
    const { size } = statSync(path);
    if (size > LARGEST_TEXT) throw new Mismatch(`a file of at most ${LARGEST_TEXT} bytes`, String(size));
    const bytes = readFileSync(path);
    // By content, not by name: files get renamed.
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return parse(utf8(isGzip ? gunzipped(bytes) : bytes));
  } catch (error) {
    throw badFile(`cannot load ${path}`, error);
  }
}

/**
 * Writes `data`, whole or in pieces, to a temporary file beside `path` and renames it. A link is followed, and what is no
 * regular file (a pipe, a terminal) is written to as it is.
 *
 * @throws EverycallError `bad-file` if that fails, and what the pieces throw; nothing is left behind then
 */
export function writeWhole(path: string, data: string | Uint8Array | Iterable<string | Uint8Array>): void {
  const pieces = typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
  let temporary: string | undefined;
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing !== undefined && !existing.isFile()) {
      writePieces(path, 'w', undefined, pieces);
      return;
    }
    const target = existing === undefined ? path : realpathSync(path);
    temporary = join(dirname(target), `.everycall-${randomBytes(6).toString('hex')}.tmp`);
    writePieces(temporary, 'wx', existing?.mode, pieces);
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    if (error instanceof Mismatch) throw error; // of the pieces, not of the file
    throw badFile(`cannot write ${path}`, error);
  }
}

function writePieces(
  path: string,
  flag: string,
  mode: number | undefined,
  pieces: Iterable<string | Uint8Array>,
): void {
  const fd = openSync(path, flag, mode);
  try {
    for (const piece of pieces) writeFileSync(fd, piece);
  } finally {
    closeSync(fd);
  }
}

function gunzipped(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_TEXT });
  } catch (error) {
    throw new Mismatch('gzip data', `something else or a part of it (${(error as Error).message})`);
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Mismatch('JSON as UTF-8 text', 'other bytes');
  }
}

function badFile(doing: string, cause: unknown): EverycallError {
  const reason =
    cause instanceof Mismatch
      ? `expected ${cause.path === '' ? '' : `${cause.path.slice(1)} to be `}${cause.expected}, got ${cause.got}`
      : (cause as Error).message;
  // One line, whatever the reason quotes.
  return new EverycallError('bad-file', `${doing}: ${reason.replace(/\s+/g, ' ')}`, { cause });
}
