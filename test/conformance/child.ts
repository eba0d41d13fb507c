// A process that runs conformance tests which main.ts sends it, one at a time: each as it is and instrumented, with the
// profiler stopped and running. Answers with how they ended.
import { createRequire } from 'node:module';
import type * as Everycall from '../../src/index.ts';
import type { Hooks } from '../../runtime/contract.ts';
import { outcomeOf } from './realm.ts';
import { isPass, readTest } from './tests.ts';
import { programsOf, variantsOf } from './ways.ts';
import type { Variant, Way } from './ways.ts';

export interface Request {
  readonly checkout: string;
  readonly name: string;
  readonly ways: readonly Way[];
  readonly states: readonly ('stopped' | 'running')[];
}

/** How a test ended in one variant. */
export interface Result extends Variant {
  readonly original: string;
  /** Instrumented; absent where it was not asked for. */
  readonly stopped?: string | undefined;
  readonly running?: string | undefined;
  /** Whether the original passes the test. */
  readonly passes: boolean;
}

const require = createRequire(import.meta.url);
const { start, stop } = require('../../dist/cjs/index.cjs') as typeof Everycall;
const hooks = require('../../dist/cjs/runtime.cjs') as Hooks;

async function runVariant({ checkout, name, states }: Request, variant: Variant): Promise<Result> {
  const test = readTest(checkout, name);
  const { original, instrumented } = programsOf(checkout, test, variant, hooks);
  const expected = await outcomeOf(original);
  const passes = isPass(test, expected);
  if (instrumented instanceof Error) {
    const refused = `refused: ${instrumented.message.split('\n')[0].replace(/^.*\.js: /, '')}`;
    return { ...variant, passes, original: expected, stopped: refused, running: refused };
  }
  const result: Result = { ...variant, passes, original: expected };
  if (!states.includes('running')) return { ...result, stopped: await outcomeOf(instrumented) };
  const stopped = states.includes('stopped') ? await outcomeOf(instrumented) : undefined;
  start({ precision: 'exact' });
  const running = await outcomeOf(instrumented);
  stop();
  return { ...result, stopped, running };
}

process.on('unhandledRejection', () => {}); // of the tests
process.on('uncaughtException', () => {});
process.on('message', (request: Request) => {
  void (async () => {
    const results: Result[] = [];
    for (const variant of variantsOf(readTest(request.checkout, request.name), request.ways)) {
      results.push(await runVariant(request, variant));
    }
    process.send!(results);
  })();
});
