// What the threads of the stress test run: instrumented functions as the transform leaves them, which also keep counts of
// their own, and everything that one thread can do to the others. Plain JavaScript on the built files: a worker must start
// fast.
import { parentPort, workerData } from 'node:worker_threads';
import { threadRuntime } from '../../dist/runtime/instance.js';
import { takeSnapshot } from '../../dist/src/snapshot/snapshot.js';
import { merge } from '../../dist/src/statistics/merge.js';
import { problemOf } from './problem-of.mjs';

const { mode, seed, calls: wanted, counts, slot, beats } = workerData;
const SITE_STRIDE = 48;
/** Sites of this mode: what is terminated is counted apart from what ends by itself. */
const sites = ['outer', 'inner', 'deep'].map((name) => `${mode}:${name}`);
const runtime = threadRuntime();
const { state, enter, exit } = runtime;
const base = runtime.register(
  `${mode}.js`,
  '',
  sites.length,
  JSON.stringify({ sites: sites.map((name, i) => [name, 1, i + 1, 0]), left: [] }),
);
const own = slot * sites.length;

let random = seed | 1;
function below(limit) {
  random ^= random << 13;
  random ^= random >>> 17;
  random ^= random << 5;
  return (random >>> 0) % limit;
}

function deep(level) {
  const handle = state[0] === 0 ? 0 : enter(base + 2 * SITE_STRIDE);
  try {
    counts[own + 2]++;
    if (level > 0) deep(level - 1);
  } finally {
    if (handle !== 0) exit(handle);
  }
}
function inner() {
  const handle = state[0] === 0 ? 0 : enter(base + SITE_STRIDE);
  try {
    counts[own + 1]++;
  } finally {
    if (handle !== 0) exit(handle);
  }
}
function outer() {
  const handle = state[0] === 0 ? 0 : enter(base);
  try {
    counts[own]++;
    inner();
    deep(below(5));
    inner();
  } finally {
    if (handle !== 0) exit(handle);
  }
}

const PRECISIONS = ['exact', 'sampled', 'adaptive'];
let kept = null;
const acts = [
  () => runtime.start({ precision: PRECISIONS[below(3)], overhead: 0.03, tickMs: 1, onlyThread: null }),
  () => runtime.stop(),
  () => runtime.clear(),
  look,
  look,
  () => {
    const profile = look();
    if (kept !== null) {
      const problem = problemOf(merge(kept, profile));
      if (problem !== null) throw new Error(`merged: ${problem}`);
    }
    kept = profile;
  },
];

function look() {
  const profile = takeSnapshot(runtime);
  const problem = problemOf(profile);
  if (problem !== null) throw new Error(problem);
  return profile;
}

for (let i = 0; mode === 'terminated' || i < wanted; i++) {
  outer();
  if ((i & 63) === 0) Atomics.add(beats, 0, 1);
  if (mode === 'meddling' && below(400) === 0) acts[below(acts.length)]();
}
runtime.end();
parentPort.postMessage('done');
