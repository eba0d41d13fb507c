// The source map that a file came with: found by the comment at its end, inline or in a file beside it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { types as t } from '@babel/core';
import type { decodedMap, SourceMapInput } from '@jridgewell/trace-mapping';
import { traceMapping } from './babel.ts';

/** A comment that names a map. Babel would print it again, below ours, where it would count. */
export const MAP_COMMENT = /^[@#]\s+sourceMappingURL=\s*(\S+)\s*$/;
const INLINE = /^data:(?:application|text)\/json;(?:charset[:=][^;,]+;)?base64,/;

/** As segments. */
export type DecodedMap = ReturnType<typeof decodedMap>;

export interface InputMap {
  /** Decoded, and one map where it was made of sections. */
  readonly map: DecodedMap;
  /** Where it lies, which is what its sources are relative to. */
  readonly url: string;
}

/** The map that the last such comment leads to; `null` if none does. A map that cannot be read is as good as none. */
export function readInputMap(comments: readonly t.Comment[], filename: string): InputMap | null {
  for (let i = comments.length - 1; i >= 0; i--) {
    const url = MAP_COMMENT.exec(comments[i].value)?.[1];
    if (url === undefined) continue;
    try {
      if (!INLINE.test(url)) return readBeside(filename, url);
      const json = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64').toString();
      return { map: readMap(json), url: pathToFileURL(filename).href };
    } catch {
      return null;
    }
  }
  return null;
}

/** Where a map lies: beside the file, under a name that is a URL, or that a tool wrote as it is. */
export function fileOfMap(filename: string, url: string): string {
  const directory = dirname(filename);
  try {
    const file = resolve(directory, decodeURIComponent(url));
    if (existsSync(file)) return file;
  } catch {
    // a percent sign that is meant as one
  }
  return resolve(directory, url);
}

/** Only from the package that the file belongs to: a comment shall not make us read anything on the disk. */
function readBeside(filename: string, url: string): InputMap | null {
  const directory = dirname(filename);
  const file = fileOfMap(filename, url);
  if (isOutside(directory, file) && isOutside(packageOf(directory), file)) return null;
  return { map: readMap(readFileSync(file, 'utf8')), url: pathToFileURL(file).href };
}

/** Throws where it is no source map, or leads to sources that it does not have: what reads it later would. */
function readMap(json: string): DecodedMap {
  const tools = traceMapping();
  const given = JSON.parse(json) as SourceMapInput;
  checkOffsets(given);
  const map = tools.decodedMap(tools.FlattenMap(given));
  const { sourceRoot, sources, sourcesContent, names } = map;
  const texts: readonly unknown[] = [...names, ...sources, ...(sourcesContent ?? []), sourceRoot];
  if (!texts.every((text) => text === undefined || text === null || typeof text === 'string')) {
    throw new TypeError('expected texts as names and sources');
  }
  for (const segment of map.mappings.flat()) {
    if (segment.length === 1) continue;
    const [, source, line, column] = segment;
    if (!(source >= 0 && source < map.sources.length && line >= 0 && column >= 0)) {
      throw new RangeError(`expected a segment that leads to a source, got ${segment.join()}`);
    }
  }
  return map;
}

/** No file has more lines. */
const MOST_LINES = 1_000_000;

/** Throws where a section begins further down than any file goes: to flatten it makes a row of each line before it. */
function checkOffsets(map: unknown): void {
  const { sections } = (map ?? {}) as { sections?: unknown };
  if (!Array.isArray(sections)) return;
  for (const section of sections as { offset?: { line?: unknown }; map?: unknown }[]) {
    const line = section?.offset?.line;
    if (typeof line !== 'number' || !(line >= 0 && line <= MOST_LINES)) {
      throw new RangeError(`expected a section that begins at a line from 0 to ${MOST_LINES}`);
    }
    checkOffsets(section.map);
  }
}

function isOutside(directory: string, file: string): boolean {
  const path = relative(directory, file);
  return path.startsWith('..') || isAbsolute(path);
}

function packageOf(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return directory;
  }
}
