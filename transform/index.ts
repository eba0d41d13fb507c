// The Babel plugin: puts the hooks of runtime/contract.ts into every function of a file and a table of them on its top.
// It works in `post`, when all other plugins are done: on the code as it will run, whatever the order of presets. What
// it needs to know is found in one walk that changes nothing (analyse.ts); then it is put in (shapes.ts, prelude.ts).
// Babel itself is only ever what runs the plugin (7 or 8): nothing but types is imported from it.
import { createHash } from 'node:crypto';
import type { ConfigAPI, PluginObj, PluginPass, template, types as t } from '@babel/core';
import { CONTRACT_VERSION, SITE_KINDS } from '../runtime/contract.ts';
import type { LeftRow, SiteRow, SiteTable } from '../runtime/contract.ts';
import { writeCalls } from '../runtime/call-lines.ts';
import { analyse } from './analyse.ts';
import type { Found } from './analyse.ts';
import { pickIdentifiers } from './identifiers.ts';
import { isFileIgnored, tableText } from './marks.ts';
import { checkOptions } from './options.ts';
import type { ModuleKind, PluginOptions } from './options.ts';
import { createOrigin, startOf } from './positions.ts';
import type { Origin } from './positions.ts';
import { addPrelude, canReachRuntime } from './prelude.ts';
import { createFileFilter } from './selection.ts';
import { instrument } from './shapes.ts';
import { createSyntax } from './syntax.ts';

export type { ModuleKind, PluginOptions } from './options.ts';

/** Changes whenever the same source and options could give other code: for the keys of caches. */
export const TRANSFORM_VERSION = `${CONTRACT_VERSION}.2`;

/** What the plugin leaves in Babel's `result.metadata.everycall` of a file that it instrumented. */
export interface TransformMetadata {
  readonly sites: number;
  readonly left: number;
}

type Api = ConfigAPI & { types: typeof t; template: typeof template };

export default function everycallPlugin(api: Api, options: object = {}): PluginObj {
  api.assertVersion?.('^7.22.0 || ^8.0.0-0' as unknown as number);
  checkOptions(options);
  const { include, exclude, root, runtime = 'everycall/runtime', moduleKind }: PluginOptions = options;
  const syntax = createSyntax(api);
  const skipped = new WeakSet<PluginPass>();
  const filters = new Map<string, (filename: string) => boolean>();

  function isSelected({ filename, cwd }: PluginPass): boolean {
    if (filename === undefined) return true;
    const from = root ?? cwd;
    let filter = filters.get(from);
    if (!filter) filters.set(from, (filter = createFileFilter({ include, exclude, root: from })));
    return filter(filename);
  }

  return {
    name: 'everycall',
    visitor: {},
    pre(file) {
      if (!isSelected(this) || isFileIgnored(file.ast, file.code)) skipped.add(this);
    },
    post(file) {
      const { program } = file.ast;
      if (skipped.has(this) || program.body.length === 0) return;
      const kind = moduleKind ?? kindOf(program);
      const { found, names, topLevelNames, isInstrumented } = analyse(api.types, program, kind === 'esm');
      if (isInstrumented || !canReachRuntime(kind, topLevelNames)) return;

      const origin = createOrigin(file.opts.filename ?? undefined, file.code, file.inputMap);
      const sites = found.filter((each) => each.reason === undefined);
      const { table: described, left } = describe(found, origin, file.code);
      const hash = digest(file.code === '' ? JSON.stringify(described) : file.code, 16);
      const version = digest(`${origin.file}\0${hash}`, 8);
      const identifiers = pickIdentifiers(names, version, kind === 'script');
      const table = tableText({ ...described, base: identifiers.base });
      const used = instrument(syntax, sites, identifiers);
      addPrelude(
        syntax,
        program,
        identifiers,
        { file: origin.file, hash, count: sites.length, table },
        {
          kind,
          runtime,
          topLevelNames,
          used,
          withBody: found[0].reason === undefined,
          bodySuspends: found[0].suspensions.length > 0,
        },
      );
      Object.assign(file.metadata, { everycall: { sites: sites.length, left } satisfies TransformMetadata });
    },
  };
}

function kindOf(program: t.Program): ModuleKind {
  return program.sourceType === 'module' ? 'esm' : 'commonjs';
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
