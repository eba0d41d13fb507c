// The other side of the monitor: finds the processes that can be attached to, asks them, and subscribes to their frames.
// For the command line and for tests; knows nothing of terminals.
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { EverycallError } from '../errors.ts';
import { isAlive } from '../recording/alive.ts';
import { directories, removeStale, type SocketOfProcess, socketsOfUser } from './directory.ts';
import type { Frame, MonitorFailure, MonitorStatus } from './frame.ts';

/** A monitor: its private socket, or its address and the token. */
export type Target =
  { readonly path: string } | { readonly host: string; readonly port: number; readonly token: string };

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** What an answer may take. Snapshots of large programs take seconds. */
const ANSWER_MS = 30_000;
/** A monitor that says nothing for so long is not there. */
const STATUS_MS = 2000;
/** How often a monitor that is busy is asked again. */
const MOST_ATTEMPTS = 5;

/**
 * Asks a monitor; waits and asks again while it says that it is busy.
 *
 * @param body of a POST; without one it is a GET
 * @throws EverycallError `unavailable` where there is no answer, or it is no success: with the monitor's message
 */
export async function ask(target: Target, path: string, body?: object, patienceMs = ANSWER_MS): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const response = await send(target, path, body, patienceMs);
    const answer = await read(response, patienceMs);
    if (answer.status === 200) return answer;
    if (answer.status !== 429 || attempt === MOST_ATTEMPTS) throw failureOf(answer);
    const seconds = Number(response.headers['retry-after'] ?? 1);
    await new Promise((settle) => setTimeout(settle, seconds * 1000));
  }
}

/** The same for a route that answers with JSON. */
export async function askJson<T>(target: Target, path: string, body?: object, patienceMs?: number): Promise<T> {
  return JSON.parse((await ask(target, path, body, patienceMs)).body.toString('utf8')) as T;
}

function send(target: Target, path: string, body: object | undefined, patienceMs: number): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((settle, reject) => {
    const request = httpRequest({
      ...('path' in target ? { socketPath: target.path } : { host: target.host, port: target.port }),
      path,
      method: text === undefined ? 'GET' : 'POST',
      agent: false,
      headers: {
        ...('path' in target ? { Host: 'localhost' } : { Authorization: `Bearer ${target.token}` }),
        ...(text !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
      },
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer in ${patienceMs / 1000} s`)), patienceMs);
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(new EverycallError('unavailable', `cannot reach the monitor: ${error.message}`, { cause: error }));
    });
    request.on('response', (response) => {
      clearTimeout(timer);
      settle(response);
    });
    request.end(text);
  });
}

async function read(response: IncomingMessage, patienceMs: number): Promise<Answer> {
  const pieces: Buffer[] = [];
  const timer = setTimeout(() => response.destroy(new Error(`no whole answer in ${patienceMs / 1000} s`)), patienceMs);
  try {
    for await (const piece of response as AsyncIterable<Buffer>) pieces.push(piece);
  } catch (error) {
    throw new EverycallError('unavailable', `cannot reach the monitor: ${(error as Error).message}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  const { statusCode = 0, headers } = response;
  return { status: statusCode, type: headers['content-type'] ?? '', body: Buffer.concat(pieces) };
}

function failureOf({ status, body }: Answer): EverycallError {
  let message = `answer ${status}`;
  try {
    ({ message } = (JSON.parse(body.toString('utf8')) as MonitorFailure).error);
  } catch {
    // something else listens there
  }
  return new EverycallError('unavailable', `the monitor refused: ${message.replace(/\s+/g, ' ')}`);
}

export interface EventsOptions {
  /** Frames a second, 0.1 to 20. Default 4. */
  readonly hz?: number;
  /** Functions of a frame at most. Default: all. */
  readonly limit?: number;
  /** The one whose functions and tags are sent, by its `LiveThread.id`. Default: all. */
  readonly thread?: number;
  /** Whether frames have nodes of the call tree. Default false. */
  readonly stacks?: boolean;
}

/**
 * Subscribes. `onFrame` gets each frame, and in the end one that is `gone`: the process's own, or the last one again where
 * the connection ended without.
 *
 * @returns ends the subscription; no frame comes after that
 * @throws EverycallError `unavailable`
 */
export async function subscribe(
  target: Target,
  onFrame: (frame: Frame) => void,
  { hz = 4, limit, thread, stacks = false }: EventsOptions = {},
): Promise<() => void> {
  const optional = Object.entries({ limit, thread, stacks: stacks ? 1 : undefined }).filter(
    ([, value]) => value !== undefined,
  );
  const path = `/v1/events?hz=${hz}${optional.map(([name, value]) => `&${name}=${value}`).join('')}`;
  const response = await send(target, path, undefined, ANSWER_MS);
  if (response.statusCode !== 200) throw failureOf(await read(response, ANSWER_MS));
  let isOver = false;
  let last: Frame | undefined;
  let text = '';
  const take = (frame: Frame): void => {
    if (isOver) return;
    isOver = frame.gone === true;
    last = frame;
    onFrame(frame);
  };
  response.setEncoding('utf8');
  response.on('data', (piece: string) => {
    const events = (text + piece).split('\n\n');
    text = events.pop()!;
    for (const event of events) if (event.startsWith('data: ')) take(JSON.parse(event.slice(6)) as Frame);
  });
  response.on('error', () => {}); // the close that follows is what counts
  response.on('close', () => {
    if (last !== undefined)
      take({ ...last, seq: last.seq + 1, isFull: false, functions: [], named: [], tags: [], blocks: [], gone: true });
  });
  return () => {
    isOver = true;
    response.destroy();
  };
}

// ── which processes ────────────────────────────────────────────────────────────────────────────────────────────────

/** A process of this user that has a monitor. */
export interface Attachable extends SocketOfProcess {
  /** `null` if it did not answer in time. */
  readonly status: MonitorStatus | null;
}

/** A socket may be there for a moment before anybody listens. */
const YOUNG_MS = 10_000;

/** All attachable processes of this user, the newest first. Removes the sockets of those that have ended. */
export async function attachable(places: readonly string[] = directories()): Promise<Attachable[]> {
  const found = await Promise.all(socketsOfUser(places).map(look));
  return found.filter((process) => process !== null);
}

async function look(socket: SocketOfProcess): Promise<Attachable | null> {
  try {
    const status = await askJson<MonitorStatus>(socket, '/v1/status', undefined, STATUS_MS);
    return { ...socket, status };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code !== 'ECONNREFUSED') return { ...socket, status: null };
    // Nobody listens there. The pid may be that of another process by now, or of one in another container.
    if (!isAlive(socket.pid, undefined) || Date.now() - socket.startedAtMs > YOUNG_MS) removeStale(socket);
    return null;
  }
}

/**
 * The process to attach to.
 *
 * @param pid `undefined` for the only one that there is
 * @throws EverycallError `unavailable`, in one line that says which there are
 */
export async function findProcess(
  pid: number | undefined,
  places: readonly string[] = directories(),
): Promise<SocketOfProcess> {
  if (pid !== undefined) {
    const socket = socketsOfUser(places).find((candidate) => candidate.pid === pid);
    if (socket !== undefined && (await look(socket)) !== null) return socket;
  }
  const all = await attachable(places);
  if (pid === undefined && all.length === 1) return all[0];
  const wanted = pid === undefined ? 'a PID' : `process ${pid}`;
  if (all.length === 0) {
    throw new EverycallError(
      'unavailable',
      `cannot attach to ${wanted}: no process has a monitor; start one with --monitor`,
    );
  }
  const known = all.map((each) => each.pid).join(', ');
  throw new EverycallError(
    'unavailable',
    `expected the PID of a process with a monitor (${known}), got ${pid ?? 'none'}`,
  );
}
