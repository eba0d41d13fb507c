// Which functions of a test run are what is tested: those of the project itself that stand in no file of its tests.
import type { FunctionStats, Profile } from '../profile.ts';
import { fileTest } from '../statistics/filter.ts';
import { OWN_PACKAGE, packageOf } from '../statistics/package-name.ts';
import { pathOf } from '../statistics/source-path.ts';
import { activeFunctions } from '../statistics/select.ts';

/** The tag of a test file: its path from the project's folder, with forward slashes on all systems. */
export function tagOfFile(file: string, root: string): string {
  const path = pathOf(file);
  const folder = `${pathOf(root).replace(/\/+$/, '')}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

/** @param testFiles globs, from `root`, of files that belong to the tests beside those that a tag names */
export function functionsUnderTest(profile: Profile, root: string, testFiles: readonly string[]): FunctionStats[] {
  const ran = new Set(profile.tags.map(({ name }) => name));
  const isTestFile = fileTest(testFiles);
  return activeFunctions(profile).filter((fn) => {
    if (packageOf(fn) !== OWN_PACKAGE || fn.kind === 'builtin' || fn.kind === 'gc') return false;
    const path = tagOfFile(fn.file, root);
    return !ran.has(path) && !isTestFile(path);
  });
}
