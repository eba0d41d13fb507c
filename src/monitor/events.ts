// GET /v1/events: a stream of frames for each subscriber, and the timers that make them, which are there only as long as
// somebody listens. A subscriber who reads slowly gets fewer frames, one who does not read at all is let go.
import type { ServerResponse } from 'node:http';
import type { ArenaReader } from '../snapshot/snapshot.ts';
import { answerEvents, Refusal } from './answers.ts';
import { LOOK_EVERY_MS } from './blocks.ts';
import { LiveStacks } from './live-stacks.ts';
import { Live } from './live.ts';
import type { Pace } from './pace.ts';
import { Subscription } from './subscription.ts';

export const MOST_SUBSCRIBERS = 8;
/** A reader who has not taken a frame for so long is gone, or hostile. */
const STALLED_AFTER_MS = 15_000;
/** Subscribers whose frames fall due together share a reading. */
const READING_LASTS_MS = 5;

interface Subscriber {
  readonly source: Source;
  end(done: () => void): void;
  timer: NodeJS.Timeout | undefined;
}

/** What subscribers to the same threads share. */
interface Source {
  readonly live: Live;
  /** From the first subscriber on who asked for them. */
  stacks: LiveStacks | null;
  readAtMs: number;
}

export interface SubscriptionOptions {
  /** Functions of a frame at most. */
  readonly limit: number;
  /** The one whose functions, tags and stacks are sent, by its `LiveThread.id`; `null` for all. */
  readonly thread: number | null;
  /** Whether nodes of the call tree are sent. */
  readonly hasStacks: boolean;
}

const ALL: SubscriptionOptions = { limit: Infinity, thread: null, hasStacks: false };

export class Events {
  readonly #live: Live;
  readonly #reader: ArenaReader;
  readonly #pace: Pace;
  readonly #stalledAfterMs: number;
  readonly #subscribers = new Set<Subscriber>();
  /** By `LiveThread.id`; of all threads under `null`. */
  readonly #sources = new Map<number | null, Source>();
  #looking: NodeJS.Timeout | undefined;

  constructor(live: Live, reader: ArenaReader, pace: Pace, stalledAfterMs = STALLED_AFTER_MS) {
    this.#live = live;
    this.#reader = reader;
    this.#pace = pace;
    this.#stalledAfterMs = stalledAfterMs;
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** @throws Refusal where there are too many subscribers */
  subscribe(response: ServerResponse, everyMs: number, options: Partial<SubscriptionOptions> = {}): void {
    const { limit, thread, hasStacks } = { ...ALL, ...options };
    if (this.#subscribers.size >= MOST_SUBSCRIBERS) {
      throw new Refusal(503, 'too-many', `expected ${MOST_SUBSCRIBERS} subscribers at most`, { 'Retry-After': '5' });
    }
    const source = this.#sourceOf(thread);
    if (hasStacks) source.stacks ??= new LiveStacks(this.#reader, source.live.ids, thread);
    const subscription = new Subscription(source.live, this.#reader, limit, hasStacks ? source.stacks : null);
    let takenAtMs = performance.now();
    const subscriber: Subscriber = {
      source,
      timer: undefined,
      end: (done) => response.end(eventOf(true), done),
    };
    const eventOf = (isLast: boolean): string => {
      read(source);
      return `data: ${JSON.stringify(subscription.next(isLast))}\n\n`;
    };
    const next = (): void => {
      const nowMs = performance.now();
      // Frames do not pile up: what has not been taken by now is all that is ever kept for this subscriber.
      if (response.writableLength === 0) {
        takenAtMs = nowMs;
        response.write(eventOf(false));
      } else if (nowMs - takenAtMs > this.#stalledAfterMs) {
        response.destroy();
        return;
      }
      subscriber.timer = setTimeout(next, this.#pace.delayMs(everyMs));
    };
    answerEvents(response);
    response.once('close', () => this.#remove(subscriber));
    this.#subscribers.add(subscriber);
    this.#looking ??= setInterval(() => this.#live.look(), LOOK_EVERY_MS);
    next();
  }

  #remove(subscriber: Subscriber): void {
    clearTimeout(subscriber.timer);
    this.#subscribers.delete(subscriber);
    if (![...this.#subscribers].some(({ source }) => source === subscriber.source)) {
      for (const [thread, source] of this.#sources) if (source === subscriber.source) this.#sources.delete(thread);
    }
    if (this.#subscribers.size > 0) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#live.watch.forget();
  }

  #sourceOf(thread: number | null): Source {
    let source = this.#sources.get(thread);
    if (source === undefined) {
      const live = thread === null ? this.#live : new Live(this.#reader, thread, this.#live);
      this.#sources.set(thread, (source = { live, stacks: null, readAtMs: -Infinity }));
    }
    return source;
  }

  /** The process ends: everybody gets a last frame. Calls `done` when all have taken it. */
  end(done: () => void): void {
    for (const source of this.#sources.values()) source.readAtMs = -Infinity;
    let left = this.#subscribers.size;
    if (left === 0) return done();
    for (const subscriber of this.#subscribers) {
      clearTimeout(subscriber.timer);
      subscriber.end(() => {
        if (--left === 0) done();
      });
    }
  }
}

function read(source: Source): void {
  if (performance.now() - source.readAtMs < READING_LASTS_MS) return;
  source.live.read();
  source.stacks?.read(source.live.epoch);
  source.readAtMs = performance.now();
}
