// Puts the hooks into what a runner's own compiler made of a file, for runners that load code by themselves, where no hook
// of Node sees it. The names and places are those of the original source, by the map that comes with the code.
import type * as Babel from '@babel/core';
import type { ModuleKind } from '../../transform/index.ts';
import { parser, types } from '../register/babel.ts';
import { readInputMap } from '../register/input-map.ts';
import { createTreeInstrumenter, type InstrumentTree, mergeMaps, printTree } from '../register/instrumented-tree.ts';
import { isOwnFile, RUNTIME_FOR_COMMONJS } from '../register/package-root.ts';

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
 * A function that gives the code with the hooks; as it is if the settings leave the file out. CommonJS finds the runtime under
 * `globalThis`, by no `require`: runners hand out a `require` of their own, with mocks and a registry that forgets. It throws
 * what Babel throws where it cannot parse the code.
 */
export function createCompiledInstrumenter({
  include,
  exclude,
  root,
}: InstrumentSettings): (compiled: CompiledCode, filename: string) => CompiledCode {
  const instrumenterOf = (moduleKind: ModuleKind): (() => InstrumentTree) => {
    let made: InstrumentTree | undefined;
    const originals = 'none' as const; // tests are recorded from their start on, and may be covered
    const options = { include, exclude, root, runtime: RUNTIME_FOR_COMMONJS, moduleKind, originals };
    return () => (made ??= createTreeInstrumenter(options));
  };
  const ofModules = instrumenterOf('esm');
  const ofBodies = instrumenterOf('body');

  return ({ code, map }, filename) => {
    if (isOwnFile(filename)) return { code, map };
    const ast = parser().parse(code, { sourceType: 'unambiguous', allowReturnOutsideFunction: true });
    leaveOutCounters(ast);
    const inputMap = mapOf(map) ?? readInputMap(ast.comments ?? [], filename)?.map ?? null;
    const file = { ast, code, filename, inputMap };
    const instrument = ast.program.sourceType === 'module' ? ofModules() : ofBodies();
    if (!instrument(file)) return { code, map };
    const printed = printTree(file, filename);
    return { code: printed.code, map: inputMap === null ? printed.map : mergeMaps(printed.map, inputMap) };
  };
}

function leaveOutCounters({ program }: Babel.types.File): void {
  for (const statement of program.body) {
    if (statement.type === 'FunctionDeclaration' && ISTANBUL.test(statement.id?.name ?? '')) {
      types().addComment(statement, 'leading', ' everycall-ignore ');
    }
  }
}

function mapOf(map: CompiledCode['map']): object | null {
  return typeof map === 'string' && map !== '' ? (JSON.parse(map) as object) : map || null;
}
