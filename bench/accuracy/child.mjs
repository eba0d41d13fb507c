// One measurement in a process of its own: node child.mjs PROGRAMS EVERYCALL VARIANT NAME MS. Prints one line of JSON.
// PROGRAMS is programs.cjs or its instrumented copy, EVERYCALL '' or the compiled index.cjs, VARIANT a precision, `original`
// or `cpu-prof:MICROSECONDS`. Plain JavaScript: any Node runs it as it is. A program of two threads is named `left+right`.
import { createRequire } from 'node:module';
import { Session } from 'node:inspector/promises';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { sharedNowNs, systemClock } from '../../dist/runtime/clock.js';

const require = createRequire(import.meta.url);
const kernel = require('./kernel.cjs');
const [programs, everycallPath, variant, name, ms, windows = 0] = isMainThread ? process.argv.slice(2) : workerData;
const { cpuNs } = systemClock(sharedNowNs());
cpuNs(); // the first reading opens the clock

/** Runs rounds of the program for about `ms`; 0 for a first time, while the code is being optimised. */
async function runFor(program, ms) {
  const rounds = Math.max(1, Math.round((ms * 1000) / program.roundUs));
  program.begin?.();
  for (let i = 0; i < rounds; i++) await program.round();
  return rounds;
}

/** CPU ns of one call of a function that does so many units of work and no more. Of many goes the median. */
function callNs(units) {
  const unit = new Function('spend', `return function unit() { spend(${units}); }`)(kernel.spend);
  const calls = Math.ceil(5000 / (units + 0.02));
  const goes = Array.from({ length: 15 }, () => {
    const began = cpuNs();
    for (let i = 0; i < calls; i++) unit();
    return (cpuNs() - began) / calls;
  });
  return goes.sort((a, b) => a - b)[goes.length >> 1];
}

/** What one round of each function takes, by its units and what these take here. On the wall it is as written. */
function truthOf(program) {
  return Object.fromEntries(
    Object.entries(program.truth).map(([fn, [calls, units]]) => [
      fn,
      calls * (program.onTheWall ? units * 1000 : callNs(units)),
    ]),
  );
}

const callsOf = ({ truth }) => Object.fromEntries(Object.entries(truth).map(([fn, [calls]]) => [fn, calls]));

/** The profiler of V8, for this thread alone: what --cpu-prof is, but begun after the warm-up. */
async function cpuProfiler(intervalUs) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: intervalUs });
  return session;
}

async function measure(one, begin, end) {
  const program = require(programs)[one](kernel);
  await runFor(program, ms / 3);
  const truthNs = variant === 'original' ? truthOf(program) : null;
  await begin();
  const [wall, cpu] = [performance.now(), cpuNs()];
  const rounds = await runFor(program, Number(ms));
  const measured = { rounds, cpuNs: cpuNs() - cpu, wallNs: (performance.now() - wall) * 1e6 };
  return {
    ...measured,
    profile: await end(),
    truthNs,
    callsARound: callsOf(program),
    onTheWall: program.onTheWall === true,
  };
}

async function measureHere(one, everycall) {
  if (!variant.startsWith('cpu-prof')) {
    return measure(
      one,
      async () => isMainThread && everycall?.clear(),
      async () => null,
    );
  }
  const session = await cpuProfiler(Number(variant.split(':')[1]));
  return measure(
    one,
    () => session.post('Profiler.start'),
    async () => (await session.post('Profiler.stop')).profile,
  );
}

if (isMainThread) {
  const everycall = everycallPath === '' ? undefined : require(everycallPath);
  everycall?.start({ precision: variant });
  const names = name.split('+');
  if (windows > 0) await standardErrors(everycall, Number(windows));
  const measured = await (names.length === 1 ? [await measureHere(name, everycall)] : Promise.all(names.map(inWorker)));
  everycall?.stop();
  const raw = everycall?.snapshot();
  const profiles = raw && { raw: figures(raw), corrected: figures(everycall.compensate(raw)) };
  process.stdout.write(JSON.stringify({ measured, ...profiles, hookCost: raw?.processes[0].hookCost }) + '\n', () =>
    process.exit(),
  );
} else {
  parentPort.postMessage(await measureHere(name));
}

/** By the last part of the name. */
function figures({ functions }) {
  return functions.map(({ name: fn, calls, selfCpuNs, selfWallNs, selfErrorNs }) => [
    fn.split('.').at(-1),
    { calls, selfCpuNs, selfWallNs, selfErrorNs },
  ]);
}

/** Self CPU time and its standard error in each of many short spans of a run, one after the other. */
async function standardErrors(everycall, count) {
  const program = require(programs)[name](kernel);
  const spans = [];
  for (let i = 0; i < count; i++) {
    everycall.clear();
    await runFor(program, Number(ms));
    spans.push(figures(everycall.snapshot()));
  }
  process.stdout.write(JSON.stringify({ spans }) + '\n', () => process.exit());
  await new Promise(() => {});
}

function inWorker(one) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), {
      workerData: [programs, everycallPath, variant, one, ms],
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
