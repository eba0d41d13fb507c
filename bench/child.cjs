// One measurement in a process of its own: node [a tool's options] child.cjs PROGRAM SECONDS MIN_RUNS [count]
// Prints one line of JSON. MIN_RUNS is waived where they take longer than LONG_S. Knows nothing of the tool it is measured with: that comes with Node's own options, as a user
// has it. With `count`, everycall's hooks are there and the calls of one run are counted, and nothing is timed.
// Plain JavaScript, so that every Node runs it as it is. Exits with 3 if a run gave a wrong result.
const { deepStrictEqual } = require('node:assert');

/** Seconds after which no run is begun. */
const LONG_S = 10;

const [file, seconds, minRuns, count] = process.argv.slice(2);
const program = require(file);
const loaded = { wallMs: performance.now(), cpuMs: cpuUs() / 1000 };

function cpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function check(value) {
  try {
    if (program.check) program.check(value);
    else deepStrictEqual(value, program.expected);
  } catch (error) {
    process.stderr.write(`Error: wrong result: ${error.message}\n`);
    process.exit(3);
  }
}

async function time() {
  const wallNs = [];
  const cpuNs = [];
  const begin = performance.now();
  const isWanted = (elapsedS) => elapsedS < Number(seconds) || (wallNs.length < Number(minRuns) && elapsedS < LONG_S);
  while (wallNs.length === 0 || isWanted((performance.now() - begin) / 1000)) {
    const cpuBefore = cpuUs();
    const before = performance.now();
    const value = await program.run();
    wallNs.push((performance.now() - before) * 1e6);
    cpuNs.push((cpuUs() - cpuBefore) * 1e3);
    check(value);
  }
  return { loaded, wallNs, cpuNs, clockNs: clockNs(), maxRssBytes: process.resourceUsage().maxRSS * 1024 };
}

/** What one reading of the clock takes that everycall reads, too. */
function clockNs() {
  const readings = 200_000;
  const before = performance.now();
  for (let i = 0; i < readings; i++) performance.now();
  return ((performance.now() - before) * 1e6) / readings;
}

/** Calls of a run that is not the first, since what is made once is no part of a run. */
async function countCalls() {
  check(await program.run());
  const { start, stop, snapshot } = globalThis.everycall;
  start({ precision: 'exact' });
  const value = await program.run();
  stop();
  check(value);
  const { functions } = snapshot();
  const calls = functions.reduce((sum, fn) => sum + fn.calls, 0);
  const files = [...new Set([...Object.keys(require.cache), ...(program.files ?? [])])];
  return { calls, expectedCalls: program.calls ?? null, units: program.units ?? null, files };
}

(count === 'count' ? countCalls() : time()).then(
  (result) => process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit()),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
