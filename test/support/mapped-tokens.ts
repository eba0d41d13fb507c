// Checks a source map token by token, knowing nothing of who made it: each name, number and string of the generated code
// that has a place of its own in the map is looked up in the original and must stand there.
import { parse } from '@babel/parser';
import { TraceMap, traceSegment } from '@jridgewell/trace-mapping';
import type { SourceMapInput } from '@jridgewell/trace-mapping';

export interface MappedTokens {
  /** `source:line:column token` of each token that the map leads to and that stands there. */
  readonly right: ReadonlySet<string>;
  /** The same of those that lead to where something else stands. */
  readonly wrong: readonly string[];
}

export function mappedTokens(code: string, map: string): MappedTokens {
  const trace = new TraceMap(map as SourceMapInput);
  const originals = trace.sourcesContent!.map((text) => text!.split('\n'));
  const right = new Set<string>();
  const wrong: string[] = [];
  for (const token of parse(code, { sourceType: 'module', tokens: true }).tokens as Token[]) {
    const { start, end, loc, type } = token;
    if (!['name', 'num', 'string', '#name'].includes(type.label ?? '')) continue;
    const text = code.slice(start, end);
    const segment = traceSegment(trace, loc.start.line - 1, loc.start.column);
    if (!segment || segment.length === 1 || segment[0] !== loc.start.column) continue;
    const [, source, line, column] = segment;
    const place = `${trace.sources[source]!.split(/[/?]/).findLast((part) => part.includes('.'))}:${line + 1}:${column} ${text}`;
    if (originals[source][line].startsWith(text, column)) right.add(place);
    else wrong.push(place);
  }
  return { right, wrong };
}

interface Token {
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  readonly type: { readonly label?: string };
}
