// The source map that a file came with: found by the comment at its end, inline or in a file beside it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { types as t } from '@babel/core';

/** A comment that names a map. Babel would print it again, below ours, where it would count. */
export const MAP_COMMENT = /^[@#]\s+sourceMappingURL=\s*(\S+)\s*$/;
const INLINE = /^data:(?:application|text)\/json;(?:charset[:=][^;,]+;)?base64,/;

/** The map that the last such comment leads to; `null` if none does. A map that cannot be read is as good as none. */
export function readInputMap(comments: readonly t.Comment[], filename: string): object | null {
  for (let i = comments.length - 1; i >= 0; i--) {
    const url = MAP_COMMENT.exec(comments[i].value)?.[1];
    if (url === undefined) continue;
    try {
      const json = INLINE.test(url)
        ? Buffer.from(url.slice(url.indexOf(',') + 1), 'base64').toString()
        : readBeside(filename, url);
      return json === null ? null : (JSON.parse(json) as object);
    } catch {
      return null;
    }
  }
  return null;
}

/** Only from the package that the file belongs to: a comment shall not make us read anything on the disk. */
function readBeside(filename: string, url: string): string | null {
  const directory = dirname(filename);
  const file = resolve(directory, url);
  if (isOutside(directory, file) && isOutside(packageOf(directory), file)) return null;
  return readFileSync(file, 'utf8');
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
