// Profiles on disk: JSON, compressed where the name ends in `.gz`. Synchronous, since a profile is often saved while the
// process is about to end.
import { randomBytes } from 'node:crypto';
import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { EverycallError } from './errors.ts';
import { parseJson, renderJson } from './exporters/json.ts';
import { Mismatch } from './exporters/shape.ts';
import type { Profile } from './profile.ts';

/**
 * Writes the profile to the file, whole or not at all: a file that was there before stays until the new one is complete.
 *
 * @throws EverycallError `bad-file` if the profile is no valid one or the file cannot be written
 */
export function save(profile: Profile, path: string): void {
  let json: string;
  try {
    json = renderJson(profile);
  } catch (error) {
    throw badFile(`cannot save to ${path}`, error);
  }
  writeWhole(path, /\.gz$/i.test(path) ? gzipSync(json) : json);
}

/**
 * Reads a profile that {@link save} wrote, checks all of it, and gives it frozen to the leaves.
 *
 * @throws EverycallError `bad-file` saying what was expected and what came
 */
export function load(path: string): Profile {
  try {
    const bytes = readFileSync(path);
    // By content, not by name: files get renamed.
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return parseJson(utf8(isGzip ? gunzipped(bytes) : bytes));
  } catch (error) {
    throw badFile(`cannot load ${path}`, error);
  }
}

/**
 * Writes `data` to a temporary file beside `path` and renames it. A link is followed, and what is no regular file (a pipe,
 * a terminal) is written to as it is.
 *
 * @throws EverycallError `bad-file` if that fails; nothing is left behind then
 */
export function writeWhole(path: string, data: string | Uint8Array): void {
  let temporary: string | undefined;
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing !== undefined && !existing.isFile()) {
      writeFileSync(path, data);
      return;
    }
    const target = existing === undefined ? path : realpathSync(path);
    temporary = join(dirname(target), `.everycall-${randomBytes(6).toString('hex')}.tmp`);
    writeFileSync(temporary, data, { flag: 'wx', mode: existing?.mode });
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    throw badFile(`cannot write ${path}`, error);
  }
}

function gunzipped(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes);
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
