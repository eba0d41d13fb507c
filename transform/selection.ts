// Which files are instrumented: globs against the absolute path and the path from the root, always with forward
// slashes. Used by the plugin, and by the register hooks before they parse anything.
import { createRequire } from 'node:module';
import path from 'node:path';
import type picomatch from 'picomatch';

export interface FileFilterOptions {
  readonly include?: string | readonly string[] | undefined;
  readonly exclude?: string | readonly string[] | undefined;
  /** Directory that relative globs start from. Default: the working directory. */
  readonly root?: string | undefined;
}

const PACKAGES = 'node_modules';

/**
 * A file is chosen if some `include` matches (none given: every file) and no `exclude` does. Files under `node_modules`
 * are chosen only by an `include` that has `node_modules` in its text: `**` alone does not mean them.
 * @param system what a path is; where it is written with backslashes, the case of letters makes no difference
 */
export function createFileFilter(
  { include, exclude, root = process.cwd() }: FileFilterOptions,
  system: path.PlatformPath = path,
): (filename: string) => boolean {
  const { resolve, relative, sep } = system;
  const included = list(include);
  const chosen = matcher(included.length > 0 ? included : ['**'], sep);
  const chosenPackages = matcher(
    included.filter((glob) => glob.includes(PACKAGES)),
    sep,
  );
  const refused = matcher(list(exclude), sep);

  return (filename) => {
    const absolute = forwardSlashes(resolve(root, filename), sep);
    const paths = [absolute, forwardSlashes(relative(root, absolute), sep)];
    if (paths.some(refused)) return false;
    return paths.some(absolute.split('/').includes(PACKAGES) ? chosenPackages : chosen);
  };
}

/** @param separator of the system that the path is from */
export function forwardSlashes(file: string, separator: string = path.sep): string {
  return separator === '\\' ? file.replaceAll('\\', '/') : file;
}

function list(globs: string | readonly string[] | undefined): readonly string[] {
  return typeof globs === 'string' ? [globs] : (globs ?? []);
}

function matcher(globs: readonly string[], separator: string): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  if (globs.includes('**')) return () => true;
  const match = createRequire(import.meta.url)('picomatch') as typeof picomatch; // only where there are globs to match
  const matches = match(
    globs.map((glob) => glob.replace(/^\.\//, '')),
    { dot: true, nocase: separator === '\\' },
  );
  return (path) => matches(path);
}
