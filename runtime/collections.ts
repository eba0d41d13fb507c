// Garbage collections of one thread, added to its row of that name. They interrupt whatever runs, whose figures keep their
// time. V8's own record of them is read when a PerformanceObserver says that there were some, and before a session ends or
// is cleared, and now and then in a long job: what an observer alone delivers comes after the job, and for a program that runs in one job never.
import type { GCProfiler } from 'node:v8';
import type { PerformanceObserver } from 'node:perf_hooks';
import type { Arena } from './arena.ts';
import { recordDuration } from './durations.ts';
import { EDGE, FUNCTION, FUNCTION_OWN_EDGE, SLAB_GC } from './layout.ts';
import { Math } from './primordials.ts';

export interface Collections {
  /** From now on they are recorded, or not. Loads what that needs. */
  follow(recorded: boolean): void;
  /** Adds what there was since the last time. */
  note(): void;
}

/** @param asOwnWork runs what is the profiler's own work */
export function createCollections(arena: Arena, slab: number, asOwnWork: (work: () => void) => void): Collections {
  const { F } = arena;
  const row = (slab + SLAB_GC) >> 1;
  const edge = (slab + SLAB_GC + FUNCTION_OWN_EDGE) >> 1;
  let profiler: GCProfiler | null = null;
  let observer: PerformanceObserver | null = null;

  function add(durationNs: number): void {
    F[edge + EDGE.calls]++;
    F[edge + EDGE.selfWallNs] += durationNs;
    F[row + FUNCTION.totalWallNs] += durationNs;
    F[row + FUNCTION.maxTotalNs] = Math.max(F[row + FUNCTION.maxTotalNs], durationNs);
    recordDuration(arena, slab, slab + SLAB_GC, durationNs);
    F[row + FUNCTION.longestBlockNs] = Math.max(F[row + FUNCTION.longestBlockNs], durationNs);
  }

  /** Ends V8's record, and adds what is in it. */
  function take(): void {
    // The types of Node know neither what it gives nor that it gives nothing where it was not started.
    const record = (profiler as unknown as { stop(): { statistics: { cost: number }[] } | undefined }).stop();
    for (const { cost } of record?.statistics ?? []) add(cost * 1000); // it is in µs
  }

  function note(): void {
    if (profiler === null) return;
    try {
      take();
      profiler.start();
    } catch {
      // the program's stack is at its end: what was taken is lost, the rest comes the next time
    }
  }

  return {
    note,
    follow(recorded) {
      if (recorded === (profiler !== null)) return;
      if (!recorded) {
        observer?.disconnect();
        take();
        profiler = observer = null;
        return;
      }
      const { GCProfiler: Profiler } = process.getBuiltinModule('node:v8');
      const { PerformanceObserver: Observer } = process.getBuiltinModule('node:perf_hooks');
      observer = new Observer(() => asOwnWork(note));
      profiler = new Profiler();
      profiler.start();
      observer.observe({ entryTypes: ['gc'] });
    },
  };
}
