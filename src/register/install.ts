// Puts the hooks into this thread, once, whichever way and however often it is asked: by `--import`, by `-r`, by an
// `import` in the code, or by the command line.
import module from 'node:module';
import { threadRuntime } from '../../runtime/instance.ts';
import { installGlobal } from '../global.ts';
import { createInstrumenter, type OwnWork } from './instrumenter.ts';
import { createLoadHooks } from './load-hooks.ts';
import { DIST_DIRECTORY, LOADER_URL, REGISTER_FILE } from './package-root.ts';
import { followOtherTools, hookRequire } from './require-hook.ts';
import { settingsOfThread, shareSettings } from './settings.ts';
import type { FullSettings, RegisterSettings } from './settings.ts';
import { hookWorkers, isPreload } from './workers.ts';

const INSTALLED = Symbol.for('everycall.register/1');

/**
 * True if this call put the hooks in, false if they were there.
 * @param preload what workers that do not inherit theirs are given; CommonJS
 * @throws EverycallError `bad-option` where the settings are wrong
 */
export function install(given?: RegisterSettings, preload = REGISTER_FILE): boolean {
  const global = globalThis as { [INSTALLED]?: true };
  if (global[INSTALLED]) return false;
  const settings = settingsOfThread(given);
  Object.defineProperty(globalThis, INSTALLED, { value: true });
  shareSettings(settings);
  installGlobal();
  const { withoutCharge, asOwnWork, watchWorker } = threadRuntime();
  hookModules(settings, { withoutCharge, asOwnWork });
  hookWorkers(preload, isPreload(DIST_DIRECTORY), watchWorker);
  return true;
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
