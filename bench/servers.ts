// Throughput, latency and CPU time of a server under load from another process (autocannon), the variants taking turns. The
// server runs on one core of its own as far as the machine lets it; each figure is of a fresh server, warmed up first.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import { environment, lastLine, reasonOf, runChild, startChild } from './children.ts';
import { environmentOf, takeTurns, versionsOf } from './measure.ts';
import type { Bench } from './measure.ts';
import type { Program } from './programs.ts';
import type { Load, ServerResult } from './results.ts';
import { measureSlices } from './slices.ts';
import type { Variant } from './variants.ts';

const CONNECTIONS = 16;
const autocannon = createRequire(import.meta.url).resolve('autocannon/autocannon.js');

export async function measureServer(bench: Bench, program: Program): Promise<ServerResult> {
  const seconds = Math.max(1, Math.ceil(bench.seconds * 3)); // autocannon knows whole ones only
  const rows = await takeTurns<Load>(bench, program.name, bench.variantsFor(program), async (variant, round) => {
    if (round === 0 && variant.cached) await underLoad(bench, program, variant, 1);
    return underLoad(bench, program, variant, seconds);
  });
  const slices = await measureSlices(bench, program);
  return { server: program.name, connections: CONNECTIONS, seconds, versions: versionsOf(program), rows, slices };
}

/** What a process has printed and said so far, and its end. */
function listenTo(child: ChildProcess) {
  const heard = {
    stdout: '',
    stderr: '',
    code: null as number | null,
    signal: null as NodeJS.Signals | null,
    timedOut: false,
  };
  child.stdout!.on('data', (text) => (heard.stdout += String(text)));
  child.stderr!.on('data', (text) => (heard.stderr += String(text)));
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      heard.stderr += String(error);
      resolve();
    });
    child.once('close', (code, signal) => {
      Object.assign(heard, { code, signal });
      resolve();
    });
  });
  return { heard, ended };
}

async function underLoad(
  bench: Bench,
  program: Program,
  variant: Variant,
  seconds: number,
): Promise<Load | { reason: string }> {
  const args = [...variant.options(bench.scratch), program.file];
  const server = startChild(bench.node, args, environmentOf(bench, program, variant));
  const { heard, ended } = listenTo(server);
  try {
    await Promise.race([once(server.stdout!, 'data'), ended]);
    if (!heard.stdout.includes('\n')) return { reason: reasonOf(heard) };
    const { port, loadedMs } = JSON.parse(heard.stdout.slice(0, heard.stdout.indexOf('\n'))) as {
      port: number;
      loadedMs: number;
    };
    await load(port, 1);
    server.stdin!.write('begin\n');
    await pause(20);
    const figures = await load(port, seconds);
    server.kill('SIGTERM');
    await ended;
    if (heard.code !== 0) return { reason: reasonOf(heard) };
    return { ...figures, ...lastLine<{ cpuUs: number; maxRssBytes: number }>(heard), loadedMs };
  } catch (error) {
    return { reason: (error as Error).message };
  } finally {
    server.kill('SIGKILL');
  }
}

type Throughput = Pick<Load, 'requestsPerSecond' | 'p99Ms' | 'requests'>;

/** @throws Error where an answer was wrong or missing */
async function load(port: number, seconds: number): Promise<Throughput> {
  const amount = ['-c', String(CONNECTIONS), '-d', String(seconds)];
  const args = [autocannon, '-j', ...amount, `http://127.0.0.1:${port}/users/7`];
  // The load comes from the same Node always: what is measured is the server.
  const ended = await runChild(process.execPath, args, environment({}), seconds * 1000 + 60_000);
  if (ended.code !== 0) throw new Error(reasonOf(ended));
  const { requests, latency, non2xx, errors } = JSON.parse(ended.stdout) as {
    requests: { average: number; total: number };
    latency: { p99: number };
    non2xx: number;
    errors: number;
  };
  if (non2xx + errors > 0 || requests.total === 0) {
    throw new Error(`${requests.total} requests, ${non2xx} wrong answers, ${errors} errors`);
  }
  return { requestsPerSecond: requests.average, p99Ms: latency.p99, requests: requests.total };
}
