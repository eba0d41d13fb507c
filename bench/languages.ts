// The same programs in Python, plain and under its deterministic profilers, beside ours: all in one run, taking turns.
import { createRequire } from 'node:module';
import { environment, lastLine, reasonOf, runChild } from './children.ts';
import { measureOnce, takeTurns } from './measure.ts';
import type { Bench } from './measure.ts';
import { here, PROGRAMS } from './programs.ts';
import type { KernelRow, LanguageResult, Languages } from './results.ts';
import { VARIANTS } from './variants.ts';

/** Debian's own, for which python3-yappi is; a Python of the user's may have none. */
const PYTHON = process.env.BENCH_PYTHON ?? '/usr/bin/python3';
/** Micro programs that kernels.py has, too, with the same sizes and results. */
const KERNELS = ['fib', 'methods', 'closures', 'mutual-recursion', 'deep-stack', 'generator'];
const OURS = ['original', 'sampled', 'adaptive', 'exact'];
const PYTHONS = ['plain', 'cProfile', 'yappi wall', 'yappi cpu'];

const require = createRequire(import.meta.url);
const programNamed = (kernel: string) => PROGRAMS.find(({ name }) => name === kernel)!;

/** A row of a kernel. Python's are foreign: one without figures is no failure. */
interface Entrant {
  readonly name: string;
  readonly language: KernelRow['language'];
  readonly foreign?: object;
  /** One process: wall times of its runs, ns. */
  run(bench: Bench, kernel: string, isFirst: boolean): Promise<readonly number[] | { readonly reason: string }>;
}

const ENTRANTS: readonly Entrant[] = [
  ...VARIANTS.filter(({ name }) => OURS.includes(name)).map((variant): Entrant => ({
    name: variant.name === 'original' ? 'plain' : `everycall ${variant.name}`,
    language: 'JavaScript',
    async run(bench, kernel, isFirst) {
      const measured = await measureOnce(bench, programNamed(kernel), variant, isFirst);
      return 'reason' in measured ? measured : measured.wallNs;
    },
  })),
  ...PYTHONS.map((name): Entrant => ({
    name,
    language: 'Python',
    foreign: {},
    async run(bench, kernel) {
      const args = [here('languages/kernels.py'), kernel, name, String(bench.seconds), String(bench.minRuns)];
      const ended = await runChild(PYTHON, args, environment({}));
      if (ended.code === 0) return lastLine<{ wallNs: readonly number[] }>(ended).wallNs;
      if (ended.code === 3) bench.fail(`${kernel} in Python: ${reasonOf(ended)}`); // a wrong result
      return { reason: reasonOf(ended) };
    },
  })),
];

async function versionOf(code: string): Promise<string> {
  const ended = await runChild(PYTHON, ['-c', code], environment({}));
  return ended.code === 0 ? ended.stdout.trim() : `not installed: ${reasonOf(ended)}`;
}

export async function measureLanguages(bench: Bench): Promise<Languages> {
  const python = await versionOf('import sys; print("Python", sys.version.split()[0])');
  const yappi = await versionOf('import yappi, importlib.metadata as m; print(m.version("yappi"))');
  const kernels: LanguageResult[] = [];
  for (const kernel of KERNELS) {
    const rows = await takeTurns<readonly number[], Entrant>(
      bench,
      `${kernel} in both languages`,
      ENTRANTS,
      async ({ name, run }, round) => {
        if (name.startsWith('yappi') && yappi.startsWith('not installed')) return { reason: yappi };
        return run(bench, kernel, round === 0);
      },
    );
    const named = rows.map((row, i) => ({ language: ENTRANTS[i].language, ...row }));
    kernels.push({ kernel, calls: callsOf(kernel), rows: named });
  }
  return { python, yappi, kernels };
}

/** What "a call" is in these programs, known by construction: calls, or steps of the generator. */
function callsOf(kernel: string): number {
  const { calls, units } = require(programNamed(kernel).file) as { calls: number; units?: number };
  return units ?? calls;
}
