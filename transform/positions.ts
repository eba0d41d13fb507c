// Where a function is in its original source: lines from 1, columns from 0 (in UTF-16 units), as Babel and source maps
// count them. A function begins at its first token, which is where V8's precise coverage lets it begin too; a class
// member begins after its decorators and after the word `static`.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { types as t } from '@babel/core';
import { FlattenMap, LEAST_UPPER_BOUND, originalPositionFor } from '@jridgewell/trace-mapping';
import type { SourceMapInput, TraceMap } from '@jridgewell/trace-mapping';
import { forwardSlashes } from './selection.ts';

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

export interface Place extends Position {
  /** Path with forward slashes, or URL. */
  readonly file: string;
}

export interface Origin {
  /** The one original source if the input map leads to just one, else the file itself. Most places are in it. */
  readonly file: string;
  /** From a position in the parsed text to its place: in the file itself where the input map has none. */
  locate(position: Position): Place;
}

/** @param system what a path is */
export function createOrigin(
  filename: string | undefined,
  code: string,
  inputMap: object | null,
  system: path.PlatformPath = path,
): Origin {
  const own = filename === undefined ? '<unknown>' : forwardSlashes(system.resolve(filename), system.sep);
  const map = inputMap && readMap(inputMap);
  if (!map) return { file: own, locate: ({ line, column }) => ({ file: own, line, column }) };

  const directory = mapDirectory(filename, code, system);
  const { sourceRoot } = map as { sourceRoot?: unknown };
  const root = typeof sourceRoot === 'string' && sourceRoot ? `${sourceRoot.replace(/\/$/, '')}/` : '';
  const pathOf = (source: string | null): string => (source ? sourcePath(root + source, directory, system) : own);
  const paths = new Map(map.resolvedSources.map((resolved, i) => [resolved, pathOf(map.sources[i])]));
  return {
    file: paths.size === 1 ? [...paths.values()][0] : own,
    locate({ line, column }) {
      let found = originalPositionFor(map, { line, column });
      if (found.line === null) found = originalPositionFor(map, { line, column, bias: LEAST_UPPER_BOUND });
      if (found.line === null || !found.source) return { file: own, line, column };
      return { file: paths.get(found.source)!, line: found.line, column: found.column };
    },
  };
}

/** Babel keeps the map in a wrapper of convert-source-map. A map that cannot be read is as good as none. */
function readMap(inputMap: object): TraceMap | null {
  try {
    const { toObject } = inputMap as { toObject?: () => object };
    return FlattenMap((toObject ? toObject.call(inputMap) : inputMap) as SourceMapInput);
  } catch {
    return null;
  }
}

/** Sources are relative to the map, which may lie elsewhere than the file. */
function mapDirectory(filename: string | undefined, code: string, { dirname, resolve }: path.PlatformPath): string {
  const url = /.*[#@]\s*sourceMappingURL=(?!data:)(\S+)/s.exec(code.slice(-1000))?.[1] ?? '';
  return dirname(resolve(dirname(resolve(filename ?? 'file')), url === '' ? 'map' : url));
}

function sourcePath(source: string, directory: string, { resolve, sep }: path.PlatformPath): string {
  if (/^file:/i.test(source)) return pathOfUrl(source, sep);
  if (/^[a-z][a-z\d+.-]+:/i.test(source)) return source;
  return forwardSlashes(resolve(directory, source), sep);
}

/** A map that was made on another system has URLs that lead nowhere on this one; they stay as they are. */
function pathOfUrl(url: string, separator: string): string {
  try {
    return forwardSlashes(fileURLToPath(url, { windows: separator === '\\' }), separator);
  } catch {
    return url;
  }
}

const BLANK = /(?:\s|\/\/.*|\/\*[^]*?\*\/)+/y;
const MODIFIER = /(?:static|public|private|protected|override|readonly|accessor)(?![\w$\\\u0080-\uffff])/y;

/** The position of a function's first token in the parsed text. For nodes that have a location. */
export function startOf(node: t.Node, code: string): Position {
  const { key, decorators } = node as Partial<t.ClassMethod>;
  const { start } = node.loc!;
  if (!key || node.type === 'ObjectMethod' || typeof node.start !== 'number' || typeof key.start !== 'number')
    return start;
  let at = decorators?.length ? decorators[decorators.length - 1].end! : node.start;
  for (let last = -1; at !== last && at < key.start;) {
    at = skip(BLANK, code, at);
    last = at;
    if (at < key.start) at = skip(MODIFIER, code, at);
  }
  // Past the key: the tree does not belong to this text. The key is then the best there is.
  if (at > key.start || code === '') return key.loc?.start ?? start;
  return advance(start, code.slice(node.start, at));
}

function skip(pattern: RegExp, code: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(code) ? pattern.lastIndex : at;
}

function advance({ line, column }: Position, text: string): Position {
  const lines = text.split(/\r\n|[\r\n\u2028\u2029]/);
  const last = lines[lines.length - 1].length;
  return { line: line + lines.length - 1, column: lines.length === 1 ? column + last : last };
}
