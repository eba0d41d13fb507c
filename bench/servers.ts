// npm run bench:servers -- [--node PATH] [--rounds N] [--seconds N] [--server NAME]
// Throughput and latency of Express and Fastify under load from another process (autocannon), the variants taking turns.
// The server runs on one core of its own as far as the machine lets it; each figure is of a fresh server, warmed up first.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Spread, spreadOf } from './statistics.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);

interface Variant {
  readonly name: string;
  readonly options: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const REGISTER = ['--import', pathToFileURL(here('../dist/src/register/index.js')).href];
const VARIANTS: readonly Variant[] = [
  { name: 'original', options: [] },
  { name: 'stopped', options: REGISTER },
  { name: 'adaptive', options: REGISTER, env: { BENCH_START: 'adaptive' } },
  { name: 'adaptive, tags', options: REGISTER, env: { BENCH_START: 'adaptive', BENCH_TAGS: '1' } },
  { name: 'node --cpu-prof', options: ['--cpu-prof', '--cpu-prof-dir', tmpdir()] },
];

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    server: { type: 'string', multiple: true, default: ['express', 'fastify'] },
  },
});

interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly requests: number;
}

interface Figures extends Load {
  /** CPU time of the whole server process, the ticker's included. */
  readonly cpuUsPerRequest: number;
}

async function portOf(server: ChildProcess): Promise<number> {
  const [line] = (await once(server.stdout!, 'data')) as [Buffer];
  return Number(String(line));
}

function load(port: number, seconds: string): Load {
  const autocannon = require.resolve('autocannon/autocannon.js');
  const args = [autocannon, '-j', '-c', '16', '-d', seconds, `http://127.0.0.1:${port}/users/7`];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const { requests, latency, non2xx, errors } = JSON.parse(output) as {
    requests: { average: number; total: number };
    latency: { p99: number };
    non2xx: number;
    errors: number;
  };
  if (non2xx + errors > 0) throw new Error(`${non2xx} wrong answers, ${errors} errors`);
  return { perSecond: requests.average, p99Ms: latency.p99, requests: requests.total };
}

async function measure(name: string, { options, env }: Variant): Promise<Figures> {
  const server = spawn(values.node, [...options, here(`servers/${name}.mjs`)], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  try {
    const port = await portOf(server);
    server.stdout!.on('data', (text) => (output += String(text)));
    load(port, '1');
    server.stdin!.write('begin\n');
    await pause(20);
    const figures = load(port, values.seconds);
    server.kill('SIGTERM');
    await once(server, 'exit');
    return { ...figures, cpuUsPerRequest: Number(/cpu (\d+)/.exec(output)![1]) / figures.requests };
  } finally {
    server.kill('SIGKILL');
  }
}

function show({ min, median, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

console.log(`${cpus()[0].model.trim()}, ${cpus().length} cores; medians of ${values.rounds} rounds (min–max)\n`);
const version = execFileSync(values.node, ['--version'], { encoding: 'utf8' }).trim();
for (const name of values.server) {
  const rounds = new Map<Variant, Figures[]>(VARIANTS.map((variant) => [variant, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const variant of VARIANTS) rounds.get(variant)!.push(await measure(name, variant));
  }
  const originals = rounds.get(VARIANTS[0])!;
  console.log(`### ${name}, Node ${version}\n`);
  console.log(
    '| variant | requests a second | × original | p99 ms | × original | CPU µs a request | × original |\n|---|---|---|---|---|---|---|',
  );
  for (const [variant, loads] of rounds) {
    const of = (pick: (load: Figures) => number) => spreadOf(loads.map(pick));
    const relative = (pick: (load: Figures) => number) =>
      spreadOf(loads.map((each, i) => pick(each) / pick(originals[i])));
    const throughput = [
      show(
        of((l) => l.perSecond),
        0,
      ),
      show(
        relative((l) => l.perSecond),
        3,
      ),
    ];
    const latency = [
      show(
        of((l) => l.p99Ms),
        1,
      ),
      show(
        relative((l) => l.p99Ms),
        2,
      ),
    ];
    const cpu = [
      show(
        of((l) => l.cpuUsPerRequest),
        1,
      ),
      show(
        relative((l) => l.cpuUsPerRequest),
        3,
      ),
    ];
    console.log(`| ${[variant.name, ...throughput, ...latency, ...cpu].join(' | ')} |`);
  }
  console.log('');
}
