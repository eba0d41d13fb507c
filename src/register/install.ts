// Puts the hooks into this thread, once, whichever way and however often it is asked: by `--import`, by `-r`, by an
// `import` in the code, or by the command line.
import module from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { SHARED_KEY, threadRuntime } from '../../runtime/instance.ts';
import { installGlobal } from '../global.ts';
import { startAsTold } from '../monitor/environment.ts';
import { createInstrumenter, type OwnWork } from './instrumenter.ts';
import { createLoadHooks } from './load-hooks.ts';
import { DIST_DIRECTORY, LOADER_URL, REGISTER_FILE } from './package-root.ts';
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
  const { withoutCharge, asOwnWork, watchWorker } = threadRuntime();
  hookModules(settings, { withoutCharge, asOwnWork });
  hookWorkers(preload, isPreload(DIST_DIRECTORY), watchWorker);
  if (isMainThread) startAsTold();
  return true;
}

function refuse(installed: string): void {
  const found = `expected hooks for ${SHARED_KEY}, got those of another copy of everycall for ${installed}`;
  process.stderr.write(`everycall: ${found}: this copy records nothing\n`);
}

type HooksOfNode = { registerHooks?: (hooks: object) => void };

function hookModules(settings: FullSettings, own: OwnWork): void {
  const instrumenter = createInstrumenter(settings, own);
  const { registerHooks } = module as unknown as HooksOfNode;
  if (typeof registerHooks === 'function') {
    registerHooks(createLoadHooks(instrumenter, own, followOtherTools(instrumenter, own)));
    return;
  }
  hookRequire(instrumenter, own);
  module.register(LOADER_URL, { data: settings });
}
