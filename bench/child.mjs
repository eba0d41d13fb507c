// One measurement in a process of its own: node child.mjs FILE RUNTIME VARIANT RUNS. Prints one line of JSON.
// FILE is a CommonJS program with a `run`, and with `units` if it is not calls that are to be counted; RUNTIME is '' for the original. Plain JavaScript: any Node runs it as it is.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';

const [file, runtimePath, variant, runs] = process.argv.slice(2);
const require = createRequire(import.meta.url);

let everycall;
if (runtimePath !== '') {
  everycall = require(runtimePath);
  // As a user would: the profiler is on before the program is loaded, or never.
  if (variant !== 'stopped') everycall.start({ precision: variant });
}
const { run, units } = require(file);

const nsOfRuns = [];
for (let i = 0; i < Number(runs); i++) {
  const start = performance.now();
  await run();
  nsOfRuns.push((performance.now() - start) * 1e6);
}

let calls = null;
if (everycall !== undefined && variant !== 'stopped') {
  everycall.stop();
  everycall.clear();
  everycall.start({ precision: variant });
  await run();
  everycall.stop();
  calls = units ?? everycall.snapshot().functions.reduce((sum, fn) => sum + fn.calls, 0);
}

const readings = 1e6;
const clockStart = performance.now();
for (let i = 0; i < readings; i++) performance.now();
const clockNs = ((performance.now() - clockStart) * 1e6) / readings;

process.stdout.write(JSON.stringify({ nsOfRuns, calls, clockNs }) + '\n');
process.exit(); // the ticker is left as it is
