// The folder that a run is recorded to: one that the user names and keeps, or a temporary one that goes with the report.
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EverycallError } from '../errors.ts';
import { messageOf } from '../output.ts';

export interface OpenRecording {
  readonly directory: string;
  /** Removes the folder if it is a temporary one. */
  close(): void;
}

/**
 * @param kept the folder to keep; made if need be
 * @throws EverycallError `bad-file` if it cannot be made or is not empty
 */
export function openRecording(kept: string | undefined): OpenRecording {
  if (kept === undefined) {
    const directory = made(tmpdir(), () => realpathSync(mkdtempSync(join(tmpdir(), 'everycall-')))); // for this user only
    return { directory, close: () => rmSync(directory, { recursive: true, force: true }) };
  }
  const directory = resolve(kept);
  const others = made(kept, () => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return readdirSync(directory);
  });
  // What is there already would be added to the report.
  if (others.length > 0)
    throw new EverycallError('bad-file', `--record expects an empty folder, got ${kept} with ${others[0]}`);
  return { directory, close: () => undefined };
}

function made<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new EverycallError('bad-file', `cannot record to ${where}: ${messageOf(error)}`, { cause: error });
  }
}
