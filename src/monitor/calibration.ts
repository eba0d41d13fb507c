// What the hooks cost is measured at the first start, on the thread that starts. Where that is the monitor, which has no
// hooks, an arena of its own stands in: the hooks and the machine are the same.
import type { Arena } from '../../runtime/arena.ts';
import { createRuntime } from '../../runtime/instance.ts';
import { CONTROL } from '../../runtime/layout.ts';

const COSTS = [
  CONTROL.exactEventCostNs,
  CONTROL.exactOuterNs,
  CONTROL.sampledInnerNs,
  CONTROL.sampledOuterNs,
  CONTROL.exactInnerNs, // last: what tells that they are known
];

const SMALL = { arenaBytes: 1 << 20, maxFrames: 64 };

/** Fills in the hooks' costs where they are not known. About 20 ms of this thread, once. */
export function ensureCalibrated({ F }: Arena): void {
  if (F[CONTROL.exactInnerNs] !== 0) return;
  const runtime = createRuntime(SMALL);
  runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null });
  runtime.stop();
  runtime.end();
  for (const cost of COSTS) F[cost] = runtime.arena.F[cost];
}
