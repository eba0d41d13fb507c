// Which site a function object is of. The function itself holds no trace of it, but its text does: the injected call names
// the base of its file, which no other file of the process has, and how far behind it the site lies.
import { SITE_STRIDE } from '../../runtime/contract.ts';
import type { Arena } from '../../runtime/arena.ts';
import { registeredFiles } from '../../runtime/registry.ts';
import { readSites, tableOf } from './sites.ts';
import type { Site } from './sites.ts';

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any function, a class too
type AnyFunction = Function;

const sourceOf = Function.prototype.toString;

/** `$b_1a2b3c + 96`; minified, `48000` is `48e3`. */
const ENTRY = /(\$b_\w+)\s*\+\s*(\d+(?:e\d+)?)/g;

/** The function's site; `undefined` if it is not instrumented, or its text was changed by others since. */
export function siteOfFunction(arena: Arena, fn: AnyFunction): Site | undefined {
  const text = sourceOf.call(fn);
  const offsets = new Map<string, number[]>();
  for (const [, base, offset] of text.matchAll(ENTRY)) {
    offsets.set(base, [...(offsets.get(base) ?? []), Number(offset) / SITE_STRIDE]);
  }
  if (offsets.size !== 1) return undefined;
  const [[base, indices]] = offsets;
  for (const { firstSite, table } of registeredFiles(arena)) {
    if (tableOf(table).base !== base) continue;
    const sites = readSites(arena);
    const candidates = [...new Set(indices)].sort((a, b) => a - b).map((index) => sites.of(firstSite + index));
    if (/^class\b/.test(text)) return candidates.find(({ kind }) => kind === 'constructor');
    // Outer functions are numbered before inner ones; one that was left alone shows by the name of the inner one.
    return isNamed(candidates[0], fn.name) ? candidates[0] : undefined;
  }
  return undefined;
}

/** What the language calls a function and what we do agree, but for computed names and those that only we give. */
function isNamed({ name }: Site, own: string): boolean {
  const path = name.replace(/^(?:static )?(?:[gs]et )?/, '');
  const bare = own.replace(/^[gs]et /, '');
  if (bare === '' || path === bare || path.endsWith(`.${bare}`)) return true;
  if (/^[[#]/.test(bare)) return path.endsWith(bare); // a symbol's or a private name
  return bare === 'default' ? path.endsWith('<anonymous>') : path.endsWith(']');
}
