// The monitor's thread: listens at the private socket, and for HTTP where that is asked for. It has no runtime and claims no
// slab: it views the arena and is no thread of the profile. While no client is there it has no timer and does nothing.
import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { threadId } from 'node:worker_threads';
import { viewArena } from '../../runtime/arena.ts';
import { systemClock } from '../../runtime/clock.ts';
import { isRunning } from '../../runtime/control.ts';
import { CONTROL } from '../../runtime/layout.ts';
import { complain, isTerminal, messageOf } from '../output.ts';
import type { ArenaReader } from '../snapshot/snapshot.ts';
import type { MonitorContext } from './context.ts';
import { Events } from './events.ts';
import { Live } from './live.ts';
import { type MonitorHttpOptions, isLoopback } from './options.ts';
import type { PushOptions } from '../push/options.ts';
import { startPushing } from '../push/pusher.ts';
import { createPace } from './pace.ts';
import { renderedPprof } from './pprof-routes.ts';
import { createMonitorServer } from './server.ts';
import { beginSpan } from './span.ts';
import { type MonitorData, type MonitorMessage, WORDS } from './start-monitor.ts';

/** Opens what `data` asks for. Gives what takes the messages of the thread that started this one. */
export function runMonitor(data: MonitorData): (message: MonitorMessage) => void {
  // Whatever a client makes fail, the others are still served, and the program never hears of it.
  process.on('uncaughtException', () => {});
  process.argv = [...data.argv];
  const context = createContext(data);
  const servers: Server[] = [];
  if (data.socketPath !== null) listenAtSocket(data.socketPath);
  if (data.http !== null) listenAtPort(data.http);
  if (data.push !== null) push(data.push);

  function listenAtSocket(path: string): void {
    const server = createMonitorServer(context, { token: null, hosts: [], isRemote: false }, countClients);
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return complain(`no monitor: ${messageOf(error)}`);
      // Another thread of this process has a monitor, or had one and was terminated.
      const probe = connect(path);
      probe.on('connect', () => probe.destroy());
      probe.on('error', () => {
        rmSync(path, { force: true });
        server.listen(path);
      });
    });
    server.on('listening', () => {
      if (process.platform !== 'win32') chmodSync(path, 0o600);
      Atomics.store(data.words, WORDS.hasSocket, 1);
    });
    server.listen(path);
    servers.push(server);
  }

  function listenAtPort({ port = 0, host = '127.0.0.1', token = newToken(), hosts = [] }: MonitorHttpOptions): void {
    const door = { token, hosts: hosts.map((name) => name.toLowerCase()), isRemote: !isLoopback(host) };
    const server = createMonitorServer(context, door, countClients);
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || port === 0) return complain(`no monitor at ${host}: ${messageOf(error)}`);
      complain(`port ${port} is taken; the monitor of process ${process.pid} takes another one`);
      port = 0;
      server.listen({ port, host });
    });
    server.on('listening', () => {
      const address = server.address() as { port: number };
      context.http = { host, port: address.port, token };
      const place = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}/`;
      // A terminal is read by who started the program; what is no terminal may be kept, so the token is not in it.
      complain(`monitor of process ${process.pid} at ${isTerminal(2) ? `${place}#token=${token}` : place}`);
    });
    server.listen({ port, host });
    servers.push(server);
  }

  function push(options: PushOptions): void {
    context.push = startPushing(options, {
      begin: () => beginSpan(context),
      render: (profile) => renderedPprof(profile, context.reader.clock.cpuName === null ? 'wall' : 'cpu'),
      argv: context.argv,
      complain,
    }).queue;
  }

  function countClients(change: 1 | -1): void {
    Atomics.add(data.words, WORDS.clients, change);
  }

  return (message) => {
    if (message === 'end') {
      context.events.end(() => {
        Atomics.store(data.words, WORDS.told, 1);
        Atomics.notify(data.words, WORDS.told);
      });
    } else if (message !== 'open') {
      if (message.http !== null) listenAtPort(message.http);
      if (message.push !== null) push(message.push);
    }
  };
}

function createContext({ arena: buffer, argv }: MonitorData): MonitorContext {
  const arena = viewArena(buffer);
  const clock = systemClock(arena.F[CONTROL.originNs]);
  const reader: ArenaReader = {
    arena,
    clock,
    slab: 0,
    isRunning: () => isRunning(arena),
    endTerminated: () => {}, // the threads that started them do it
  };
  const { cpuNs, cpuName } = clock;
  const hasCpu = cpuName !== null && cpuNs !== null;
  // Where there is no such clock, what the event loop did not wait is the nearest.
  const cpuMs = hasCpu ? () => cpuNs() / 1e6 : () => performance.eventLoopUtilization().active;
  const pace = createPace(cpuMs);
  const live = new Live(reader);
  return {
    reader,
    owner: -1 - threadId, // as of any thread without a slab
    live,
    pace,
    events: new Events(live, reader, pace),
    argv: argv.slice(1),
    http: null,
    largeAnswers: 0,
  };
}

function newToken(): string {
  return randomBytes(32).toString('base64url');
}
