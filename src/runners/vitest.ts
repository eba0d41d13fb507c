// everycall/vitest: a Vite plugin for vitest's configuration. It is the plugin of everycall/vite, with a setup file put before
// those that are configured (vitest-setup.ts). Outside of vitest it does nothing.
import { resolve } from 'node:path';
import { unplugin } from '../bundlers/plugin.ts';
import { VITEST_SETUP_FILE } from '../register/package-root.ts';
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
type Transform = (this: object, code: string, id: string) => { code: string; map: never } | null;
interface VitestPlugin {
  readonly name: string;
  readonly enforce: 'pre';
  config(config: object): void;
  readonly transform: { readonly order: 'pre'; readonly handler: Transform };
}
interface BundlerPlugin {
  transformInclude(id: string): boolean;
  readonly transform: { readonly handler: Transform };
}

/**
 * Profiles the run: `plugins: [everycall()]`.
 *
 * @throws EverycallError `bad-option` for settings that are none
 */
export default function everycall(options: TestRunSettings = {}): VitestPlugin {
  checkTestRunSettings('everycall/vitest', options);
  let bundler: BundlerPlugin | undefined;

  return {
    name: 'everycall:vitest',
    enforce: 'pre',
    config(given) {
      if (process.env['VITEST'] === undefined) return;
      const config = given as Config;
      const root = resolve(config.root ?? process.cwd());
      const settings = readTestRunSettings(root, process.env, options);
      beginTestRun(settings, root);
      const { include, exclude } = settings;
      // By its path: a package of a workspace need not see everycall. Client is what vitest calls jsdom and its like.
      bundler = unplugin.vite({
        include,
        exclude,
        root,
        bundleRuntime: true,
        client: true,
      }) as unknown as BundlerPlugin;
      addSetupFile((config.test ??= {}));
    },
    transform: {
      order: 'pre',
      handler(code, id) {
        return bundler?.transformInclude(id) ? bundler.transform.handler.call(this, code, id) : null;
      },
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
