// How long a snapshot takes against the number of rows: edges, each function having ten callers; and what it takes to make
// the rows of these, which a snapshot does when they are first asked for. All modules are the published ones. The site table
// has names, lines and calls, as that of a real file. One snapshot follows the other, without forced garbage collections:
// V8's own fall where they fall.
import { sharedNowNs, systemClock } from '../../runtime/clock.ts';
import type * as Snapshot from '../../src/snapshot/snapshot.ts';
import { createDriven } from './driven.ts';
import { published } from './published.ts';
import { type Quartiles, quartilesOf } from '../statistics.ts';
import { CALLERS_EACH, siteTable } from './site-table.ts';

const { takeSnapshot } = await published<typeof Snapshot>('src/snapshot/snapshot.js');

/** Snapshots that are taken before those that count. */
const WARM_UP = 10;

export interface SnapshotCost {
  readonly edges: number;
  readonly functions: number;
  /** The first one in the process. Later ones: once V8 has compiled what they run. */
  readonly firstMs: number;
  readonly laterMs: Quartiles;
  /** CPU time of the reading thread: what other processes and V8's threads for garbage collection take is not in it. */
  readonly laterCpuMs: Quartiles;
  /** What making the edges' rows takes then, when they are first asked for, and its CPU time. */
  readonly edgesMs: Quartiles;
  readonly edgesCpuMs: Quartiles;
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
  const cpuNs = systemClock(sharedNowNs()).cpuNs!;
  const timesMs: number[] = [];
  const cpuMs: number[] = [];
  const edgesMs: number[] = [];
  const edgesCpuMs: number[] = [];
  let rows = 0;
  for (let i = 0; i < times; i++) {
    const cpu = cpuNs();
    const began = performance.now();
    const profile = takeSnapshot(runtime);
    const taken = performance.now();
    const cpuTaken = cpuNs();
    rows = profile.edges.length;
    edgesMs.push(performance.now() - taken);
    edgesCpuMs.push((cpuNs() - cpuTaken) / 1e6);
    timesMs.push(taken - began);
    cpuMs.push((cpuTaken - cpu) / 1e6);
  }
  return {
    edges: rows,
    functions: count,
    firstMs: timesMs[0],
    laterMs: quartilesOf(timesMs.slice(WARM_UP)),
    laterCpuMs: quartilesOf(cpuMs.slice(WARM_UP)),
    edgesMs: quartilesOf(edgesMs.slice(WARM_UP)),
    edgesCpuMs: quartilesOf(edgesCpuMs.slice(WARM_UP)),
  };
}
