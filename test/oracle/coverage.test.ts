// Counts are exact: every function's `calls` equals what V8's precise coverage counts in the original program. Runs real
// npm packages through the CLI, so the whole way is on trial: transform, hooks, arena, snapshot, file.
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { callsByV8, offsetsIn, profileOf } from '../support/calls-by-v8.ts';
import { NOTHING_DROPPED } from '../support/profiles.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const PROGRAMS: readonly { name: string; file: string; precision: string; atLeast: number; module?: boolean }[] = [
  { name: 'acorn', file: 'acorn/dist/acorn.js', precision: 'sampled', atLeast: 1e6 },
  { name: 'meriyah', file: 'meriyah/dist/meriyah.mjs', precision: 'exact', atLeast: 1e5, module: true },
  { name: 'handlebars', file: 'handlebars/dist/handlebars.js', precision: 'adaptive', atLeast: 1e4 },
  { name: 'terser', file: 'terser/dist/bundle.min.js', precision: 'adaptive', atLeast: 1e5 },
];

describe("V8's precise coverage", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-coverage-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const { name, file, precision, atLeast, module } of PROGRAMS) {
    it(`counts what everycall counts in ${name}, function by function (${precision})`, () => {
      const program = here(`../fixtures/coverage/${name}.${module ? 'mjs' : 'cjs'}`);
      const path = realpathSync(here(`../../node_modules/${file}`)); // as V8 and everycall know it
      const source = readFileSync(path, 'utf8');
      const oracle = callsByV8(program, path);
      const options = ['--precision', precision, '--include', path];
      const profile = profileOf(program, join(folder, `${name}.json`), options);
      const offsetOf = offsetsIn(source);
      const measured = new Map<number, { name: string; calls: number }>();
      for (const fn of profile.functions) {
        if (fn.file !== path || fn.kind === 'module' || fn.kind === 'field') continue;
        if (fn.calls > 0) measured.set(offsetOf(fn), { name: fn.name, calls: fn.calls });
      }
      const offsetsOf = (functions: readonly { file: string; line: number; column: number }[]) =>
        functions.filter((fn) => fn.file === path).map(offsetOf);
      const left = new Set(offsetsOf(profile.notInstrumented));
      // V8 counts each resumption of these: async-packages.test.ts.
      const suspending = offsetsOf(profile.functions.filter((fn) => /async|generator/.test(fn.kind)));
      for (const offset of suspending) {
        left.add(offset);
        measured.delete(offset);
      }

      // The whole file is V8's first function, and a class without a constructor counts as one.
      const expected = oracle.filter(
        ([start, end]) =>
          !(start === 0 && end === source.length) && !source.startsWith('class', start) && !left.has(start),
      );
      const different: string[] = [];
      for (const [start, , count] of expected) {
        const found = measured.get(start);
        if (found?.calls !== count) {
          const text = source.slice(start, start + 40).replaceAll('\n', ' ');
          different.push(`${found?.name ?? '?'} at ${start}: V8 ${count}, everycall ${found?.calls ?? 0}: ${text}`);
        }
        measured.delete(start);
      }
      for (const [start, fn] of measured) different.push(`${fn.name} at ${start}: V8 0, everycall ${fn.calls}`);
      expect(different).to.deep.equal([]);
      expect(expected.length).to.be.above(40);
      expect(expected.reduce((sum, [, , count]) => sum + count, 0)).to.be.above(atLeast);
      expect(profile.dropped).to.deep.equal(NOTHING_DROPPED);
    });
  }
});
