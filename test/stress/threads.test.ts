// Many threads that start and die while others start, stop, clear, read and merge, at random: no deadlock, no number that
// never was, no call lost of a thread that ended by itself. STRESS_SECONDS says for how long; STRESS_SEED repeats a run.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker, getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { SHARED_KEY } from '../../runtime/instance.ts';
import { CONTROL } from '../../runtime/layout.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import { realRuntime } from '../support/worker-programs.ts';
import { problemOf } from './problem-of.mjs';

const SECONDS = Number(process.env.STRESS_SECONDS ?? 15);
const SEED = Number(process.env.STRESS_SEED ?? Date.now() & 0xffffff);
/** Threads that live at the same time. */
const THREADS = 64;
/** A thread that takes longer to get on is stuck. */
const PATIENCE_MS = 60_000;
const SITES = 3;
type Mode = 'meddling' | 'ending' | 'terminated';

let random = SEED | 1;
function below(limit: number): number {
  random ^= random << 13;
  random ^= random >>> 17;
  random ^= random << 5;
  return (random >>> 0) % limit;
}

class Stress {
  readonly runtime = realRuntime(256 << 20);
  readonly counts = new Float64Array(new SharedArrayBuffer(8 * SITES * 100_000));
  readonly beats = new Int32Array(new SharedArrayBuffer(8));
  readonly slots: Record<Mode, number[]> = { meddling: [], ending: [], terminated: [] };
  readonly errors: string[] = [];
  readonly running = new Map<Worker, Promise<void>>();
  #slot = 0;

  begin(mode: Mode, calls: number): Worker {
    const slot = this.#slot++;
    this.slots[mode].push(slot);
    const before = getEnvironmentData(SHARED_KEY);
    setEnvironmentData(SHARED_KEY, this.runtime.arena.I.buffer as SharedArrayBuffer);
    const worker = new Worker(new URL('./program.mjs', import.meta.url), {
      execArgv: [],
      workerData: { mode, seed: below(2 ** 30), calls, counts: this.counts, slot, beats: this.beats },
    });
    setEnvironmentData(SHARED_KEY, before);
    this.runtime.watchWorker(worker);
    worker.on('error', (error) => this.errors.push(String((error as Error).stack ?? error)));
    this.running.set(
      worker,
      new Promise((resolve) => {
        worker.on('exit', () => {
          this.running.delete(worker);
          resolve();
        });
      }),
    );
    return worker;
  }

  /** Keeps so many threads alive until the time is over, and lets the rest come to their end. */
  async run(milliseconds: number, each: () => void): Promise<number> {
    const end = Date.now() + milliseconds;
    let snapshots = 0;
    let beat = -1;
    let movedAt = Date.now();
    while (Date.now() < end || this.running.size > 0) {
      for (let i = 0; i < 8 && Date.now() < end && this.running.size < THREADS; i++) each();
      const problem = problemOf(takeSnapshot(this.runtime));
      if (problem !== null) this.errors.push(`the main thread read: ${problem}`);
      snapshots++;
      await pause(below(8));
      expect(this.errors, `seed ${SEED}`).to.deep.equal([]);
      if (this.beats[0] !== beat) movedAt = Date.now();
      beat = this.beats[0];
      const { lock } = CONTROL;
      if (Date.now() - movedAt > PATIENCE_MS) {
        throw new Error(`seed ${SEED}: ${this.running.size} threads stand still, lock ${this.runtime.arena.I[lock]}`);
      }
    }
    return snapshots;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((worker) => worker.terminate()));
  }
}

describe(`${THREADS} threads for ${SECONDS} s, seed ${SEED}`, function () {
  this.timeout((SECONDS + 240) * 1000);
  let stress: Stress;
  afterEach(() => stress.stopAll());

  it('that start, stop, clear, read and merge at random while others are terminated: no deadlock, whole numbers', async () => {
    stress = new Stress();
    const snapshots = await stress.run(SECONDS * 600, () => {
      if (below(4) > 0) stress.begin('meddling', 2000 + below(20_000));
      else {
        const worker = stress.begin('terminated', 0);
        setTimeout(() => void worker.terminate(), below(600));
      }
    });
    const { arena } = stress.runtime;
    stress.runtime.stop();
    stress.runtime.clear();
    expect(takeSnapshot(stress.runtime).functions.reduce((sum, fn) => sum + fn.calls, 0)).to.equal(0);
    expect(arena.I[CONTROL.lock]).to.equal(0);
    console.log(
      `      ${stress.slots.meddling.length} threads ended, ${stress.slots.terminated.length} terminated, ${snapshots} snapshots, lock taken over ${arena.I[CONTROL.lockTakenOver]}`,
    );
  });

  it('that start and die while the profiler runs: every call of those that ended by themselves is there', async () => {
    stress = new Stress();
    const { runtime, counts, slots } = stress;
    runtime.start({ precision: 'adaptive', overhead: 0.03, tickMs: 1, onlyThread: null });
    await stress.run(SECONDS * 400, () => {
      if (below(4) > 0) stress.begin('ending', 1 + below(3000));
      else {
        const worker = stress.begin('terminated', 0);
        setTimeout(() => void worker.terminate(), below(600));
      }
    });
    runtime.endTerminated();
    runtime.stop();
    const { functions, dropped } = takeSnapshot(runtime);
    expect({ threads: dropped.threads, siteCalls: dropped.siteCalls }).to.deep.equal({ threads: 0, siteCalls: 0 });
    for (const mode of ['ending', 'terminated'] as const) {
      ['outer', 'inner', 'deep'].forEach((name, site) => {
        const kept = slots[mode].reduce((sum, slot) => sum + counts[slot * SITES + site], 0);
        const recorded = functions.find((fn) => fn.name === `${mode}:${name}`)?.calls ?? 0;
        // One that is terminated may have told us of a call and not yet counted it itself.
        const atMost = mode === 'ending' ? kept : kept + slots[mode].length;
        expect(recorded, `seed ${SEED}, ${mode}:${name}, kept ${kept}`).to.be.within(kept, atMost);
      });
    }
    console.log(`      ${slots.ending.length} threads ended, ${slots.terminated.length} terminated`);
  });

  it('process.exit() while eight threads read: the process ends, with its code', async () => {
    stress = new Stress();
    for (let i = 0; i < 5; i++) {
      const args = [fileURLToPath(new URL('./exit.mjs', import.meta.url)), String(20 + below(300))];
      const code = await new Promise((resolve) => {
        execFile(process.execPath, args, { timeout: PATIENCE_MS }, (error) => resolve(error === null ? 0 : error.code));
      });
      expect(code, `seed ${SEED}`).to.equal(7);
    }
  });
});
