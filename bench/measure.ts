// Measures a program: its calls once, then every variant in processes of its own that take turns (A B C A B C …), since a
// machine's speed drifts, and what one process compiled or collected must not help or hurt another.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { environment, lastLine, reasonOf, runChild } from './children.ts';
import type { Ended } from './children.ts';
import type { Plan } from './options.ts';
import { here } from './programs.ts';
import type { Program } from './programs.ts';
import type { Measurement, ProgramResult, Row, Size } from './results.ts';
import { REGISTER, VARIANTS, whyMissing } from './variants.ts';
import type { Variant } from './variants.ts';

export interface Bench extends Pick<Plan, 'rounds' | 'seconds' | 'minRuns' | 'variantsFor'> {
  readonly node: string;
  /** Folder for what tools write. */
  readonly scratch: string;
  /** Folder for compiled code, kept from bench to bench. */
  readonly cache: string;
  progress(line: string): void;
  /** Something that must not fail did. */
  fail(line: string): void;
}

/** The environment of a process that runs the program under the variant. */
export function environmentOf(bench: Bench, { folders }: Program, { env, whole }: Variant): NodeJS.ProcessEnv {
  const all = whole ? [...folders, '/node_modules/'] : folders;
  const settings = { include: all.map((folder) => `**${folder}**`), root: '/', cache: bench.cache, progress: false };
  return environment({
    EVERYCALL_REGISTER: JSON.stringify(settings),
    BENCH_FOLDERS: JSON.stringify(all),
    BENCH_CACHE: bench.cache,
    ...env,
  });
}

/** A process that takes longer than this, ms, is the only one of its row: no figure is needed that exactly. */
const LONG_MS = 15_000;

/**
 * Every round's answer of every variant, or why there is none. A variant that fails once is left alone from then on, and so
 * is a foreign one that takes long.
 */
export async function takeTurns<Of, Entrant extends Pick<Variant, 'name' | 'foreign'> = Variant>(
  bench: Pick<Bench, 'rounds' | 'progress' | 'fail'>,
  name: string,
  variants: readonly Entrant[],
  measure: (variant: Entrant, round: number) => Promise<Of | { readonly reason: string }>,
): Promise<Row<Of>[]> {
  const rows = variants.map((variant) => ({
    variant: variant.name,
    reason: whyMissing(variant),
    rounds: [] as Of[],
    isLong: false,
  }));
  for (let round = 0; round < bench.rounds; round++) {
    bench.progress(`${name}: round ${round + 1} of ${bench.rounds}`);
    for (const [i, variant] of variants.entries()) {
      const row = rows[i];
      if (row.reason !== null || row.isLong) continue;
      const before = performance.now();
      const answer = await measure(variant, round);
      row.isLong = variant.foreign !== undefined && performance.now() - before > LONG_MS;
      if (!isFailure(answer)) {
        row.rounds.push(answer);
        continue;
      }
      row.reason = answer.reason;
      row.rounds = [];
      if (variant.foreign === undefined) bench.fail(`${name}, ${variant.name}: ${answer.reason}`);
    }
  }
  return rows.map(({ variant, reason, rounds }) => ({ variant, reason, rounds }));
}

const isFailure = (answer: unknown): answer is { readonly reason: string } =>
  typeof answer === 'object' && answer !== null && 'reason' in answer;

/** How many times longer than a kernel programs are run: V8 takes longer over so much code, and each worker has its own. */
const PATIENCE = { micro: 1, real: 2, pool: 6 };

export async function measureProgram(bench: Bench, program: Program): Promise<ProgramResult> {
  const kind = program.kind as ProgramResult['kind'];
  const missing = missingPackage(program);
  if (missing !== null) {
    const reason = `${missing} is not installed: npm install --prefix bench`;
    return { program: program.name, kind, reason, versions: {}, calls: null, units: null, sizes: [], rows: [] };
  }
  const counted = await countCalls(bench, program);
  const rows = await takeTurns<Measurement>(bench, program.name, bench.variantsFor(program), (variant, round) =>
    measureOnce(bench, program, variant, round === 0),
  );
  return {
    program: program.name,
    kind,
    reason: null,
    versions: versionsOf(program),
    calls: counted?.calls ?? null,
    units: counted?.units ?? null,
    sizes: counted === null ? [] : await sizesOf(bench, program, counted.files),
    rows,
  };
}

/** One process; before it, where it is the first one and leaves a cache, one that does not count. */
export async function measureOnce(
  bench: Bench,
  program: Program,
  variant: Variant,
  isFirst: boolean,
): Promise<Measurement | { readonly reason: string }> {
  const run = (seconds: number, minRuns: number) => {
    const args = [...variant.options(bench.scratch), here('child.cjs'), program.file, String(seconds), String(minRuns)];
    return runChild(bench.node, args, environmentOf(bench, program, variant));
  };
  if (isFirst && variant.cached) await run(0, 1);
  const ended = await run(bench.seconds * PATIENCE[program.kind as ProgramResult['kind']], bench.minRuns);
  return ended.code === 0 ? lastLine<Measurement>(ended) : { reason: reasonOf(ended) };
}

interface Counted {
  readonly calls: number;
  readonly units: number | null;
  /** Loaded, of this repository or a package, and instrumented. */
  readonly files: readonly string[];
}

async function countCalls(bench: Bench, program: Program): Promise<Counted | null> {
  const [original] = VARIANTS;
  const ended = await runChild(
    bench.node,
    [...REGISTER, here('child.cjs'), program.file, '0', '1', 'count'],
    environmentOf(bench, program, original),
  );
  if (ended.code !== 0) {
    bench.fail(`${program.name}, counting its calls: ${reasonOf(ended)}`);
    return null;
  }
  const { calls, expectedCalls, units, files } = lastLine<Counted & { readonly expectedCalls: number | null }>(ended);
  if (expectedCalls !== null && calls !== expectedCalls) {
    bench.fail(`${program.name}: expected ${expectedCalls} calls, counted ${calls}`);
  }
  const isInstrumented = (file: string) =>
    program.folders.some((folder) => file.replaceAll('\\', '/').includes(folder));
  return { calls, units, files: files.filter((file) => isInstrumented(file) && existsSync(file)) };
}

/** Of the tools that change text, those that the program has rows of. */
async function sizesOf(bench: Bench, program: Program, files: readonly string[]): Promise<Size[]> {
  const variants = bench.variantsFor(program);
  const ours = variants.find(({ name, foreign }) => foreign === undefined && name !== 'original');
  const others = variants.filter(({ name }) => name === 'istanbul');
  const sizes: Size[] = [];
  for (const variant of ours === undefined ? others : [ours, ...others]) {
    const tool = variant === ours ? 'everycall' : variant.name;
    const missing = whyMissing(variant);
    const ended: Ended | null =
      missing === null ? await runChild(bench.node, [here('size-child.mjs'), tool, ...files], environment({})) : null;
    if (ended?.code === 0) sizes.push({ tool, reason: null, ...lastLine<Omit<Size, 'tool' | 'reason'>>(ended) });
    else sizes.push({ ...NO_SIZE, tool, reason: missing ?? reasonOf(ended!) });
  }
  return sizes;
}

const NO_SIZE = {
  files: 0,
  transformCpuMs: 0,
  originalBytes: 0,
  originalGzipBytes: 0,
  bytes: 0,
  gzipBytes: 0,
};

function missingPackage({ packages, file }: Program): string | null {
  const { resolve } = createRequire(file);
  for (const name of packages) {
    try {
      resolve(name);
    } catch {
      return name;
    }
  }
  return null;
}

/** As installed, by name. */
export function versionsOf({ packages, file }: Program): Record<string, string> {
  const { resolve } = createRequire(file);
  const versions = packages.map((name) => {
    const entry = resolve(name).replaceAll('\\', '/');
    const folder = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}/`.length);
    return [name, (JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as { version: string }).version];
  });
  return Object.fromEntries(versions) as Record<string, string>;
}
