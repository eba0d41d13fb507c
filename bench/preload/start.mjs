// As a user would: the profiler is on before the program is loaded. BENCH_PRECISION says which precision.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) globalThis.everycall.start({ precision: process.env.BENCH_PRECISION });
