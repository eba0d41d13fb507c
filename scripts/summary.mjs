// Adds up mocha's JSON results and prints the closing line. Pending tests fail in CI: what is not run is not tested; so does
// a suite without results, which ended before or in the middle of its tests.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
  let result;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    failed++;
    process.stdout.write(`no results: ${error.message}\n`);
    continue;
  }
  const { stats, pending, failures } = result;
  passed += stats.passes;
  failed += stats.failures + (process.env.CI ? stats.pending : 0);
  for (const test of failures) process.stdout.write(`failed: ${test.fullTitle}: ${test.err.message}\n`);
  for (const test of pending) process.stdout.write(`pending: ${test.fullTitle}\n`);
}
if (passed === 0) failed ||= 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
