// Where a function is, as an editor or terminal takes it: `file:line:column`, relative to a folder. Works on the text
// alone, since a profile may be read on another system than the one it was taken on.
import type { FunctionStats } from '../profile.ts';
import { pathOf } from '../statistics/source-path.ts';

/**
 * The location of each function, empty for those without a file. The column, counted from 1 as editors do, is given only where two functions of the profile
 * begin on one line. `cwd` is a folder of the machine the profile was taken on; files outside it keep their whole path.
 */
export function locations(functions: readonly FunctionStats[], cwd: string | undefined): string[] {
  const base = baseOf(cwd);
  const places = functions.map((fn) => (fn.file === '' ? '' : `${relative(fn.file, base)}:${fn.line}`));
  const onLine = new Map<string, number>();
  for (const place of places) onLine.set(place, (onLine.get(place) ?? 0) + 1);
  return places.map((place, i) =>
    place !== '' && onLine.get(place)! > 1 ? `${place}:${functions[i].column + 1}` : place,
  );
}

/** The file as it is shown: relative to the folder if it is inside, else whole. */
export function fileWithin(file: string, cwd: string | undefined): string {
  return file === '' ? '' : relative(file, baseOf(cwd));
}

function baseOf(cwd: string | undefined): string | undefined {
  return cwd === undefined ? undefined : pathOf(cwd).replace(/\/*$/, '/');
}

function relative(file: string, base: string | undefined): string {
  const path = pathOf(file);
  if (cwd === undefined) return path;
  const base = pathOf(cwd).replace(/\/*$/, '/');
  // Windows does not tell C: from c:.
  const same = /^[a-z]:/i.test(base)
    ? path.toLowerCase().startsWith(base.toLowerCase())
    : base !== '/' && path.startsWith(base);
  return same ? path.slice(base.length) : path;
}
