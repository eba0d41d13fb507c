// The same hooks for Node that has only `module.register`: they run on a thread of Node's own, for ES modules alone;
// CommonJS is left to require-hook.ts on the program's thread. The runtime must never be loaded here.
import { exportNames, facade } from './commonjs-facade.ts';
import { needsCompiling } from './formats.ts';
import { createInstrumenter } from './instrumenter.ts';
import type { Instrumenter } from './instrumenter.ts';
import { contextToRead, filenameOf, isFormatOpen, processLoaded } from './load-hooks.ts';
import type { LoadContext, Loaded, ResolveContext, Resolved } from './load-hooks.ts';
import { isNotFound, typescriptNames } from './resolution.ts';
import type { FullSettings } from './settings.ts';

let instrumenter: Instrumenter | null = null;
/** Entries have no importer: such a file is run by Node's CommonJS loader as the main module. */
const entries = new Set<string>();

export function initialize(settings: FullSettings): void {
  // Where all threads share one loader thread each of them registers again; the first is enough.
  const mark = Symbol.for('everycall.loader/1');
  const global = globalThis as { [mark]?: true };
  if (global[mark]) return;
  global[mark] = true;
  instrumenter = createInstrumenter(settings);
}

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: (specifier: string, context: ResolveContext) => Promise<Resolved>,
): Promise<Resolved> {
  const isEntry = context.parentURL === undefined;
  try {
    const resolved = await next(specifier, context);
    if (isEntry) entries.add(resolved.url);
    return resolved;
  } catch (error) {
    if (instrumenter === null || !isNotFound(error)) throw error;
    for (const name of typescriptNames(specifier, false)) {
      try {
        return await next(name, context);
      } catch {
        // the error for the name as written is the one to see
      }
    }
    throw error;
  }
}

export async function load(
  url: string,
  context: LoadContext,
  next: (url: string, context: LoadContext) => Promise<Loaded>,
): Promise<Loaded> {
  const filename = filenameOf(url);
  if (instrumenter === null || filename === null || !instrumenter.concerns(filename)) return next(url, context);
  const isOpen = isFormatOpen(filename, context);
  const loaded = await next(url, contextToRead(filename, context));
  // JavaScript that is CommonJS is compiled on the program's thread, where its `require` is a whole one.
  if (loaded.format === 'commonjs' && !needsCompiling(filename)) return loaded;
  const answer = processLoaded(instrumenter, filename, isOpen, loaded) ?? loaded;
  if (answer === loaded || answer.format !== 'commonjs') return answer;
  if (entries.has(url)) return { format: 'commonjs', source: null, shortCircuit: true };
  return { ...answer, format: 'module', source: facade(filename, exportNames(answer.source as string)) };
}
