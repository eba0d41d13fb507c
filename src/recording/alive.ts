// Whether a process is still there. A pid alone does not tell: the system gives it out again, and keeps it for a process
// that has ended until its parent asks.
import { readFileSync } from 'node:fs';

/**
 * When the system started the process, in units of its own: with the pid that is one process and no other. `null` if there
 * is none or it has ended; `undefined` where the system does not tell.
 */
export function systemStart(pid: number): string | null | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    // `4711 (name of any kind) S …`: the state is field 3, the start field 22.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19];
  } catch {
    return null;
  }
}

/** @param start what {@link systemStart} gave of it while it was alive, in JSON */
export function isAlive(pid: number, start: string | undefined): boolean {
  const now = systemStart(pid);
  if (now !== undefined) return now !== null && (start === undefined || now === start);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
