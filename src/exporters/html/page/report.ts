// The profile as the page has it: what was embedded, with functions and edges as rows of the model, so that the page counts
// with the same code as every other report. No DOM.
import type { FunctionStats } from '../../../profile.ts';
import type { Embedded, EmbeddedEdges } from '../embedded.ts';
import { readEdgesLazily } from './edge-rows.ts';
import type { Edges } from './edge-rows.ts';
import { readFunctions } from './function-rows.ts';
import type { FunctionRows } from './function-rows.ts';
import { EVERYTHING } from './selection.ts';

export interface Report extends Omit<Embedded, 'functions'> {
  readonly functions: readonly FunctionStats[];
  readonly edges: Edges;
  readonly rows: FunctionRows;
  /** Ids under which figures of folded threads stand. */
  readonly foldedThreads: ReadonlySet<number>;
}

/** `edges` is called when they are first needed, and only then. */
export function readReport({ functions, ...rest }: Embedded, edges: () => EmbeddedEdges): Report {
  const rows = readFunctions(functions);
  const { thread } = functions.parts;
  return {
    ...rest,
    functions: rows(EVERYTHING),
    edges: readEdgesLazily(edges),
    rows,
    foldedThreads: new Set((Array.isArray(thread) ? thread : [thread as number]).filter((id) => id < 0)),
  };
}
