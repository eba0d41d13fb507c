// Bundles that run under everycall, driven by test/fixtures/bundlers/drive.mjs, which lies beside them.
import { expect } from 'chai';
import type { Project } from '../register/programs.ts';

export interface Driven {
  readonly results: unknown[];
  readonly counts: Record<string, number>;
  readonly functions: readonly {
    name: string;
    kind: string;
    file: string;
    line: number;
    column: number;
    calls: number;
  }[];
}

/** Runs a bundle of the project. */
export async function driveBundle(project: Project, bundle: string): Promise<Driven> {
  const { code, stdout, stderr } = await project.node(['drive.mjs', `./out/${bundle}`]);
  expect(code, stderr).to.equal(0);
  return JSON.parse(stdout) as Driven;
}

/** What was called, in the form of `countedCalls()`: `kind name line:column calls`, in the order of the text. */
export function recordedCalls(functions: Driven['functions']): string[] {
  return functions
    .filter(({ calls }) => calls > 0)
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ kind, name, line, column, calls }) => `${kind} ${name} ${line}:${column} ${calls}`);
}
