// Full is a state, not an error: with tiny tables the program goes on unchanged, what has a place stays exact, `dropped`
// says how much went where; and ten thousand short threads need no more memory than a hundred.
import { expect } from 'chai';
import fc from 'fast-check';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { CONTROL, MAX_FOLDED_THREADS } from '../../runtime/layout.ts';
import { createRuntime } from '../../runtime/instance.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import type { Profile } from '../../src/profile.ts';
import { type Call, forests, parseForest, randomly } from '../support/call-forest.ts';
import {
  ALPHABET,
  CPU_NS,
  DrivenRuntime,
  PRECISIONS,
  WALL_NS,
  cellsOf,
  parseCells,
  tableOf,
} from '../support/driven-runtime.ts';
import { NOTHING_DROPPED } from '../support/profiles.ts';
import { ReferenceProfiler, type Table } from '../support/reference-profiler.ts';

function referenceOf(forest: readonly Call[]): Table {
  const reference = new ReferenceProfiler();
  reference.start();
  reference.run(forest, WALL_NS, CPU_NS);
  return reference.table();
}

const isEdge = (key: string) => key.includes('→');
const callsOf = (table: Table, keep: (key: string) => boolean) =>
  Object.entries(table)
    .filter(([key]) => keep(key))
    .reduce((sum, [, { calls }]) => sum + calls, 0);

/** Every edge shown happened, and no more often than shown. */
function expectNoInventedEdges(actual: Table, truth: Table): void {
  for (const [key, { calls }] of Object.entries(actual)) {
    if (!isEdge(key) || key.startsWith('(overflow)')) continue;
    expect(truth, 'an edge that never happened').to.have.property(key);
    expect(calls, key).to.be.within(1, truth[key].calls);
  }
}

for (const precision of PRECISIONS) {
  describe(`tables that are full, ${precision}`, () => {
    const run = (options: ConstructorParameters<typeof DrivenRuntime>[0], forest: readonly Call[]): Profile => {
      const driven = new DrivenRuntime({ precision, ...options });
      driven.start();
      driven.main.run(forest);
      driven.stop();
      return driven.snapshot();
    };

    it('edges: functions stay exact to the last cell, calls without an edge are under the overflow caller', () => {
      fc.assert(
        fc.property(forests(), fc.nat(6), (forest, maxEdges) => {
          const statistics = run({ maxEdges }, forest);
          const actual = tableOf(statistics);
          const truth = referenceOf(forest);
          for (const [key, row] of Object.entries(truth)) if (!isEdge(key)) expect(actual[key]).to.deep.equal(row);
          expectNoInventedEdges(actual, truth);
          const placed = Object.keys(actual).filter((key) => isEdge(key) && !key.startsWith('(overflow)'));
          for (const key of placed) expect(actual[key], 'an edge that has a place').to.deep.equal(truth[key]);
          expect(placed.length).to.equal(Math.min(maxEdges, Object.keys(truth).filter(isEdge).length));
          const unplaced = callsOf(truth, isEdge) - callsOf(actual, (key) => placed.includes(key));
          expect(callsOf(actual, (key) => key.startsWith('(overflow)→'))).to.equal(unplaced);
          const { samples, ...dropped } = statistics.dropped; // the call tree has the same limit
          expect({ ...dropped, samples: 0 }).to.deep.equal({ ...NOTHING_DROPPED, edgeCalls: unplaced });
          expect(samples).to.be.at.least(0);
        }),
        randomly(100),
      );
    });

    it('frames: every call is counted, times of the frames that fit are exact', () => {
      fc.assert(
        fc.property(forests(), fc.integer({ min: 2, max: 5 }), (forest, maxFrames) => {
          const statistics = run({ maxFrames }, forest);
          const actual = tableOf(statistics);
          const truth = referenceOf(forest);
          for (const [key, { calls }] of Object.entries(truth)) {
            if (!isEdge(key)) expect(actual[key].calls, key).to.equal(calls);
          }
          expectNoInventedEdges(actual, truth);
          // What is cut off below the last frame is spent in that frame: the same forest, with its deep calls inlined.
          const cut = (calls: readonly Call[], depth: number): Call[] =>
            calls.map(({ name, self, children }) =>
              depth === maxFrames - 1
                ? { name, self: [...timesOf(children)].reduce((sum, ticks) => sum + ticks, self), children: [] }
                : { name, self, children: cut(children, depth + 1) },
            );
          const shallow = referenceOf(cut(forest, 1));
          for (const [key, { calls, selfWallNs, totalWallNs, totalCpuNs, open }] of Object.entries(shallow)) {
            expect(actual[key], key).to.include({ selfWallNs, totalWallNs, totalCpuNs });
            if (isEdge(key)) expect(actual[key].calls, key).to.equal(calls);
            else expect(actual[key].open).to.equal(open);
          }
          const deepCalls = callsOf(truth, isEdge) - callsOf(shallow, isEdge);
          expect(statistics.dropped).to.deep.equal({ ...NOTHING_DROPPED, deepCalls });
        }),
        randomly(100),
      );
    });

    it('sites: a file without room is counted under the overflow function, the others stay exact', () => {
      const driven = new DrivenRuntime({ precision, maxSites: ALPHABET.length });
      const at = driven.main.runtime;
      const late = at.register('late.js', '', 2, '{"sites":[["q",1,1,0],["t",1,2,0]],"left":[]}');
      driven.start();
      const answer = driven.main.instrument('a', 1, () => {
        const handle = at.state[0] === 0 ? 0 : at.enter(late + SITE_STRIDE);
        try {
          driven.pass(2);
          return driven.main.instrument('b', 3, () => 42)();
        } finally {
          if (handle !== 0) at.exit(handle);
        }
      })();
      at.exit(at.enter(late));
      expect(answer).to.equal(42);
      const statistics = driven.snapshot();
      expect(cellsOf(statistics)).to.deep.include(parseCells('a 1/1 6 3\n b 1/1 3 3\n a→b 1/1 3 3'));
      expect(statistics.functions.find(({ kind }) => kind === 'overflow')!.calls).to.equal(2);
      expect(statistics.dropped).to.deep.equal({ ...NOTHING_DROPPED, siteCalls: 2 });
      driven.clear();
      expect(driven.snapshot().dropped).to.deep.equal(NOTHING_DROPPED);
    });

    it('the arena: files, edges and threads that find no room are counted, and the rest goes on', () => {
      const driven = new DrivenRuntime({ precision, arenaBytes: 256 << 10, maxFrames: 64 });
      const { main } = driven;
      driven.start();
      const sites = Array.from({ length: 100 }, (_, i) => [`n${i}`, 1, i, 0]);
      const table = JSON.stringify({ sites, left: [] });
      const bases = Array.from({ length: 40 }, (_, i) => main.runtime.register(`file${i}.js`, '', 100, table));
      expect(bases.filter((base) => base > 0).length, 'files with room').to.be.within(3, 30);
      for (const base of bases) {
        for (let i = 0; i < 100; i++) main.runtime.exit(main.runtime.enter(base + i * SITE_STRIDE));
      }
      const workers = Array.from({ length: 50 }, (_, i) => driven.thread(`worker ${i}`, i + 1));
      const profiled = workers.filter((worker) => worker.runtime.slab !== 0).length;
      for (const worker of workers) worker.run(parseForest('a[1]'));
      main.run(parseForest('b[2]'));
      const statistics = driven.snapshot();
      const { dropped, functions } = statistics;
      expect(dropped.siteCalls).to.be.at.least(bases.filter((base) => base < 0).length * 100);
      expect(dropped.threads).to.equal(50 - profiled);
      expect(functions.reduce((sum, fn) => sum + fn.calls, 0)).to.equal(40 * 100 + profiled + 1);
      expect(main.runtime.arena.I[CONTROL.nextFree]).to.be.at.most(main.runtime.arena.I[CONTROL.capacity]);
    });

    it('an arena without room for a single thread profiles nothing and harms nothing', () => {
      const runtime = createRuntime({ arenaBytes: 1, clock: { wallNs: () => 1 } });
      expect(runtime.slab).to.equal(0);
      const base = runtime.register('f.js', '', 1, '{"sites":[["a",1,1,0]],"left":[]}');
      runtime.start({ precision, overhead: 0.03, tickMs: 1, onlyThread: null });
      runtime.exit(runtime.enter(base));
      runtime.exit(runtime.enterModule(base));
      runtime.settle();
      runtime.clear();
      runtime.stop();
      const { dropped, edges } = takeSnapshot(runtime);
      runtime.end();
      expect({ dropped: dropped.threads >= 0, edges }).to.deep.equal({ dropped: true, edges: [] });
    });
  });
}

function* timesOf(calls: readonly Call[]): Generator<number> {
  for (const { self, children } of calls) {
    yield self;
    yield* timesOf(children);
  }
}

describe('threads that end', () => {
  it('ten thousand one after the other need no more of the arena than a hundred, and nothing of them is lost', () => {
    const driven = new DrivenRuntime({ arenaBytes: 32 << 20, maxFrames: 64 });
    const { I } = driven.main.runtime.arena;
    const forest = parseForest('a[1](b[2] b[1](a[3]))');
    driven.start();
    let freeAfterAHundred = 0;
    for (let i = 1; i <= 10_000; i++) {
      const worker = driven.thread(`worker ${i}`, i);
      worker.run(forest);
      worker.runtime.end();
      if (i === 100) freeAfterAHundred = I[CONTROL.nextFree];
    }
    expect(I[CONTROL.nextFree]).to.equal(freeAfterAHundred);
    const statistics = driven.snapshot();
    expect(cellsOf(statistics, { root: true })).to.deep.equal(
      parseCells(
        `a 20000/10000 70000 40000
         b 20000/20000 60000 30000
         (event loop)→a 10000/10000 70000 10000
         a→b 20000/20000 60000 30000
         b→a 10000/0 30000 30000`,
      ),
    );
    expect(statistics.dropped).to.deep.equal(NOTHING_DROPPED);
    const folded = statistics.threads.filter(({ state }) => state === 'folded');
    expect(folded.length).to.equal(MAX_FOLDED_THREADS);
    for (const { threadId, name, wallNs, cpuNs, calls } of folded) {
      expect({ name, wallNs, cpuNs, calls }).to.deep.equal({
        name: `worker ${threadId}`,
        wallNs: 7 * WALL_NS,
        cpuNs: 7 * CPU_NS,
        calls: 4,
      });
    }
    const kept = statistics.threads.filter(({ state }) => state === 'ended').map(({ threadId }) => threadId);
    expect(kept.at(-1)).to.equal(10_000);
    expect(new Set([...kept, ...folded.map(({ threadId }) => threadId)]).size).to.equal(kept.length + folded.length);
    driven.clear();
    expect(cellsOf(driven.snapshot())).to.deep.equal({});
  });

  for (const precision of PRECISIONS) {
    it(`keep what was open in them through folding, ${precision}`, () => {
      const driven = new DrivenRuntime({ precision, arenaBytes: 32 << 20, maxFrames: 64 });
      driven.start();
      const first = driven.thread('first', 1);
      first.enter('a'); // open when its session ends
      driven.pass(2);
      driven.stop(first);
      driven.start(first);
      first.enter('c'); // open when its thread ends
      driven.pass(2);
      first.enter('d');
      driven.pass(3);
      first.runtime.end();
      const before = cellsOf(driven.snapshot());
      for (let i = 2; i < 200; i++) driven.thread(`worker ${i}`, i).runtime.end();
      const statistics = driven.snapshot();
      expect(statistics.threads[0]).to.include({ name: 'first', state: 'folded' });
      expect(cellsOf(statistics)).to.deep.equal(before);
      expect(before).to.deep.equal(parseCells('a 1/1 2 2 open 1\n c 1/1 5 2 open 1\n d 1/1 3 3 open 1\n c→d 1/1 3 3'));
    });
  }

  it('are folded with an arena that has no room for the sums: into the overflow function, still complete in number', () => {
    const driven = new DrivenRuntime({ arenaBytes: 256 << 10, maxFrames: 16, maxEdges: 8 });
    driven.start();
    let calls = 0;
    for (let i = 1; i <= 500; i++) {
      const worker = driven.thread(`worker ${i}`, i);
      worker.run(parseForest('a[1](b[2])'));
      if (worker.runtime.slab !== 0) calls += 2;
      worker.runtime.end();
    }
    const { functions, dropped } = driven.snapshot();
    expect(functions.reduce((sum, fn) => sum + fn.calls, 0)).to.equal(calls);
    expect(dropped.threads).to.equal(500 - calls / 2);
  });
});
