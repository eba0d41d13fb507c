// Which files are instrumented: globs against the absolute path and the path from the root, always with forward
// slashes. Used by the plugin, and by the register hooks before they parse anything.
import { createRequire } from 'node:module';
import { relative, resolve } from 'node:path';
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
 */
export function createFileFilter({
  include,
  exclude,
  root = process.cwd(),
}: FileFilterOptions): (filename: string) => boolean {
  const included = list(include);
  const chosen = matcher(included.length > 0 ? included : ['**']);
  const chosenPackages = matcher(included.filter((glob) => glob.includes(PACKAGES)));
  const refused = matcher(list(exclude));

  return (filename) => {
    const absolute = forwardSlashes(resolve(root, filename));
    const paths = [absolute, forwardSlashes(relative(root, absolute))];
    if (paths.some(refused)) return false;
    return paths.some(absolute.split('/').includes(PACKAGES) ? chosenPackages : chosen);
  };
}

export function forwardSlashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

function list(globs: string | readonly string[] | undefined): readonly string[] {
  return typeof globs === 'string' ? [globs] : (globs ?? []);
}

function matcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  if (globs.includes('**')) return () => true;
  const match = createRequire(import.meta.url)('picomatch') as typeof picomatch; // only where there are globs to match
  const matches = match(
    globs.map((glob) => glob.replace(/^\.\//, '')),
    { dot: true },
  );
  return (path) => matches(path);
}
