// Where the sockets of attachable processes lie: a directory that only this user can look into. Who can reach a socket in it
// may do with the process what its user may.
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { EverycallError } from '../errors.ts';

/** Overrides all places that are looked at, for containers that share one and for tests. */
const VARIABLE = 'EVERYCALL_MONITOR_DIR';
/** What the system keeps of the path of a socket, without the closing 0. */
const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;
const PIPES = '\\\\.\\pipe\\';

/** A process that can be attached to, or could: it may have ended. */
export interface SocketOfProcess {
  readonly pid: number;
  /** Milliseconds since the epoch; tells it from another process that was given the same pid. */
  readonly startedAtMs: number;
  /** What to connect to. */
  readonly path: string;
}

/** The places to look at, the best first. A program and who attaches to it need not have the same environment. */
export function directories(env: NodeJS.ProcessEnv = process.env): string[] {
  const own = env[VARIABLE];
  if (own !== undefined && own !== '') return [own];
  const uid = process.getuid?.() ?? userInfo().username;
  const places: string[] = [];
  const runtime = env['XDG_RUNTIME_DIR'];
  if (runtime !== undefined && isAbsolute(runtime)) places.push(join(runtime, 'everycall'));
  if (process.platform === 'linux') places.push(`/run/user/${uid}/everycall`);
  places.push(join(tmpdir(), `everycall-${uid}`));
  if (process.platform !== 'win32') places.push(`/tmp/everycall-${uid}`);
  return [...new Set(places)];
}

/** `4711-m3k2x9.sock`, the start in base 36. */
function nameOf(pid: number, startedAtMs: number): string {
  return `${pid}-${Math.round(startedAtMs).toString(36)}.sock`;
}

function parseName(name: string): { readonly pid: number; readonly startedAtMs: number } | null {
  const [, pid, start] = /^(?:everycall-)?(\d+)-([0-9a-z]+)\.sock$/.exec(name) ?? [];
  return pid === undefined ? null : { pid: Number(pid), startedAtMs: parseInt(start, 36) };
}

/**
 * Where this process is to listen; the directory is there when this returns.
 *
 * @throws EverycallError `unavailable` where there is no directory that only this user can look into
 */
export function socketPath(pid: number, startedAtMs: number, places: readonly string[] = directories()): string {
  const name = nameOf(pid, startedAtMs);
  if (process.platform === 'win32') return `${PIPES}everycall-${name}`;
  const problems: string[] = [];
  for (const place of places) {
    const path = join(place, name);
    if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH) {
      problems.push(`${place}: expected a shorter path`);
      continue;
    }
    try {
      mkdirSync(place, { mode: 0o700 });
      chmodSync(place, 0o700); // whatever the umask
    } catch {
      // it is there, or cannot be: the next line says which
    }
    const problem = problemOf(place);
    if (problem === null) return path;
    problems.push(`${place}: ${problem}`);
  }
  throw new EverycallError('unavailable', `no private directory for the monitor's socket; ${problems.join('; ')}`);
}

/** Why the directory is not one that only this user can look into; `null` if it is. */
export function problemOf(place: string): string | null {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return 'expected a directory, got none';
  if (stat.isSymbolicLink()) return 'expected a directory, got a link';
  if (!stat.isDirectory()) return 'expected a directory, got something else';
  if (stat.uid !== process.getuid?.()) return `expected a directory of this user, got one of user ${stat.uid}`;
  const mode = stat.mode & 0o777;
  return mode === 0o700 ? null : `expected mode 700, got ${mode.toString(8)}`;
}

/** All sockets of this user, the newest process first. What lies in a directory that others can write to is not looked at. */
export function socketsOfUser(places: readonly string[] = directories()): SocketOfProcess[] {
  const found: SocketOfProcess[] = [];
  for (const place of process.platform === 'win32' ? [PIPES] : places) {
    if (process.platform !== 'win32' && problemOf(place) !== null) continue;
    for (const name of namesIn(place)) {
      const parsed = parseName(name);
      if (parsed !== null)
        found.push({ ...parsed, path: process.platform === 'win32' ? PIPES + name : join(place, name) });
    }
  }
  return found.sort((a, b) => b.startedAtMs - a.startedAtMs);
}

function namesIn(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}

/** Of a process that has ended without removing it. */
export function removeStale({ path }: SocketOfProcess): void {
  if (process.platform !== 'win32') rmSync(path, { force: true });
}
