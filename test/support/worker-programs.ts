// Starts the programs of worker-thread.ts in real workers, on an arena of the test's own.
import { Worker, getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { type Arena, createArena } from '../../runtime/arena.ts';
import { sharedNowNs, systemClock } from '../../runtime/clock.ts';
import { SHARED_KEY } from '../../runtime/instance.ts';
import { CONTROL } from '../../runtime/layout.ts';
import { type Runtime, attachRuntime } from '../../runtime/runtime.ts';

export interface Program<T> {
  readonly worker: Worker;
  /** What it posted. */
  readonly result: Promise<T>;
  readonly ended: Promise<number>;
}

/** Starts a program; with `data.arena` its runtime joins that arena, as the worker of a profiled program would. */
export function startProgram<T = unknown>(
  program: string,
  data: { readonly arena?: Arena; readonly [given: string]: unknown } = {},
): Program<T> {
  const before = getEnvironmentData(SHARED_KEY);
  setEnvironmentData(SHARED_KEY, data.arena?.I.buffer as SharedArrayBuffer | undefined);
  const worker = new Worker(new URL('./worker-bootstrap.mjs', import.meta.url), {
    execArgv: [],
    workerData: { program, ...data },
  });
  setEnvironmentData(SHARED_KEY, before);
  const result = new Promise<T>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const ended = new Promise<number>((resolve) => worker.once('exit', resolve));
  result.catch(() => {}); // a test may wait for the end only
  return { worker, result, ended };
}

/** An arena with this thread attached to it, real clocks and a real ticker. */
export function realRuntime(arenaBytes = 64 << 20): Runtime {
  const arena = createArena({ arenaBytes })!;
  arena.F[CONTROL.originNs] = sharedNowNs();
  return attachRuntime(arena, {
    clock: systemClock(arena.F[CONTROL.originNs]),
    thread: { threadId: 0, name: 'main', osThreadId: 0 },
    ticker: true,
    queueMicrotask,
  });
}

/** Words both sides may use to talk without messages; workers wait on 0 for the signal to go. */
export function newFlags(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(64));
}

export function raise(flags: Int32Array, index: number): void {
  Atomics.store(flags, index, 1);
  Atomics.notify(flags, index);
}
