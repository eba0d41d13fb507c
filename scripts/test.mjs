// Runs the test files that globs name, in two runs of mocha: first as many files at a time as there are processors, then
// by themselves, one after the other, those that would see it if something else ran beside them. The JSON results of both
// are put together in the file that MOCHA_JSON names; there is none if a run broke.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import picomatch from 'picomatch';

/** Times, ticks and stops of this very process, and of others that are killed when they have come so far. */
const ALONE = [
  'test/runtime/**',
  'test/{recording,stress}/**',
  'test/register/charging.test.ts',
  'test/oracle/async-scenarios.test.ts',
  'test/cli/{children,endings}.test.ts',
];

/** Files that take longest, so that none of them is left to run at the end while the other processors wait. */
const FIRST = [
  'test/{recipes,package,examples}.test.ts',
  'test/{conformance,integrations,real-programs}/**',
  'test/transform/{forms,suspensions}.test.ts',
  'test/{oracle,cli,register}/**',
];

const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const output = process.env.MOCHA_JSON;
const folder = mkdtempSync(join(tmpdir(), 'everycall-tests-'));

/** Where each run's results are. */
const written = [];

/** Whether all went well. */
function run(options, files) {
  if (files.length === 0) return true;
  const json = join(folder, `${written.length}.json`);
  written.push(json);
  // What tests keep for others of their process is in here: mocha gives its processes little time to end.
  const env = { ...process.env, TEST_RUN_FOLDER: folder, ...(output && { MOCHA_JSON: json }) };
  return spawnSync(process.execPath, [mocha, ...options, ...files], { stdio: 'inherit', env }).status === 0;
}

/** Mocha's results as if they were of one run. */
function together() {
  const results = written.map((json) => JSON.parse(readFileSync(json, 'utf8')));
  const [{ stats }] = results;
  for (const other of results.slice(1)) {
    for (const key of ['suites', 'tests', 'passes', 'pending', 'failures', 'duration']) stats[key] += other.stats[key];
    stats.end = other.stats.end;
  }
  const lists = ['tests', 'pending', 'failures', 'passes'].map((key) => [
    key,
    results.flatMap((result) => result[key]),
  ]);
  return { stats, ...Object.fromEntries(lists) };
}

const isWanted = picomatch(process.argv.slice(2));
const isAlone = picomatch(ALONE);
const first = FIRST.map((glob) => picomatch(glob));
const rank = (file) => first.findIndex((isIn) => isIn(file)) >>> 0; // -1, in none of them, is the last

const files = readdirSync('test', { recursive: true })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((file) => isWanted(file))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
if (files.length === 0) throw new Error(`no test files: ${process.argv.slice(2).join(' ')}`);

try {
  const jobs = ['--parallel', '--jobs', String(Math.max(2, availableParallelism()))];
  const runs = [
    run(
      jobs,
      files.filter((file) => !isAlone(file)),
    ),
    run(
      [],
      files.filter((file) => isAlone(file)),
    ),
  ];
  process.exitCode = runs.every(Boolean) ? 0 : 1;
  if (output) writeFileSync(output, JSON.stringify(together(), null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
