// Ns a call on each of so many threads at once, by each thread's own CPU clock; and on one thread while another one takes
// snapshots ten times a second, in turns with the same span without.
import { Worker } from 'node:worker_threads';
import type * as Snapshot from '../../src/snapshot/snapshot.ts';
import type * as Instance from '../../runtime/instance.ts';
import { published } from './published.ts';
import type { Regime } from './regimes.ts';
import { type Quartiles, quartilesOf } from '../statistics.ts';
import { CALLERS_EACH, siteTable } from './site-table.ts';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function start(progress: Float64Array, index: number, functions: number): Worker {
  const workerData = { progress, index, functions, callers: CALLERS_EACH, siteTable: siteTable(functions) };
  return new Worker(new URL('./thread.mjs', import.meta.url), { workerData, execArgv: [] });
}

async function running(threads: number, functions: number, regime: Regime) {
  const { threadRuntime } = await published<typeof Instance>('runtime/instance.js');
  const runtime = threadRuntime();
  runtime.start({ precision: regime, overhead: 0.03, tickMs: 1, onlyThread: null });
  const progress = new Float64Array(new SharedArrayBuffer(threads * 16));
  const workers = Array.from({ length: threads }, (_, i) => start(progress, i, functions));
  while (!progress.every((value) => value > 0)) await pause(20);
  return { runtime, progress, workers };
}

/** Each thread's ns a call over a span, in which all of them run, after so long a warm-up. */
export async function threadCosts(
  threads: number,
  regime: Regime,
  warmUpMs: number,
  spanMs: number,
): Promise<Quartiles> {
  const { progress } = await running(threads, 100, regime);
  await pause(warmUpMs);
  const before = progress.slice();
  await pause(spanMs);
  const after = progress.slice();
  return quartilesOf(
    Array.from({ length: threads }, (_, i) => {
      return (after[2 * i + 1] - before[2 * i + 1]) / Math.max(1, after[2 * i] - before[2 * i]);
    }),
  );
}

export interface ReaderCost {
  readonly edges: number;
  readonly alone: Quartiles;
  readonly read: Quartiles;
  /** Of neighbouring spans: ns a call while being read over ns a call alone. */
  readonly ratio: Quartiles;
  readonly snapshots: number;
}

export async function readerCost(edges: number, spans: number, spanMs: number): Promise<ReaderCost> {
  const { runtime, progress } = await running(1, Math.round(edges / CALLERS_EACH), 'sampled');
  const { takeSnapshot } = await published<typeof Snapshot>('src/snapshot/snapshot.js');
  let snapshots = 0;
  async function span(isRead: boolean): Promise<number> {
    const before = progress.slice();
    const until = performance.now() + spanMs;
    for (let next = performance.now(); next < until; next += 100) {
      if (isRead) {
        takeSnapshot(runtime);
        snapshots++;
      }
      await pause(Math.max(0, next + 100 - performance.now()));
    }
    return (progress[1] - before[1]) / (progress[0] - before[0]);
  }
  await span(true);
  const [alone, read, ratio] = [[], [], []] as number[][];
  for (let i = 0; i < spans; i++) {
    alone.push(await span(false));
    read.push(await span(true));
    ratio.push(read[i] / alone[i]);
  }
  return { edges, alone: quartilesOf(alone), read: quartilesOf(read), ratio: quartilesOf(ratio), snapshots };
}
