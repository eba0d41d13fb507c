// The Babel plugin: puts the hooks of runtime/contract.ts into every function of a file and a table of them on its top.
// Functions get their hooks in `pre`, before other plugins lower them: as they were written, whatever becomes of them, and
// none that a compiler adds. The prelude comes in `post`, in the kind of module that the file has become. What is to know
// is found in one walk that changes nothing (analyse.ts); then it is put in (shapes.ts, prelude.ts). Babel itself is only
// ever what runs the plugin (7 or 8): nothing but types is imported from it.
import { createHash } from 'node:crypto';
import type { ConfigAPI, PluginObj, PluginPass, template, types as t } from '@babel/core';
import { SITE_KINDS } from '../runtime/contract.ts';
import type { LeftRow, SiteRow, SiteTable } from '../runtime/contract.ts';
import { writeCalls } from '../runtime/call-lines.ts';
import { analyse } from './analyse.ts';
import type { Analysis, Found } from './analyse.ts';
import { pickIdentifiers } from './identifiers.ts';
import type { Identifiers } from './identifiers.ts';
import { isFileIgnored, tableText } from './marks.ts';
import { onlyDeclares } from './declarative.ts';
import { checkOptions } from './options.ts';
import type { ModuleKind, PluginOptions } from './options.ts';
import { keepCovered } from './parentheses.ts';
import { createOrigin, startOf } from './positions.ts';
import type { Origin } from './positions.ts';
import { addPrelude, canReachRuntime } from './prelude.ts';
import type { PreludeOptions, Registration } from './prelude.ts';
import { createFileFilter } from './selection.ts';
import { instrument } from './shapes.ts';
import { createSyntax } from './syntax.ts';

export type { ModuleKind, PluginOptions } from './options.ts';
export { TRANSFORM_VERSION } from './version.ts';

/** What the plugin leaves in Babel's `result.metadata.everycall` of a file that it instrumented. */
export interface TransformMetadata {
  readonly sites: number;
  readonly left: number;
}

/** Of a file whose functions have their hooks: what its prelude will be made from. */
interface Instrumented extends Pick<PreludeOptions, 'used' | 'withBody' | 'bodySuspends' | 'hasEarly'> {
  readonly kind: ModuleKind;
  readonly topLevelNames: Analysis['topLevelNames'];
  readonly identifiers: Identifiers;
  readonly registration: Registration;
}

type Api = ConfigAPI & { types: typeof t; template: typeof template };
type File = PluginPass['file'];

export default function everycallPlugin(api: Api, options: object = {}): PluginObj {
  api.assertVersion?.('^7.22.0 || ^8.0.0-0' as unknown as number);
  checkOptions(options);
  const {
    include,
    exclude,
    root,
    runtime = 'everycall/runtime',
    moduleKind,
    treeShaking = false,
    originals,
  }: PluginOptions = options;
  const syntax = createSyntax(api);
  const instrumented = new WeakMap<File, Instrumented>();
  const filters = new Map<string, (filename: string) => boolean>();

  function isSelected({ filename, cwd }: PluginPass): boolean {
    if (filename === undefined) return true;
    const from = root ?? cwd;
    let filter = filters.get(from);
    if (!filter) filters.set(from, (filter = createFileFilter({ include, exclude, root: from })));
    return filter(filename);
  }

  /** `null` if the file stays as it is. */
  function instrumentFile(file: File): Instrumented | null {
    const { program } = file.ast;
    if (program.body.length === 0) return null;
    const isModule = moduleKind ? moduleKind === 'esm' : program.sourceType === 'module';
    const analysis = analyse(api.types, program, isModule);
    const { found: all, names, topLevelNames, isInstrumented } = analysis;
    const kind = moduleKind ?? (isModule ? 'esm' : mayBeScript(analysis) ? 'script' : 'commonjs');
    if (isInstrumented || !canReachRuntime(kind, topLevelNames)) return null;
    const found = treeShaking && onlyDeclares(program) ? all.slice(1) : all;
    if (found.length === 0) return null;

    const origin = createOrigin(file.opts.filename ?? undefined, file.code, file.inputMap);
    const sites = found.filter((each) => each.reason === undefined);
    const { table: described, left } = describe(found, origin, file.code);
    const hash = digest(file.code === '' ? JSON.stringify(described) : file.code, 16);
    const version = digest(`${origin.file}\0${hash}`, 8);
    const identifiers = pickIdentifiers(names, version, kind === 'script' || kind === 'body');
    const table = tableText({ ...described, base: identifiers.base });
    keepCovered(api.types, analysis.covered);
    const used = instrument(syntax, sites, identifiers, originals ?? (isOnlyPlugin(file) ? 'all' : 'none'));
    Object.assign(file.metadata, { everycall: { sites: sites.length, left } satisfies TransformMetadata });
    return {
      kind,
      topLevelNames,
      identifiers,
      registration: { file: origin.file, hash, count: sites.length, table },
      used,
      withBody: sites[0]?.shape === 'module',
      bodySuspends: all[0].suspensions.length > 0,
      hasEarly: sites.some(({ early }) => early),
    };
  }

  return {
    name: 'everycall',
    pre(file) {
      // A second instance of the plugin finds the metadata.
      if (!isSelected(this) || 'everycall' in file.metadata || isFileIgnored(file.ast, file.code)) return;
      const result = instrumentFile(file);
      if (!result) return;
      instrumented.set(file, result);
      // Statements have moved into blocks of their own: the others' view of what is bound where is made anew.
      if (!isOnlyPlugin(file)) file.scope.crawl();
    },
    visitor: {
      Program(path, { file }) {
        // Nobody is there to look at the rest.
        if (isOnlyPlugin(file)) path.skip();
      },
    },
    post(file) {
      const result = instrumented.get(file);
      if (!result) return;
      const { program } = file.ast;
      const { identifiers, registration } = result;
      // Other plugins make CommonJS of an ES module. For that, a file may have to give up names.
      const becameCommonJs = !moduleKind && result.kind === 'esm' && program.sourceType !== 'module';
      const kind = becameCommonJs ? 'commonjs' : result.kind;
      const topLevelNames = kind === result.kind ? result.topLevelNames : new Set(Object.keys(file.scope.bindings));
      const mayRequire = !moduleKind;
      const options = { ...result, kind, topLevelNames, runtime, mayRequire, treeShaking };
      addPrelude(syntax, program, identifiers, registration, options);
    },
  };
}

/** Also where no Babel runs it: our own compiler makes do with `pre` and `post`. */
function isOnlyPlugin({ opts }: File): boolean {
  return (opts.plugins?.length ?? 1) === 1 && !opts.presets?.length;
}

/** What CommonJS gives a file. */
const COMMONJS_NAMES = ['require', 'module', 'exports', '__filename', '__dirname'];

/**
 * Whether what is no ES module may be a script, which shares its global scope with others and may have no `require`. If it
 * is CommonJS after all, it runs as well.
 */
function mayBeScript({ found: [{ reason }], names }: Analysis): boolean {
  return reason !== 'top-level return' && !COMMONJS_NAMES.some((name) => names.has(name));
}

/** The site table. What has no location, the module's body, begins where the file does. */
function describe(found: readonly Found[], origin: Origin, code: string): { table: SiteTable; left: number } {
  const sites: SiteRow[] = [];
  const left: LeftRow[] = [];
  const calls: string[] = [];
  const files = new Map<string, number>();
  for (const each of found) {
    const place =
      each.shape === 'module' ? { file: origin.file, line: 1, column: 0 } : origin.locate(startOf(each.node, code));
    const row: [string, number, number, number] = [each.name, SITE_KINDS.indexOf(each.kind), place.line, place.column];
    let other: [file?: number] = [];
    if (place.file !== origin.file) {
      if (!files.has(place.file)) files.set(place.file, files.size);
      other = [files.get(place.file)!];
    }
    if (each.reason === undefined) {
      sites.push([...row, ...other]);
      calls.push(writeCalls(linesOfCalls(each, place.file), place.line));
    } else left.push([...row, each.reason, ...other]);
  }
  const table = { sites, left, ...(files.size > 0 && { files: [...files.keys()] }), calls };
  return { table, left: left.length };

  /** The first line of each name that is called; one place in the source has one name only. */
  function linesOfCalls(site: Found, inFile: string): Map<string, number> {
    const lines = new Map<string, number>();
    for (const { name, at } of site.calls) {
      if (lines.has(name) || !at.loc) continue;
      const { file, line } = origin.locate(startOf(at, code));
      if (file === inFile) lines.set(name, line);
    }
    return lines;
  }
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
