// Measures what the hooks cost, once a process, on a runtime of its own: raw figures contain it, reports subtract it
// (the way php-spx measures its probes at start). Done when the first snapshot is taken, not at start, so that it costs
// the program nothing and finds the hooks as optimised as the program has made them.
import { systemClock, sharedNowNs } from './clock.ts';
import { createArena } from './arena.ts';
import { CONTROL, EDGE, SLAB_EDGES } from './layout.ts';
import { attachRuntime, type Runtime } from './runtime.ts';
import { rowsOfTable } from './table.ts';

/** Enough for V8 to optimise hooks and loop on the way; some 15 ms in all. */
const CALLS = 2500;
const ROUNDS = 30;

/** Fills in the control block's hook costs unless that is done or the clock is not the system's. Never throws. */
export function calibrate({ arena, clock }: Runtime): void {
  const { F } = arena;
  if (clock.wallName === 'injected' || F[CONTROL.exactInnerNs] !== 0) return;
  try {
    const exact = costOfCalls('exact');
    const sampled = costOfCalls('sampled');
    F[CONTROL.exactOuterNs] = Math.max(0, exact.perCallNs - exact.innerNs);
    // No clock is read inside a sampled call; half of it lies on either side of the call's start and end.
    F[CONTROL.sampledInnerNs] = sampled.perCallNs / 2;
    F[CONTROL.sampledOuterNs] = sampled.perCallNs / 2;
    F[CONTROL.exactInnerNs] = Math.max(1, exact.innerNs); // last: says that all are there
  } catch {
    // no room for it: figures stay raw
  }
}

/**
 * The whole added time of a call, and what of it falls into the called function's own time. The least of all rounds: a
 * report must rather keep some of the cost than take away the program's own time.
 */
function costOfCalls(precision: 'exact' | 'sampled'): { perCallNs: number; innerNs: number } {
  const arena = createArena({ arenaBytes: 256 << 10, maxFrames: 64 });
  if (arena === null) throw new RangeError('no arena');
  const runtime = attachRuntime(arena, {
    clock: systemClock(sharedNowNs()),
    thread: { threadId: 0, name: '', osThreadId: 0 },
    ticker: false,
    queueMicrotask: () => {},
  });
  const { I, F } = arena;
  const site = runtime.register('calibration', '', 1, '{"sites":[],"left":[]}');
  const { state, enter, exit, clock } = runtime;
  function probe(): void {
    const handle = state[0] === 0 ? 0 : enter(site);
    try {
      return;
    } finally {
      if (handle !== 0) exit(handle);
    }
  }
  function bare(): void {}
  I[CONTROL.tickerState] = 2; // as if one lived: the sampled regime then begins at once
  runtime.start({ precision, overhead: 1, tickMs: 1000, onlyThread: null });
  const added: number[] = [];
  const inner: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const selfBefore = selfWallNs();
    const start = clock.wallNs();
    for (let i = 0; i < CALLS; i++) probe();
    const middle = clock.wallNs();
    for (let i = 0; i < CALLS; i++) bare();
    added.push((middle - start - (clock.wallNs() - middle)) / CALLS);
    inner.push((selfWallNs() - selfBefore) / CALLS);
  }
  runtime.stop();
  return { perCallNs: Math.max(0, Math.min(...added)), innerNs: Math.min(...inner) };

  function selfWallNs(): number {
    let sum = 0;
    for (const edge of rowsOfTable(arena!, runtime.slab + SLAB_EDGES)) {
      sum += F[(edge >> 1) + EDGE.selfWallNs];
    }
    return sum;
  }
}
