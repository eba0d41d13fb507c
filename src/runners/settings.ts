// What a profiled test run may be told, and where: in the field `everycall` of the project's package.json, in the runner's
// own configuration where it hands us options, and in one environment variable.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FORMAT_IDS, type FormatId } from '../exporters/format-names.ts';
import { badOption, checkOptions, FLAG, GLOBS, is, isText, isTexts, isWhole, oneOf } from '../option-checks.ts';
import type { OptionChecks } from '../option-checks.ts';
import { START_CHECKS, type StartOptions } from '../options.ts';

export interface TestRunSettings extends Pick<StartOptions, 'precision' | 'overhead' | 'tickMs' | 'builtins'> {
  /** Globs of the files to instrument, from the project's folder. Default: all that are in no `node_modules`. */
  readonly include?: readonly string[];
  /** Globs of the files to leave alone; wins over `include`. Default: `**\/node_modules/**`. */
  readonly exclude?: readonly string[];
  /**
   * Globs of the files that belong to the tests and are not what is tested, beside those that the runner ran. Default
   * {@link DEFAULT_TEST_FILES}.
   */
  readonly testFiles?: readonly string[];
  /** Files to write the whole profile to, relative to the project's folder. Default: none. */
  readonly output?: string | readonly string[];
  /** What to write it as. Default: as the name of each file says, as `everycall --output` takes it. */
  readonly format?: FormatId;
  /** Functions and test files to show, from 1. Default 10. */
  readonly limit?: number | 'all';
  /** Whether the summary is printed. Default true. */
  readonly summary?: boolean;
}

export const DEFAULT_TEST_FILES: readonly string[] = [
  '**/{test,tests,__tests__,__mocks__}/**',
  '**/*.{test,spec,cy}.{js,jsx,ts,tsx,mjs,cjs,mts,cts}',
];

export const DEFAULT_LIMIT = 10;

/** The environment variable: the JSON form of {@link TestRunSettings}. */
export const TESTS_VARIABLE = 'EVERYCALL_TESTS';

const CHECKS: OptionChecks<TestRunSettings> = {
  include: GLOBS,
  exclude: GLOBS,
  testFiles: GLOBS,
  output: is('the name of a file or a list of names', (value) => isText(value) || isTexts(value)),
  format: oneOf(...FORMAT_IDS),
  limit: is("a whole number from 1, or 'all'", (value) => value === 'all' || isWhole(value, 1)),
  summary: FLAG,
  precision: START_CHECKS.precision,
  overhead: START_CHECKS.overhead,
  tickMs: START_CHECKS.tickMs,
  builtins: START_CHECKS.builtins,
};

/** @throws EverycallError `bad-option` saying which setting of `of` was expected to be what */
export function checkTestRunSettings(of: string, value: unknown): asserts value is TestRunSettings {
  checkOptions(of, value, CHECKS);
}

/**
 * The settings of a project: those of its package.json, the `given` ones of a runner's configuration, and those of the
 * environment, each winning over the ones before.
 *
 * @throws EverycallError `bad-option` for settings that are none
 */
export function readTestRunSettings(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
  given: TestRunSettings = {},
): TestRunSettings {
  return { ...fieldOf(root), ...given, ...variableOf(env) };
}

function fieldOf(root: string): TestRunSettings {
  let field: unknown;
  try {
    field = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { everycall?: unknown }).everycall;
  } catch {
    // no package.json, or one that others will complain about
  }
  if (field === undefined) return {};
  checkTestRunSettings("package.json, field 'everycall'", field);
  return field;
}

function variableOf(env: NodeJS.ProcessEnv): TestRunSettings {
  const json = env[TESTS_VARIABLE];
  if (!json) return {};
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw badOption(TESTS_VARIABLE, 'a JSON object', json);
  }
  checkTestRunSettings(TESTS_VARIABLE, value);
  return value;
}

/** Absolute paths of the files to write. */
export function outputsOf({ output }: TestRunSettings, root: string): string[] {
  const names = output === undefined ? [] : typeof output === 'string' ? [output] : output;
  return names.map((name) => resolve(root, name));
}
