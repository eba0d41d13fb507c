// Random programs, each as it is and instrumented: stopped and in each precision it must do the same.
//
//   npm run test:conformance:random -- [--programs 10000] [--seed N] [--one N]
//
// Prints the seed. What is done otherwise is made as small as it will go and printed; `--one` makes the program of one
// seed alone and prints it with what it does.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { parse } from '@babel/parser';
import generate from '@babel/generator';
import * as types from '@babel/types';
import template from '@babel/template';
import type { Hooks } from '../../../runtime/contract.ts';
import type * as Everycall from '../../../src/index.ts';
import everycallPlugin from '../../../transform/index.ts';
import { Choices, shrink } from './choices.ts';
import { programFrom } from './statements.ts';
import type { RandomProgram } from './statements.ts';
import { observe } from './world.ts';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    one: { type: 'string' },
  },
});

const require = createRequire(import.meta.url);
const { start, stop, clear } = require('../../../dist/cjs/index.cjs') as typeof Everycall;
const hooks = require('../../../dist/cjs/runtime.cjs') as Hooks;

type State = 'stopped' | 'exact' | 'sampled' | 'adaptive';
/** Each program stopped and exact, and in one of the others. */
const statesOf = (seed: number): State[] => ['stopped', 'exact', seed % 2 === 0 ? 'sampled' : 'adaptive'];

type Make = (api: object, options: object) => { pre(file: object): void; post(file: object): void };
const pluginFor = (moduleKind: string) => (everycallPlugin as unknown as Make)({ types, template }, { moduleKind });
const plugins = { module: pluginFor('esm'), script: pluginFor('script') };
const print = ((generate as { default?: unknown }).default ?? generate) as (ast: object) => { code: string };

/** As the register hook does it. Throws what Babel throws. */
function instrument({ source, isModule }: RandomProgram): string {
  const sourceType = isModule ? 'module' : 'script';
  const ast = parse(source, { sourceType, plugins: ['explicitResourceManagement'] });
  const filename = '/random.js';
  const file = { ast, code: source, inputMap: null, opts: { filename }, metadata: {} };
  const plugin = plugins[sourceType];
  plugin.pre.call({ filename, cwd: '/' }, file);
  plugin.post.call({ filename, cwd: '/' }, file);
  return print(ast).code;
}

interface Difference {
  readonly state: State;
  readonly code: string;
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** `endless`: not compared. `left`: V8 runs them against the language's early errors, and Babel, which refuses them, leaves them as they are. */
const counts = { compared: 0, refused: 0, left: 0, endless: 0, lines: 0 };

async function differenceIn(program: RandomProgram, states: readonly State[]): Promise<Difference | null> {
  const kind = { isModule: program.isModule, strict: program.isStrict };
  const expected = await observe(program.source, kind, null);
  const isRefused = expected.join() === 'refused';
  if (expected.join() === 'endless') {
    counts.endless++;
    return null;
  }
  if (isRefused) counts.refused++;
  else counts.compared++;
  counts.lines += expected.length;
  let code: string;
  try {
    code = instrument(program);
  } catch (error) {
    if (!isRefused) counts.left++;
    if (!isRefused) console.log(`left as it is, ${String(error)}:\n${program.source}`);
    return null;
  }
  for (const state of isRefused ? (['stopped'] as const) : states) {
    if (state !== 'stopped') start({ precision: state });
    const found = await observe(code, kind, hooks);
    if (state !== 'stopped') stop();
    if (found.join('\n') !== expected.join('\n')) return { state, code, expected, found };
  }
  return null;
}

const make = (seed: number): { taken: readonly number[]; program: RandomProgram } => {
  const choices = new Choices([], seed);
  const program = programFrom(choices);
  return { taken: choices.taken, program };
};
const remake = (taken: readonly number[]): RandomProgram => programFrom(new Choices(taken, null));

function show(seed: number, { source }: RandomProgram, { state, code, expected, found }: Difference): void {
  const at = expected.findIndex((line, index) => line !== found[index]);
  console.log(`\nseed ${seed}, ${state}:\n${source}\n--- instrumented:\n${code}`);
  console.log(`--- line ${at}: expected ${expected[at]}\n          found ${found[at < 0 ? expected.length : at]}`);
}

async function checkSeed(seed: number): Promise<boolean> {
  const { taken, program } = make(seed);
  const difference = await differenceIn(program, statesOf(seed));
  if (difference === null) return true;
  const states = [difference.state];
  const smallest = remake(
    await shrink(taken, async (candidate) => (await differenceIn(remake(candidate), states)) !== null),
  );
  show(seed, smallest, (await differenceIn(smallest, states)) ?? difference);
  return false;
}

const MOST_SHOWN = 5;
let failures = 0;
const startedMs = performance.now();
if (values.one === undefined) {
  console.log(`seed ${values.seed}`);
  for (let n = 0; n < Number(values.programs) && failures < MOST_SHOWN; n++) {
    if (!(await checkSeed(Number(values.seed) + n))) failures++;
    if (n % 200 === 199) clear();
  }
} else {
  const seed = Number(values.one);
  const { program } = make(seed);
  console.log(program.source);
  console.log(await observe(program.source, { isModule: program.isModule, strict: program.isStrict }, null));
  if (!(await checkSeed(seed))) failures++;
}
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
console.log(
  `${counts.compared} programs compared, ${counts.refused} refused by both, ${counts.left} left as they are, ${counts.endless} endless, ${counts.lines} lines seen; ${failures} differ; ${seconds} s`,
);
process.exitCode = failures > 0 ? 1 : 0;
