// The catalogue of rows: which options of Node bring a tool into a process, and what a row means.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { ProgramKind } from './programs.ts';
import { here } from './programs.ts';

export interface Variant {
  readonly name: string;
  /** Options of Node; `scratch` is a folder for what the tool writes. */
  options(scratch: string): readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Not part of this repository: the row tells why, if it does not run. */
  readonly foreign?: { readonly package?: string };
  /** Kinds of programs that it is for; default: all. */
  readonly kinds?: readonly ProgramKind[];
  /** Whether files of all packages are instrumented as well. */
  readonly whole?: boolean;
  /** Whether the bench of five minutes has it, and for which kinds. */
  readonly quick: readonly ProgramKind[];
  /** Whether its first run fills a cache, so that it is run once before it counts. */
  readonly cached?: boolean;
}

const ALL = ['micro', 'real', 'pool', 'server'] as const;
const CPU_BOUND = ['real', 'pool'] as const;

export const REGISTER = ['--import', pathToFileURL(here('../dist/src/register/index.js')).href];
const START = ['--import', pathToFileURL(here('preload/start.mjs')).href];

const everycall = (name: string, precision?: string, more: Partial<Variant> = {}): Variant => ({
  name,
  options: () => (precision === undefined ? REGISTER : [...REGISTER, ...START]),
  env: precision === undefined ? {} : { BENCH_PRECISION: precision },
  quick: ALL,
  cached: true,
  ...more,
});

const foreign = (name: string, packageName: string, quick: Variant['quick'], cached = false): Variant => ({
  name,
  options: () => ['-r', here(`preload/${name}.cjs`)],
  env: {},
  foreign: { package: packageName },
  quick,
  cached,
});

export const VARIANTS: readonly Variant[] = [
  { name: 'original', options: () => [], env: {}, quick: ALL },
  everycall('stopped'),
  everycall('sampled', 'sampled', { quick: ['micro', 'real', 'pool'] }),
  everycall('adaptive', 'adaptive'),
  everycall('exact', 'exact', { quick: ['micro', 'real', 'pool'] }),
  everycall('adaptive-tags', 'adaptive', {
    kinds: ['server'],
    quick: [],
    env: { BENCH_PRECISION: 'adaptive', BENCH_TAGS: '1' },
  }),
  everycall('stopped-whole', undefined, { kinds: ['server'], quick: [], whole: true }),
  everycall('adaptive-whole', 'adaptive', { kinds: ['server'], quick: [], whole: true }),
  // Every 1 ms: that is Node's default and the default of our ticker, so it is one row.
  {
    name: 'cpu-prof',
    options: (scratch) => ['--cpu-prof', '--cpu-prof-interval', '1000', '--cpu-prof-dir', scratch],
    env: {},
    foreign: {},
    quick: ALL,
  },
  foreign('istanbul', 'istanbul-lib-instrument', ['micro', 'real'], true),
  foreign('datadog-pprof', '@datadog/pprof', CPU_BOUND),
  foreign('v8-profiler-next', 'v8-profiler-next', CPU_BOUND),
  // It takes thousands of ns a call, and most of five minutes for the real programs.
  foreign('njstrace', 'njstrace', []),
];

/** What a row is, for whoever reads the table. */
export const MEANINGS: Readonly<Record<string, string>> = {
  original: 'nothing but Node',
  stopped: 'everycall/register, never started',
  sampled: 'started before the program is loaded, `precision: sampled`',
  adaptive: 'the same, adaptive: the default',
  exact: 'the same, exact',
  'adaptive-tags': 'adaptive, and a tag for every request',
  'stopped-whole': 'stopped, the framework and all that it uses instrumented, too',
  'adaptive-whole': 'adaptive, the framework and all that it uses instrumented, too',
  'cpu-prof': "`node --cpu-prof`, every 1 ms: Node's default and our tick",
  istanbul: 'statements, branches and functions counted by istanbul-lib-instrument, as nyc does',
  'datadog-pprof': '@datadog/pprof, wall profile with its defaults',
  'v8-profiler-next': 'CPU profile with its defaults',
  njstrace: 'njsTrace without arguments, try/catch and output',
};

const require = createRequire(import.meta.url);

/** Why the variant cannot be had here, or `null`. */
export function whyMissing({ foreign: of }: Pick<Variant, 'foreign'>): string | null {
  if (of?.package === undefined) return null;
  try {
    require.resolve(of.package);
    return null;
  } catch {
    return `not installed: npm install --prefix bench`;
  }
}

export const isFor = (variant: Variant, kind: ProgramKind): boolean => variant.kinds?.includes(kind) ?? true;
