// One file through Babel: TypeScript compiled away, hooks put in, lines kept.
import { pathToFileURL } from 'node:url';
import type * as Babel from '@babel/core';
import { core, generator, plugin, remapping } from './babel.ts';
import type { Fresh } from './cache.ts';
import { forgetHelpers } from './compiler-helpers.ts';
import type { ModuleFormat } from './formats.ts';
import { type InputMap, MAP_COMMENT, readInputMap } from './input-map.ts';
import { RUNTIME_FOR_COMMONJS, RUNTIME_FOR_MODULES } from './package-root.ts';
import { parse } from './parse.ts';
import type { Parsed, ParseInput } from './parse.ts';
import type { SyntaxSettings } from './tsconfig.ts';
import { compilation } from './typescript.ts';

export interface CompileInput extends ParseInput {
  /** False: only compile. */
  readonly instrument: boolean;
}

interface SourceMap {
  readonly sources: readonly (string | null)[];
  readonly sourcesContent?: readonly (string | null)[] | undefined;
}

const plugins = new Map<ModuleFormat, Babel.PluginObj>();

/** Throws what Babel throws where the file cannot be parsed. */
export function compile(input: CompileInput): Fresh {
  const source = input.source.replace(/^\uFEFF/, '');
  const parsed = parse({ ...input, source });
  const { filename } = input;
  const found = readInputMap(parsed.ast.comments ?? [], filename);
  const inputMap = found?.map ?? null;
  if (inputMap !== null) forgetHelpers(parsed.ast, inputMap);
  // First and on its own, so that the hooks go round code as it will run, not round syntax yet to be compiled away.
  const ast = input.syntax === null ? parsed.ast : toJavaScript(parsed, filename, source, input.syntax);
  if (input.instrument) runPlugin(parsed.format, { ast, code: source, inputMap, opts: { filename }, metadata: {} });
  const { code, map } = print(ast, source, filename, found);
  return { code, map: JSON.stringify(map), format: parsed.format };
}

function toJavaScript(
  { ast, toCommonJs }: Parsed,
  filename: string,
  source: string,
  syntax: SyntaxSettings,
): Babel.types.File {
  return core().transformFromAstSync(ast, source, {
    filename,
    configFile: false,
    babelrc: false,
    browserslistConfigFile: false,
    cloneInputAst: false,
    ...compilation(filename, syntax, toCommonJs),
    inputSourceMap: false as unknown as undefined,
    ast: true,
    code: false,
  })!.ast!;
}

/** What of @babel/core's file our plugin looks at. */
interface PluginFile {
  readonly ast: Babel.types.File;
  readonly code: string;
  readonly inputMap: object | null;
  readonly opts: { readonly filename: string };
  readonly metadata: object;
}

/** Our plugin visits nothing, so there is nothing to traverse. Which files it gets has been decided before. */
function runPlugin(format: ModuleFormat, file: PluginFile): void {
  let made = plugins.get(format);
  if (!made) {
    const [runtime, moduleKind] =
      format === 'module' ? [RUNTIME_FOR_MODULES, 'esm'] : [RUNTIME_FOR_COMMONJS, 'commonjs'];
    plugins.set(format, (made = plugin({ include: ['**', '**/node_modules/**'], runtime, moduleKind })));
  }
  const { filename } = file.opts;
  const pass = { filename, cwd: process.cwd() } as Babel.PluginPass;
  made.pre!.call(pass, file as Babel.BabelFile);
  made.post!.call(pass, file as Babel.BabelFile);
}

/** Sources are whole URLs: the map may be kept anywhere. Their text is left out, whoever reads the map finds it on disk. */
function print(
  ast: Babel.types.File,
  source: string,
  filename: string,
  inputMap: InputMap | null,
): { code: string; map: SourceMap } {
  const { code, map } = generator()(
    ast,
    {
      filename,
      sourceFileName: pathToFileURL(filename).href,
      sourceMaps: true,
      retainLines: true,
      compact: false,
      shouldPrintComment: (comment) => !MAP_COMMENT.test(comment),
    },
    source,
  );
  return { code, map: inputMap === null ? { ...map!, sourcesContent: undefined } : merge(map!, inputMap) };
}

/** The map from the code to what `inputMap` leads to; with the texts that it brings along. */
function merge(map: object, { map: inputMap, url }: InputMap): SourceMap {
  let isOwn = true;
  return remapping()(map as never, (_source, context) => {
    if (!isOwn) return null;
    isOwn = false;
    context.source = url; // what its sources are relative to
    return inputMap as never;
  }) as SourceMap;
}
