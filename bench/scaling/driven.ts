// A runtime of its own, under clocks that cost nothing, for measuring the hooks without what they read. One a process:
// a second set of hooks makes V8 compile both without their constants (runtime/calibrate.ts).
import { SITE_STRIDE } from '../../runtime/contract.ts';
import type * as Instance from '../../runtime/instance.ts';
import { CONTROL, TICKER_LIVE } from '../../runtime/layout.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { published } from './published.ts';
import type { Regime } from './regimes.ts';

const { createRuntime } = await published<typeof Instance>('runtime/instance.js');

/** What a reading of the wall clock moves it on by. */
const READING_NS = 10;
/** No tick comes by itself: `runtime.tick()` makes one. */
const NO_TICK_MS = 1e9;

export interface Driven {
  readonly runtime: Runtime;
  /** Lets time pass. */
  pass(ns: number): void;
  /** Registers a file with so many functions and returns their addresses. */
  functions(count: number, siteTable?: string): Int32Array;
  /** Begins a session in this regime; false if one is running. */
  start(regime: Regime, tickMs?: number): boolean;
}

export function createDriven(arenaBytes = 1 << 29): Driven {
  const time = new Float64Array(1); // a variable would become an object of its own to V8 once it passes 2^31 ns
  const clock = { wallNs: () => (time[0] += READING_NS), cpuNs: () => time[0] };
  const runtime = createRuntime({ arenaBytes, clock });
  const { I } = runtime.arena;
  I[CONTROL.tickerState] = TICKER_LIVE; // we are the ticker
  let files = 0;
  return {
    runtime,
    pass: (ns) => void (time[0] += ns),
    functions(count, siteTable = '{"sites":[],"left":[]}') {
      const base = runtime.register(`scaling-${files++}.js`, '', count, siteTable);
      if (base < 0) throw new RangeError(`no room for ${count} functions`);
      return Int32Array.from({ length: count }, (_, i) => base + i * SITE_STRIDE);
    },
    start: (precision, tickMs = NO_TICK_MS) => runtime.start({ precision, overhead: 0.03, tickMs, onlyThread: null }),
  };
}
