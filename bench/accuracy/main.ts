// npm run bench:accuracy -- [--node PATH] [--quick] [--rounds N] [--ms N] [--program NAME]… [--out DIR]
// How far the figures of each precision are from what the programs are known to do, beside V8's own profiler. Variants take
// turns in processes of their own; shown are medians of the rounds. Writes accuracy.json and accuracy.md to DIR (default
// bench/results/accuracy). docs/accuracy.md is made of these.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load, machineLine, nodeVersion } from '../machine.ts';
import { medianOf } from '../statistics.ts';
import { errorsOf, type FunctionError, worstRatio } from './errors.ts';
import { EVERYCALL, instrumentedPrograms, PROGRAMS_FILE } from './instrumented.ts';
import { type ChildOutput, timesOf, timesOfProfiles, truthMisses, truthOf } from './measured.ts';
import { coverageTable, errorTable, overview, type ProgramErrors } from './report.ts';
import { coverageOf, type Span } from './standard-errors.ts';

const PROGRAMS = ['split', 'tiny', 'below', 'above', 'aliased', 'recursion', 'nested', 'asynchronous', 'left+right'];
const PRECISIONS = ['exact', 'adaptive', 'sampled'];
/** V8's default and a finer one. */
const PROFILERS = ['cpu-prof:1000', 'cpu-prof:100'];
/** Programs for which the standard errors are checked: V8's own noise is small beside theirs. */
const CHECKED = ['split', 'above', 'nested'];

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    ms: { type: 'string' },
    program: { type: 'string', multiple: true },
    out: { type: 'string', default: fileURLToPath(new URL('../results/accuracy', import.meta.url)) },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const ms = values.ms ?? (values.quick ? '20' : '300');
const programs = values.program ?? (values.quick ? ['split', 'left+right'] : PROGRAMS);

mkdirSync(values.out, { recursive: true });
const instrumented = join(values.out, 'programs.cjs');
writeFileSync(instrumented, instrumentedPrograms());
const child = fileURLToPath(new URL('./child.mjs', import.meta.url));

function run<T>(variant: string, program: string, windowMs: string, windows = 0): T {
  const ours = PRECISIONS.includes(variant);
  const files = ours ? [instrumented, EVERYCALL] : [PROGRAMS_FILE, ''];
  const args = [child, ...files, variant, program, windowMs, String(windows)];
  return JSON.parse(execFileSync(values.node, args, { encoding: 'utf8', maxBuffer: 1 << 28 })) as T;
}

function errorsOfProgram(program: string): ProgramErrors {
  const found = new Map<string, FunctionError[][]>();
  const misses: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const original = run<ChildOutput>('original', program, ms);
    const truth = truthOf(original);
    misses.push(truthMisses(original));
    const note = (name: string, times: Record<string, number>) =>
      found.set(name, [...(found.get(name) ?? []), errorsOf(truth, times)]);
    for (const precision of PRECISIONS) {
      const output = run<ChildOutput>(precision, program, ms);
      note(precision, timesOf(output, output.raw));
      note(`${precision}, corrected`, timesOf(output, output.corrected));
    }
    for (const profiler of PROFILERS) note(profiler, timesOfProfiles(run<ChildOutput>(profiler, program, ms)));
  }
  return {
    program,
    truthMisses: medianOf(misses),
    variants: [...found].map(([variant, ofRounds]) => ({
      variant,
      worstRatio: medianOf(ofRounds.map(worstRatio)),
      functions: ofRounds[0].map((_, f) => medianError(ofRounds.map((errors) => errors[f]))),
    })),
  };
}

function medianError(errors: readonly FunctionError[]): FunctionError {
  const of = (key: 'trueNs' | 'measuredNs' | 'time' | 'share') => medianOf(errors.map((error) => error[key]));
  return {
    name: errors[0].name,
    trueNs: of('trueNs'),
    measuredNs: of('measuredNs'),
    time: of('time'),
    share: of('share'),
  };
}

const version = nodeVersion(values.node);
const loadBefore = load();
const results = programs.map(errorsOfProgram);
const checked = CHECKED.filter((program) => programs.includes(program)).map((program) => {
  const { spans } = run<{ spans: Span[] }>('sampled', program, values.quick ? '20' : '50', values.quick ? 10 : 150);
  const truth = truthOf(run<ChildOutput>('original', program, ms));
  return { program, coverage: coverageOf(truth, spans) };
});
const text = [
  `${machineLine(version)}; medians of ${rounds} rounds of ${ms} ms; load average ${loadBefore} before, ${load()} after.`,
  overview(results),
  ...results.map(errorTable),
  coverageTable(checked),
  '',
].join('\n\n');
writeFileSync(join(values.out, 'accuracy.md'), text);
writeFileSync(
  join(values.out, 'accuracy.json'),
  JSON.stringify({ node: version, loadBefore, results, checked }, null, 1),
);
console.log(text);
