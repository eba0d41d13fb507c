// From source to syntax tree, as the kind of module that the file is; where nobody says what it is, the syntax does.
import type * as Babel from '@babel/core';
import { parser } from './babel.ts';
import type { ModuleFormat } from './formats.ts';
import type { SyntaxSettings } from './tsconfig.ts';
import { syntaxPlugins } from './typescript.ts';

export interface ParseInput {
  /** Without a byte order mark. */
  readonly source: string;
  readonly filename: string;
  /** Undefined: the syntax decides, as it does for Node. */
  readonly format: ModuleFormat | undefined;
  /** How to read what Node cannot run: TypeScript, JSX, decorators. `null` for JavaScript. */
  readonly syntax: SyntaxSettings | null;
}

export interface Parsed {
  readonly ast: Babel.types.File;
  readonly format: ModuleFormat;
  /** Whether `import` and `export` are still to be compiled to `require`. */
  readonly toCommonJs: boolean;
}

/** Syntax that newer versions of V8 know and Babel 7 parses only on request. */
const NEWER_SYNTAX = ['sourcePhaseImports', 'deferredImportEvaluation', 'explicitResourceManagement'] as const;

/**
 * Parses as what the file is. Of unknown format: CommonJS if it parses so, else an ES module, the order that Node keeps.
 * TypeScript in a CommonJS package may be written with import and export, and is then compiled to `require`.
 * Throws what the parser throws: a SyntaxError with a `loc`.
 */
export function parse(input: ParseInput): Parsed {
  const attempt = (sourceType: 'module' | 'commonjs'): Babel.types.File =>
    parser().parse(input.source, { sourceType: sourceType as 'module', plugins: parserPlugins(input) });
  if (input.format === 'module') return { ast: attempt('module'), format: 'module', toCommonJs: false };
  try {
    return { ast: attempt('commonjs'), format: 'commonjs', toCommonJs: false };
  } catch (asCommonJs) {
    if (input.format === 'commonjs' && input.syntax === null) throw asCommonJs;
    let ast: Babel.types.File;
    try {
      ast = attempt('module');
    } catch (asModule) {
      throw furtherInto(asModule, asCommonJs);
    }
    const stays = input.format === undefined && isModuleAtRunTime(ast, input.source);
    return { ast, format: stays ? 'module' : 'commonjs', toCommonJs: !stays };
  }
}

/** Of two failed attempts the one that came further tells what is really wrong. */
function furtherInto(a: unknown, b: unknown): unknown {
  const position = (error: unknown): number => (error as { pos?: number }).pos ?? 0;
  return position(a) >= position(b) ? a : b;
}

/** Whether anything of the module syntax is left when the types are gone; Node decides about TypeScript in that order. */
function isModuleAtRunTime({ program }: Babel.types.File, source: string): boolean {
  let types = 0;
  for (const node of program.body) {
    if (node.type === 'TSExportAssignment' || node.type === 'TSImportEqualsDeclaration') return false;
    if (node.type === 'ImportDeclaration') {
      if (node.importKind !== 'type') return true;
      types++;
    } else if (node.type === 'ExportNamedDeclaration') {
      if (node.exportKind !== 'type') return true;
      types++;
    } else if (node.type === 'ExportAllDeclaration' || node.type === 'ExportDefaultDeclaration') return true;
  }
  return types === 0 || /\bimport\.meta\b|\bawait\b/.test(source);
}

function parserPlugins({ filename, syntax }: ParseInput): Babel.ParserOptions['plugins'] {
  return syntax === null ? [...NEWER_SYNTAX] : [...NEWER_SYNTAX, ...syntaxPlugins(filename, syntax)];
}
