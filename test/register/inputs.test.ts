// Programs that are no file, flags of Node that change how files are read, and everycall in NODE_OPTIONS: all as without
// us, and the files that such a program loads are counted.
import { cpSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import type { Project, RunOptions } from './programs.ts';
import { PRELOADS, projects, REGISTER_CJS } from './programs.ts';

const PARTS = {
  'part.cjs': `exports.part = function part() { return 'part'; };`,
  'part.mjs': `export function part() { return 'part'; }`,
};
const COMMON = `const p = require('./part.cjs').part; console.log(p(), p(), typeof require, __filename, new Error('x').stack.match(/\\[\\w+\\]:\\d+/)[0])`;
const MODULE = `import { part } from './part.mjs'; console.log(part(), part(), typeof require, import.meta.url.slice(-9))`;

const INPUTS: readonly (readonly [args: readonly string[], input: string])[] = [
  [['-e', COMMON], ''],
  [['-p', `${COMMON}; [1, 2]`], ''],
  [['--input-type=module', '-e', MODULE], ''],
  [['-'], COMMON],
  [['--input-type=module', '-'], MODULE],
  [['-e', `import('./part.mjs').then(({ part }) => console.log(part(), part()))`], ''],
];

const knows = (flag: string): boolean => process.allowedNodeEnvironmentFlags.has(flag);

for (const [how, preload] of PRELOADS) {
  describe(`everycall/register by ${how}`, () => {
    const project = projects();

    async function expectSame(program: Project, args: readonly string[], options: RunOptions = {}) {
      const { code, stdout, stderr } = await program.node(args, options);
      const profiled = await program.record(preload, args, options);
      const { calls, profile, ...outcome } = profiled;
      expect({ code: outcome.code, stdout: outcome.stdout, stderr: outcome.stderr }).to.deep.equal({
        ...{ code, stdout, stderr },
      });
      return { ...outcome, calls };
    }

    it('counts what the code of -e, -p and stdin loads', async () => {
      const program = project(PARTS);
      for (const [args, input] of INPUTS) {
        const { stdout, calls } = await expectSame(program, args, { input });
        expect(stdout, args.join(' ')).to.match(/^part part/);
        expect(calls[`part.cjs:part`] ?? calls[`part.mjs:part`], args.join(' ')).to.equal(2);
      }
    });

    if ((process.features as { typescript?: unknown }).typescript) {
      it('compiles TypeScript that Node compiles itself, and says nothing of it', async () => {
        const program = project({
          ...PARTS,
          'package.json': '{ "type": "module" }',
          'main.ts': `import { part } from './part.mjs'; function typed<T>(x: T): T { return x; }\nconsole.log(typed<string>(part()), part());`,
        });
        const { calls } = await expectSame(program, ['--no-warnings', 'main.ts']);
        expect(calls).to.include({ 'main.ts:typed': 1, 'part.mjs:part': 2 });
        const code = `const n: string = require('./part.cjs').part(); console.log(n)`;
        const evaluated = await expectSame(program, ['--no-warnings', '--input-type=commonjs-typescript', '-e', code]);
        expect(evaluated.calls).to.include({ 'part.cjs:part': 1 });
      });

      if (knows('--experimental-transform-types')) {
        it('compiles what --experimental-transform-types compiles', async () => {
          const program = project({
            'main.mts': `enum Side { Left = 3 }\nnamespace Box { export const size = Side.Left; }\nclass P { constructor(public x: number) {} }\nfunction f(): number { return new P(Box.size).x; }\nconsole.log(f(), f(), new Error('x').stack!.match(/main.mts:\\d+/)![0]);`,
          });
          const { calls } = await expectSame(program, ['--no-warnings', '--experimental-transform-types', 'main.mts']);
          expect(calls).to.include({ 'main.mts:f': 2, 'main.mts:P.constructor': 2 });
        });
      }

      it('compiles TypeScript where Node is told not to', async () => {
        const program = project({ 'main.ts': `const f = (n: number): number => n;\nconsole.log(f(1));` });
        const off = knows('--no-strip-types') ? '--no-strip-types' : '--no-experimental-strip-types';
        expect((await program.node([off, 'main.ts'])).code).to.equal(1);
        const { stdout, stderr, calls } = await program.record(preload, [off, 'main.ts']);
        expect({ stdout, stderr }).to.deep.equal({ stdout: '1\n', stderr: '' });
        expect(calls).to.include({ 'main.ts:f': 1 });
      });
    }

    it('works from NODE_OPTIONS, from a folder with a space, in workers and with --watch', async () => {
      const program = project({
        'main.cjs': `
          const { Worker, isMainThread } = require('worker_threads');
          function work() {}
          work();
          if (isMainThread) { globalThis.everycall?.start(); work(); new Worker(__filename).on('exit', () => {
            work();
            console.log(process.execArgv.length, globalThis.everycall?.snapshot().functions.find((f) => f.name === 'work').calls);
          }); }`,
      });
      const root = dirname(dirname(dirname(REGISTER_CJS)));
      cpSync(join(root, 'dist'), program.path('my tools/everycall/dist'), { recursive: true });
      cpSync(join(root, 'package.json'), program.path('my tools/everycall/package.json'));
      symlinkSync(join(root, 'node_modules'), program.path('my tools/node_modules'));
      const file = how === '-r' ? 'dist/cjs/register.cjs' : 'dist/src/register/index.js';
      const flag = how === '-r' ? '--require' : '--import';
      const env = { NODE_OPTIONS: `${flag} "./my tools/everycall/${file}"` };
      const { stdout, stderr } = await program.node(['main.cjs'], { env });
      expect({ stdout, stderr }).to.deep.equal({ stdout: '0 3\n', stderr: '' });
      const watched = await program.node(['--watch', 'main.cjs'], { env, onOutput: (child) => child.kill('SIGTERM') });
      expect(watched.stdout).to.match(/^0 3$/m);
    });
  });
}
