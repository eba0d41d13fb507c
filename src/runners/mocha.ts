// everycall/mocha: `mocha --require everycall/mocha`, or the same in .mocharc. Mocha loads it before the tests, in its own
// process and, with --parallel, in each worker.
import { createRequire } from 'node:module';
import { enterTestFile } from './file-tag.ts';
import { readTestRunSettings } from './settings.ts';
import { beginTestRun } from './test-run.ts';

/** What we take of mocha's own things. */
interface Emitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
}
interface Runnable {
  readonly file?: string;
  readonly parent?: Runnable;
  readonly ctx?: { readonly currentTest?: Runnable };
}
type Interface = (suite: Emitter) => void;
interface Mocha {
  readonly interfaces: Record<string, Interface>;
}

const { cache } = createRequire(import.meta.url);
const MOCHA = /[\\/]mocha[\\/]lib[\\/]mocha\.c?js$/;

beginTestRun(readTestRunSettings(process.cwd()), process.cwd());
for (const [file, module] of Object.entries(cache)) {
  if (MOCHA.test(file)) followLoading((module?.exports as { default?: Mocha }).default ?? (module!.exports as Mocha));
}

/** Each interface (bdd, tdd, …) is given the root suite, which tells of every file before it is loaded. */
function followLoading({ interfaces }: Mocha): void {
  for (const [name, original] of Object.entries(interfaces)) {
    interfaces[name] = Object.assign(function (this: unknown, suite: Emitter) {
      suite.on('pre-require', (_context: unknown, file: string | undefined) => {
        if (file !== undefined) enterTestFile(file);
      });
      return original.call(this, suite);
    }, original);
  }
}

/** A worker of --parallel runs one file after the other, each when it is loaded; there mocha does not call this. */
export function mochaGlobalSetup(this: Emitter): void {
  enterTestFile(undefined);
  const follow = (runnable: Runnable): void => enterTestFile(runnable.file ?? runnable.ctx?.currentTest?.file);
  for (const event of ['suite', 'hook', 'test']) this.on(event, follow);
  this.on('end', () => enterTestFile(undefined));
}
