// One module of a bundle: parsed, instrumented and printed again in the language that it was in, so that the bundler goes
// on with it as it would have. Types, JSX and decorators stay; lines stay where they were, but
// for those of a body that stands there twice (`originals`): the map knows them.
import { extname } from 'node:path';
import type * as Babel from '@babel/core';
import type { Originals } from '../../transform/options.ts';
import { parser } from '../register/babel.ts';
import { readInputMap } from '../register/input-map.ts';
import { createTreeInstrumenter, type InstrumentTree, printTree, type Printed } from '../register/instrumented-tree.ts';

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

/** Where the hooks are imported from. */
export type RuntimeSpecifiers = Readonly<Record<ModuleKind, string>>;

/** What can hold code that Babel reads. */
export const CODE = /\.[cm]?[jt]sx?$/;

/** An instrumenter for the modules of one bundle. It returns `null` for a module with nothing to do in it. */
export function createModuleInstrumenter(
  runtime: RuntimeSpecifiers,
  originals?: Originals,
): (module: BundledModule) => Printed | null {
  const instrumenters = new Map<ModuleKind, InstrumentTree>();

  function instrumenterFor(kind: ModuleKind): InstrumentTree {
    let made = instrumenters.get(kind);
    if (!made) {
      const treeShaking = kind === 'esm';
      made = createTreeInstrumenter({ runtime: runtime[kind], moduleKind: kind, treeShaking, originals });
      instrumenters.set(kind, made);
    }
    return made;
  }

  return ({ filename, code, inputMap: given, kindOfScripts }) => {
    const ast = parse(filename, code);
    const inputMap = given ?? readInputMap(ast.comments ?? [], filename)?.map ?? null;
    const file = { ast, code, filename, inputMap };
    return instrumenterFor(kindOf(ast, code, kindOfScripts))(file) ? printTree(file, filename) : null;
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
