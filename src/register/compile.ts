// One file through Babel: TypeScript compiled away, hooks put in, lines kept. The only file here that loads Babel, and
// that only when something has to be compiled: a run from the cache never pays for it.
import type * as Babel from '@babel/core';
import type { Compiled } from './cache.ts';
import type { ModuleFormat } from './formats.ts';
import { PLUGIN_FILE, requireOwn, RUNTIME_FOR_COMMONJS, RUNTIME_FOR_MODULES } from './package-root.ts';

export interface CompileInput {
  readonly source: string;
  readonly filename: string;
  /** Undefined: the syntax decides, as it does for Node. */
  readonly format: ModuleFormat | undefined;
  readonly typescript: boolean;
  /** False: only compile. */
  readonly instrument: boolean;
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
  readonly root: string;
}

type Parsed = { readonly ast: Babel.ParseResult; readonly format: ModuleFormat; readonly toCommonJs: boolean };

/** Syntax that newer versions of V8 know and Babel 7 parses only on request. */
const NEWER_SYNTAX = ['sourcePhaseImports', 'deferredImportEvaluation', 'explicitResourceManagement'] as const;

let babel: typeof Babel | undefined;
let plugin: Babel.PluginTarget | undefined;

/** Throws what Babel throws where the file cannot be parsed. */
export function compile(input: CompileInput): Compiled {
  babel ??= requireOwn('@babel/core') as typeof Babel;
  const source = input.source.replace(/^\uFEFF/, '');
  const { ast, format, toCommonJs } = parse(babel, { ...input, source });
  if (input.filename.endsWith('.tsx')) refuseJsx(babel, ast);
  const shared: Babel.TransformOptions = {
    filename: input.filename,
    configFile: false,
    babelrc: false,
    browserslistConfigFile: false,
    cloneInputAst: false,
    compact: false,
    highlightCode: false,
  };
  let tree: Babel.types.Node = ast;
  if (input.typescript) {
    // First and on its own, so that the hooks go round code as it will run, not round syntax yet to be compiled away.
    const options: Babel.TransformOptions = {
      ...shared,
      presets: [
        [
          requireOwn('@babel/preset-typescript'),
          { allExtensions: true, allowDeclareFields: true, isTSX: /\.tsx$/.test(input.filename) },
        ],
      ],
      plugins: toCommonJs
        ? [[requireOwn('@babel/plugin-transform-modules-commonjs'), { allowTopLevelThis: true }]]
        : [],
      inputSourceMap: false as unknown as undefined,
      ast: true,
      code: false,
    };
    tree = babel.transformFromAstSync(tree, source, options)!.ast!;
  }
  plugin ??= input.instrument ? loadPlugin() : undefined;
  const pluginOptions = {
    include: input.include,
    exclude: input.exclude,
    root: input.root,
    runtime: format === 'module' ? RUNTIME_FOR_MODULES : RUNTIME_FOR_COMMONJS,
    moduleKind: format === 'module' ? 'esm' : 'commonjs',
  };
  const result = babel.transformFromAstSync(tree, source, {
    ...shared,
    plugins: input.instrument ? [[plugin!, pluginOptions]] : [],
    retainLines: true,
    sourceMaps: true,
  })!;
  return { code: result.code! + inlineMap(result.map!), format };
}

/** The preset takes types away and leaves JSX standing, which Node would only call an unexpected token. */
function refuseJsx({ types }: typeof Babel, ast: Babel.types.Node): void {
  types.traverseFast(ast, (node) => {
    if (node.type !== 'JSXElement' && node.type !== 'JSXFragment') return;
    throw Object.assign(new SyntaxError('JSX is not compiled, only TypeScript is'), { loc: node.loc?.start });
  });
}

function loadPlugin(): Babel.PluginTarget {
  const loaded = requireOwn(PLUGIN_FILE) as { default?: Babel.PluginTarget };
  return loaded.default ?? (loaded as Babel.PluginTarget);
}

/** The original's text is left out where the file itself is the original: whoever reads the map finds it on disk. */
function inlineMap(map: NonNullable<Babel.BabelFileResult['map']>): string {
  const small = map.sources.length === 1 ? { ...map, sourcesContent: undefined } : map;
  const base64 = Buffer.from(JSON.stringify(small)).toString('base64');
  return `\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${base64}\n`;
}

/**
 * Parses as what the file is. Of unknown format: CommonJS if it parses so, else an ES module, the order that Node keeps.
 * TypeScript in a CommonJS package may be written with import and export, and is then compiled to `require`.
 */
function parse(core: typeof Babel, input: CompileInput): Parsed {
  const attempt = (sourceType: 'module' | 'commonjs'): Babel.ParseResult =>
    core.parseSync(input.source, {
      filename: input.filename,
      configFile: false,
      babelrc: false,
      browserslistConfigFile: false,
      highlightCode: false,
      sourceType: sourceType as 'module',
      parserOpts: {
        plugins: parserPlugins(input),
        ...(sourceType === 'module' ? {} : { sourceType: sourceType as 'script' }),
      },
    })!;
  if (input.format === 'module') return { ast: attempt('module'), format: 'module', toCommonJs: false };
  try {
    return { ast: attempt('commonjs'), format: 'commonjs', toCommonJs: false };
  } catch (asCommonJs) {
    if (input.format === 'commonjs' && !input.typescript) throw asCommonJs;
    let ast: Babel.ParseResult;
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
function isModuleAtRunTime(ast: Babel.ParseResult, source: string): boolean {
  const { body } = ('program' in ast ? ast.program : ast) as Babel.types.Program;
  let types = 0;
  for (const node of body) {
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

function parserPlugins({ filename, typescript }: CompileInput): Babel.ParserOptions['plugins'] {
  if (!typescript) return [...NEWER_SYNTAX];
  if (filename.endsWith('.tsx')) return [...NEWER_SYNTAX, 'typescript', 'jsx'];
  return [...NEWER_SYNTAX, ['typescript', { disallowAmbiguousJSXLike: /\.[mc]ts$/.test(filename) }]];
}
