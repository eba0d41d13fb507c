// Where everycall itself lies on disk. The same code runs as dist/src/register/*.js and inside dist/cjs/*.cjs, so places
// are found from the package's root and never by counting directories.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

function findRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (nameOfPackage(directory) !== 'everycall') {
    const parent = dirname(directory);
    if (parent === directory) throw new Error('everycall does not find its own package.json');
    directory = parent;
  }
  return directory;
}

function nameOfPackage(directory: string): string | undefined {
  try {
    const file = join(directory, 'package.json');
    if (!existsSync(file)) return undefined; // an error costs ten times as much as the question
    return (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name;
  } catch {
    return undefined;
  }
}

/** The built package. Nothing in it is ever instrumented. */
export const DIST_DIRECTORY = join(findRoot(), 'dist');

/** Loads what everycall depends on, synchronously and only when asked for. */
export const requireOwn = createRequire(import.meta.url);

/** The Babel plugin as CommonJS: a load hook is synchronous, so the plugin must be loadable by `require`. */
export const PLUGIN_FILE = join(DIST_DIRECTORY, 'cjs', 'babel.cjs');

/** What instrumented code imports: absolute, so that a profiled project need not have everycall installed. */
export const RUNTIME_FOR_COMMONJS = join(DIST_DIRECTORY, 'cjs', 'runtime.cjs');
export const RUNTIME_FOR_MODULES = pathToFileURL(join(DIST_DIRECTORY, 'runtime', 'shared.js')).href;

/** The preload for workers: CommonJS, because a `--require` leaves the way a CommonJS entry is run as it is. */
export const REGISTER_FILE = join(DIST_DIRECTORY, 'cjs', 'register.cjs');

/** The whole of everycall, for what `globalThis.everycall` is asked for. */
export const ENTRY_FILE = join(DIST_DIRECTORY, 'cjs', 'index.cjs');

/** What puts the hooks in; loaded by `everycall/register`, in whichever form that is. */
export const INSTALL_FILE = join(DIST_DIRECTORY, 'cjs', 'install.cjs');

/** The preload of processes that are recorded, what it leads to, and what the thread of checkpoints runs. */
export const PRELOAD_FILE = join(DIST_DIRECTORY, 'cjs', 'preload.cjs');
export const RECORD_FILE = join(DIST_DIRECTORY, 'cjs', 'record.cjs');
export const CHECKPOINT_FILE = join(DIST_DIRECTORY, 'cjs', 'checkpoint-thread.cjs');

/** What starts a monitor where the environment asks for one. */
export const MONITOR_ENVIRONMENT_FILE = join(DIST_DIRECTORY, 'cjs', 'monitor-environment.cjs');

/** What the monitor's thread runs, and what it loads when it is first asked for a format or for the page. */
export const MONITOR_FILE = join(DIST_DIRECTORY, 'cjs', 'monitor-thread.cjs');
export const FORMATS_FILE = join(DIST_DIRECTORY, 'cjs', 'formats.cjs');
export const LIVE_PAGE_FILE = join(DIST_DIRECTORY, 'cjs', 'live-page.cjs');

/** What jest loads instead of, and before, what is configured. */
export const JEST_TRANSFORMER_FILE = join(DIST_DIRECTORY, 'cjs', 'jest-transformer.cjs');
export const JEST_FRAMEWORK_FILE = join(DIST_DIRECTORY, 'cjs', 'jest-framework.cjs');
export const JEST_SETUP_FILE = join(DIST_DIRECTORY, 'cjs', 'jest-setup.cjs');

/** What vitest runs before each test file, as a module of the project. */
export const VITEST_SETUP_FILE = join(DIST_DIRECTORY, 'src', 'runners', 'vitest-setup.js');

/** What compiles a file that is not in the cache; a run from the cache never loads it. */
export const COMPILE_FILE = join(DIST_DIRECTORY, 'cjs', 'compile.cjs');

/** The hooks that Node without `module.registerHooks` runs on a thread of its own. */
export const LOADER_URL = pathToFileURL(join(DIST_DIRECTORY, 'cjs', 'loader.cjs')).href;

const isEverycall = new Map<string, boolean>();

/**
 * Whether the file belongs to a built everycall, this one or another copy of whatever version in the same tree. None of
 * them is ever instrumented: its hooks would call themselves, or count the profiler as the program.
 */
export function isOwnFile(filename: string): boolean {
  if (filename.startsWith(DIST_DIRECTORY + sep)) return true;
  for (const { index } of filename.matchAll(/[\\/]dist(?=[\\/])/g)) {
    const directory = filename.slice(0, index);
    let known = isEverycall.get(directory);
    if (known === undefined) isEverycall.set(directory, (known = nameOfPackage(directory) === 'everycall'));
    if (known) return true;
  }
  return false;
}
