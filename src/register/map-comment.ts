// The comment at the end of compiled code that leads to its source map.

/** Not written out with what goes round it: readers of maps would find one in this file. */
const NAME = 'sourceMappingURL';

/** Code with a comment that names its map. */
export function withMap(code: string, url: string): string {
  return `${code}\n//# ${NAME}=${url}\n`;
}

/** A URL that holds the map itself. */
export function inlineUrl(map: string): string {
  return `data:application/json;charset=utf-8;base64,${Buffer.from(map).toString('base64')}`;
}
