// Babel's two tools that the injected code is made with. They come from the Babel that runs the plugin, whatever its
// version, never from an import.
import type { template, types as t } from '@babel/core';

export interface Syntax {
  readonly types: typeof t;
  /**
   * Statements without locations, from code that is taken as it is but for identifiers that are keys of `names`. The code
   * is parsed once a process: it should be the same for all files.
   */
  readonly parse: (code: string, names?: Names) => t.Statement[];
}

/** Twenty or so are all there are, but for scripts: their names differ from file to file. */
const MOST_KNOWN = 200;

type Names = Readonly<Record<string, unknown>>;

export function createSyntax(api: { types: typeof t; template: typeof template }): Syntax {
  const known = new Map<string, t.Statement[]>();
  return {
    types: api.types,
    parse(code, names = {}) {
      let parsed = known.get(code);
      if (!parsed) {
        if (known.size === MOST_KNOWN) known.clear();
        parsed = api.template.statements(code, { placeholderPattern: false, sourceType: 'module' })();
        known.set(code, parsed);
      }
      return copy(parsed, names);
    },
  };
}

/** Copies plain data. Babel's own `cloneNode` looks up and checks each field, which shows on a file of many functions. */
export function copy<T>(value: T, names: Names = {}): T {
  if (Array.isArray(value)) return value.map((each: unknown) => copy(each, names)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) result[key] = copy((value as Record<string, unknown>)[key], names);
  if (result.type === 'Identifier') {
    const name = names[result.name as string];
    if (typeof name === 'string') result.name = name;
  }
  return result as T;
}
