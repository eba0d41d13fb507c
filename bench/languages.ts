// The same programs in Python, plain and under its deterministic profilers, beside ours: all in one run, taking turns.
import { createRequire } from 'node:module';
import { environment, lastLine, reasonOf, runChild } from './children.ts';
import { environmentOf } from './measure.ts';
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

interface Answer {
  readonly wallNs: readonly number[];
}

/** What runs one process of a row. */
interface Runner {
  readonly language: KernelRow['language'];
  readonly variant: string;
  run(bench: Bench, kernel: string): ReturnType<typeof runChild>;
}

const RUNNERS: readonly Runner[] = [
  ...VARIANTS.filter(({ name }) => OURS.includes(name)).map((variant): Runner => ({
    language: 'JavaScript',
    variant: variant.name === 'original' ? 'plain' : `everycall ${variant.name}`,
    run: (bench, kernel) => {
      const program = programNamed(kernel);
      const args = [...variant.options(bench.scratch), here('child.cjs'), program.file];
      return runChild(
        bench.node,
        [...args, String(bench.seconds), String(bench.minRuns)],
        environmentOf(bench, program, variant),
      );
    },
  })),
  ...PYTHONS.map((variant): Runner => ({
    language: 'Python',
    variant,
    run: (bench, kernel) => {
      const amount = [String(bench.seconds), String(bench.minRuns)];
      return runChild(PYTHON, [here('languages/kernels.py'), kernel, variant, ...amount], environment({}));
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
  for (const kernel of KERNELS) kernels.push(await measureKernel(bench, kernel, yappi));
  return { python, yappi, kernels };
}

async function measureKernel(bench: Bench, kernel: string, yappi: string): Promise<LanguageResult> {
  const rows = RUNNERS.map(({ language, variant }) => {
    const isMissing = variant.startsWith('yappi') && yappi.startsWith('not installed');
    return { language, variant, reason: isMissing ? yappi : null, rounds: [] as (readonly number[])[] };
  });
  for (let round = 0; round < bench.rounds; round++) {
    bench.progress(`${kernel} in both languages: round ${round + 1} of ${bench.rounds}`);
    for (const [i, runner] of RUNNERS.entries()) {
      const row = rows[i];
      if (row.reason !== null) continue;
      const ended = await runner.run(bench, kernel);
      if (ended.code === 0) row.rounds.push(lastLine<Answer>(ended).wallNs);
      else {
        row.reason = reasonOf(ended);
        row.rounds = [];
        if (ended.code === 3) bench.fail(`${kernel} in ${runner.language}: ${row.reason}`);
      }
    }
  }
  return { kernel, calls: callsOf(kernel), rows };
}

/** What "a call" is in these programs, known by construction: calls, or steps of the generator. */
function callsOf(kernel: string): number {
  const { calls, units } = require(programNamed(kernel).file) as { calls: number; units?: number };
  return units ?? calls;
}
