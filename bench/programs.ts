// The catalogue of programs: what is run, and which folders of it every tool instruments.
import { fileURLToPath } from 'node:url';

export type ProgramKind = 'micro' | 'real' | 'pool' | 'server';

export interface Program {
  readonly name: string;
  readonly kind: ProgramKind;
  /** Whether the bench of five minutes has it. */
  readonly quick: boolean;
  /** CommonJS, so that the hook of every tool can instrument it, on every Node. */
  readonly file: string;
  /** Parts of paths: a file whose path has one of them is instrumented. */
  readonly folders: readonly string[];
  /** What of node_modules it is about; its version is reported. */
  readonly packages: readonly string[];
}

export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const OWN_FOLDERS = [
  '/bench/programs/micro/',
  '/bench/programs/real/',
  '/bench/programs/pool/',
  '/bench/results/build/',
];
const APPLICATION = '/bench/programs/servers/';

const micro = (name: string, quick: boolean, file = here(`programs/micro/${name}.cjs`)): Program => ({
  name,
  kind: 'micro',
  quick,
  file,
  folders: [...OWN_FOLDERS, APPLICATION],
  packages: [],
});

/**
 * The whole package is instrumented, as it was published, where it lies: each tool's own hook does so when the files are
 * loaded, as for a user. So the original and all others have the same files under the same paths.
 */
const real = (name: string, quick: boolean, kind: ProgramKind = 'real', packages = [name]): Program => ({
  name,
  kind,
  quick,
  file: here(`programs/${kind}/${name}.cjs`),
  folders: [...OWN_FOLDERS, ...packages.map((each) => `/node_modules/${each}/`)],
  packages,
});

/** The application is instrumented, its framework is not: that is the default, and what a user gets. */
const server = (name: string): Program => ({
  name,
  kind: 'server',
  quick: true,
  file: here(`programs/servers/${name}.cjs`),
  folders: [APPLICATION],
  packages: [name],
});

export const PROGRAMS: readonly Program[] = [
  micro('fib', true),
  micro('leaf', false),
  micro('methods', true),
  micro('closures', false),
  micro('mutual-recursion', false),
  micro('megamorphic', true),
  micro('deep-stack', false),
  micro('callees', false, here('results/build/callees.cjs')),
  micro('throw-catch', false),
  micro('async-chain', true),
  micro('generator', true),
  micro('request', false),
  real('acorn', true),
  real('terser', false),
  real('typescript', false),
  real('prettier', false),
  real('marked', true),
  real('handlebars', true),
  real('zod', true),
  real('immer', true),
  real('pool', true, 'pool', ['acorn']),
  server('express'),
  server('fastify'),
];
