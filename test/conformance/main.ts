// ECMAScript's conformance tests (test262), each as it is and instrumented: every test must end in the same way.
//
//   npm run test:conformance -- --test262 DIR [--shard 1/4] [--node FILE] [--processes 2] [--way plugin,register]
//     [--states stopped,running] [--from NAME] [filter …]
//
// DIR is a checkout of github.com/tc39/test262, also TEST262 in the environment. Filters are parts of names of tests.
// Prints each test that ends in another way; exits with 1 if there is one.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Request, Result } from './child.ts';
import { listTests } from './tests.ts';
import { WAYS } from './ways.ts';
import type { Way } from './ways.ts';

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    test262: { type: 'string', default: process.env.TEST262 ?? '' },
    folders: { type: 'string', default: 'language,annexB/language' },
    shard: { type: 'string', default: '1/1' },
    node: { type: 'string', default: process.execPath },
    processes: { type: 'string', default: '1' },
    from: { type: 'string', default: '' },
    states: { type: 'string', default: 'stopped,running' },
    way: { type: 'string', default: WAYS.join(',') },
  },
});
if (values.test262 === '') throw new Error('say where test262 is: --test262 DIR');

/** A process is given up after so many tests: what they register in the profiler is never forgotten. */
const TESTS_PER_PROCESS = 200;
const HANG_MS = 30_000;

const [shard, shards] = values.shard.split('/').map(Number);
const names = listTests(values.test262, values.folders.split(',')).filter(
  (name, index) =>
    index % shards === shard - 1 &&
    name >= values.from &&
    (filters.length === 0 || filters.some((each) => name.includes(each))),
);
const ways = values.way.split(',') as Way[];
const states = values.states.split(',') as Request['states'];
const counts = { tests: 0, variants: 0, passing: 0, refused: 0, differing: 0 };
let next = 0;

function startChild(): ChildProcess {
  return fork(fileURLToPath(new URL('child.ts', import.meta.url)), {
    execPath: values.node,
    execArgv: ['--import', 'tsx', '--experimental-vm-modules', '--no-warnings', '--expose-gc', '--stack-size=900'],
    serialization: 'advanced',
  });
}

async function answerOf(child: ChildProcess, request: Request): Promise<Result[] | string> {
  const ending = new AbortController();
  const { signal } = ending;
  const timer = setTimeout(() => child.kill('SIGKILL'), HANG_MS);
  try {
    child.send(request);
    return await Promise.race([
      once(child, 'message', { signal }).then(([results]) => results as Result[]),
      once(child, 'exit', { signal }).then(([code, by]) => `the process ended: ${code ?? by}`),
    ]);
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}

async function work(): Promise<void> {
  let child: ChildProcess | undefined;
  let done = 0;
  while (next < names.length) {
    const name = names[next++];
    child ??= startChild();
    const answer = await answerOf(child, { checkout: values.test262, name, ways, states });
    if (++counts.tests % 500 === 0) console.error(`${counts.tests} of ${names.length}: ${name}`);
    if (typeof answer === 'string') {
      console.log(`${name}\n  ${answer}`);
      counts.differing++;
    } else report(name, answer);
    if (typeof answer === 'string' || ++done % TESTS_PER_PROCESS === 0) {
      child.kill('SIGKILL');
      child = undefined;
    }
  }
  child?.kill();
}

function report(name: string, results: readonly Result[]): void {
  const endings = new Map<string, string[]>();
  for (const { way, strict, passes, original, stopped, running } of results) {
    counts.variants++;
    if (passes) counts.passing++;
    if ((stopped ?? original) === original && (running ?? original) === original) continue;
    const ended = stopped ?? running ?? '';
    // What Babel cannot read runs as it is; the test is about what nobody may read.
    if (ended.startsWith('refused:') && (original.startsWith('parse: SyntaxError') || !passes)) {
      counts.refused++;
      continue;
    }
    counts.differing++;
    const ending = `${passes ? '' : '  (does not pass)\n'}  original: ${original}\n  stopped:  ${stopped}\n  running:  ${running}`;
    endings.set(ending, [...(endings.get(ending) ?? []), strict ? `${way} strict` : way]);
  }
  for (const [ending, variants] of endings) console.log(`${name} [${variants.join(', ')}]\n${ending}`);
}

const startedMs = performance.now();
await Promise.all(Array.from({ length: Number(values.processes) }, work));
const seconds = Math.round((performance.now() - startedMs) / 1000);
console.log(
  `${counts.tests} tests in ${counts.variants} variants, of which ${counts.passing} pass and ${counts.refused} are ` +
    `refused; ${counts.differing} end otherwise when instrumented; ${seconds} s`,
);
process.exitCode = counts.differing > 0 ? 1 : 0;
