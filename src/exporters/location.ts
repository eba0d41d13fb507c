// Where a function is, as an editor or terminal takes it: `file:line:column`, relative to a folder. Works on the text
// alone, since a profile may be read on another system than the one it was taken on.
import type { FunctionStats } from '../profile.ts';
import { pathOf } from '../statistics/source-path.ts';

/**
 * The location of each function, empty for those without a file. The column, counted from 1 as editors do, is given only where two functions of the profile
 * begin on one line. `cwd` is a folder of the machine the profile was taken on; files outside it keep their whole path.
 */
export function locations(
  functions: readonly Pick<FunctionStats, 'file' | 'line' | 'column'>[],
  cwd: string | undefined,
): string[] {
  const places = functions.map((fn) => (fn.file === '' ? '' : `${relativePath(fn.file, cwd)}:${fn.line}`));
  const onLine = new Map<string, number>();
  for (const place of places) onLine.set(place, (onLine.get(place) ?? 0) + 1);
  return places.map((place, i) =>
    place !== '' && onLine.get(place)! > 1 ? `${place}:${functions[i].column + 1}` : place,
  );
}

/** The path of a file, relative to `cwd` if it is inside, with forward slashes on all systems; a URL of no path stays. */
export function relativePath(file: string, cwd: string | undefined): string {
  const path = pathOf(file);
  if (cwd === undefined) return path;
  const base = pathOf(cwd).replace(/\/*$/, '/');
  // Windows does not tell C: from c:.
  const same = /^[a-z]:/i.test(base)
    ? path.toLowerCase().startsWith(base.toLowerCase())
    : base !== '/' && path.startsWith(base);
  return same ? path.slice(base.length) : path;
}
