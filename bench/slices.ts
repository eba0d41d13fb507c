// CPU time of a request, more closely than processes that take turns for seconds can tell: the servers of all variants are up
// at once, and some hundred requests to one are followed by as many to the next, in a random order, so that whatever the
// machine does meanwhile is the same for all. Linux tells the CPU time of another process's threads in ns.
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Bench } from './measure.ts';
import type { Program } from './programs.ts';
import type { Row, Slice } from './results.ts';
import { CONNECTIONS, PATH, startServer } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';

const REQUESTS = 1000;
const WARM_UP = 20_000;
/** For each second that a process of the bench is timed. */
const SLICES_A_SECOND = 150;

/** Rows for what is instrumented by us; other tools say little in so short spans. */
export async function measureSlices(bench: Bench, program: Program): Promise<Row<Slice>[]> {
  const variants = bench.variantsFor(program).filter(({ foreign }) => foreign === undefined);
  const rows = variants.map(({ name }) => ({ variant: name, reason: null as string | null, rounds: [] as Slice[] }));
  if (process.platform !== 'linux') return rows.map((row) => ({ ...row, reason: 'measured on Linux only' }));
  const servers = new Map<(typeof rows)[number], ServerProcess>();
  const leave = (row: (typeof rows)[number], error: unknown) => {
    row.reason = (error as Error).message;
    row.rounds = [];
    servers.get(row)?.child.kill('SIGKILL');
    servers.delete(row);
    bench.fail(`${program.name}, slices, ${row.variant}: ${row.reason}`);
  };
  try {
    for (const [i, row] of rows.entries()) {
      bench.progress(`${program.name}, slices: ${row.variant}`);
      try {
        const server = await startServer(bench, program, variants[i]);
        servers.set(row, server);
        await request(server.port, WARM_UP);
      } catch (error) {
        leave(row, error);
      }
    }
    for (let slice = 0; slice < bench.seconds * SLICES_A_SECOND; slice++) {
      for (const [row, { child, port }] of shuffled([...servers])) {
        try {
          const before = cpuNsOf(child.pid!);
          await request(port, REQUESTS);
          const after = cpuNsOf(child.pid!);
          const aRequest = (key: keyof typeof before) => (after[key] - before[key]) / 1e3 / REQUESTS;
          row.rounds.push({ mainUs: aRequest('main'), processUs: aRequest('all') });
        } catch (error) {
          leave(row, error);
        }
      }
    }
    return rows;
  } finally {
    for (const { child } of servers.values()) child.kill('SIGKILL');
  }
}

/** CPU time so far of the process's first thread and of all threads that are alive. */
function cpuNsOf(pid: number): { main: number; all: number } {
  const read = (path: string) => Number(readFileSync(`/proc/${pid}/${path}schedstat`, 'latin1').split(' ', 1)[0]);
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => read(`task/${thread}/`));
  return { main: read(''), all: threads.reduce((sum, ns) => sum + ns, 0) };
}

function shuffled<T>(values: readonly T[]): T[] {
  const ordered = values.map((value) => [Math.random(), value] as const);
  return ordered.sort(([a], [b]) => a - b).map(([, value]) => value);
}

const REQUEST = `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const LONGEST_MS = 60_000;

/**
 * So many answers over connections of their own, which a server would close if they lay idle until its next turn, each with
 * one request at a time.
 *
 * @throws Error for an answer that is not 200, a lost connection, and where answers do not come
 */
async function request(port: number, count: number): Promise<void> {
  let [unsent, unanswered] = [count, count];
  const sockets: Socket[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${unanswered} answers are missing`)), LONGEST_MS);
      const isDone = () => unanswered === 0 && (clearTimeout(timer), resolve(), true);
      for (let i = 0; i < CONNECTIONS; i++) sockets.push(connection(port, next, reject));

      /** Whether there is one more to send; `answered`: after an answer. */
      function next(answered: boolean): boolean {
        if (answered) unanswered--;
        return !isDone() && unsent > 0 && unsent-- > 0;
      }
    });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function connection(port: number, next: (answered: boolean) => boolean, fail: (error: Error) => void): Socket {
  const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
  const send = (answered: boolean) => void (next(answered) && socket.write(REQUEST));
  let received = '';
  socket.on('connect', () => send(false));
  socket.on('error', fail);
  socket.on('data', (text: string) => {
    received += text;
    const body = received.indexOf('\r\n\r\n') + 4;
    const [, length] = /^content-length: (\d+)/im.exec(received.slice(0, body)) ?? [];
    if (!received.startsWith('HTTP/1.1 200')) fail(new Error(`expected HTTP/1.1 200, got ${received.slice(0, 40)}`));
    if (body < 4 || length === undefined || received.length < body + Number(length)) return;
    received = '';
    send(true);
  });
  return socket;
}
