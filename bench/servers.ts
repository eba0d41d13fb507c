// Throughput, latency and CPU time of a server under load from another process (autocannon), the variants taking turns. The
// server runs on one core of its own as far as the machine lets it; each figure is of a fresh server, warmed up first.
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { environment, lastLine, reasonOf, runChild } from './children.ts';
import { takeTurns, versionsOf } from './measure.ts';
import type { Bench } from './measure.ts';
import type { Program } from './programs.ts';
import type { Load, ServerResult } from './results.ts';
import { CONNECTIONS, PATH, startServer } from './server-process.ts';
import type { ServerProcess } from './server-process.ts';
import { measureSlices } from './slices.ts';
import type { Variant } from './variants.ts';

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

async function underLoad(
  bench: Bench,
  program: Program,
  variant: Variant,
  seconds: number,
): Promise<Load | { reason: string }> {
  let server: ServerProcess | undefined;
  try {
    server = await startServer(bench, program, variant);
    const { child, port, loadedMs, heard, ended } = server;
    await load(port, 1);
    child.stdin!.write('begin\n');
    await pause(20);
    const figures = await load(port, seconds);
    child.kill('SIGTERM');
    await ended;
    if (heard.code !== 0) return { reason: reasonOf(heard) };
    return { ...figures, ...lastLine<{ cpuUs: number; maxRssBytes: number }>(heard), loadedMs };
  } catch (error) {
    return { reason: (error as Error).message };
  } finally {
    server?.child.kill('SIGKILL');
  }
}

type Throughput = Pick<Load, 'requestsPerSecond' | 'p99Ms' | 'requests'>;

/** @throws Error where an answer was wrong or missing */
async function load(port: number, seconds: number): Promise<Throughput> {
  const amount = ['-c', String(CONNECTIONS), '-d', String(seconds)];
  const args = [autocannon, '-j', ...amount, `http://127.0.0.1:${port}${PATH}`];
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
