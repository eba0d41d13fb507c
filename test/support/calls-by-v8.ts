// The oracle of exact counts: what V8's precise coverage counts in a program, and the same program under the command line.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { load } from '../../src/files.ts';
import type { Profile } from '../../src/profile.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Calls of each function of `file` that ran, by offsets in its source, while `program` ran without everycall. */
export function callsByV8(program: string, file: string): [start: number, end: number, calls: number][] {
  const args = [here('../fixtures/coverage/count-calls.cjs'), program, file];
  const counted = execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(counted) as [start: number, end: number, calls: number][];
}

/** Runs the program by `everycall` with options, and reads the profile that it saves to the file. */
export function profileOf(program: string, saved: string, options: readonly string[]): Profile {
  const args = [here('../../dist/src/cli/main.js'), ...options, '-o', saved, program];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).to.equal(0);
  return load(saved);
}

/** Gives the offset in the source of a line (from 1) and column (from 0). */
export function offsetsIn(source: string): (place: { readonly line: number; readonly column: number }) => number {
  const starts = [0];
  for (let i = source.indexOf('\n'); i !== -1; i = source.indexOf('\n', i + 1)) starts.push(i + 1);
  return ({ line, column }) => starts[line - 1] + column;
}
