// One module of a bundle: parsed, instrumented and printed again in the language that it was in, so that the bundler goes
// on with it as it would have. Types, JSX and decorators stay; lines stay where they were.
import { extname } from 'node:path';
import type * as Babel from '@babel/core';
import { generator, parser, plugin } from '../register/babel.ts';
import { MAP_COMMENT, readInputMap } from '../register/input-map.ts';

export type ModuleKind = 'esm' | 'commonjs';

export interface BundledModule {
  /** Path of the file. */
  readonly filename: string;
  readonly code: string;
  /**
   * From `code` to the original, where something was there before us; where not, the file's own comment is asked. For
   * positions only: our own map starts at `code`.
   */
  readonly inputMap: object | null;
  /** What a file is that neither imports nor exports, nor mentions anything of CommonJS. */
  readonly kindOfScripts: ModuleKind;
}

export interface PrintedModule {
  readonly code: string;
  /** From the printed code to the code that was given. */
  readonly map: SourceMapOfStep;
}

/** As bundlers take it: version 3, encoded. */
type SourceMapOfStep = NonNullable<Babel.BabelFileResult['map']>;

/** Where the hooks are imported from. */
export type RuntimeSpecifiers = Readonly<Record<ModuleKind, string>>;

/** What can hold code that Babel reads. */
export const CODE = /\.[cm]?[jt]sx?$/;

/** An instrumenter for the modules of one bundle. It returns `null` for a module with nothing to do in it. */
export function createModuleInstrumenter(runtime: RuntimeSpecifiers): (module: BundledModule) => PrintedModule | null {
  const plugins = new Map<ModuleKind, Babel.PluginObj>();

  function pluginFor(kind: ModuleKind): Babel.PluginObj {
    let made = plugins.get(kind);
    if (!made) {
      // Which modules it gets has been decided before.
      const include = ['**', '**/node_modules/**'];
      plugins.set(
        kind,
        (made = plugin({ include, runtime: runtime[kind], moduleKind: kind, treeShaking: kind === 'esm' })),
      );
    }
    return made;
  }

  return ({ filename, code, inputMap, kindOfScripts }) => {
    const ast = parse(filename, code);
    const metadata: object = {};
    const before = inputMap ?? readInputMap(ast.comments ?? [], filename)?.map ?? null;
    const file = { ast, code, inputMap: before, opts: { filename }, metadata } as Babel.BabelFile;
    const { pre, post } = pluginFor(kindOf(ast, code, kindOfScripts));
    const pass = { filename, cwd: process.cwd() } as Babel.PluginPass;
    pre!.call(pass, file);
    post!.call(pass, file);
    if (!('everycall' in metadata)) return null;
    const printed = generator()(
      ast,
      {
        filename,
        sourceFileName: filename,
        sourceMaps: true,
        retainLines: true,
        compact: false,
        shouldPrintComment: (comment) => !MAP_COMMENT.test(comment),
      },
      code,
    );
    return { code: printed.code, map: printed.map as SourceMapOfStep };
  };
}

/** Throws what the parser throws: a SyntaxError with a `loc`. */
function parse(filename: string, code: string): Babel.types.File {
  const extension = extname(filename);
  const language: Babel.ParserOptions['plugins'] = /^\.[cm]?ts/.test(extension)
    ? extension === '.tsx'
      ? ['typescript', 'jsx']
      : ['typescript']
    : ['jsx'];
  const attempt = (decorators: Babel.ParserOptions['plugins']): Babel.types.File =>
    parser().parse(code, {
      sourceType: 'unambiguous',
      allowReturnOutsideFunction: true,
      plugins: [...language!, ...decorators!, 'explicitResourceManagement', 'deferredImportEvaluation'],
    });
  try {
    return attempt(['decorators-legacy', 'decoratorAutoAccessors']);
  } catch (error) {
    try {
      return attempt(['decorators', 'decoratorAutoAccessors']);
    } catch {
      throw error;
    }
  }
}

function kindOf({ program }: Babel.types.File, code: string, kindOfScripts: ModuleKind): ModuleKind {
  if (program.sourceType === 'module') return 'esm';
  return /\b(?:require|module|exports)\b/.test(code) ? 'commonjs' : kindOfScripts;
}
