// npm run bench:transform -- [--node PATH]… [--rounds N] [--only NAME]…
// How fast files are compiled without a cache and served from a warm one, as CPU time of a process of its own with all that
// it loads for it; and what starting a generated project takes with the hooks and a warm cache, beside the same without.
// Variants take turns. CPU time, since machines are shared; a loaded machine makes that longer, too.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeProject } from './generated-project.ts';
import { spreadOf } from './statistics.ts';
import type { Spread } from './statistics.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const MODULES = 500;
const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: [process.execPath] },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
  },
});
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), 'everycall-bench-'));
const project = (kind: 'esm' | 'cjs') => join(folder, kind);

const typescriptIn = (directory: string): string[] =>
  readdirSync(here(directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.d)\.ts$/.test(name) && !name.includes('page'))
    .map((name) => join(here(directory), name));
const SOURCES: Readonly<Record<string, () => string[]>> = {
  acorn: () => [here('../node_modules/acorn/dist/acorn.js')],
  handlebars: () => [here('../node_modules/handlebars/dist/handlebars.js')],
  terser: () => [here('../node_modules/terser/dist/bundle.min.js')],
  typescript: () => [here('../node_modules/typescript/lib/typescript.js')],
  'everycall (TypeScript)': () => ['../src', '../runtime', '../transform'].flatMap(typescriptIn),
  '500 modules': () => Array.from({ length: MODULES }, (_, i) => join(project('cjs'), `m${i}.js`)),
};

const show = ({ min, median, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
const chosen = (name: string): boolean => values.only === undefined || values.only.includes(name);
const measure = <T>(node: string, args: string[], cwd = folder, env: NodeJS.ProcessEnv = {}): T =>
  JSON.parse(execFileSync(node, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env } })) as T;

function speedOf(node: string, files: readonly string[], cache: string): number {
  const { bytes, cpuMs } = measure<{ bytes: number; cpuMs: number }>(node, [
    here('transform-child.mjs'),
    cache,
    ...files,
  ]);
  return bytes / 1e3 / cpuMs;
}

/** CPU and wall time of the whole process, in ms. */
type Start = { cpuMs: number; wallMs: number };

interface Variant {
  readonly name: string;
  readonly args: string[];
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * `ready text` is the floor: what instrumentation makes of the project, run without hooks. V8's cache is a further one for
 * both; the hooks use it where Node has one.
 */
function variantsOf(kind: 'esm' | 'cjs'): readonly Variant[] {
  const directory = project(kind);
  const ready = `${directory}-ready`;
  const v8 = (name: string) => ({ NODE_COMPILE_CACHE: join(folder, `v8-${kind}-${name}`) });
  const preload = ['--import', here('../dist/src/register/index.js')];
  const cache = { EVERYCALL_CACHE: join(folder, `cache-${kind}`) };
  return [
    { name: 'plain', args: [], directory, env: {} },
    { name: 'plain, V8 cache', args: [], directory, env: v8('plain') },
    { name: 'hooks that do nothing', args: ['--import', here('idle-hooks.mjs')], directory, env: {} },
    { name: 'ready text', args: [], directory: ready, env: {} },
    { name: 'ready text, V8 cache', args: [], directory: ready, env: v8('ready') },
    { name: 'everycall/register', args: preload, directory, env: cache },
  ];
}

function startUp(node: string, kind: 'esm' | 'cjs'): string[] {
  const variants = variantsOf(kind);
  const start = ({ args, directory, env }: Variant): Start =>
    measure<Start>(node, [...args, 'main.js'], directory, env);
  for (const variant of [...variants, ...variants]) start(variant); // fills the caches
  const all = Array.from({ length: rounds }, () => variants.map(start));
  return variants.map(({ name }, i) => {
    const ratio = (key: keyof Start) => show(spreadOf(all.map((round) => round[i][key] / round[0][key])), 2);
    const cpuMs = show(spreadOf(all.map((round) => round[i].cpuMs)), 0);
    return `| ${[kind, name, cpuMs, ratio('cpuMs'), ratio('wallMs')].join(' | ')} |`;
  });
}

try {
  writeProject(project('cjs'), MODULES, 'cjs');
  writeProject(project('esm'), MODULES, 'esm');
  console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores; medians of ${rounds} rounds (min–max)\n`);
  for (const node of values.node) {
    console.log(`### Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}\n`);
    console.log('| source | MB | cold, MB/s | warm, MB/s |\n|---|---|---|---|');
    for (const [name, filesOf] of Object.entries(SOURCES).filter(([each]) => chosen(each))) {
      const files = filesOf();
      const cache = join(folder, 'cache');
      const { bytes } = measure<{ bytes: number }>(node, [here('transform-child.mjs'), cache, ...files]);
      const cold: number[] = [];
      const warm: number[] = [];
      for (let round = 0; round < rounds; round++) {
        cold.push(speedOf(node, files, 'off'));
        warm.push(speedOf(node, files, cache));
      }
      console.log(
        `| ${name} | ${(bytes / 1e6).toFixed(2)} | ${show(spreadOf(cold), 2)} | ${show(spreadOf(warm), 1)} |`,
      );
    }
    if (!chosen('start-up')) continue;
    console.log('\n| 500 modules | | CPU ms | CPU, × plain | wall, × plain |\n|---|---|---|---|---|');
    for (const kind of ['cjs', 'esm'] as const) {
      measure(node, [here('ready-copy.mjs'), project(kind), `${project(kind)}-ready`]);
      console.log(startUp(node, kind).join('\n'));
    }
    console.log();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
