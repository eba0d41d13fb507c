// npm run bench -- [--node PATH]… [--rounds N] [--runs N] [--program NAME]
// Times each program as it is, instrumented and stopped, and in each precision. Every figure comes from processes of its
// own, the variants taking turns (A B C A B C …), and is the median over the rounds of the median over a round's runs.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { transformSync } from '@babel/core';
import { type Spread, spreadOf } from './statistics.ts';

const VARIANTS = ['original', 'stopped', 'sampled', 'adaptive', 'exact'] as const;
type Variant = (typeof VARIANTS)[number];

interface Program {
  readonly name: string;
  readonly file: string;
  /** Package whose main file is instrumented in place of the program itself. */
  readonly instrumented?: string;
}

const PROGRAMS: readonly Program[] = [
  { name: 'fib', file: 'programs/fib.cjs' },
  { name: 'acorn', file: 'programs/acorn.cjs', instrumented: 'acorn/dist/acorn.js' },
  { name: 'async', file: 'programs/async.cjs' },
  { name: 'generator', file: 'programs/generator.cjs' },
  { name: 'request', file: 'programs/request.cjs' },
];

interface Measurement {
  readonly nsOfRuns: number[];
  readonly calls: number | null;
  readonly clockNs: number;
}

const require = createRequire(import.meta.url);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: [process.execPath] },
    rounds: { type: 'string', default: '5' },
    runs: { type: 'string', default: '15' },
    program: { type: 'string', multiple: true },
  },
});

/** Writes the original and the instrumented program side by side, with paths of equal length, and returns both. */
function build(program: Program): { original: string; instrumented: string } {
  const folder = here('results/build/');
  mkdirSync(folder, { recursive: true });
  const instrument = (file: string, code: string) =>
    transformSync(code, {
      filename: file,
      configFile: false,
      babelrc: false,
      compact: false,
      plugins: [
        [
          require(here('../dist/cjs/babel.cjs')).default,
          { moduleKind: 'commonjs', runtime: here('../dist/cjs/runtime.cjs') },
        ],
      ],
    })!.code!;
  const programFile = here(program.file);
  const code = readFileSync(programFile, 'utf8');
  const write = (name: string, text: string) => {
    writeFileSync(folder + name, text);
    return folder + name;
  };
  if (program.instrumented === undefined) {
    return {
      original: write(`${program.name}-o.cjs`, code),
      instrumented: write(`${program.name}-i.cjs`, instrument(programFile, code)),
    };
  }
  const library = here(`../node_modules/${program.instrumented}`);
  const libraryCode = readFileSync(library, 'utf8');
  const plain = write(`${program.name}-lib-o.cjs`, libraryCode);
  const made = write(`${program.name}-lib-i.cjs`, instrument(`${folder}${program.name}.cjs`, libraryCode));
  const withLibrary = (file: string) => code.replace(`require('${program.name}')`, `require(${JSON.stringify(file)})`);
  return {
    original: write(`${program.name}-o.cjs`, withLibrary(plain)),
    instrumented: write(`${program.name}-i.cjs`, withLibrary(made)),
  };
}

function measure(node: string, files: ReturnType<typeof build>, variant: Variant): Measurement {
  const original = variant === 'original';
  const file = original ? files.original : files.instrumented;
  const runtime = original ? '' : here('../dist/cjs/index.cjs');
  const output = execFileSync(node, [here('child.mjs'), file, runtime, variant, values.runs], { encoding: 'utf8' });
  return JSON.parse(output) as Measurement;
}

/** A round's figure: the median of its runs, the first third left out while the code is being optimised. */
function nsOfRound({ nsOfRuns }: Measurement): number {
  return spreadOf(nsOfRuns.slice(Math.floor(nsOfRuns.length / 3))).median;
}

function show({ min, median, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

function benchProgram(node: string, program: Program): string[] {
  const files = build(program);
  const rounds = new Map<Variant, Measurement[]>(VARIANTS.map((variant) => [variant, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const variant of VARIANTS) rounds.get(variant)!.push(measure(node, files, variant));
  }
  const calls = rounds.get('exact')![0].calls!;
  if (calls === 0) throw new Error(`${program.name}: nothing was instrumented`);
  const clockNs = spreadOf([...rounds.values()].flat().map((m) => m.clockNs)).median;
  const originals = rounds.get('original')!.map(nsOfRound);
  const rows = VARIANTS.map((variant) => {
    const ns = rounds.get(variant)!.map(nsOfRound);
    const ratio = spreadOf(ns.map((value, round) => value / originals[round]));
    const added = spreadOf(ns.map((value, round) => (value - originals[round]) / calls));
    const clocks = variant === 'exact' ? (added.median / (2 * clockNs)).toFixed(2) : '';
    const cells = [variant, show(spreadOf(ns.map((value) => value / 1e6)), 1), show(ratio, 2), show(added, 2), clocks];
    return `| ${cells.join(' | ')} |`;
  });
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  return [
    `### ${program.name}, Node ${version}: ${calls.toLocaleString('en')} calls a run, performance.now() ${clockNs.toFixed(0)} ns`,
    '',
    '| variant | ms a run | × original | ns a call added | ÷ two clock reads |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores; medians of ${values.rounds} rounds (min–max)\n`);
for (const node of values.node) {
  for (const program of PROGRAMS) {
    if (values.program !== undefined && !values.program.includes(basename(program.name))) continue;
    console.log(benchProgram(node, program).join('\n'));
  }
}
