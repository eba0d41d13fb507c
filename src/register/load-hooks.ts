// The hooks for `module.registerHooks`: one pair for `require` and `import`, on the thread that asked.
import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatByName, formatOfNode, needsCompiling } from './formats.ts';
import { BROKEN, type Instrumenter, UNPROFILED } from './instrumenter.ts';
import { isAtTool } from './require-hook.ts';
import { isNotFound, typescriptNames } from './resolution.ts';

export interface ResolveContext {
  readonly conditions?: Iterable<string>;
  readonly parentURL?: string;
}
export interface LoadContext {
  readonly format?: string | null;
}
export interface Loaded {
  readonly format?: string | null;
  readonly source?: string | ArrayBuffer | NodeJS.ArrayBufferView | null;
  readonly shortCircuit?: boolean;
}
export interface Resolved {
  readonly url: string;
  readonly format?: string | null;
}

export interface LoadHooks {
  resolve(
    specifier: string,
    context: ResolveContext,
    next: (specifier: string, context: ResolveContext) => Resolved,
  ): Resolved;
  load(url: string, context: LoadContext, next: (url: string, context: LoadContext) => Loaded): Loaded;
}

/** @param beforeLoad called before each file is loaded */
export function createLoadHooks(
  instrumenter: Instrumenter,
  { asOwnWork } = UNPROFILED,
  beforeLoad = () => {},
): LoadHooks {
  return {
    resolve(specifier, context, next) {
      beforeLoad();
      try {
        return next(specifier, context);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        const bare = [...(context.conditions ?? [])].includes('require');
        for (const name of asOwnWork(() => typescriptNames(specifier, bare))) {
          try {
            return next(name, context);
          } catch {
            // the error for the name as written is the one to see
          }
        }
        throw error;
      }
    },
    load(url, context, next) {
      const filename = filenameOf(url);
      if (filename === null || isAtTool(filename) || !instrumenter.concerns(filename)) return next(url, context);
      const isOpen = asOwnWork(() => isFormatOpen(filename, context));
      const loaded = next(
        url,
        asOwnWork(() => contextToRead(filename, context)),
      );
      return asOwnWork(() => processLoaded(instrumenter, filename, isOpen, loaded)) ?? loaded;
    },
  };
}

/** Nothing that a URL writes otherwise, so that nothing needs to be parsed: most names, on systems with forward slashes. */
const PLAIN_PATH = sep === '/' ? /^file:\/\/(?:\/(?!\.{1,2}(?:\/|$))[\w.@+-]+)+$/ : /^(?!)/;

/** The path of a file: URL, without query and fragment; `null` for any other URL. */
export function filenameOf(url: string): string | null {
  if (!url.startsWith('file:')) return null;
  if (PLAIN_PATH.test(url)) return url.slice(7);
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}

/**
 * Whether Node does not know what kind of module a TypeScript file is, so that name and syntax have to tell. To be asked
 * before the next hook is called: Node writes what that one is given into the context of this one.
 */
export function isFormatOpen(filename: string, { format }: LoadContext): boolean {
  return needsCompiling(filename) && formatOfNode(format) === undefined;
}

/**
 * Under what name to have the file read. Node refuses an extension it does not know unless a format is named, and where
 * it knows TypeScript, some versions run what they hold for CommonJS TypeScript with a `require` that passes by the hooks.
 */
export function contextToRead(filename: string, context: LoadContext): LoadContext {
  if (!needsCompiling(filename)) return context;
  return { ...context, format: formatOfNode(context.format) ?? formatByName(filename) ?? 'commonjs' };
}

/** What to answer instead of `loaded`, or `null`. */
export function processLoaded(
  instrumenter: Instrumenter,
  filename: string,
  isOpen: boolean,
  loaded: Loaded,
): Loaded | null {
  const format = isOpen ? formatByName(filename) : formatOfNode(loaded.format);
  if (format === null) return null;
  const source = textOf(loaded.source) ?? readFileSync(filename, 'utf8');
  const compiled = instrumenter.process(filename, source, format);
  if (compiled === null || compiled === BROKEN) return null;
  return { ...loaded, format: compiled.format, source: compiled.code, shortCircuit: true };
}

function textOf(source: Loaded['source']): string | null {
  if (source === null || source === undefined) return null;
  if (typeof source === 'string') return source;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(source as ArrayBuffer);
}
