// everycall/node-test: `node --require everycall/node-test --test`. Node loads it in its own process and in the one that
// it starts for each test file, or in a single one with --test-isolation=none, or where a test file is run by itself. With
// `--import` only those of the files would load it.
import module from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { complain } from '../output.ts';
import { recordedBy } from '../recording/settings.ts';
import { requireOwn } from '../register/package-root.ts';
import { isInternalThread } from '../register/settings.ts';
import { enterTestFile } from './file-tag.ts';
import { readTestRunSettings } from './settings.ts';
import { beginTestRun } from './test-run.ts';

type Resolve = (specifier: string, context: { readonly parentURL?: string }, next: Resolve) => { readonly url: string };
type BeforeEach = (hook: (context: { readonly filePath?: string }) => void) => void;
type RegisterHooks = (hooks: { readonly resolve: Resolve }) => void;

if (!isInternalThread()) begin();

function begin(): void {
  const isOfFile = process.env['NODE_TEST_CONTEXT'] !== undefined;
  if (isOfFile && recordedBy() === null) {
    complain('the test runner itself was not told; expected node --require everycall/node-test --test');
    return;
  }
  beginTestRun(readTestRunSettings(process.cwd()), process.cwd());
  const flags = process.execArgv;
  if (isOfFile || !flags.includes('--test')) enterTestFile(process.argv[1]);
  else if (flags.some((flag) => /^--(experimental-)?test-isolation=none$/.test(flag))) followFiles();
}

/**
 * One process for all files: they are loaded one after the other, then their tests are run. Some versions of Node name the
 * last file for every test; then what the tests do is under no file, which is less than one hopes for but not wrong.
 */
function followFiles(): void {
  const { registerHooks } = module as unknown as { readonly registerHooks?: RegisterHooks };
  const folder = pathToFileURL(`${process.cwd()}/`).href;
  const loaded: string[] = [];
  registerHooks?.({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context, next);
      const isEntry = context.parentURL === undefined || context.parentURL === folder;
      if (isEntry && specifier.startsWith('file:') && resolved.url.startsWith('file:')) {
        const file = fileURLToPath(resolved.url);
        loaded.push(file);
        enterTestFile(file);
      }
      return resolved;
    },
  });
  let isKnown: boolean | undefined;
  const { beforeEach } = requireOwn('node:test') as { readonly beforeEach: BeforeEach };
  beforeEach(({ filePath }) => {
    isKnown ??= loaded.length < 2 || filePath !== loaded.at(-1);
    enterTestFile(isKnown ? filePath : undefined);
  });
}
