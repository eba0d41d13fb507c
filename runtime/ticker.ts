// The ticker: a small thread that moves the tick word on, so that events need not read a clock to learn that time
// passed. It sleeps while nobody is in the sampled regime, and while no thread has had an event for some ticks.
import { Worker } from 'node:worker_threads';
import type { Arena } from './arena.ts';
import { STOPPED, TICK } from './contract.ts';
import { CONTROL, TICKER_LIVE, TICKER_NONE, TICKER_STARTING } from './layout.ts';
import { Atomics } from './primordials.ts';

/** After so many failures no further ticker is tried until the next start: each try costs the program milliseconds. */
const MAX_TICKER_FAILURES = 3;

/** Ticks without any event before the ticker sleeps. */
const IDLE_TICKS = 16;

/**
 * The ticker's whole program. Order matters where it falls asleep: `tickerAsleep` is set before the last tick, so that
 * whoever notices that tick also sees that it must wake the ticker.
 */
const PROGRAM = `
const { I, F, at } = require('node:worker_threads').workerData;
const offset = Number(process.hrtime.bigint()) - performance.now() * 1e6 - F[at.originNs];
const advance = () => {
  const tick = Atomics.load(I, ${TICK});
  if (tick === ${STOPPED}) return false;
  const moved = tick >= 0x7ffffffe ? 1 : tick + 1;
  F[at.tickWallNs] = performance.now() * 1e6 + offset;
  // A stop between the two lines must win: only the tick that was read is replaced. Model \`ticker\`.
  if (Atomics.compareExchange(I, ${TICK}, tick, moved) === tick) Atomics.store(I, at.lastTick, moved);
  return true;
};
const pause = new Int32Array(new SharedArrayBuffer(4));
Atomics.store(I, at.tickerState, ${TICKER_LIVE});
let idle = 0;
for (;;) {
  Atomics.wait(pause, 0, 0, F[at.tickNs] / 1e6);
  const running = advance();
  idle = Atomics.exchange(I, at.tickerActivity, 0) === 0 ? idle + 1 : 0;
  if (running && idle < ${IDLE_TICKS}) continue;
  Atomics.store(I, at.tickerAsleep, 1);
  advance();
  Atomics.wait(I, at.tickerAsleep, 1);
  idle = 0;
}
`;

/** Makes sure that ticks are coming: wakes the ticker, or starts it if there is none. Returns at once. Never throws. */
export function wakeTicker({ I, F }: Arena, owner: number): void {
  if (Atomics.compareExchange(I, CONTROL.tickerAsleep, 1, 0) === 1) Atomics.notify(I, CONTROL.tickerAsleep, 1);
  if (Atomics.load(I, CONTROL.tickerFailures) >= MAX_TICKER_FAILURES) return;
  if (Atomics.compareExchange(I, CONTROL.tickerState, TICKER_NONE, TICKER_STARTING) !== TICKER_NONE) return;
  try {
    const { lastTick, tickerState, tickerAsleep, tickerActivity, tickNs, tickWallNs, originNs } = CONTROL;
    const worker = new PlainWorker(PROGRAM, {
      eval: true,
      name: 'everycall ticker',
      workerData: { I, F, at: { lastTick, tickerState, tickerAsleep, tickerActivity, tickNs, tickWallNs, originNs } },
      env: {},
      execArgv: [],
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
    });
    worker.on('error', () => {}); // the exit that follows is what counts
    worker.on('exit', () => loseTicker(I));
    worker.unref();
    Atomics.store(I, CONTROL.tickerOwner, owner);
  } catch {
    loseTicker(I);
  }
}

/** The tick lets threads in the sampled regime, which look at nothing else, notice. */
function loseTicker(I: Int32Array): void {
  Atomics.add(I, CONTROL.tickerFailures, 1);
  Atomics.store(I, CONTROL.tickerState, TICKER_NONE);
  Atomics.store(I, CONTROL.tickerAsleep, 0);
  advanceTick(I);
}

/** The thread that started the ticker has ended, and the ticker with it. The tick lets the next event start another. */
export function forgetTicker({ I }: Arena, owner: number): void {
  if (Atomics.compareExchange(I, CONTROL.tickerOwner, owner, 0) !== owner) return;
  Atomics.store(I, CONTROL.tickerState, TICKER_NONE);
  advanceTick(I);
}

/** One tick, unless stopped. For those who have no ticker. */
export function advanceTick(I: Int32Array): void {
  const tick = Atomics.load(I, TICK);
  if (tick === STOPPED) return;
  const moved = nextTick(tick);
  if (Atomics.compareExchange(I, TICK, tick, moved) === tick) Atomics.store(I, CONTROL.lastTick, moved);
}

/** Running tick words are 1 … 2^31 - 2: neither STOPPED nor NEVER_SEEN. */
export function nextTick(tick: number): number {
  return tick >= 0x7ffffffe ? 1 : tick + 1;
}

/** Taken at load, before anyone wraps it: the ticker is no thread of the program. */
const PlainWorker = Worker;
