// Processes that the program starts are told to record themselves, whatever environment the program gives them. Its own
// `process.env` shows nothing of it: what they need is added at the last moment, to what the system is given.
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { environmentWith, type RecordingSettings } from './settings.ts';

/** What `ChildProcess.prototype.spawn` takes: all asynchronous ways to start a process end there, `cluster` too. */
interface SpawnOptions {
  readonly envPairs?: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

type AnyFunction = (...args: unknown[]) => unknown;

/** The options of a synchronous one, and where they stand. */
interface SyncOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}
const SYNCHRONOUS: Readonly<Record<string, (args: readonly unknown[]) => number>> = {
  execSync: () => 1,
  execFileSync: (args) => (hasList(args) ? 2 : 1),
  spawnSync: (args) => (hasList(args) ? 2 : 1),
};

function hasList(args: readonly unknown[]): boolean {
  return Array.isArray(args[1]) || args[1] === undefined || args[1] === null;
}

export function hookChildProcesses(settings: RecordingSettings): void {
  const prototype = childProcess.ChildProcess.prototype as unknown as { spawn: AnyFunction };
  prototype.spawn = wrapped(prototype.spawn, ([options, ...rest]) => [asynchronous(options, settings), ...rest]);
  const functions = childProcess as unknown as Record<string, AnyFunction>;
  for (const [name, placeOf] of Object.entries(SYNCHRONOUS)) {
    functions[name] = wrapped(functions[name], (args) => synchronous(args, placeOf(args), settings));
  }
  syncBuiltinESMExports();
}

/** The same function to look at, with other arguments. */
function wrapped(original: AnyFunction, change: (args: unknown[]) => unknown[]): AnyFunction {
  return new Proxy(original, {
    apply(target, self, args: unknown[]) {
      let changed = args;
      try {
        changed = change(args);
      } catch {
        // arguments that Node is to refuse
      }
      return Reflect.apply(target, self, changed);
    },
  });
}

function asynchronous(options: unknown, settings: RecordingSettings): unknown {
  const { envPairs, ...identity } = options as SpawnOptions;
  if (envPairs === undefined || isForeign(identity)) return options;
  const environment: NodeJS.ProcessEnv = {};
  for (const pair of envPairs) {
    const end = pair.indexOf('=', 1); // Windows has names that begin with one
    environment[pair.slice(0, end)] = pair.slice(end + 1);
  }
  const changed = Object.entries(environmentWith(settings, environment)).map(([name, value]) => `${name}=${value}`);
  return { ...(options as SpawnOptions), envPairs: changed };
}

function synchronous(args: readonly unknown[], place: number, settings: RecordingSettings): unknown[] {
  const options = args[place] as SyncOptions | null | undefined;
  if (typeof options !== 'object' && options !== undefined) return [...args];
  if (isForeign(options ?? {})) return [...args];
  const changed: unknown[] = [...args];
  changed[place] = { ...options, env: environmentWith(settings, options?.env ?? process.env) };
  return changed;
}

/** As another user it could perhaps neither load the preload nor write: it would fail where it did not without us. */
function isForeign({ uid, gid }: { readonly uid?: number; readonly gid?: number }): boolean {
  return (uid !== undefined && uid !== process.getuid?.()) || (gid !== undefined && gid !== process.getgid?.());
}
