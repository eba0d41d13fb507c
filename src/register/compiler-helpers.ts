// What another compiler put in front of the program it compiled: helpers (`__decorate`, `__name`) and the function that it
// wrapped round a CommonJS module. They are in no source, so they shall not be functions of it in a report, nor part of
// its functions' names.
import type { types as t } from '@babel/core';
import { types } from './babel.ts';
import type { DecodedMap } from './input-map.ts';

/**
 * Takes the location of all functions that begin before the first place the map knows; our plugin then takes them for what
 * they are. Only of code that was compiled from one file: a bundle may begin with a module that brought no map.
 */
export function forgetHelpers({ program }: t.File, inputMap: DecodedMap): void {
  const first = firstMapped(inputMap);
  if (first === null) return;
  const isBefore = ({ loc }: t.Node): boolean =>
    !!loc && (loc.start.line < first.line || (loc.start.line === first.line && loc.start.column < first.column));
  for (const statement of program.body) {
    if (!isBefore(statement)) break;
    types().traverseFast(statement, (node) => {
      if (isBefore(node) && types().isFunction(node)) node.loc = null;
    });
  }
}

/** Line from 1, column from 0. */
function firstMapped({ sources, mappings }: DecodedMap): { line: number; column: number } | null {
  if (sources.length !== 1) return null;
  for (const [i, segments] of mappings.entries()) {
    const segment = segments.find(({ length }) => length > 1);
    if (segment !== undefined) return { line: i + 1, column: segment[0] };
  }
  return null;
}
