// The transformer that jest loads in place of each configured one: what that one makes of a file, with the hooks in it.
// Counters of coverage are put in first, so that they count what they would without us.
import { createHash } from 'node:crypto';
import type * as Babel from '@babel/core';
import { threadRuntime } from '../../runtime/instance.ts';
import { TRANSFORM_VERSION } from '../../transform/index.ts';
import { pathToFileURL } from 'node:url';
import { requireOwn } from '../register/package-root.ts';
import { EVERYCALL_VERSION } from '../version.ts';
import { type CompiledCode, createCompiledInstrumenter, type InstrumentSettings } from './instrument.ts';

export interface TransformerOptions {
  /** What is configured; `null` where nothing is. */
  readonly original: { readonly file: string; readonly options: object | undefined } | null;
  /** The plugin by which jest counts coverage where a transformer does not. */
  readonly istanbul: string | undefined;
  readonly settings: InstrumentSettings;
}

/** What we take of jest's options. */
interface JestOptions {
  readonly configString: string;
  readonly instrument: boolean;
  readonly transformerConfig: unknown;
  readonly config: { readonly cwd: string; readonly rootDir: string };
}
type Process<Result> = (source: string, file: string, options: JestOptions) => Result;
interface Transformer {
  readonly canInstrument?: boolean;
  readonly createTransformer?: (options: object | undefined) => Transformer | Promise<Transformer>;
  readonly getCacheKey?: Process<string>;
  readonly getCacheKeyAsync?: Process<Promise<string>>;
  readonly process?: Process<CompiledCode | string>;
  readonly processAsync?: Process<Promise<CompiledCode | string>>;
}

/** Nothing is configured: the file is run as it is. */
const NONE: Transformer = { process: (code) => ({ code }) };

async function createTransformer({ original, istanbul, settings }: TransformerOptions): Promise<Transformer> {
  threadRuntime(); // in the realm of the thread, before any context of a test file asks for it
  const inner = original === null ? NONE : await load(original.file, original.options);
  const instrumentCompiled = createCompiledInstrumenter(settings);
  const own = JSON.stringify([EVERYCALL_VERSION, TRANSFORM_VERSION, settings, original?.file]);
  const inside = (options: JestOptions): JestOptions => ({ ...options, transformerConfig: original?.options ?? {} });
  const keyOf = (of: string): string =>
    createHash('sha256').update(own).update('\0').update(of).digest('hex').slice(0, 32);
  const plainKey: Process<string> = (source, file, { configString, instrument }) =>
    [source, file, configString, String(instrument)].join('\0');

  function finish(result: CompiledCode | string, file: string, options: JestOptions): CompiledCode {
    let compiled: CompiledCode = typeof result === 'string' ? { code: result } : result;
    if (options.instrument && inner.canInstrument !== true && istanbul !== undefined) {
      compiled = counted(compiled, file, istanbul, options);
    }
    try {
      return instrumentCompiled(compiled, file);
    } catch (error) {
      if (error instanceof SyntaxError) return compiled; // jest says what is wrong with it
      throw error;
    }
  }

  return {
    canInstrument: true,
    getCacheKey: (source, file, options) => keyOf((inner.getCacheKey ?? plainKey)(source, file, inside(options))),
    async getCacheKeyAsync(source, file, options) {
      const key = inner.getCacheKeyAsync ?? inner.getCacheKey ?? plainKey;
      return keyOf(await key(source, file, inside(options)));
    },
    ...(inner.process && {
      process: (source, file, options) => finish(inner.process!(source, file, inside(options)), file, options),
    }),
    async processAsync(source, file, options) {
      const process = inner.processAsync ?? inner.process!;
      return finish(await process(source, file, inside(options)), file, options);
    },
  };
}

/** Jest asks the default export for what makes one. */
export default { createTransformer };

/** As jest loads one: CommonJS or an ES module, an object or what makes one. */
async function load(file: string, options: object | undefined): Promise<Transformer> {
  const loaded = (await import(pathToFileURL(file).href)) as { default?: Transformer & { default?: Transformer } };
  const transformer = loaded.default?.default ?? loaded.default ?? (loaded as Transformer);
  // Called as a method: that of ts-jest needs `this`.
  return typeof transformer.createTransformer === 'function'
    ? transformer.createTransformer(options)
    : bound(transformer);
}

function bound(transformer: Transformer): Transformer {
  const names = ['getCacheKey', 'getCacheKeyAsync', 'process', 'processAsync'] as const;
  const methods = names.map((name) => [name, transformer[name]?.bind(transformer as never)]);
  return { canInstrument: transformer.canInstrument, ...Object.fromEntries(methods) } as Transformer;
}

/** What jest itself does for a transformer that does not count. */
function counted(
  { code, map }: CompiledCode,
  filename: string,
  istanbul: string,
  { config }: JestOptions,
): CompiledCode {
  const babel = requireOwn('@babel/core') as typeof Babel;
  const inputSourceMap = (typeof map === 'string' ? JSON.parse(map) : map) as Babel.TransformOptions['inputSourceMap'];
  const options = {
    compact: false,
    cwd: config.rootDir,
    exclude: [],
    extension: false,
    inputSourceMap,
    useInlineSourceMaps: false,
  };
  const result = babel.transformSync(code, {
    auxiliaryCommentBefore: ' istanbul ignore next ',
    babelrc: false,
    configFile: false,
    caller: { name: '@jest/transform', supportsStaticESM: true, supportsTopLevelAwait: true },
    filename,
    plugins: [[istanbul, options]],
    inputSourceMap,
    sourceMaps: true,
  });
  return result?.code ? { code: result.code, map: result.map } : { code, map };
}
