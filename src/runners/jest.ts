// everycall/jest: a runner for jest's option `runner`, which is jest's own with another project configuration handed to it:
// each transformer is wrapped in ours (jest-transformer.ts), the test framework too (jest-framework.ts), and a setup file
// (jest-setup.ts) comes first. So presets, babel-jest, ts-jest and whatever else is configured stay as they are.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { JEST_FRAMEWORK_FILE, JEST_SETUP_FILE, JEST_TRANSFORMER_FILE } from '../register/package-root.ts';
import type { TransformerOptions } from './jest-transformer.ts';
import { readTestRunSettings, type TestRunSettings } from './settings.ts';
import { beginTestRun } from './test-run.ts';

/** What we take of jest's own things. */
interface ProjectConfig {
  readonly transform: readonly (readonly [pattern: string, file: string, options: object])[];
  readonly testRunner: string;
  readonly setupFiles: readonly string[];
}
interface Test {
  readonly context: { readonly config: ProjectConfig };
}
interface Runner {
  readonly isSerial?: boolean;
  runTests(tests: readonly Test[], ...rest: unknown[]): Promise<void>;
  on(...event: unknown[]): unknown;
}
type RunnerClass = new (globalConfig: GlobalConfig, context: unknown) => Runner;
interface GlobalConfig {
  readonly rootDir: string;
  /** In milliseconds; jest has 500 where it is not given. */
  readonly workerGracefulExitTimeout?: number;
}

/** What our part of a project's configuration is, for the processes that get the rest. */
export interface OwnConfig {
  readonly everycall: { readonly testRunner: string };
}

/** A worker writes its profile when it ends: jest is not to take it for one that does not. */
const LEAST_EXIT_TIMEOUT_MS = 30_000;

const JAVASCRIPT = '\\.[cm]?jsx?$';

export default class EverycallRunner implements Runner {
  readonly supportsEventEmitters = true;
  readonly isSerial: boolean | undefined;
  readonly #runner: Runner;
  readonly #settings: TestRunSettings;
  readonly #rootDir: string;
  readonly #istanbul: string | undefined;
  readonly #configs = new Map<ProjectConfig, ProjectConfig & OwnConfig>();

  constructor(globalConfig: GlobalConfig, context: unknown) {
    this.#rootDir = globalConfig.rootDir;
    this.#settings = readTestRunSettings(this.#rootDir);
    beginTestRun(this.#settings, this.#rootDir);
    const require = createRequire(join(this.#rootDir, 'package.json'));
    const { default: JestRunner } = require(found(this.#rootDir, 'jest-runner')) as { default: RunnerClass };
    this.#istanbul = foundOr(this.#rootDir, '@jest/transform', 'babel-plugin-istanbul');
    const workerGracefulExitTimeout = Math.max(globalConfig.workerGracefulExitTimeout ?? 0, LEAST_EXIT_TIMEOUT_MS);
    this.#runner = new JestRunner({ ...globalConfig, workerGracefulExitTimeout }, context);
    this.isSerial = this.#runner.isSerial;
  }

  runTests(tests: readonly Test[], ...rest: unknown[]): Promise<void> {
    const changed = tests.map((test) => ({
      ...test,
      context: { ...test.context, config: this.#configOf(test.context.config) },
    }));
    return this.#runner.runTests(changed, ...rest);
  }

  on(...event: unknown[]): unknown {
    return this.#runner.on(...event);
  }

  #configOf(config: ProjectConfig): ProjectConfig & OwnConfig {
    let changed = this.#configs.get(config);
    if (changed === undefined) {
      const { include, exclude } = this.#settings;
      const optionsOf = (file?: string, options?: object): TransformerOptions => ({
        original: file === undefined ? null : { file, options },
        istanbul: this.#istanbul,
        settings: { include, exclude, root: this.#rootDir },
      });
      changed = {
        ...config,
        transform: [
          ...config.transform.map(
            ([pattern, file, options]) => [pattern, JEST_TRANSFORMER_FILE, optionsOf(file, options)] as const,
          ),
          [JAVASCRIPT, JEST_TRANSFORMER_FILE, optionsOf()],
        ],
        testRunner: JEST_FRAMEWORK_FILE,
        setupFiles: [JEST_SETUP_FILE, ...config.setupFiles],
        everycall: { testRunner: config.testRunner },
      };
      this.#configs.set(config, changed);
    }
    return changed;
  }
}

/** A package as the project's jest sees it, which need not lie where the project sees it. */
function found(rootDir: string, ...names: readonly string[]): string {
  let file = join(rootDir, 'package.json');
  for (const name of ['jest', '@jest/core', ...names]) {
    try {
      file = createRequire(file).resolve(name);
    } catch (error) {
      if (name === names.at(-1)) throw error;
    }
  }
  return file;
}

function foundOr(rootDir: string, ...names: readonly string[]): string | undefined {
  try {
    return found(rootDir, ...names);
  } catch {
    return undefined;
  }
}
