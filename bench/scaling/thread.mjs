// One thread of the threads' and the reader's measurement: calls functions of its own without end and writes down, after
// each batch, how many calls it has made and the CPU time they took. The runtime is the process's own, as in life.
import { workerData } from 'node:worker_threads';
import { sharedNowNs, systemClock } from '../../dist/runtime/clock.js';
import { SITE_STRIDE } from '../../dist/runtime/contract.js';
import { enter, exit, register, state } from '../../dist/runtime/index.js';

const { progress, index, functions, callers, siteTable } = workerData;
const base = register('thread.js', '', functions, siteTable);
const fns = Int32Array.from({ length: functions }, (_, i) => base + i * SITE_STRIDE);
const { cpuNs } = systemClock(sharedNowNs());

/** Callers of a batch. */
const GOES = 100;

function call(fn) {
  const handle = state[0] === 0 ? 0 : enter(fn);
  if (handle !== 0) exit(handle);
}

for (let at = 0; ; at = (at + GOES) % functions) {
  const began = cpuNs();
  let calls = 0;
  for (let go = 0; go < GOES; go++) {
    const caller = (at + go) % functions;
    const handle = state[0] === 0 ? 0 : enter(fns[caller]);
    for (let k = 1; k <= callers; k++) call(fns[(caller + k) % functions]);
    if (handle !== 0) exit(handle);
    calls += callers + 1;
  }
  progress[index * 2 + 1] += cpuNs() - began;
  progress[index * 2] += calls;
}
