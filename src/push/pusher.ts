// Pushes what was called in each interval, one profile after the other, from the monitor's thread. An interval in which
// nothing was recorded is not pushed. The last one, which the process ends in, is lost: nothing here keeps a process waiting.
import { basename, extname } from 'node:path';
import type { Profile } from '../profile.ts';
import { ingest, type Outcome, type PushedProfile } from './ingest.ts';
import type { PushOptions } from './options.ts';
import { PushQueue } from './queue.ts';

const DEFAULT_EVERY_MS = 10_000;

export interface PushSource {
  /** Begins a span; what it gives ends it. */
  begin(): () => Profile;
  render(profile: Profile): Uint8Array;
  /** `process.argv` without the path of node. */
  readonly argv: readonly string[];
  complain(message: string): void;
}

/** Begins to push; gives the queue, and what ends it. */
export function startPushing(
  options: PushOptions,
  source: PushSource,
  send: (profile: PushedProfile) => Promise<Outcome> = (profile) => ingest(options, profile, nameOf(source.argv)),
): { readonly queue: PushQueue; end(): void } {
  // Without path and query, where there might be something secret.
  const { origin } = new URL(options.url);
  const queue = new PushQueue(send, (reason) => source.complain(`cannot push profiles to ${origin}: ${reason}`));
  let end = source.begin();
  let fromMs = Date.now();
  const timer = setInterval(() => {
    const profile = end();
    const span = { fromMs, untilMs: Date.now() };
    end = source.begin();
    fromMs = span.untilMs;
    if (!hasFigures(profile)) return;
    try {
      queue.add({ body: source.render(profile), ...span });
    } catch (error) {
      queue.giveUp(String(error).split('\n')[0]);
    }
  }, options.everyMs ?? DEFAULT_EVERY_MS);
  timer.unref(); // the monitor's servers keep its thread alive
  return { queue, end: () => clearInterval(timer) };
}

function hasFigures({ functions }: Profile): boolean {
  return functions.some(({ kind, calls, selfWallNs }) => kind !== 'root' && (calls > 0 || selfWallNs > 0));
}

function nameOf([file]: readonly string[]): string {
  const name = file === undefined ? '' : basename(file, extname(file)).replace(/[^\w.-]/g, '_');
  return name === '' ? 'node' : name;
}
