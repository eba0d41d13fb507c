// Ends by process.exit() while this thread and others take snapshots.
import { Worker, isMainThread } from 'node:worker_threads';
import { threadRuntime } from '../../dist/runtime/instance.js';
import { takeSnapshot } from '../../dist/src/snapshot/snapshot.js';

const runtime = threadRuntime();
const base = runtime.register('exit.js', '', 1, JSON.stringify({ sites: [['work', 1, 1, 0]], left: [] }));
runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null });
if (isMainThread) for (let i = 0; i < 8; i++) new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
const end = Date.now() + Number(process.argv[2]);
function work(depth) {
  const handle = runtime.enter(base);
  try {
    if (depth > 0) work(depth - 1);
    if (isMainThread && Date.now() > end) process.exit(7);
    if (depth === 3) takeSnapshot(runtime);
  } finally {
    runtime.exit(handle);
  }
}
const again = () => {
  work(5);
  setImmediate(again);
};
again();
