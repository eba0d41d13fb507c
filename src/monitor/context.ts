// What the routes of a monitor work with.
import type { ArenaReader } from '../snapshot/snapshot.ts';
import type { Events } from './events.ts';
import type { Live } from './live.ts';
import type { Pace } from './pace.ts';
import type { PushQueue } from '../push/queue.ts';

export interface MonitorContext {
  readonly reader: ArenaReader;
  /** Under which this thread takes the arena's lock. */
  readonly owner: number;
  readonly live: Live;
  readonly events: Events;
  readonly pace: Pace;
  /** Of the process, without the path of node. */
  readonly argv: readonly string[];
  /** Where it listens for HTTP, once it does. */
  http: { readonly host: string; readonly port: number; readonly token: string } | null;
  /** Answers that are made and not yet taken, of routes whose answers are large. */
  largeAnswers: number;
  /** Profiles on their way to a server, where they are pushed. */
  push?: PushQueue;
}
