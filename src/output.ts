// Writing to a terminal, pipe or file descriptor as the last thing a process does: all of it, synchronously, and without
// an error when nobody reads any more.
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { WriteStream } from 'node:tty';

/** A reader that takes nothing for so long will not take it later: better lose the rest than hang at the exit. */
const GIVE_UP_AFTER_MS = 10_000;
const RETRY_AFTER_MS = 2;
/** Where the output is not a terminal there is no width to fit; this one suits logs and issue texts. */
const PIPE_WIDTH = 120;

/** Returns false if the reader went away or stopped reading. Throws what else goes wrong. */
export function writeFully(fd: number, data: string | Uint8Array): boolean {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let written = 0;
  let waitedMs = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
      waitedMs = 0;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return false;
      if (code !== 'EAGAIN') throw error;
      if (waitedMs >= GIVE_UP_AFTER_MS) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_AFTER_MS);
      waitedMs += RETRY_AFTER_MS;
    }
  }
  return true;
}

/** Whether somebody reads what is written there as it comes. */
export function isTerminal(fd: number): boolean {
  return isatty(fd);
}

/** One line to stderr, marked as ours. */
export function complain(message: string): void {
  try {
    writeFully(2, `everycall: ${message}\n`);
  } catch {
    // stderr is closed: there is nowhere to say so
  }
}

export interface Page {
  /** In columns. */
  readonly width: number;
  readonly color: boolean;
}

/** How wide the output may be and whether it may have colours; `fd` 1 or 2. */
export function pageOf(fd: number, env: NodeJS.ProcessEnv = process.env): Page {
  const terminal = isatty(fd);
  const columns = terminal ? (fd === 1 ? process.stdout : (process.stderr as WriteStream)).columns : undefined;
  const wished = Number(env['COLUMNS']);
  const width = columns || (Number.isInteger(wished) && wished > 0 ? wished : PIPE_WIDTH);
  return { width, color: terminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb' };
}

/** The message of whatever was thrown, in one line. */
export function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | null)?.message ?? error).split('\n')[0];
}
