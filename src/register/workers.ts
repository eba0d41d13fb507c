// Workers that the program starts get the same preload, also those given their own `execArgv`. The program sees the Worker
// class it knows: a proxy with one trap, so name, length, prototype, `instanceof` and subclasses stay as they are.
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import workerThreads, { setEnvironmentData } from 'node:worker_threads';
import type { Worker, WorkerOptions } from 'node:worker_threads';
import { WORKER_NAME_KEY } from '../../runtime/instance.ts';

type WorkerClass = typeof workerThreads.Worker;

/** Under this the module of `node:worker_threads` has the class that the proxy stands before, for threads of our own. */
export const PLAIN_WORKER = Symbol.for('everycall.worker/1');

/**
 * @param preload absolute path for `--require`
 * @param inherits whether workers without `execArgv` of their own get the preload already, as this process was started so
 * @param onMade is told of every worker
 */
export function hookWorkers(preload: string, inherits: boolean, onMade: (worker: Worker) => void): void {
  const Original = workerThreads.Worker;
  const Hooked: WorkerClass = new Proxy(Original, {
    construct(target, args: unknown[], newTarget) {
      const worker = named(args[0], args[1], () => construct(target, args, newTarget === Hooked ? target : newTarget));
      onMade(worker);
      return worker;
    },
  });
  function construct(target: WorkerClass, args: unknown[], made: NewableFunction): Worker {
    let execArgv = execArgvToAdd(args[1], preload, inherits);
    while (execArgv !== null) {
      const options = { ...(args[1] as WorkerOptions | undefined), execArgv };
      try {
        return Reflect.construct(target, [args[0], options, ...args.slice(2)], made) as Worker;
      } catch (error) {
        execArgv = withoutRefused(execArgv, error, args[1]);
      }
    }
    // Nothing to add, or ours did not work: made as the program asked, it throws what the program is to see.
    return Reflect.construct(target, args, made) as Worker;
  }
  // `worker.constructor === Worker` has to hold as well.
  Object.defineProperty(Original.prototype, 'constructor', { value: Hooked, writable: true, configurable: true });
  Object.defineProperty(workerThreads, PLAIN_WORKER, { value: Original, configurable: true });
  (workerThreads as { Worker: WorkerClass }).Worker = Hooked;
  syncBuiltinESMExports();
}

/** Makes a worker that finds what it is called: by the program, else as its file. */
function named<T>(file: unknown, options: unknown, make: () => T): T {
  let name: string | undefined;
  try {
    const given = (options ?? {}) as WorkerOptions;
    const isFile = given.eval !== true && (typeof file === 'string' || file instanceof URL);
    name = given.name || (isFile ? basename(file instanceof URL ? file.pathname : file) : undefined);
  } catch {
    // the program's own getter: Node meets it again
  }
  if (typeof name !== 'string') return make();
  setEnvironmentData(WORKER_NAME_KEY, name);
  try {
    return make();
  } finally {
    setEnvironmentData(WORKER_NAME_KEY, undefined);
  }
}

/** `null` where the worker inherits the preload anyway, or the options are not what they should be. */
function execArgvToAdd(options: unknown, preload: string, inherits: boolean): string[] | null {
  try {
    const { execArgv } = (options ?? {}) as WorkerOptions;
    if (Array.isArray(execArgv)) return ['--require', preload, ...(execArgv as string[])];
    return inherits || execArgv ? null : ['--require', preload, ...process.execArgv];
  } catch {
    return null;
  }
}

/**
 * Flags of V8 and of the whole process hold for a worker, yet are refused when handed to it. Node names them in its
 * error; where we copied them from the process, the worker is made again without.
 */
function withoutRefused(execArgv: readonly string[], error: unknown, options: unknown): string[] | null {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV' || (options as WorkerOptions | undefined)?.execArgv) return null;
  const refused = message
    .slice(message.indexOf(':') + 1)
    .split(',')
    .map((flag) => flag.trim());
  const kept = execArgv.filter((flag) => !refused.includes(flag));
  return kept.length < execArgv.length ? kept : null;
}

/** Whether this process was started with everycall as a preload, which workers then inherit. */
export function isPreload(ownDirectory: string): boolean {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  return flags.includes('everycall/register') || flags.includes(ownDirectory);
}
