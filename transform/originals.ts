// Which bodies stay in the file as they were written, beside the instrumented ones. While nothing is recorded such a function
// runs what its author wrote, behind one test. That matters where code is cold: the injected code is some thirty bytecodes a
// call there, and the test is eight (docs/overhead.md). Code that V8 has optimised runs either at the same speed.
import type { Found } from './analyse.ts';
import type { Originals } from './options.ts';

/** In nodes of the syntax tree. The larger a body, the less of its time is the injected code's, and the more text it is. */
const LARGEST = 150;

export function keepsOriginal({ shape, nodes, isRepeatable, node }: Found, originals: Originals): boolean {
  if (originals === 'none' || !isRepeatable || nodes > LARGEST) return false;
  if (shape === 'module' || shape === 'statements') return false; // they run once
  return originals === 'all' || node.loc!.start.line === node.loc!.end.line;
}

/**
 * A copy of a part of the program's tree, of the same places in the source, where syntax.ts copies code of ours, which has none. Comments stay comments of one place each: nodes beside each
 * other share them, and a printer prints each once.
 */
export function duplicate<T>(tree: T): T {
  const comments = new Map<object, object>();
  const copyOf = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((each: unknown) => copyOf(each, key));
    if (typeof value !== 'object' || value === null || key === 'loc') return value;
    const isComment = key.endsWith('Comments');
    const known = isComment && comments.get(value);
    if (known) return known;
    const result: Record<string, unknown> = {};
    if (isComment) comments.set(value, result);
    for (const [name, each] of Object.entries(value)) result[name] = copyOf(each, name);
    return result;
  };
  return copyOf(tree, '') as T;
}
