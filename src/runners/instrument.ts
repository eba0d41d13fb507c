// Puts the hooks into what a runner's own compiler made of a file, for runners that load code by themselves, where no hook
// of Node sees it. The names and places are those of the original source, by the map that comes with the code.
import type * as Babel from '@babel/core';
import { isOwnFile, PLUGIN_FILE, requireOwn, RUNTIME_FOR_COMMONJS } from '../register/package-root.ts';

export interface CompiledCode {
  readonly code: string;
  readonly map?: object | string | null;
}

export interface InstrumentSettings {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly root: string;
}

/** Istanbul's counters: a function that it adds to each file, and that is called for each statement. */
const ISTANBUL = /^cov_[0-9a-z]+$/;

/**
 * The code with the hooks, as it is if the settings leave the file out. CommonJS finds the runtime under `globalThis`, by no
 * `require`: runners hand out a `require` of their own, with mocks and a registry that forgets.
 *
 * @throws what Babel throws where it cannot parse the code
 */
export function instrumentCompiled(
  { code, map }: CompiledCode,
  filename: string,
  { include, exclude, root }: InstrumentSettings,
): CompiledCode {
  if (isOwnFile(filename)) return { code, map };
  const babel = requireOwn('@babel/core') as typeof Babel;
  const shared: Babel.TransformOptions = { filename, configFile: false, babelrc: false, browserslistConfigFile: false };
  const ast = babel.parseSync(code, {
    ...shared,
    sourceType: 'unambiguous',
    parserOpts: { allowReturnOutsideFunction: true },
  })!;
  const { program } = ast as Babel.types.File;
  for (const statement of program.body) {
    if (statement.type === 'FunctionDeclaration' && ISTANBUL.test(statement.id?.name ?? '')) {
      babel.types.addComment(statement, 'leading', ' everycall-ignore ');
    }
  }
  const isModule = program.sourceType === 'module';
  const plugin = (requireOwn(PLUGIN_FILE) as { default: Babel.PluginTarget }).default;
  const options = {
    include,
    exclude,
    root,
    runtime: RUNTIME_FOR_COMMONJS,
    moduleKind: isModule ? 'esm' : 'script',
  };
  const result = babel.transformFromAstSync(ast, withoutInlineMap(code), {
    ...shared,
    cloneInputAst: false,
    plugins: [[plugin, options]],
    inputSourceMap: mapOf(map) as Babel.TransformOptions['inputSourceMap'],
    sourceMaps: true,
    retainLines: true,
    compact: false,
  })!;
  if ((result.metadata as { everycall?: object } | undefined)?.everycall === undefined) return { code, map };
  return { code: result.code!, map: result.map };
}

function mapOf(map: CompiledCode['map']): object | undefined {
  if (!map) return undefined;
  return typeof map === 'string' ? (JSON.parse(map) as object) : map;
}

/** A map within the code would win over the one that comes with it, and is that of the code as it was. */
function withoutInlineMap(code: string): string {
  return code.replace(/^\/\/# sourceMappingURL=data:.*$/gm, '');
}
