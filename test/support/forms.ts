// The program of functions of every form (test/fixtures/forms), and what its marks and its own counters say of it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const FORMS_FILE = fileURLToPath(new URL('../fixtures/forms/program.tsx', import.meta.url));
export const FORMS_SOURCE = readFileSync(FORMS_FILE, 'utf8');

/** What the program exports. */
export interface FormsProgram {
  readonly counts: Readonly<Record<string, number>>;
  /** What it computed. */
  readonly done: Promise<readonly unknown[]>;
}

export interface MarkedFunction {
  readonly kind: string;
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

/** The functions of a source before whose first token stands a `/*kind name*\/`. */
export function markedFunctions(source: string): MarkedFunction[] {
  return source.split('\n').flatMap((text, index) =>
    [...text.matchAll(/\/\*([a-z-]+) (\S.*?)\*\//g)].map((mark) => ({
      kind: mark[1],
      name: mark[2],
      line: index + 1,
      column: mark.index + mark[0].length,
    })),
  );
}

/** `kind name line:column calls` of each marked function that was called, in the order of the text. */
export function countedCalls(source: string, counts: FormsProgram['counts']): string[] {
  return markedFunctions(source)
    .filter(({ name }) => counts[name] !== undefined)
    .map(({ kind, name, line, column }) => `${kind} ${name} ${line}:${column} ${counts[name]}`);
}
