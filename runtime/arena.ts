// The arena: one SharedArrayBuffer a process, handed out by a bump pointer and never taken back. Knows addresses and the
// lock, nothing of what lies there. No I/O.
import {
  CONTROL,
  DEFAULT_ARENA_BYTES,
  DEFAULT_MAX_EDGES,
  DEFAULT_MAX_FRAMES,
  DEFAULT_MAX_SITES,
  DEFAULT_MAX_TAGS,
  EDGE,
  FIRST_FREE,
  LAYOUT_VERSION,
  NULL_EDGE,
} from './layout.ts';
import { Atomics, Math } from './primordials.ts';

/** The two views of an arena. Created once per thread and never replaced: optimised code holds their addresses. */
export interface Arena {
  readonly I: Int32Array;
  readonly F: Float64Array;
}

/** Sizes of a new arena. All are limits, not memory in use. */
export interface Capacities {
  /** Bytes of the whole arena, 256 KiB to 1 GiB; default 256 MiB of address space. */
  readonly arenaBytes?: number;
  /** Sites of the process. */
  readonly maxSites?: number;
  /** Caller → callee pairs of one thread. */
  readonly maxEdges?: number;
  /** Depth of one thread's shadow stack. */
  readonly maxFrames?: number;
}

/** Reserves an arena. Where the address space is refused, half of it is tried, down to 1 MiB; then `null`. */
export function createArena(capacities: Capacities = {}): Arena | null {
  let bytes = Math.min(Math.max(capacities.arenaBytes ?? DEFAULT_ARENA_BYTES, 256 << 10), 1 << 30) & ~15;
  let buffer: SharedArrayBuffer | null = null;
  while (buffer === null) {
    try {
      buffer = new SharedArrayBuffer(bytes);
    } catch {
      if (bytes <= 1 << 20) return null;
      bytes = (bytes >> 1) & ~15;
    }
  }
  const arena = viewArena(buffer);
  initControl(arena, capacities);
  return arena;
}

function initControl({ I, F }: Arena, capacities: Capacities): void {
  I[CONTROL.capacity] = I.length;
  I[CONTROL.nextFree] = FIRST_FREE;
  I[CONTROL.maxSites] = capacities.maxSites ?? DEFAULT_MAX_SITES;
  I[CONTROL.maxEdges] = capacities.maxEdges ?? DEFAULT_MAX_EDGES;
  I[CONTROL.maxFrames] = capacities.maxFrames ?? DEFAULT_MAX_FRAMES;
  I[CONTROL.maxTags] = DEFAULT_MAX_TAGS;
  I[CONTROL.firstSession] = 1;
  I[CONTROL.layoutVersion] = LAYOUT_VERSION;
  I[NULL_EDGE + EDGE.caller] = -1;
  F[CONTROL.startedAtMs] = Date.now();
  F[CONTROL.tickNs] = 1e6;
  F[CONTROL.overhead] = 0.03;
}

/**
 * Where shared memory is refused altogether: an arena of this thread alone without room for anything. It is there and never
 * records.
 */
export function emptyArena(): Arena {
  const arena = viewArena(new ArrayBuffer(FIRST_FREE * 4));
  initControl(arena, {});
  return arena;
}

/** The arena another thread made. */
export function viewArena(buffer: SharedArrayBuffer | ArrayBuffer): Arena {
  return { I: new Int32Array(buffer), F: new Float64Array(buffer) };
}

/** The address of `words` zeroed words, on a cache line when a line or longer; 0 when the arena is full. */
export function allocate({ I }: Arena, words: number): number {
  const align = words >= 16 ? 16 : 2;
  for (;;) {
    const free = Atomics.load(I, CONTROL.nextFree);
    const address = (free + align - 1) & -align;
    const end = (address + words + 1) & ~1;
    if (end > I[CONTROL.capacity]) return 0;
    if (Atomics.compareExchange(I, CONTROL.nextFree, free, end) === free) return address;
  }
}

/** How long a lock may be held before its owner counts as dead. All work under it takes well under a millisecond. */
const LOCK_PATIENCE_MS = 1000;

/**
 * Runs `work` while no other thread is in here. A thread may be terminated inside: after LOCK_PATIENCE_MS the lock is
 * taken over; what it guards is written so that a half-done change is unreachable.
 */
export function locked<T>({ I }: Arena, owner: number, work: () => T): T {
  for (;;) {
    const holder = Atomics.compareExchange(I, CONTROL.lock, 0, owner); // what is done under it: test/model/claim.ts
    if (holder === 0) break;
    if (Atomics.wait(I, CONTROL.lock, holder, LOCK_PATIENCE_MS) === 'timed-out') {
      if (Atomics.compareExchange(I, CONTROL.lock, holder, owner) === holder) {
        Atomics.add(I, CONTROL.lockTakenOver, 1);
        break;
      }
    }
  }
  try {
    return work();
  } finally {
    // Only the owner clears it: after a take-over the late first owner must not free the second one's lock.
    if (Atomics.compareExchange(I, CONTROL.lock, owner, 0) === owner) Atomics.notify(I, CONTROL.lock, 1);
  }
}

/** Frees the lock if this owner, which is known to be dead, still has it: else the next one would wait for its patience. */
export function releaseDead({ I }: Arena, owner: number): void {
  if (Atomics.compareExchange(I, CONTROL.lock, owner, 0) !== owner) return;
  Atomics.add(I, CONTROL.lockTakenOver, 1);
  Atomics.notify(I, CONTROL.lock, 1);
}

/** Made when first needed: a bare vm context has none, and there the runtime is that of the thread. */
let encoder: InstanceType<typeof TextEncoder> | undefined;

/** UTF-8 of `text` cut to at most `limit` bytes at a character boundary. */
export function encodeText(text: string, limit = Infinity): Uint8Array {
  encoder ??= new TextEncoder();
  if (limit === Infinity) return encoder.encode(text);
  const bytes = new Uint8Array(Math.min(limit, text.length * 3));
  const { written } = encoder.encodeInto(text, bytes);
  return bytes.subarray(0, written);
}

/** Puts bytes at a word address. */
export function writeBytes({ I }: Arena, address: number, bytes: Uint8Array): void {
  new Uint8Array(I.buffer, address * 4, bytes.length).set(bytes);
}

/** Reads UTF-8 back; nothing where no text can be. TextDecoder refuses shared memory, hence the copy. */
export function readText({ I }: Arena, address: number, bytes: number): string {
  if (!(address > 0 && bytes >= 0 && address * 4 + bytes <= I.byteLength)) return '';
  return new TextDecoder().decode(new Uint8Array(I.buffer, address * 4, bytes).slice());
}
