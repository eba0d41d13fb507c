// The profile of a span of time that begins and ends here: of an interval that is asked for, or of one after the other.
import { isRunning, startSession, stopSession } from '../../runtime/control.ts';
import { BUILTINS_OFF, CONTROL } from '../../runtime/layout.ts';
import type { Profile } from '../profile.ts';
import { takeSnapshot } from '../snapshot/snapshot.ts';
import { subtract } from '../statistics/subtract.ts';
import { ensureCalibrated } from './calibration.ts';
import type { MonitorContext } from './context.ts';
import { epochOf } from './live.ts';

type Reading = Pick<MonitorContext, 'reader'>;

/** What was added since this was called, up to the call of what it gives, which may be called again. */
export function beginSpan({ reader }: Reading): () => Profile {
  const epoch = epochOf(reader);
  const before = takeSnapshot(reader);
  return () => {
    const after = takeSnapshot(reader);
    // After a clear there is nothing to take away.
    return epochOf(reader) === epoch ? subtract(after, before) : after;
  };
}

/**
 * Makes sure that the profiler records, with the default options; what it gives makes it as it was. Counted together with
 * `run()` of the API, so the last of the spans stops it, and none stops one that was started by hand.
 */
export function beginRecording({ reader, owner }: Reading & Pick<MonitorContext, 'owner'>): () => void {
  const { arena, clock } = reader;
  const { I } = arena;
  // Same rule as in api.ts.
  if (isRunning(arena) && Atomics.load(I, CONTROL.runs) === 0) return () => {};
  Atomics.add(I, CONTROL.runs, 1);
  if (!isRunning(arena)) ensureCalibrated(arena);
  startSession(arena, owner, clock.wallNs, {
    ...{ precision: 'adaptive', overhead: 0.03, tickMs: 1, onlyThread: null, builtins: BUILTINS_OFF },
  });
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (Atomics.sub(I, CONTROL.runs, 1) === 1) stopSession(arena, owner, clock.wallNs);
  };
}
