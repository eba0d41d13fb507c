// What an empty program takes to start with the hooks in, beside Node alone; and what the ticker takes of a core.
import { environment, lastLine, reasonOf, runChild } from './children.ts';
import { takeTurns } from './measure.ts';
import type { Bench } from './measure.ts';
import { here } from './programs.ts';
import type { Row, Start, Ticker } from './results.ts';
import { REGISTER } from './variants.ts';

const STARTS: readonly { readonly name: string; readonly options: readonly string[] }[] = [
  { name: 'node', options: [] },
  { name: '--import everycall/register', options: REGISTER },
  { name: '-r everycall/register', options: ['-r', here('../dist/cjs/register.cjs')] },
];

/** A start is short: each round has this many of them, in turns. */
const STARTS_A_ROUND = 5;

export function measureStartUp(bench: Bench): Promise<Row<Start>[]> {
  const env = environment({ EVERYCALL_CACHE: bench.cache });
  const once = (options: readonly string[]) => runChild(bench.node, [...options, here('empty.cjs')], env);
  const turns = { ...bench, rounds: bench.rounds * STARTS_A_ROUND, progress: () => {} };
  bench.progress('start-up');
  return takeTurns<Start, (typeof STARTS)[number]>(turns, 'start-up', STARTS, async ({ options }, round) => {
    if (round === 0) await once(options); // fills the cache
    const ended = await once(options);
    if (ended.code !== 0) return { reason: reasonOf(ended) };
    return { ...lastLine<{ wallMs: number; cpuMs: number }>(ended), processMs: ended.wallMs };
  });
}

export async function measureTicker(bench: Bench): Promise<Ticker> {
  const shares: number[] = [];
  const env = environment({ EVERYCALL_CACHE: bench.cache });
  const child = here('ticker-child.mjs');
  for (let round = 0; round < bench.rounds; round++) {
    bench.progress(`ticker: round ${round + 1} of ${bench.rounds}`);
    const ended = await runChild(bench.node, [...REGISTER, child, String(bench.seconds * 5)], env);
    if (ended.code !== 0) {
      bench.fail(`ticker: ${reasonOf(ended)}`);
      return { reason: reasonOf(ended), shares: [] };
    }
    const { share, reason } = lastLine<{ share: number; reason: string | null }>(ended);
    if (reason !== null) return { reason, shares: [] };
    shares.push(share);
  }
  return { reason: null, shares };
}
