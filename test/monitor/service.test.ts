// All of it together: an HTTP service under load is looked at from outside, what is slow is found, and it is let go. How
// much throughput that costs is printed if EVERYCALL_LOAD_SECONDS tells how long to measure.
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { askJson, ask, subscribe } from '../../src/monitor/client.ts';
import type { Frame, MonitorStatus } from '../../src/monitor/frame.ts';
import { monitored, until } from './processes.ts';
import { Load, SERVICE } from './service.ts';

/** 3 s of four a second. */
const FRAMES = 12;
const SECONDS = Number(process.env['EVERYCALL_LOAD_SECONDS'] ?? 0);
const ROUNDS = SECONDS === 0 ? 3 : Math.ceil(SECONDS / 2);
const WINDOW_MS = SECONDS === 0 ? 700 : 1000;
/** For what comes once: the first calls of the hooks are not optimised yet. */
const SETTLE_MS = 1000;

/** The name of the function that has most self CPU time in a frame's interval. */
class Ranking {
  readonly #names = new Map<number, string>();
  readonly #before = new Map<number, number>();
  readonly tops: (string | undefined)[] = [];

  take(frame: Frame): void {
    for (const { id, name, kind } of frame.named) if (kind !== 'root') this.#names.set(id, name);
    const changes = frame.functions.map(({ id, selfCpuNs, selfWallNs }) => {
      const now = selfCpuNs ?? selfWallNs;
      const change = now - (this.#before.get(id) ?? 0);
      this.#before.set(id, now);
      return { name: this.#names.get(id), change };
    });
    const ranked = changes.filter(({ name }) => name !== undefined).sort((a, b) => b.change - a.change);
    this.tops.push(ranked[0]?.name);
  }
}

/** CPU time of the main thread of a process so far, where /proc tells it. */
function cpuMsOf(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10; // in ticks of a hundredth of a second
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

describe('a service under load', function () {
  this.timeout(60_000 + 2000 * SECONDS);
  const project = monitored();

  it('is attached to, tells within 12 frames what is slow, and is let go', async () => {
    const program = project({ 'service.cjs': SERVICE });
    const app = await program.start(['service.cjs', program.project.path('port')]);
    const load = new Load(Number(readFileSync(program.project.path('port'), 'utf8')));
    const status = () => askJson<MonitorStatus>(app, '/v1/status');
    await load.rate(700); // for the optimising compiler

    const rates = { alone: [] as number[], attached: [] as number[] };
    /** CPU time of the main thread for an answer, ms: unlike the rate, it does not depend on what else this machine does. */
    const costs = { alone: [] as number[], attached: [] as number[] };
    async function measure(when: keyof typeof rates): Promise<void> {
      const [cpuMs, answers] = [cpuMsOf(app.pid), load.answers];
      rates[when].push(await load.rate(WINDOW_MS));
      costs[when].push((cpuMsOf(app.pid) - cpuMs) / (load.answers - answers));
    }
    for (let round = 0; round < ROUNDS; round++) {
      await measure('alone');

      const ranking = new Ranking();
      await ask(app, '/v1/start', {});
      const detach = await subscribe(app, (frame) => ranking.take(frame), { hz: 4 });
      if (SECONDS > 0) await load.rate(SETTLE_MS);
      await measure('attached');
      await until(() => ranking.tops.includes('plantedSlowFunction') || ranking.tops.length >= FRAMES);
      expect(ranking.tops.slice(0, FRAMES)).to.include('plantedSlowFunction');
      await ask(app, '/v1/stop', {});
      detach();
      await until(async () => (await status()).subscribers === 0);
      await ask(app, '/v1/clear', {});
    }
    expect((await status()).isRunning).to.equal(false);
    const before = load.answers;
    await until(() => load.answers > before + 10); // it goes on as if nothing had been
    await load.end();
    expect(load.failures).to.equal(0);

    if (SECONDS > 0) {
      for (const [what, { alone, attached }] of Object.entries({ 'answers/s': rates, 'CPU ms an answer': costs })) {
        const changes = alone.map((each, i) => (attached[i] / each - 1) * 100);
        const sorted = [...changes].sort((x, y) => x - y);
        const at = (share: number) => sorted[Math.floor(sorted.length * share)].toFixed(1);
        const medians = `${median(alone).toFixed(3)} alone, ${median(attached).toFixed(3)} attached`;
        console.log(`${what}: ${medians}; change, %: median ${at(0.5)}, quartiles ${at(0.25)} and ${at(0.75)}`);
      }
    }
    // Only what no busy machine explains.
    expect(median(rates.attached)).to.be.above(median(rates.alone) / 3);
    app.child.kill('SIGKILL');
  });
});
