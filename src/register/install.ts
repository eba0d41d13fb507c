// Puts the hooks into this thread, once, whichever way and however often it is asked: by `--import`, by `-r`, by an
// `import` in the code, or by the command line.
import module, { Module } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import * as runtimeEntry from '../../runtime/index.ts';
import { SHARED_KEY, threadRuntime } from '../../runtime/instance.ts';
import { installGlobal } from '../global.ts';
import { complain, messageOf } from '../output.ts';
import type * as MonitorEnvironment from '../monitor/environment.ts';
import { useCodeCache } from './code-cache.ts';
import { createInstrumenter, type OwnWork } from './instrumenter.ts';
import { createLoadHooks } from './load-hooks.ts';
import { withOwnModules } from './own-modules.ts';
import {
  DIST_DIRECTORY,
  LOADER_URL,
  MONITOR_ENVIRONMENT_FILE,
  REGISTER_FILE,
  requireOwn,
  RUNTIME_FOR_COMMONJS,
} from './package-root.ts';
import { followOtherTools, hookRequire } from './require-hook.ts';
import { settingsOfThread, shareSettings } from './settings.ts';
import type { FullSettings, RegisterSettings } from './settings.ts';
import { hookWorkers, isPreload } from './workers.ts';

const INSTALLED = Symbol.for('everycall.register/1');

/**
 * True if this call put the hooks in, false if they were there: those of another copy of everycall, too. Where that one
 * records for a runtime that is not ours, a line says so.
 * @param preload what workers that do not inherit theirs are given; CommonJS
 * @throws EverycallError `bad-option` where the settings are wrong
 */
export function install(given?: RegisterSettings, preload = REGISTER_FILE): boolean {
  const installed = (globalThis as { [INSTALLED]?: string })[INSTALLED];
  if (installed !== undefined) {
    if (installed !== SHARED_KEY && isMainThread) refuse(installed);
    return false;
  }
  const settings = settingsOfThread(given);
  Object.defineProperty(globalThis, INSTALLED, { value: SHARED_KEY });
  shareSettings(settings);
  installGlobal();
  seatRuntime();
  const { withoutCharge, asOwnWork, watchWorker } = threadRuntime();
  hookModules(settings, { withoutCharge, asOwnWork });
  hookWorkers(preload, isPreload(DIST_DIRECTORY), watchWorker);
  const { EVERYCALL_MONITOR, EVERYCALL_PUSH, EVERYCALL_SIGUSR2 } = process.env;
  if (isMainThread && (EVERYCALL_MONITOR ?? EVERYCALL_PUSH ?? EVERYCALL_SIGUSR2) !== undefined) {
    const { startAsTold } = withOwnModules(() => requireOwn(MONITOR_ENVIRONMENT_FILE) as typeof MonitorEnvironment);
    startAsTold();
  }
  return true;
}

/** The same where nobody could catch an error: it is said in a line, and the process ends as for a wrong command line. */
export function installPreload(): void {
  try {
    install();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'bad-option') throw error;
    complain(messageOf(error));
    process.exit(2);
  }
}

/**
 * What instrumented files require is loaded, with this code: it only has to be found under the other file's name. Who
 * empties `require.cache` has that file loaded, which finds the same runtime.
 */
function seatRuntime(): void {
  const { _cache: cache } = Module as unknown as { _cache: Record<string, Module | undefined> };
  if (cache[RUNTIME_FOR_COMMONJS] !== undefined) return;
  const seat = new Module(RUNTIME_FOR_COMMONJS);
  seat.filename = RUNTIME_FOR_COMMONJS;
  seat.exports = { ...runtimeEntry };
  seat.loaded = true;
  cache[RUNTIME_FOR_COMMONJS] = seat;
}

function refuse(installed: string): void {
  const found = `expected hooks for ${SHARED_KEY}, got those of another copy of everycall for ${installed}`;
  process.stderr.write(`everycall: ${found}: this copy records nothing\n`);
}

type HooksOfNode = { registerHooks?: (hooks: object) => void };

function hookModules(settings: FullSettings, own: OwnWork): void {
  const instrumenter = createInstrumenter(settings, own, useCodeCache);
  const { registerHooks } = module as unknown as HooksOfNode;
  if (typeof registerHooks === 'function') {
    registerHooks(createLoadHooks(instrumenter, own, followOtherTools(instrumenter, own)));
    return;
  }
  hookRequire(instrumenter, own);
  try {
    module.register(LOADER_URL, { data: settings });
  } catch (error) {
    // Its thread cannot be had: the program goes on, and what it requires is instrumented.
    if (isMainThread) complain(`ES modules are not instrumented: ${messageOf(error)}`); // once, not in each worker
  }
}
