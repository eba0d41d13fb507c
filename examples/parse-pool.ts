// A pool of four workers that parses real JavaScript files with two npm parsers, acorn (instrumented when it is run as
// below) and meriyah (not), while the main thread switches the profiler on and off and reads it in the middle.
//
//   everycall --start-paused --include '**/node_modules/acorn/**' examples/parse-pool.ts
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import * as acorn from 'acorn';
import { clear, isRunning, snapshot, start, stop } from 'everycall';
import * as meriyah from 'meriyah';

const THREADS = 4;
const ROUNDS = 2;
const FILES = [
  'acorn/dist/acorn.js',
  'handlebars/dist/handlebars.js',
  'marked/lib/marked.umd.js',
  'meriyah/dist/meriyah.umd.js',
  'terser/dist/bundle.min.js',
];

interface ParseResult {
  readonly file: string;
  readonly bytes: number;
  readonly statements: number;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../node_modules/${file}`, import.meta.url));
}

function parseFile(file: string): ParseResult {
  const source = readFileSync(pathOf(file), 'utf8');
  const byAcorn = acorn.parse(source, { ecmaVersion: 'latest', sourceType: 'script' });
  const byMeriyah = meriyah.parseScript(source, { next: true });
  if (byAcorn.body.length !== byMeriyah.body.length) throw new Error(`${file}: the parsers disagree`);
  return { file, bytes: source.length, statements: byAcorn.body.length };
}

class ParsePool {
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];

  constructor(threads: number) {
    for (let i = 0; i < threads; i++) this.#all.push(new Worker(fileURLToPath(import.meta.url)));
    this.#idle.push(...this.#all);
  }

  async parseAll(files: readonly string[]): Promise<ParseResult[]> {
    const queue = [...files];
    const results: ParseResult[] = [];
    const serve = async (worker: Worker) => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        worker.postMessage(file);
        const [result] = (await once(worker, 'message')) as [ParseResult];
        results.push(result);
      }
    };
    await Promise.all(this.#idle.map(serve));
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.terminate()));
  }
}

function callsSoFar(): number {
  return snapshot().functions.reduce((sum, fn) => sum + fn.calls, 0);
}

async function main(): Promise<void> {
  const files = Array.from({ length: ROUNDS }, () => FILES).flat();
  const pool = new ParsePool(THREADS);
  await pool.parseAll(FILES); // warm, and not profiled: the program was started paused
  clear();

  start();
  const work = pool.parseAll(files);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const first = callsSoFar();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = callsSoFar();
  await work;
  stop();
  const whole = callsSoFar();

  await pool.parseAll(FILES.slice(0, 2)); // stopped: leaves no trace
  if (callsSoFar() !== whole) throw new Error('calls were counted while stopped');

  start();
  const results = await pool.parseAll(files);
  stop();
  await pool.close();

  const megabytes = results.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  process.stdout.write(
    `parsed ${results.length} files, ${megabytes.toFixed(1)} MB, on ${THREADS} threads; running: ${isRunning()}\n` +
      `calls read in the middle: ${first}, then ${second}; after the first session: ${whole}, ` +
      `after the second: ${callsSoFar()}\n`,
  );
}

if (isMainThread) {
  await main();
} else {
  parentPort!.on('message', (file: string) => parentPort!.postMessage(parseFile(file)));
}
