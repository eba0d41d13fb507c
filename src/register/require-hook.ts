// Hooks for `require` that wrap the loaders in `Module._extensions`: all of them on Node without `module.registerHooks`,
// elsewhere those of other tools (tsx, ts-node, pirates), which read the file themselves and so pass by Node's own hooks.
// Written here and not taken from the pirates package, which does not pass on the module format that Node hands to
// `_compile`, nor sees a required .mjs file, for which there is no loader of its own.
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { extname } from 'node:path';
import { formatByName, needsCompiling } from './formats.ts';
import { BROKEN, type Instrumenter, type OwnWork, UNPROFILED } from './instrumenter.ts';
import { isCommonJs, withoutOwnFrames } from './node-syntax.ts';
import { isNotFound, typescriptNames } from './resolution.ts';
import { rememberText, tellStackMappers } from './stack-mappers.ts';

type Compile = (this: object, content: string, filename: string, format?: string) => unknown;
type Loader = (module: { _compile: Compile }, filename: string) => void;
type Resolve = (this: unknown, request: string, ...rest: unknown[]) => string;

/** TypeScript that `require` finds without an extension written; .mts never is, as .mjs is not. */
const COMPILED_LOADERS = ['.ts', '.tsx', '.cts', '.jsx'];

export function hookRequire(instrumenter: Instrumenter, own: OwnWork = UNPROFILED): void {
  const internals = Module as unknown as { _extensions: Record<string, Loader>; _resolveFilename: Resolve };
  const extensions = internals._extensions;
  const follow = followOtherTools(instrumenter, own);
  follow();
  const javascript = extensions['.js'];
  for (const extension of ['.js', ...COMPILED_LOADERS]) {
    const loader = extensions[extension] ?? javascript;
    if (!ours.has(loader)) extensions[extension] = wrapLoader(loader, instrumenter, own, false);
  }
  internals._resolveFilename = wrapResolve(internals._resolveFilename, own, follow);
}

/** Files that a tool's loader is about to compile: they are ours when it has done so. */
const atTools = new Set<string>();
const ours = new WeakSet<Loader>();

/** Whether another tool compiles the file, which Node's own hooks then leave alone. */
export function isAtTool(filename: string): boolean {
  return atTools.has(filename);
}

/** To be called before each file is loaded: wraps the loaders of other tools that have come since. */
export function followOtherTools(instrumenter: Instrumenter, own: OwnWork): () => void {
  const { _extensions: extensions } = Module as unknown as { _extensions: Record<string, Loader> };
  return () => {
    for (const extension of ['.js', '.mjs', '.cjs', '.mts', ...COMPILED_LOADERS]) {
      const loader = extensions[extension] as Loader | undefined;
      if (loader === undefined || ours.has(loader) || isOfNode(loader)) continue;
      extensions[extension] = wrapLoader(loader, instrumenter, own, true);
      own.asOwnWork(tellStackMappers);
    }
  };
}

/** Node's own loaders, as far as they have been recognized: this is asked for every file. */
const ofNode = new WeakSet<Loader>();

/** Node's own loaders are written with names that only its own code has. */
function isOfNode(loader: Loader): boolean {
  if (ofNode.has(loader)) return true;
  const found = /\bStringPrototype\w+\(/.test(String(loader));
  if (found) ofNode.add(loader);
  return found;
}

/** @param isTool whether the loader is another tool's, so that what it hands to `_compile` is what it made */
function wrapLoader(loader: Loader, instrumenter: Instrumenter, { asOwnWork }: OwnWork, isTool: boolean): Loader {
  const wrapped: Loader = function (module, filename) {
    if (!instrumenter.concerns(filename) || atTools.has(filename)) return loader(module, filename);
    const compile = module._compile;
    module._compile = function (content, name, format) {
      module._compile = compile; // whatever the file itself compiles is its own business
      atTools.delete(filename);
      // Node's word counts only for .js; of other extensions it knows nothing and says 'commonjs' or nothing.
      const known = format === 'module' ? 'module' : asOwnWork(() => formatByName(filename));
      if (isTool && known === undefined && process.mainModule === (module as object)) {
        asOwnWork(() => refuseLostEntry(instrumenter, filename, content));
      }
      const compiled = instrumenter.process(filename, content, known);
      if (compiled === null) return compile.call(module, content, name, format);
      if (compiled === BROKEN) return withoutOwnFrames(() => compile.call(module, content, name, format));
      if (isTool) rememberText(filename, compiled.code);
      return compile.call(module, compiled.code, name, compiled.format);
    };
    if (!isTool) return loader(module, filename);
    atTools.add(filename);
    try {
      return loader(module, filename);
    } finally {
      atTools.delete(filename);
    }
  };
  ours.add(wrapped);
  return wrapped;
}

/**
 * An entry of which a tool made an ES module is imported by Node, which reads the file again. Where hooks run on a thread
 * of their own (not where there is `module.registerHooks`), the tool's work never comes there: ours may hold the file for
 * CommonJS, which Node believes to have run. It does not know the extension if we are not there, and that is the error to see.
 */
function refuseLostEntry(instrumenter: Instrumenter, filename: string, made: string): void {
  if ('registerHooks' in Module || !needsCompiling(filename) || isCommonJs(made)) return;
  const ours = instrumenter.process(filename, readFileSync(filename, 'utf8'), undefined);
  if (ours === null || ours === BROKEN || ours.format !== 'commonjs') return;
  const message = `Unknown file extension "${extname(filename)}" for ${filename}`;
  withoutOwnFrames(() => {
    throw Object.assign(new TypeError(message), { code: 'ERR_UNKNOWN_FILE_EXTENSION' });
  });
}

function wrapResolve(resolve: Resolve, { asOwnWork }: OwnWork, beforeLoad: () => void): Resolve {
  return function (request, ...rest) {
    beforeLoad();
    try {
      return resolve.call(this, request, ...rest);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      for (const name of asOwnWork(() => typescriptNames(request, false))) {
        try {
          return resolve.call(this, name, ...rest);
        } catch {
          // the error for the name as written is the one to see
        }
      }
      throw error;
    }
  };
}
