// Real threads and real time. Counts exactly; times against what the thread's own clock says, with stated tolerance.
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { createRuntime } from '../../runtime/instance.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import { PRECISIONS } from '../support/driven-runtime.ts';
import { type Program, newFlags, raise, realRuntime, startProgram } from '../support/worker-programs.ts';
import { byThread } from '../../src/statistics/breakdown.ts';

const started: Program<unknown>[] = [];

function program<T>(name: string, data: Parameters<typeof startProgram>[1]): Program<T> {
  const running = startProgram<T>(name, data);
  started.push(running);
  return running;
}

const functionOf = (runtime: Runtime, name: string) => takeSnapshot(runtime).functions.find((fn) => fn.name === name);
const callsOf = (runtime: Runtime, name: string) => functionOf(runtime, name)?.calls ?? 0;

/** Waits for a condition that another thread brings about. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited 10 s for: ${what}`);
    await pause(2);
  }
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ worker }) => worker.terminate()));
});

for (const precision of PRECISIONS) {
  const options = { precision, overhead: 0.03, tickMs: 1, onlyThread: null };

  describe(`real threads, ${precision}`, () => {
    it('a worker in while (true) is started, read twice and stopped from here', async () => {
      const runtime = realRuntime();
      const flags = newFlags();
      program('loop', { arena: runtime.arena, flags });
      await until('the loop', () => flags[1] === 1);
      runtime.start(options);
      await until('calls', () => callsOf(runtime, 'work') > 1000);
      const first = callsOf(runtime, 'work');
      await pause(30);
      const second = takeSnapshot(runtime);
      expect(second.functions.find(({ name }) => name === 'work')!.calls).to.be.above(first);
      expect(second.threads.find(({ threadId }) => threadId !== 0)!.state).to.equal('running');
      runtime.stop();
      // A thread that the system has put aside notices the stop when it comes back.
      let after = takeSnapshot(runtime);
      for (let quiet = 0; quiet < 2; quiet++) {
        await pause(20);
        const next = takeSnapshot(runtime);
        if (!isDeepStrictEqual(next.functions, after.functions)) quiet = -1;
        after = next;
      }
      const [work, leaf] = ['work', 'leaf'].map((name) => after.functions.find((fn) => fn.name === name)!);
      // The stop may fall between the calls of one `work`, or between its two leaves.
      expect(leaf.calls).to.be.within(2 * work.calls - 2, 2 * work.calls + 2);
      expect(work.totalWallNs).to.be.at.most(after.threads.reduce((sum, { wallNs }) => sum + wallNs, 0));
      runtime.start(options);
      await until('calls of the second session', () => callsOf(runtime, 'work') > work.calls);
      runtime.stop();
    });

    it('a hot loop, optimised while stopped with its leaf inlined, notices the start', async () => {
      const runtime = realRuntime();
      const flags = newFlags();
      program('hot', { arena: runtime.arena, flags });
      await until('the loop', () => flags[1] === 1);
      await pause(100);
      runtime.start(options);
      await until('calls', () => callsOf(runtime, 'leaf') > 1000);
      runtime.stop();
    });

    it('a call that never ends and calls nothing shows its time so far, up to the stop', async () => {
      const runtime = realRuntime();
      const flags = newFlags();
      program('stuck', { arena: runtime.arena, flags });
      runtime.start(options);
      await pause(300); // it must be waiting: its runtime is there
      raise(flags, 0);
      await until('the call', () => flags[1] === 1);
      await pause(100);
      const { selfWallNs, selfCpuNs, open } = functionOf(runtime, 'work')!;
      expect(open).to.equal(1);
      expect(selfWallNs).to.be.within(95e6, 2e9);
      if (process.platform === 'linux') expect(selfCpuNs, 'CPU of another thread').to.be.within(20e6, selfWallNs);
      runtime.stop();
      const stopped = functionOf(runtime, 'work')!.totalWallNs;
      await pause(30);
      expect(functionOf(runtime, 'work')!.totalWallNs).to.equal(stopped);
    });

    it('a function that sleeps 20 × 50 ms shows a second of wall time and hardly any CPU', async () => {
      const runtime = realRuntime();
      const flags = newFlags();
      const { result, worker } = program('sleeper', { arena: runtime.arena, flags });
      await new Promise((resolve) => worker.once('online', resolve));
      runtime.start(options);
      raise(flags, 0);
      await result;
      runtime.stop();
      const { calls, selfWallNs, selfCpuNs } = functionOf(runtime, 'sleep')!;
      expect(calls).to.equal(20);
      expect(selfWallNs / 1e6).to.be.within(995, 1500);
      expect(selfCpuNs! / 1e6).to.be.within(0, 30);
    });
  });
}

describe('real threads', () => {
  it('a worker starts and stops the profiler while the main thread is blocked', async () => {
    const runtime = realRuntime();
    const flags = newFlags();
    const { worker } = program('startAndStop', { arena: runtime.arena, flags });
    await new Promise((resolve) => worker.once('online', resolve));
    expect(Atomics.wait(flags, 1, 0, 20_000)).not.to.equal('timed-out');
    expect(runtime.isRunning()).to.be.false;
    expect(callsOf(runtime, 'work')).to.equal(1000);
    raise(flags, 0);
  });

  it('four workers that burn 50, 100, 150 and 200 ms at once show their own CPU within 5 %', async () => {
    const runtime = realRuntime();
    const flags = newFlags();
    const workers = [50, 100, 150, 200].map((cpuMs) =>
      program<{ spentNs: number }>('burn', { arena: runtime.arena, flags, cpuMs }),
    );
    await Promise.all(workers.map(({ worker }) => new Promise((resolve) => worker.once('online', resolve))));
    runtime.start({ precision: 'adaptive', overhead: 0.03, tickMs: 1, onlyThread: null });
    await pause(500); // let them come to the barrier: loading is no part of the race
    const ids = workers.map(({ worker }) => worker.threadId);
    raise(flags, 0);
    const spent = await Promise.all(workers.map(({ result }) => result));
    runtime.stop();
    const { functions, threads } = takeSnapshot(runtime);
    const shares = byThread(functions.find(({ name }) => name === 'burn')!);
    expect(shares.length).to.equal(4);
    ids.forEach((threadId, i) => {
      const { id } = threads.find((thread) => thread.threadId === threadId)!;
      const { selfCpuNs, selfWallNs } = shares.find(({ thread }) => thread === id)!;
      expect(selfCpuNs! / spent[i].spentNs, `thread ${i}: ${selfCpuNs} of ${spent[i].spentNs}`).to.be.within(
        0.95,
        1.05,
      );
      expect(selfWallNs).to.be.at.least(selfCpuNs! * 0.99);
    });
  });

  it('folds and ends: a worker that exits by itself is shown as ended, with its figures', async () => {
    const runtime = realRuntime();
    const flags = newFlags();
    runtime.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null });
    const { ended, worker } = program('sleeper', { arena: runtime.arena, flags });
    const { threadId } = worker;
    raise(flags, 0);
    await ended;
    const thread = takeSnapshot(runtime).threads.find((candidate) => candidate.threadId === threadId)!;
    expect(thread).to.include({ state: 'ended', calls: 20 });
    runtime.stop();
  });
});

describe('the sampled precision', () => {
  const TICK_NS = 1e6;

  it('agrees with the exact one on the same second of work, within three standard errors', async function () {
    this.timeout(30_000);
    this.retries(1); // three standard errors are exceeded now and then by chance
    // Both are hooked into the same calls, so that whatever the machine does, it does to both.
    const sampled = realRuntime();
    const exact = createRuntime({ arenaBytes: 8 << 20 });
    // `long` takes more than a tick: a charge to whoever is on top when the tick is noticed would favour it.
    const weights = { light: 40, middling: 160, heavy: 600, long: 1500 };
    const names = [...Object.keys(weights), 'all'];
    const table = JSON.stringify({ sites: names.map((name, i) => [name, 1, i + 1, 0]), left: [] });
    const bases = [exact, sampled].map((runtime) => runtime.register('both.js', '', names.length, table));
    const hooked = (name: string, body: () => void) => {
      const site = names.indexOf(name) * SITE_STRIDE;
      const outer = exact.enter(bases[0] + site);
      const inner = sampled.enter(bases[1] + site);
      try {
        body();
      } finally {
        sampled.exit(inner);
        exact.exit(outer);
      }
    };
    let sink = 0;
    let seed = 1;
    /** Lengths vary, or the ticks could keep step with the rounds. */
    const spend = (mean: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      const units = mean * (0.5 + seed / 0x7fffffff);
      for (let i = 0; i < units * 50; i++) sink = (Math.imul(sink, 31) + i) | 0;
    };
    sampled.start({ precision: 'sampled', overhead: 0.03, tickMs: 1, onlyThread: null });
    exact.start({ precision: 'exact', overhead: 1, tickMs: 1, onlyThread: null });
    await pause(300); // the ticker starts
    sampled.clear();
    exact.clear();
    const end = Date.now() + 1000;
    let round = 0;
    while (Date.now() < end) {
      hooked('all', () => {
        hooked('light', () => spend(weights.light));
        hooked('middling', () => spend(weights.middling));
        hooked('heavy', () => spend(weights.heavy));
        if (round++ % 4 === 0) hooked('long', () => spend(weights.long));
      });
    }
    sampled.stop();
    exact.stop();
    const truth = takeSnapshot(exact);
    const found = takeSnapshot(sampled);
    const all = truth.functions.find(({ name }) => name === 'all')!.totalWallNs;
    for (const { name, calls, selfWallNs } of truth.functions) {
      const at = found.functions.find((fn) => fn.name === name)!;
      const text =
        `${name}: exact ${(selfWallNs / 1e6).toFixed(1)} ms, ` +
        `sampled ${(at.selfWallNs / 1e6).toFixed(1)} ± ${(at.selfErrorNs / 1e6).toFixed(1)} ms`;
      if (process.env.VERBOSE !== undefined) console.log(`      ${text}`);
      expect(at.calls, name).to.equal(calls);
      if (!(name in weights) || selfWallNs < all / 100) continue; // between these runs the exact one's own hooking
      // An estimate that came out low has an error that came out low: no less than the truth's own spread.
      const errorNs = Math.max(at.selfErrorNs, Math.sqrt(selfWallNs * TICK_NS));
      expect(Math.abs(at.selfWallNs - selfWallNs), text).to.be.at.most(3 * errorNs);
      expect(at.selfErrorNs, text).to.be.above(0);
    }
  });
});
