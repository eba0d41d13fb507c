// Counts are exact in code that awaits, function by function: synchronous functions against V8's precise coverage, and what
// suspends (of which V8 counts every resumption) against a plain counter that this test puts at the start of each body.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync, type PluginObj, type types as t } from '@babel/core';
import { expect } from 'chai';
import { buildSync } from 'esbuild';
import { callsByV8, offsetsIn, profileOf } from '../support/calls-by-v8.ts';
import { NOTHING_DROPPED } from '../support/profiles.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const PROGRAMS = [
  { name: 'p-queue', precision: 'sampled', suspending: 10, atLeast: 1_000 },
  { name: 'fastify', precision: 'adaptive', suspending: 7, atLeast: 3_000 },
  { name: 'iterators', precision: 'exact', suspending: 9, atLeast: 200 },
] as const;

/** Counts the bodies begun of what suspends, by offset of the function in the source, and prints them at exit. */
function countBodies(source: string): { code: string; offsets: Set<number> } {
  const offsets = new Set<number>();
  const plugin = ({ types }: { types: typeof t }): PluginObj => ({
    visitor: {
      Function({ node }) {
        if (!node.async && !node.generator) return;
        const offset = node.start! + ('static' in node && node.static ? 'static '.length : 0);
        offsets.add(offset);
        const counter = types.identifier(`countBodies[${offset}] = (countBodies[${offset}] || 0) + 1`);
        if (node.body.type === 'BlockStatement') node.body.body.unshift(types.expressionStatement(counter));
        else node.body = types.sequenceExpression([types.parenthesizedExpression(counter), node.body]);
      },
    },
  });
  const { code } = transformSync(source, {
    plugins: [plugin],
    configFile: false,
    babelrc: false,
    compact: false,
    sourceType: 'script',
  })!;
  const counting = `const countBodies = {}; process.on('exit', () => console.log('counted ' + JSON.stringify(countBodies)));`;
  return { code: `${counting}\n${code}`, offsets };
}

describe('calls of async packages', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'everycall-async-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const { name, precision, suspending, atLeast } of PROGRAMS) {
    it(`are counted exactly in ${name} (${precision})`, function () {
      this.timeout(120_000);
      const bundle = join(folder, `${name}.cjs`);
      buildSync({
        entryPoints: [here(`../fixtures/async/${name}.mjs`)],
        outfile: bundle,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node20',
        charset: 'utf8',
        logLevel: 'silent',
      });
      const source = readFileSync(bundle, 'utf8');
      const { code, offsets } = countBodies(source);
      const counting = join(folder, `${name}-counting.cjs`);
      writeFileSync(counting, code);
      const counted = /^counted (.*)$/m.exec(execFileSync(process.execPath, [counting], { encoding: 'utf8' }))![1];
      const bodies = new Map(
        Object.entries(JSON.parse(counted) as Record<string, number>).map(([offset, n]) => [Number(offset), n]),
      );
      const byV8 = callsByV8(bundle, bundle);
      const options = ['--precision', precision, '--include', bundle];
      const profile = profileOf(bundle, join(folder, `${name}.json`), options);
      const offsetOf = offsetsIn(source);
      const left = new Set(profile.notInstrumented.map(offsetOf));

      const expected = new Map<number, number>();
      for (const [start, end, count] of byV8) {
        const isWhole = start === 0 && end === source.length;
        if (isWhole || source.startsWith('class', start) || left.has(start) || offsets.has(start)) continue;
        expected.set(start, count);
      }
      for (const [offset, count] of bodies) if (!left.has(offset)) expected.set(offset, count);
      const measured = new Map<number, number>();
      for (const fn of profile.functions) {
        if (fn.file !== bundle || ['module', 'field', 'static-block'].includes(fn.kind)) continue;
        if (fn.calls > 0) measured.set(offsetOf(fn), fn.calls);
      }
      const different: string[] = [];
      for (const offset of new Set([...expected.keys(), ...measured.keys()])) {
        const [wanted, got] = [expected.get(offset) ?? 0, measured.get(offset) ?? 0];
        if (wanted !== got)
          different.push(`at ${offset}: expected ${wanted}, got ${got}: ${source.slice(offset, offset + 60)}`);
      }
      expect(different).to.deep.equal([]);
      expect(bodies.size, 'functions that suspend and ran').to.be.at.least(suspending);
      expect([...bodies.values()].reduce((sum, n) => sum + n, 0)).to.be.at.least(atLeast);
      for (const fn of profile.functions) if (fn.kind !== 'root') expect(fn.open, `${fn.name} open`).to.equal(0);
      expect(profile.dropped).to.deep.equal(NOTHING_DROPPED);
    });
  }
});
