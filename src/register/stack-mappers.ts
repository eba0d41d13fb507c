// Tools that map stack traces in JavaScript (source-map-support, and ts-node's edition of it) know a file by the map they
// made. What runs is what we made of it after them: they are told that text, which leads through our map to the source.
import Module from 'node:module';
import { fileURLToPath } from 'node:url';

interface StackMapper {
  install(options: { retrieveFile: (path: string) => string | null }): void;
}

const texts = new Map<string, string>();
const told = new WeakSet<object>();

/** What runs in place of a file that another tool compiled. */
export function rememberText(filename: string, text: string): void {
  texts.set(filename, text);
}

/** Looks for such tools among the modules that are loaded. */
export function tellStackMappers(): void {
  const { _cache: cache } = Module as unknown as { _cache: Record<string, { exports: StackMapper } | undefined> };
  for (const file of Object.keys(cache)) {
    if (!/[\\/]source-map-support[\\/]source-map-support\.js$/.test(file)) continue;
    const mapper = cache[file]?.exports;
    if (typeof mapper?.install !== 'function' || told.has(mapper)) continue;
    told.add(mapper);
    mapper.install({ retrieveFile: (path) => texts.get(pathOf(path)) ?? null });
  }
}

function pathOf(path: string): string {
  try {
    return path.startsWith('file:') ? fileURLToPath(path) : path;
  } catch {
    return path;
  }
}
