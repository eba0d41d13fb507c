// A monitor's server in this process, over a driven runtime, with bounds that a test can wait for.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MonitorContext } from '../../src/monitor/context.ts';
import { Events } from '../../src/monitor/events.ts';
import type { Door } from '../../src/monitor/guard.ts';
import { Live } from '../../src/monitor/live.ts';
import { createPace, type Pace } from '../../src/monitor/pace.ts';
import { createMonitorServer, type Limits } from '../../src/monitor/server.ts';
import type { ArenaReader } from '../../src/snapshot/snapshot.ts';
import { DrivenRuntime } from '../support/driven-runtime.ts';

export interface Served {
  readonly driven: DrivenRuntime;
  readonly context: MonitorContext;
  readonly target: { readonly host: string; readonly port: number; readonly token: string };
  /** Connections that are open. */
  clients(): number;
}

export interface ServedOptions {
  readonly limits?: Limits;
  readonly stalledAfterMs?: number;
  readonly pace?: Pace;
  readonly door?: Partial<Door>;
  readonly names?: readonly string[];
}

export const TOKEN = 'the-token-of-this-test';

const servers = new Set<Server>();

/** At a port of this machine. */
export async function serve({ limits, stalledAfterMs, pace, door, names }: ServedOptions = {}): Promise<Served> {
  const driven = new DrivenRuntime({ ...(names !== undefined && { names }), arenaBytes: 32 << 20 });
  const { arena, clock, isRunning } = driven.main.runtime;
  const reader: ArenaReader = { arena, clock, slab: 0, isRunning, endTerminated: () => {} };
  const live = new Live(reader);
  const unhurried = pace ?? createPace(() => 0);
  const context: MonitorContext = {
    reader,
    owner: -99,
    live,
    pace: unhurried,
    events: new Events(live, reader, unhurried, stalledAfterMs),
    argv: ['app.js'],
    http: null,
    largeAnswers: 0,
  };
  let clients = 0;
  const complete = { token: TOKEN, hosts: [], isRemote: false, ...door };
  const server = createMonitorServer(context, complete, (change) => (clients += change), limits);
  servers.add(server);
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const { port } = server.address() as AddressInfo;
  context.http = { host: '127.0.0.1', port, token: TOKEN };
  return { driven, context, target: { host: '127.0.0.1', port, token: TOKEN }, clients: () => clients };
}

/** To be called after each test. */
export function closeServers(): void {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers.clear();
}
