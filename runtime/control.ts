// Start, stop and clear: changes of the control block that every thread sees at its next event. Any thread may call them
// at any time. The order of the writes is what lets hooks read without a lock: see `reconcile` in hooks.ts.
import { type Arena, locked } from './arena.ts';
import { STOPPED, TICK } from './contract.ts';
import {
  BUILTINS_OFF,
  CONTROL,
  DEFAULT_MAX_TAGS,
  NO_TAG,
  PRECISIONS,
  SESSION,
  SESSIONS,
  SESSION_RING,
} from './layout.ts';
import { Atomics, isFinite, Math } from './primordials.ts';
import { findTag, markTagCleared } from './tags.ts';
import { advanceTick, nextTick } from './ticker.ts';

export interface SessionOptions {
  readonly precision: (typeof PRECISIONS)[number];
  /** Share of time that exact timing may cost in the adaptive precision, above 0 and up to 1. */
  readonly overhead: number;
  readonly tickMs: number;
  /** Serial of the only thread to record; `null` for all. */
  readonly onlyThread: number | null;
  /** Tags that get figures of their own, default DEFAULT_MAX_TAGS; the rest is under `(other)`. */
  readonly maxTags?: number;
  /** BUILTINS_*: which built-in functions are recorded; default none. */
  readonly builtins?: number;
}

/** What a slab's session of 0 says is that there is none, so after 2^32 of them this number is left out. */
function nextSession(session: number): number {
  return (session + 1) | 0 || 1;
}

export function isRunning({ I }: Arena): boolean {
  return Atomics.load(I, TICK) !== STOPPED;
}

/** The wall time; in place of what is no number, the last one that was read here. */
export function finiteNow({ F }: Arena, wallNs: () => number): number {
  const now = wallNs();
  if (isFinite(now)) F[CONTROL.readWallNs] = now;
  return F[CONTROL.readWallNs];
}

/** Address of a session's record, for floats. Sessions are numbered through all int32 but 0. */
export function sessionAt(session: number): number {
  return (SESSIONS + (session & (SESSION_RING - 1)) * SESSION.words) >> 1;
}

/** Begins a session with these options; does nothing if one is running. Tells whether it began one. */
export function startSession(arena: Arena, owner: number, wallNs: () => number, options: SessionOptions): boolean {
  const { I, F } = arena;
  return locked(arena, owner, () => {
    if (isRunning(arena)) return false;
    const session = nextSession(I[CONTROL.session]);
    F[sessionAt(session) + SESSION.startWallNs] = finiteNow(arena, wallNs);
    F[sessionAt(session) + SESSION.stopWallNs] = Infinity;
    F[sessionAt(session) + SESSION.startedAtMs] = Date.now();
    I[CONTROL.precision] = PRECISIONS.indexOf(options.precision);
    F[CONTROL.overhead] = options.overhead;
    F[CONTROL.tickNs] = options.tickMs * 1e6;
    I[CONTROL.onlyThread] = options.onlyThread === null ? 0 : options.onlyThread + 1;
    I[CONTROL.maxTags] = options.maxTags ?? DEFAULT_MAX_TAGS;
    I[CONTROL.builtins] = options.builtins ?? BUILTINS_OFF;
    I[CONTROL.tickerFailures] = 0;
    const tick = nextTick(I[CONTROL.lastTick]); // never a number that some thread saw last in an older session
    I[CONTROL.lastTick] = tick;
    // In this order. Model `start`: the promises that hang on it are in test/model/sessions.ts.
    Atomics.store(I, CONTROL.session, session);
    Atomics.store(I, TICK, tick); // from here on events come
    Atomics.add(I, CONTROL.epoch, 1); // and threads still in an older session notice that it is over
    return true;
  });
}

/** Ends the session; does nothing if none is running. Tells whether it ended one. */
export function stopSession(arena: Arena, owner: number, wallNs: () => number): boolean {
  const { I, F } = arena;
  return locked(arena, owner, () => {
    if (!isRunning(arena)) return false;
    // First: a thread that sees the stop charges up to this moment. Model `stop`.
    F[sessionAt(I[CONTROL.session]) + SESSION.stopWallNs] = finiteNow(arena, wallNs);
    I[CONTROL.lastTick] = Atomics.exchange(I, TICK, STOPPED);
    Atomics.add(I, CONTROL.epoch, 1);
    return true;
  });
}

/**
 * Changes how the session that is running charges time; each thread follows at its next look at its budget or its next
 * tick. Does nothing while none is running. Tells whether one was.
 */
export function changeSession(
  arena: Arena,
  owner: number,
  { precision, overhead }: Partial<Pick<SessionOptions, 'precision' | 'overhead'>>,
): boolean {
  const { I, F } = arena;
  return locked(arena, owner, () => {
    if (!isRunning(arena)) return false;
    if (overhead !== undefined) F[CONTROL.overhead] = overhead;
    if (precision !== undefined) I[CONTROL.precision] = PRECISIONS.indexOf(precision);
    return true;
  });
}

/** Forgets all figures. Each thread zeroes its own at its next event; until then readers take them for empty. */
export function clearFigures(arena: Arena, owner: number, wallNs: () => number): void {
  const { I, F } = arena;
  locked(arena, owner, () => {
    const session = I[CONTROL.session];
    I[CONTROL.firstSession] = isRunning(arena) ? session : nextSession(session);
    if (isRunning(arena)) {
      F[sessionAt(session) + SESSION.startWallNs] = finiteNow(arena, wallNs);
      F[sessionAt(session) + SESSION.startedAtMs] = Date.now();
    }
    I[CONTROL.droppedThreads] = 0;
    I[CONTROL.foldedThreads] = 0;
    I[CONTROL.tagCount] = 0;
    Atomics.add(I, CONTROL.clearEpoch, 1); // model `clear`
    Atomics.add(I, CONTROL.epoch, 1);
    advanceTick(I); // so that sampled threads, which look at nothing else, notice
  });
}

/** Forgets the figures under one tag, in the same way. Does nothing if there is no such tag. */
export function clearTagFigures(arena: Arena, owner: number, tag: string): void {
  locked(arena, owner, () => {
    const id = findTag(arena, tag);
    if (id === NO_TAG) return;
    markTagCleared(arena, id);
    Atomics.add(arena.I, CONTROL.epoch, 1);
    advanceTick(arena.I);
  });
}

/** The sessions since the last clear, as far as the ring goes back. Times on the wall clock of the arena's threads. */
export function sessionsOf({ I, F }: Arena): { startWallNs: number; stopWallNs: number; startedAtMs: number }[] {
  const newest = Atomics.load(I, CONTROL.session);
  const sinceClear = (newest - I[CONTROL.firstSession] + 1) >>> 0;
  const sessions = [];
  for (let i = Math.min(sinceClear, SESSION_RING) - 1; i >= 0; i--) {
    const session = (newest - i) | 0;
    if (session === 0) continue; // no session has this number
    const at = sessionAt(session);
    sessions.push({
      startWallNs: F[at + SESSION.startWallNs],
      stopWallNs: F[at + SESSION.stopWallNs],
      startedAtMs: F[at + SESSION.startedAtMs],
    });
  }
  return sessions;
}
