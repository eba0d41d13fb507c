// Where times come from: wall from performance.now(), per-thread CPU from the system's thread clock through WASI, which
// every supported Node has and which needs no addon. Measures what each reading costs. No state beyond the clock itself.
import type { WASI } from 'node:wasi';
import { isFinite } from './primordials.ts';

/** Two clocks in ns, each with its own arbitrary zero. */
export interface Clock {
  readonly wallNs: () => number;
  /** CPU time of the calling thread; always 0, or `null`, where there is no such clock. */
  readonly cpuNs: (() => number) | null;
  /** For people: which system facility each one is. `null` where there is no CPU clock. */
  readonly wallName: string;
  readonly cpuName: string | null;
}

/** What is used of it here; the types of Node leave it to the DOM's. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { readonly exports: Record<string, unknown> };
};

/** Name of clocks that are not the system's. */
export const INJECTED = 'injected';

/** `CLOCK_THREAD_CPUTIME_ID` of WASI preview 1. */
const THREAD_CPUTIME_ID = 3;

/** Now, on the clock that all threads of the process share, in ns. Slow; for agreeing on an origin. */
export function sharedNowNs(): number {
  return Number(process.hrtime.bigint());
}

/**
 * This thread's clocks. Wall counts from `originNs` of sharedNowNs(): performance.now() begins anew in each thread, and
 * `performance.timeOrigin` moves with the system's date. The CPU clock is opened at its first reading, not at load: the
 * WebAssembly it needs is 4 MiB that a program which is never profiled need not pay for.
 */
export function systemClock(originNs: number): Clock {
  const now = performance.now.bind(performance);
  now(); // the first call is slow and would spoil the difference
  const offsetNs = sharedNowNs() - now() * 1e6 - originNs;
  const wallNs = () => now() * 1e6 + offsetNs;
  let opened = false;
  let cpuName: string | null = null;
  let readCpuNs = (): number => {
    open();
    return readCpuNs();
  };
  function open(): void {
    if (opened) return;
    opened = true;
    const clock = openCpuClock(wallNs);
    readCpuNs = clock?.read ?? (() => 0);
    cpuName = clock?.name ?? null;
  }
  return {
    wallNs,
    cpuNs: () => readCpuNs(),
    wallName: 'performance.now()',
    get cpuName() {
      open();
      return cpuName;
    },
  };
}

/** The first per-thread CPU clock that this platform has and that passes a check against a busy loop. */
function openCpuClock(wallNs: () => number): { name: string; read: () => number } | null {
  const candidates: [string, () => (() => number) | null][] = [
    ['thread CPU clock by WASI', wasiThreadClock],
    ['process.threadCpuUsage()', threadCpuUsageClock],
  ];
  for (const [name, open] of candidates) {
    try {
      const read = open();
      if (read !== null && countsThisThread(read, wallNs)) return { name, read };
    } catch {
      // not on this platform: the next one
    }
  }
  return null;
}

/**
 * (module (import "w" "c" (func (param i32 i64 i32) (result i32))) (memory (export "memory") 1)
 *   (func (export "cpu") (result f64)
 *     (drop (call 0 (i32.const 3) (i64.const 1) (i32.const 0)))  ;; clock_time_get(THREAD_CPUTIME_ID, 1 ns, address 0)
 *     (f64.convert_i64_u (i64.load (i32.const 0)))))
 * The f64 result saves the BigInt that calling the import from JavaScript would make.
 */
function threadClockModule(): Uint8Array<ArrayBuffer> {
  const text = (name: string) => [name.length, ...Array.from(name, (c) => c.charCodeAt(0))];
  const section = (id: number, body: number[]) => [id, body.length, ...body];
  const [i32, i64, f64] = [0x7f, 0x7e, 0x7c];
  const code = [0, 0x41, THREAD_CPUTIME_ID, 0x42, 1, 0x41, 0, 0x10, 0, 0x1a, 0x41, 0, 0x29, 3, 0, 0xba, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 3, i32, i64, i32, 1, i32, 0x60, 0, 1, f64]),
    ...section(2, [1, ...text('w'), ...text('c'), 0, 0]),
    ...section(3, [1, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...text('memory'), 2, 0, ...text('cpu'), 0, 1]),
    ...section(10, [1, code.length, ...code]),
  ]);
}

function wasiThreadClock(): (() => number) | null {
  const { emitWarning } = process;
  try {
    // WASI announces itself as experimental on the program's stderr; the one call we make of it is stable.
    process.emitWarning = () => {};
    const { WASI: Wasi } = process.getBuiltinModule('node:wasi') as { WASI: typeof WASI };
    const wasi = new Wasi({ version: 'preview1' });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(threadClockModule()), {
      w: { c: wasi.wasiImport.clock_time_get as () => number },
    });
    wasi.initialize({ exports: instance.exports });
    return instance.exports.cpu as () => number;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function threadCpuUsageClock(): (() => number) | null {
  const usage = (process as { threadCpuUsage?: () => { user: number; system: number } }).threadCpuUsage;
  if (typeof usage !== 'function') return null;
  const threadCpuUsage = usage.bind(process);
  return () => {
    const { user, system } = threadCpuUsage();
    return (user + system) * 1000;
  };
}

/** Whether the clock moves while this thread is busy, and by no more than the wall does. */
function countsThisThread(cpuNs: () => number, wallNs: () => number): boolean {
  const BUSY_NS = 200_000;
  const MOST_READINGS = 100_000; // of a clock that stands still or goes backwards
  for (let attempt = 0; attempt < 5; attempt++) {
    const wallBefore = wallNs();
    const cpuBefore = cpuNs();
    let wallAfter = wallBefore;
    for (let i = 0; i < MOST_READINGS && wallAfter - wallBefore < BUSY_NS; i++) wallAfter = wallNs();
    const cpu = cpuNs() - cpuBefore;
    if (cpu > 0.5 * BUSY_NS && cpu <= (wallNs() - wallBefore) * 1.05) return true;
  }
  return false;
}

/** Mean cost of a reading and the smallest step between two, over some thousand readings. */
export function measureClock(read: () => number): { costNs: number; resolutionNs: number } {
  const READINGS = 2000;
  const start = performance.now();
  let last = read();
  let step = Infinity;
  for (let i = 0; i < READINGS; i++) {
    const next = read();
    if (next > last && next - last < step) step = next - last;
    last = next;
  }
  const costNs = ((performance.now() - start) * 1e6) / READINGS;
  return { costNs, resolutionNs: isFinite(step) ? step : 0 };
}

/** Linux keeps every thread's CPU time where the whole process may read it, to within a few ms. */
export function otherThreadCpuNs(osThreadId: number): number | null {
  if (osThreadId === 0) return null;
  try {
    const { readFileSync } = process.getBuiltinModule('node:fs');
    const cpuNs = Number(readFileSync(`/proc/self/task/${osThreadId}/schedstat`, 'latin1').split(' ', 1)[0]);
    return isFinite(cpuNs) ? cpuNs : null;
  } catch {
    return null;
  }
}
