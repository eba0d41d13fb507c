// A parsed file gets its hooks and is printed, without @babel/core, which would make scopes that nobody asks for: what the
// register hooks, the bundlers and the test runners have in common.
import type * as Babel from '@babel/core';
import type { PluginOptions } from '../../transform/index.ts';
import { generator, plugin, remapping } from './babel.ts';
import { MAP_COMMENT } from './input-map.ts';

export interface ParsedFile {
  readonly ast: Babel.types.File;
  /** What it was parsed from. */
  readonly code: string;
  readonly filename: string;
  /** From `code` to the original, where a tool was there before us. */
  readonly inputMap: object | null;
}

export interface Printed {
  readonly code: string;
  /** From the printed code to the code that was given. */
  readonly map: SourceMap;
}

/** Version 3, encoded, as tools take it. */
export type SourceMap = NonNullable<Babel.BabelFileResult['map']>;

/** Changes the tree, and says whether it did. Throws nothing of its own. */
export type InstrumentTree = (file: ParsedFile) => boolean;

/** Of files in node_modules, too, unless `include` says otherwise: which files it gets is mostly decided before. */
export function createTreeInstrumenter(options: PluginOptions): InstrumentTree {
  // It visits nothing, so there is nothing to traverse.
  const { pre, post } = plugin({ include: ['**', '**/node_modules/**'], ...options });
  return ({ ast, code, filename, inputMap }) => {
    const metadata: object = {};
    const file = { ast, code, inputMap, opts: { filename }, metadata } as Babel.BabelFile;
    const pass = { filename, cwd: process.cwd() } as Babel.PluginPass;
    pre!.call(pass, file);
    post!.call(pass, file);
    return 'everycall' in metadata;
  };
}

/** Lines stay where they were. Comments that name a map go: the code has another one now. */
export function printTree({ ast, code, filename }: ParsedFile, sourceFileName: string): Printed {
  const printed = generator()(
    ast,
    {
      filename,
      sourceFileName,
      sourceMaps: true,
      retainLines: true,
      compact: false,
      shouldPrintComment: (comment) => !MAP_COMMENT.test(comment),
    },
    code,
  );
  return { code: printed.code, map: printed.map as SourceMap };
}

/**
 * The map from the printed code to what `inputMap` leads to; with the texts that it brings along.
 *
 * @param inputMap from the code that was given to the original
 * @param url what its sources are relative to; left out: they stay as they are
 */
export function mergeMaps(map: SourceMap, inputMap: object, url?: string): SourceMap {
  let isOwn = true;
  return remapping()(map as never, (_source, context) => {
    if (!isOwn) return null;
    isOwn = false;
    if (url !== undefined) context.source = url;
    return inputMap as never;
  }) as unknown as SourceMap;
}
