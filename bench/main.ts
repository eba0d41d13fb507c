// npm run bench, npm run bench:full: what everycall costs beside others, as Markdown on standard output and as JSON and
// Markdown in files. Progress is on standard error. Exits with 1 if something failed that must not, with 2 for a wrong option.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem, type as systemType } from 'node:os';
import { join } from 'node:path';
import { EDGE } from '../runtime/layout.ts';
import { killChildren } from './children.ts';
import { measureLanguages } from './languages.ts';
import { cpuModel } from './machine.ts';
import { measureProgram } from './measure.ts';
import type { Bench } from './measure.ts';
import { BadOption, parsePlan, USAGE } from './options.ts';
import type { Plan } from './options.ts';
import { here } from './programs.ts';
import type { Program } from './programs.ts';
import type { Results } from './results.ts';
import { measureServer } from './servers.ts';
import { measureStartUp, measureTicker } from './starting.ts';
import { render } from './table.ts';
import { VARIANTS, whyMissing } from './variants.ts';
import { writeFiles } from './written-files.ts';

const began = performance.now();

function progress(line: string): void {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}\n`);
}

async function eachInTurn<From, To>(items: readonly From[], work: (item: From) => Promise<To>): Promise<To[]> {
  const results: To[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

async function measure(plan: Plan, node: string, scratch: string): Promise<Results> {
  const failures: string[] = [];
  const bench: Bench = {
    ...plan,
    node,
    scratch,
    cache: here('results/cache'),
    progress,
    fail: (line) => failures.push(line),
  };
  const loadBefore = loadavg()[0];
  const has = (extra: Plan['extras'][number]) => plan.extras.includes(extra);
  const isServer = ({ kind }: Program) => kind === 'server';
  const { version, v8 } = JSON.parse(
    execFileSync(node, ['-p', 'JSON.stringify({ version: process.version, v8: process.versions.v8 })'], {
      encoding: 'utf8',
    }),
  ) as { version: string; v8: string };
  progress(`Node ${version}`);
  const programs = await eachInTurn(
    plan.programs.filter((program) => !isServer(program)),
    (program) => measureProgram(bench, program),
  );
  const servers = await eachInTurn(plan.programs.filter(isServer), (program) => measureServer(bench, program));
  const startUp = has('start-up') ? await measureStartUp(bench) : [];
  const ticker = has('ticker') ? await measureTicker(bench) : null;
  const languages = has('languages') ? await measureLanguages(bench) : null;
  return {
    format: 1,
    everycall: (JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { version: string }).version,
    date: new Date().toISOString(),
    node: version,
    v8,
    machine: {
      cpu: cpuModel(),
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${systemType()} ${release()}`,
      loadBefore,
      loadAfter: loadavg()[0],
    },
    rounds: plan.rounds,
    seconds: plan.seconds,
    programs,
    servers,
    startUp,
    ticker,
    languages,
    edgeRowBytes: EDGE.words * 4,
    failures,
  };
}

/** Whole or not at all. */
function write(file: string, text: string): void {
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, text);
  renameSync(partial, file);
}

function save(results: Results, out: string): void {
  mkdirSync(out, { recursive: true });
  const minute = results.date.slice(0, 16).replace('T', '-').replace(':', '');
  const file = join(out, `${minute}-${results.node}`);
  write(`${file}.json`, `${JSON.stringify(results)}\n`);
  write(`${file}.md`, render(results));
  progress(`written: ${file}.json and .md`);
}

async function main(): Promise<void> {
  const plan = parsePlan(process.argv.slice(2));
  if (plan.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  if (plan.from !== undefined) {
    process.stdout.write(render(JSON.parse(readFileSync(plan.from, 'utf8')) as Results));
    return;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'everycall-bench-'));
  process.on('exit', () => {
    killChildren();
    rmSync(scratch, { recursive: true, force: true });
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code));
  }
  writeFiles();
  const missing = VARIANTS.filter((variant) => whyMissing(variant) !== null).map(({ name }) => name);
  if (missing.length > 0) progress(`without ${missing.join(', ')}: npm install --prefix bench`);
  for (const node of plan.nodes) {
    const results = await measure(plan, node, scratch);
    save(results, plan.out);
    process.stdout.write(`${render(results)}\n`);
    for (const failure of results.failures) process.stderr.write(`bench: ${failure}\n`);
    if (results.failures.length > 0) process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  if (error instanceof BadOption) {
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = 2;
    return;
  }
  process.stderr.write(`bench: ${String((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
});
