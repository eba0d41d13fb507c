// The plugin for all bundlers: which modules it takes, how it comes by the map of what was done to them before, and that
// the runtime stays outside of the bundle. What differs between bundlers and is not unplugin's business stands here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUnplugin } from 'unplugin';
import type { UnpluginContextMeta, UnpluginInstance, UnpluginOptions } from 'unplugin';
import { createFileFilter } from '../../transform/selection.ts';
import { DIST_DIRECTORY, isOwnFile } from '../register/package-root.ts';
import { checkBundlerOptions } from './options.ts';
import type { BundlerOptions } from './options.ts';
import { CODE, createModuleInstrumenter } from './module.ts';
import type { RuntimeSpecifiers } from './module.ts';

export type { BundlerOptions } from './options.ts';

/** The package and its entries, which a bundle imports and does not contain. */
const OURS = /^everycall(?:\/|$)/;

/** Queries under which bundlers hand out a file's own code; under others it is something else (`?raw`, `?url`). */
const OWN_QUERY = /^(?:v|t)=[\w.]+$|^worker_file/;

const INSTALLED: RuntimeSpecifiers = { esm: 'everycall/runtime', commonjs: 'everycall/runtime' };
const BUNDLED: RuntimeSpecifiers = {
  esm: join(DIST_DIRECTORY, 'runtime', 'index.js'),
  commonjs: join(DIST_DIRECTORY, 'cjs', 'runtime.cjs'),
};

/** What of a bundler's context is asked for, each where the bundler has it. */
interface Context {
  /** Vite: `client` is what browsers get. */
  readonly environment?: { readonly mode?: string; readonly config?: { readonly consumer?: string } };
  /** Rollup and its like: the map of all that came before. */
  getCombinedSourcemap?(): object;
  /** unplugin's way to webpack and Rspack. */
  getNativeBuildContext?(): { readonly inputSourceMap?: object | string | undefined };
  warn(message: string): void;
}

/** Of webpack and Rspack. */
interface Compiler {
  readonly webpack: {
    readonly ExternalsPlugin: new (type: string, externals: RegExp) => { apply(compiler: Compiler): void };
  };
}

type Transform = NonNullable<UnpluginOptions['transform']>;

function create(options: BundlerOptions | undefined = {}, { framework }: UnpluginContextMeta): UnpluginOptions {
  checkBundlerOptions(options);
  const { include, exclude, root, bundleRuntime = false, enforce = 'pre', client = false, originals } = options;
  const isSelected = createFileFilter({ include, exclude, root });
  const instrument = createModuleInstrumenter(bundleRuntime ? BUNDLED : INSTALLED, originals);
  const isWebpack = framework === 'webpack' || framework === 'rspack';

  const outside = (compiler: unknown): void => {
    // `require` in either format: both forms of the runtime are one.
    new (compiler as Compiler).webpack.ExternalsPlugin('node-commonjs', OURS).apply(compiler as Compiler);
  };
  const external = (id: string) => (OURS.test(id) ? { id, external: true } : null);

  return {
    name: 'everycall',
    enforce,
    transformInclude(id) {
      const [filename, query = ''] = id.split('?', 2);
      if (filename.includes('\0') || !CODE.test(filename) || (query !== '' && !OWN_QUERY.test(query))) return false;
      return !isOwnFile(filename) && isSelected(filename);
    },
    transform: inOrder(enforce, function (this: unknown, code: string, id: string) {
      const context = this as Context;
      if (context.environment?.config?.consumer === 'client' && !client) return null;
      const [filename] = id.split('?', 1);
      try {
        const inputMap = isFileItself(filename, code) ? null : mapSoFar(context);
        return instrument({ filename, code, inputMap, kindOfScripts: isWebpack ? 'commonjs' : 'esm' });
      } catch (error) {
        // The bundler reads it next: if it is wrong, its own error says so.
        context.warn(`everycall: ${filename} left uninstrumented: ${String((error as Error).message).split('\n')[0]}`);
        return null;
      }
    }),
    webpack: outside,
    rspack: outside,
    rollup: { resolveId: external },
    rolldown: { resolveId: external },
    vite: {
      resolveId(this: unknown, id: string) {
        // The development server leaves packages outside by itself.
        return (this as Context).environment?.mode === 'dev' ? null : external(id);
      },
    },
    esbuild: {
      setup(build) {
        build.onResolve({ filter: OURS }, ({ path }) => ({ path, external: true }));
      },
    },
  };
}

/** Rollup and its like ask each hook for its place, and do not know `enforce`, which the others do. */
function inOrder(order: 'pre' | 'post', handler: Transform): Transform {
  return { order, handler } as unknown as Transform;
}

function isFileItself(filename: string, code: string): boolean {
  try {
    return readFileSync(filename, 'utf8') === code;
  } catch {
    return false;
  }
}

function mapSoFar(context: Context): object | null {
  if (context.getCombinedSourcemap) return context.getCombinedSourcemap();
  const map = context.getNativeBuildContext?.().inputSourceMap;
  return typeof map === 'string' ? (JSON.parse(map) as object) : (map ?? null);
}

/** The plugin for each bundler: `unplugin.vite(options)`, `.rollup`, `.rolldown`, `.webpack`, `.rspack`, `.esbuild`. */
export const unplugin: UnpluginInstance<BundlerOptions | undefined> = createUnplugin(create);
