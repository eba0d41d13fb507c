// How long a snapshot takes against the number of rows: edges, each function having ten callers. All modules are the
// published ones. The site table has names, lines and calls, as that of a real file.
import { writeCalls } from '../../runtime/call-lines.ts';
import type * as Snapshot from '../../src/snapshot/snapshot.ts';
import { createDriven } from './driven.ts';
import { type Quartiles, quartilesOf } from './quartiles.ts';

const { takeSnapshot } = (await import(
  new URL('../../dist/src/snapshot/snapshot.js', import.meta.url).href
)) as typeof Snapshot;

export interface SnapshotCost {
  readonly edges: number;
  readonly functions: number;
  /** The first one in the process. */
  readonly firstMs: number;
  readonly laterMs: Quartiles;
}

const CALLERS_EACH = 10;

/** A file whose function i is called by those at i − 1 … i − 10. */
export function siteTable(functions: number): string {
  const sites = Array.from({ length: functions }, (_, i) => [`function${i}`, 1, 10 * i + 1, 0]);
  const calls = Array.from({ length: functions }, (_, i) => {
    const called = Array.from({ length: CALLERS_EACH }, (_, k) => (i + k + 1) % functions);
    return writeCalls(new Map(called.map((fn, k) => [`function${fn}`, 10 * i + 1 + k])), 10 * i + 1);
  });
  return JSON.stringify({ sites, left: [], calls });
}

export function snapshotCost(edges: number, times: number): SnapshotCost {
  const { runtime, start, functions } = createDriven();
  const count = Math.max(1, Math.round(edges / CALLERS_EACH));
  const fns = functions(count, siteTable(count));
  start('exact');
  for (let i = 0; i < count; i++) {
    for (let k = 1; k <= Math.min(CALLERS_EACH, edges); k++) {
      const handle = runtime.enter(fns[i]);
      runtime.exit(runtime.enter(fns[(i + k) % count]));
      runtime.exit(handle);
    }
  }
  const timesMs: number[] = [];
  let rows = 0;
  for (let i = 0; i < times; i++) {
    globalThis.gc?.();
    const began = performance.now();
    rows = takeSnapshot(runtime).edges.length;
    timesMs.push(performance.now() - began);
  }
  return { edges: rows, functions: count, firstMs: timesMs[0], laterMs: quartilesOf(timesMs.slice(2)) };
}
