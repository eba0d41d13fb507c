// One file through Babel: TypeScript compiled away, hooks put in, lines kept.
import { pathToFileURL } from 'node:url';
import type * as Babel from '@babel/core';
import type { Originals } from '../../transform/options.ts';
import { core } from './babel.ts';
import type { Fresh } from './cache.ts';
import { forgetHelpers } from './compiler-helpers.ts';
import type { ModuleFormat } from './formats.ts';
import { readInputMap } from './input-map.ts';
import { createTreeInstrumenter, type InstrumentTree, mergeMaps, printTree } from './instrumented-tree.ts';
import { RUNTIME_FOR_COMMONJS, RUNTIME_FOR_MODULES } from './package-root.ts';
import { parse } from './parse.ts';
import type { Parsed, ParseInput } from './parse.ts';
import type { SyntaxSettings } from './tsconfig.ts';
import { compilation } from './typescript.ts';

export interface CompileInput extends ParseInput {
  /** False: only compile. */
  readonly instrument: boolean;
  /** The same for all files of a process. */
  readonly originals: Originals;
}

const instrumenters = new Map<ModuleFormat, InstrumentTree>();

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
  const file = { ast, code: source, filename, inputMap };
  if (input.instrument) instrumenterFor(parsed.format, input.originals)(file);
  // Sources are whole URLs: the map may be kept anywhere. Their text is left out, whoever reads the map finds it on disk.
  const { code, map: ownMap } = printTree(file, pathToFileURL(filename).href);
  const map = found === null ? { ...ownMap, sourcesContent: undefined } : mergeMaps(ownMap, found.map, found.url);
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

/** Which files it gets has been decided before. */
function instrumenterFor(format: ModuleFormat, originals: Originals): InstrumentTree {
  let made = instrumenters.get(format);
  if (!made) {
    const [runtime, moduleKind] =
      format === 'module' ? ([RUNTIME_FOR_MODULES, 'esm'] as const) : ([RUNTIME_FOR_COMMONJS, 'commonjs'] as const);
    instrumenters.set(format, (made = createTreeInstrumenter({ runtime, moduleKind, originals })));
  }
  return made;
}
