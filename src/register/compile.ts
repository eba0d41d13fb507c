// One file through Babel: TypeScript compiled away, hooks put in, lines kept.
import { basename } from 'node:path';
import type * as Babel from '@babel/core';
import { core, generator, plugin, remapping } from './babel.ts';
import type { Compiled } from './cache.ts';
import { forgetHelpers } from './compiler-helpers.ts';
import type { ModuleFormat } from './formats.ts';
import { MAP_COMMENT, readInputMap } from './input-map.ts';
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
  readonly sourcesContent?: unknown;
}

const plugins = new Map<ModuleFormat, Babel.PluginObj>();

/** Throws what Babel throws where the file cannot be parsed. */
export function compile(input: CompileInput): Compiled {
  const source = input.source.replace(/^\uFEFF/, '');
  const parsed = parse({ ...input, source });
  const { filename } = input;
  const inputMap = readInputMap(parsed.ast.comments ?? [], filename);
  if (inputMap !== null) forgetHelpers(parsed.ast, inputMap);
  // First and on its own, so that the hooks go round code as it will run, not round syntax yet to be compiled away.
  const ast = input.syntax === null ? parsed.ast : toJavaScript(parsed, filename, source, input.syntax);
  if (input.instrument) runPlugin(parsed.format, { ast, code: source, inputMap, opts: { filename }, metadata: {} });
  const { code, map } = print(ast, source, filename, inputMap);
  return { code: code + inlineMap(map), format: parsed.format };
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

function print(
  ast: Babel.types.File,
  source: string,
  filename: string,
  inputMap: object | null,
): { code: string; map: SourceMap } {
  const sourceFileName = basename(filename);
  const { code, map } = generator()(
    ast,
    {
      filename,
      sourceFileName,
      sourceMaps: true,
      retainLines: true,
      compact: false,
      shouldPrintComment: (comment) => !MAP_COMMENT.test(comment),
    },
    source,
  );
  return { code, map: inputMap === null ? map! : merge(map!, inputMap) };
}

function merge(map: object, inputMap: object): SourceMap {
  let isOwn = true;
  const merged = remapping()({ ...map, sourceRoot: null } as never, (_source, context) => {
    if (!isOwn) return null;
    isOwn = false;
    context.source = ''; // the input map's sources are relative to the file, as ours is
    return { ...inputMap, sourceRoot: null } as never;
  });
  const { sourceRoot } = inputMap as { sourceRoot?: unknown };
  return typeof sourceRoot === 'string' ? ({ ...merged, sourceRoot } as SourceMap) : (merged as SourceMap);
}

/** Not written out with what goes round it: readers of maps would find one in this file. */
const MAP_COMMENT_NAME = 'sourceMappingURL';

/** The original's text is left out where the file itself is the original: whoever reads the map finds it on disk. */
function inlineMap(map: SourceMap): string {
  const small = map.sources.length === 1 ? { ...map, sourcesContent: undefined } : map;
  const base64 = Buffer.from(JSON.stringify(small)).toString('base64');
  return `\n//# ${MAP_COMMENT_NAME}=data:application/json;charset=utf-8;base64,${base64}\n`;
}
