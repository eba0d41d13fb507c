// The hook for `require` on Node without `module.registerHooks`: wraps the loaders in `Module._extensions`. Written here
// and not taken from the pirates package, which does not pass on the module format that Node hands to `_compile`, nor
// sees a required .mjs file, for which there is no loader of its own.
import Module from 'node:module';
import { formatByName } from './formats.ts';
import { BROKEN, type Instrumenter, type OwnWork, UNPROFILED } from './instrumenter.ts';
import { withoutOwnFrames } from './node-syntax.ts';
import { isNotFound, typescriptNames } from './resolution.ts';

type Compile = (this: object, content: string, filename: string, format?: string) => unknown;
type Loader = (module: { _compile: Compile }, filename: string) => void;
type Resolve = (this: unknown, request: string, ...rest: unknown[]) => string;

/** TypeScript that `require` finds without an extension written; .mts never is, as .mjs is not. */
const COMPILED_LOADERS = ['.ts', '.tsx', '.cts', '.jsx'];

export function hookRequire(instrumenter: Instrumenter, own: OwnWork = UNPROFILED): void {
  const internals = Module as unknown as { _extensions: Record<string, Loader>; _resolveFilename: Resolve };
  const extensions = internals._extensions;
  const javascript = extensions['.js'];
  for (const extension of ['.js', ...COMPILED_LOADERS]) {
    extensions[extension] = wrapLoader(extensions[extension] ?? javascript, instrumenter, own);
  }
  internals._resolveFilename = wrapResolve(internals._resolveFilename, own);
}

function wrapLoader(loader: Loader, instrumenter: Instrumenter, { asOwnWork }: OwnWork): Loader {
  return function (module, filename) {
    if (instrumenter.concerns(filename)) {
      const compile = module._compile;
      module._compile = function (content, name, format) {
        module._compile = compile; // whatever the file itself compiles is its own business
        // Node's word counts only for .js; of other extensions it knows nothing and says 'commonjs' or nothing.
        const known = format === 'module' ? 'module' : asOwnWork(() => formatByName(filename));
        const compiled = instrumenter.process(filename, content, known);
        if (compiled === null) return compile.call(module, content, name, format);
        if (compiled === BROKEN) return withoutOwnFrames(() => compile.call(module, content, name, format));
        return compile.call(module, compiled.code, name, compiled.format);
      };
    }
    return loader(module, filename);
  };
}

function wrapResolve(resolve: Resolve, { asOwnWork }: OwnWork): Resolve {
  return function (request, ...rest) {
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
