// Profiles on their way to a server: sent one after the other, tried again later where that may help, and the oldest given
// up where there are too many. Never waits for anything but the server, and holds little whatever that does.
import type { Outcome, PushedProfile } from './ingest.ts';

export interface PushCounts {
  sent: number;
  /** Given up to make room. */
  dropped: number;
  /** Which the server did not want, or which could not be made. */
  refused: number;
}

export interface QueueTiming {
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** From 0 to 1, 1 left out. */
  random(): number;
}

const TIMING: QueueTiming = { firstWaitMs: 1000, longestWaitMs: 60_000, random: Math.random };

export const MOST_QUEUED = 6;
export const MOST_QUEUED_BYTES = 8 << 20;

const failure = (error: unknown): Outcome => ({ taken: false, mayRetry: true, reason: String(error).split('\n')[0] });

export class PushQueue {
  readonly counts: PushCounts = { sent: 0, dropped: 0, refused: 0 };
  readonly #send: (profile: PushedProfile) => Promise<Outcome>;
  readonly #complain: (reason: string) => void;
  readonly #timing: QueueTiming;
  readonly #waiting: PushedProfile[] = [];
  #isSending = false;
  #failures = 0;

  /** @param complain is called at the first of several failures */
  constructor(send: (profile: PushedProfile) => Promise<Outcome>, complain: (reason: string) => void, timing = TIMING) {
    this.#send = send;
    this.#complain = complain;
    this.#timing = timing;
  }

  /** Profiles that are not sent yet, without the one that is being sent. */
  get length(): number {
    return this.#waiting.length;
  }

  add(profile: PushedProfile): void {
    this.#waiting.push(profile);
    this.#makeRoom();
    if (!this.#isSending) void this.#sendAll();
  }

  /** Counts a profile that could not be made. */
  giveUp(reason: string): void {
    this.counts.refused++;
    if (this.#failures++ === 0) this.#complain(reason);
  }

  #makeRoom(): void {
    const bytes = () => this.#waiting.reduce((sum, { body }) => sum + body.length, 0);
    while (this.#waiting.length > MOST_QUEUED || (this.#waiting.length > 0 && bytes() > MOST_QUEUED_BYTES)) {
      this.#waiting.shift();
      this.counts.dropped++;
    }
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    for (let profile = this.#waiting.shift(); profile !== undefined; profile = this.#waiting.shift()) {
      const outcome = await this.#send(profile).catch(failure);
      if (outcome.taken) {
        this.counts.sent++;
        this.#failures = 0;
        continue;
      }
      if (this.#failures++ === 0) this.#complain(outcome.reason);
      if (!outcome.mayRetry) {
        this.counts.refused++;
        continue;
      }
      this.#waiting.unshift(profile);
      this.#makeRoom();
      await new Promise((settle) => setTimeout(settle, this.#waitMs(outcome.afterMs)).unref());
    }
    this.#isSending = false;
  }

  /** Twice as long each time, less up to a half by chance, so that many processes do not come back at once. */
  #waitMs(askedMs = 0): number {
    const { firstWaitMs, longestWaitMs, random } = this.#timing;
    const most = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(this.#failures - 1, 20));
    return Math.max(Math.min(askedMs, longestWaitMs), most * (1 - random() / 2));
  }
}
