// npm run bench:transform -- [--node PATH]… [--rounds N] [--only NAME]…
// How fast files are compiled without a cache and served from a warm one, as CPU time of a process of its own with all that
// it loads for it; and what starting a generated project takes with the hooks and a warm cache, beside the same without.
// Variants take turns. CPU time, since machines are shared; a loaded machine makes that longer, too.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeProject } from './generated-project.ts';
import { machineLine, nodeVersion } from './machine.ts';
import { table, withSpread } from './markdown.ts';
import { here } from './programs.ts';
import { spreadOf } from './statistics.ts';

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

function startUp(node: string, kind: 'esm' | 'cjs'): string[][] {
  const variants = variantsOf(kind);
  const start = ({ args, directory, env }: Variant): Start =>
    measure<Start>(node, [...args, 'main.js'], directory, env);
  for (const variant of [...variants, ...variants]) start(variant); // fills the caches
  const all = Array.from({ length: rounds }, () => variants.map(start));
  return variants.map(({ name }, i) => {
    const ratio = (key: keyof Start) => withSpread(spreadOf(all.map((round) => round[i][key] / round[0][key])), 2);
    const cpuMs = withSpread(spreadOf(all.map((round) => round[i].cpuMs)), 0);
    return [kind, name, cpuMs, ratio('cpuMs'), ratio('wallMs')];
  });
}

try {
  writeProject(project('cjs'), MODULES, 'cjs');
  writeProject(project('esm'), MODULES, 'esm');
  console.log(`Medians of ${rounds} rounds (min–max)\n`);
  for (const node of values.node) {
    console.log(`### ${machineLine(nodeVersion(node))}\n`);
    const speeds: string[][] = [];
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
      const [coldShown, warmShown] = [withSpread(spreadOf(cold), 2), withSpread(spreadOf(warm), 1)];
      speeds.push([name, (bytes / 1e6).toFixed(2), coldShown, warmShown]);
    }
    console.log(`${table(['source', 'MB', 'cold, MB/s', 'warm, MB/s'], speeds)}\n`);
    if (!chosen('start-up')) continue;
    const kinds = ['cjs', 'esm'] as const;
    for (const kind of kinds) measure(node, [here('ready-copy.mjs'), project(kind), `${project(kind)}-ready`]);
    const starts = kinds.flatMap((kind) => startUp(node, kind));
    console.log(`${table([`${MODULES} modules`, '', 'CPU ms', 'CPU, × plain', 'wall, × plain'], starts)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
