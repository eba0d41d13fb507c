// How long single events take, by the clock on the wall, in powers of two: of events that make functions' first edges, of
// events that find them, of those on which a tick came, and of a loop that does nothing in their place. What the system
// takes the processor away for shows in the last one as well, and not in the thread's CPU time.
import { sharedNowNs, systemClock } from '../../runtime/clock.ts';
import { createDriven } from './driven.ts';
import type { Regime } from './regimes.ts';

export interface Histogram {
  readonly of: string;
  readonly events: number;
  /** Events of at least 2^i and less than 2^(i+1) ns, both clock readings included. */
  readonly wall: readonly number[];
  /** Events longer than LONG_NS, by the clock on the wall and by the thread's own. */
  readonly longWall: number;
  readonly longCpu: number;
  readonly longestWallNs: number;
  readonly longestCpuNs: number;
}

const BUCKETS = 32;
/** The aim: no event outside ticks takes longer. */
export const LONG_NS = 50_000;
/** Callers of each callee: so many edges come of few function rows. */
const CALLERS = 1000;

export function pauses(regime: Regime, edges: number): Histogram[] {
  const driven = createDriven(1 << 30);
  const { enter, exit, tick } = driven.runtime;
  const { wallNs, cpuNs: readCpu } = systemClock(sharedNowNs());
  const cpuNs = readCpu!;
  const callees = Math.ceil(edges / CALLERS);
  const fns = driven.functions(CALLERS + callees);
  driven.start(regime, 1);

  /** `before` and `after` are not timed. */
  function time(
    of: string,
    count: number,
    before: (i: number) => void,
    event: (i: number) => void,
    after: (i: number) => void,
  ): Histogram {
    const wall = new Float64Array(BUCKETS);
    let longestWallNs = 0;
    let longestCpuNs = 0;
    let longWall = 0;
    let longCpu = 0;
    for (let i = 0; i < count; i++) {
      before(i);
      const cpu = cpuNs();
      const began = wallNs();
      event(i);
      const ns = wallNs() - began;
      const usedNs = cpuNs() - cpu;
      after(i);
      wall[Math.min(BUCKETS - 1, 31 - Math.clz32(Math.max(1, ns)))]++;
      if (ns > LONG_NS) longWall++;
      if (usedNs > LONG_NS) longCpu++;
      if (ns > longestWallNs) longestWallNs = ns;
      if (usedNs > longestCpuNs) longestCpuNs = usedNs;
    }
    return { of, events: count, wall: [...wall], longWall, longCpu, longestWallNs, longestCpuNs };
  }

  let outer = 0;
  let handle = 0;
  const call = (i: number) => {
    handle = enter(fns[CALLERS + Math.floor(i / CALLERS)]);
    exit(handle);
  };
  const under = (i: number) => void (outer = enter(fns[i % CALLERS]));
  const back = () => exit(outer);
  const nothing = () => {};
  // The code is optimised first, on other functions.
  const warm = driven.functions(2);
  time(
    '',
    30_000,
    () => void (outer = enter(warm[0])),
    () => exit(enter(warm[1])),
    back,
  );
  time('', 30_000, nothing, (i) => void (handle = i), nothing);
  return [
    time('nothing: the clock alone', edges, nothing, (i) => void (handle = i), nothing),
    time('call that makes an edge', edges, under, call, back),
    time('call that finds its edge', edges, under, call, back),
    time(
      'call on which a tick comes',
      Math.min(edges, 20_000),
      (i) => (under(i), driven.pass(1e6), tick()),
      call,
      back,
    ),
  ];
}
