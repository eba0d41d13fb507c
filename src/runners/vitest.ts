// everycall/vitest: a Vite plugin for vitest's configuration. It puts the hooks into what Vite makes of each file of the
// project, and a setup file before those that are configured (vitest-setup.ts). Outside of vitest it does nothing.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFileFilter } from '../../transform/selection.ts';
import { RUNTIME_FOR_MODULES, VITEST_SETUP_FILE } from '../register/package-root.ts';
import { type CompiledCode, instrumentCompiled, type InstrumentSettings } from './instrument.ts';
import { checkTestRunSettings, readTestRunSettings, type TestRunSettings } from './settings.ts';
import { beginTestRun } from './test-run.ts';

export type { TestRunSettings } from './settings.ts';

/** What we take of Vite's own things; structural, so that it fits every version. */
interface Config {
  root?: string;
  test?: {
    setupFiles?: string | string[];
    server?: { deps?: { inline?: true | (string | RegExp)[] } };
  };
}
interface TransformContext {
  getCombinedSourcemap?(): object;
}
interface VitestPlugin {
  readonly name: string;
  readonly enforce: 'post';
  config(config: object): void;
  transform(this: object, code: string, id: string): { code: string; map: never } | null;
}

const CODE = /\.[cm]?[jt]sx?$/;

/**
 * Profiles the run: `plugins: [everycall()]`.
 *
 * @throws EverycallError `bad-option` for settings that are none
 */
export default function everycall(options: TestRunSettings = {}): VitestPlugin {
  checkTestRunSettings('everycall/vitest', options);
  let settings: InstrumentSettings | undefined;
  let isSelected: (file: string) => boolean = () => false;

  return {
    name: 'everycall:vitest',
    enforce: 'post',
    config(given) {
      if (process.env['VITEST'] === undefined) return;
      const config = given as Config;
      const root = resolve(config.root ?? process.cwd());
      const all = readTestRunSettings(root, process.env, options);
      beginTestRun(all, root);
      settings = { include: all.include, exclude: all.exclude, root };
      isSelected = createFileFilter(settings);
      addSetupFile((config.test ??= {}));
    },
    transform(code, id) {
      const [file, query = ''] = id.split('?', 2);
      if (settings === undefined || query !== '' || !CODE.test(file) || !isSelected(file)) return null;
      const map = (this as TransformContext).getCombinedSourcemap?.();
      const instrumented: CompiledCode = instrumentCompiled({ code, map }, file, settings, {
        esm: fileURLToPath(RUNTIME_FOR_MODULES),
        ownMapOnly: true,
      });
      return instrumented.code === code ? null : { code: instrumented.code, map: instrumented.map as never };
    },
  };
}

/** First, and through Vite: what Node itself loads is loaded once a thread, and this one is to run for each test file. */
function addSetupFile(test: NonNullable<Config['test']>): void {
  const { setupFiles = [] } = test;
  test.setupFiles = [VITEST_SETUP_FILE, ...(typeof setupFiles === 'string' ? [setupFiles] : setupFiles)];
  const deps = ((test.server ??= {}).deps ??= {});
  if (deps.inline !== true)
    deps.inline = [...(deps.inline ?? []), /[\\/]everycall[\\/]dist[\\/]src[\\/]runners[\\/]vitest-setup\.js$/];
}
