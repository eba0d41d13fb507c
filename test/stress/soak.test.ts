// Long runs: counters near the ends of what they can hold, and so much of everything that memory has to stay bounded. Time is
// simulated but for the soak itself, which goes on for SOAK_SECONDS; costs are reported, only counts and bytes asserted.
import { expect } from 'chai';
import { CONTROL, EDGE, SLAB, SLAB_EDGES } from '../../runtime/layout.ts';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { rowsOfTable } from '../../runtime/table.ts';
import { parseJson, renderJson } from '../../src/exporters/json.ts';
import { parseForest } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS, cellsOf, parseCells } from '../support/driven-runtime.ts';
import { expectInvariants } from '../support/invariants.ts';

const SECONDS = Number(process.env.SOAK_SECONDS ?? 5);
const FOREST = parseForest('a[1](b[2] b[1](a[3]))');
const CELLS = 'a 2/1 7 4\n b 2/2 6 3\n a→b 2/2 6 3\n b→a 1/0 3 3';
const LAST = 0x7fffffff;

for (const precision of PRECISIONS) {
  describe(`counters at their ends, ${precision}`, () => {
    it('ticks, epochs, sessions, clears, threads and folds wrap around, and each session is exact', () => {
      const driven = new DrivenRuntime({ precision, arenaBytes: 32 << 20, maxFrames: 64 });
      const { I } = driven.main.runtime.arena;
      for (const word of ['epoch', 'session', 'clearEpoch', 'tagClears', 'endedCount', 'foldSequence'] as const) {
        I[CONTROL[word]] = LAST - 5;
      }
      I[CONTROL.foldSequence]--; // even
      I[CONTROL.firstSession] = LAST - 4;
      I[CONTROL.lastTick] = LAST - 12;
      I[CONTROL.threadCount] = 0x3ffffffa;
      driven.clear();
      for (let i = 1; i <= 90; i++) {
        driven.start();
        const worker = driven.thread(`worker ${i}`, i);
        worker.run(FOREST);
        driven.stop();
        worker.runtime.settle();
        worker.runtime.end();
        const profile = driven.snapshot();
        expect(profile.sessions.length).to.equal(Math.min(64, ((i - 1) % 10) + 1));
        expect(profile.sessions.every(({ durationNs }) => durationNs === 7e6)).to.be.true;
        const times = ((i - 1) % 10) + 1;
        expect(profile.functions.find(({ name }) => name === 'a')!.calls).to.equal(2 * times);
        if (i % 10 === 0) driven.clear();
      }
      expect(I[CONTROL.session], 'wrapped').to.be.below(0);
      expect(I[CONTROL.endedCount]).to.be.below(0);
      driven.start();
      driven.main.run(FOREST);
      driven.stop();
      expect(cellsOf(driven.snapshot())).to.deep.equal(parseCells(CELLS));
    });

    it('calls stay whole numbers up to 2^53 and stop there', () => {
      const driven = new DrivenRuntime({ precision });
      const { arena, slab } = driven.main.runtime;
      driven.start();
      driven.main.run(FOREST);
      const edge = [...rowsOfTable(arena, slab + SLAB_EDGES)].find(
        (row) => arena.I[row + EDGE.caller] === arena.I[slab + SLAB.root],
      )!;
      arena.F[(edge >> 1) + EDGE.calls] = Number.MAX_SAFE_INTEGER - 2;
      driven.main.run(parseForest('a[1] a[1]'));
      const callsOf = () => driven.snapshot().edges.find(({ caller }) => caller === 0)!.calls;
      expect(driven.snapshot().edges.some(({ calls }) => calls === Number.MAX_SAFE_INTEGER)).to.be.true;
      driven.main.run(parseForest('a[1] a[1] a[1]'));
      expect(callsOf()).to.be.at.most(2 ** 53);
    });
  });
}

describe('much of everything', function () {
  this.timeout(300_000);

  it('100,000 functions and a million edges: all are there, and memory follows their number', () => {
    const FUNCTIONS = 100_000;
    const EDGES = 1_000_000;
    const driven = new DrivenRuntime({ precision: 'sampled', arenaBytes: 256 << 20, tickEachEvent: false });
    const { runtime } = driven.main;
    const { I } = runtime.arena;
    const sites = Array.from({ length: 1000 }, (_, i) => [`f${i}`, 1, i + 1, 0]);
    const table = JSON.stringify({ sites, left: [] });
    const bases = Array.from({ length: FUNCTIONS / 1000 }, (_, i) => runtime.register(`f${i}.js`, '', 1000, table));
    expect(bases.every((base) => base > 0)).to.be.true;
    const site = (i: number) => bases[Math.floor(i / 1000)] + (i % 1000) * SITE_STRIDE;
    driven.start();
    const before = I[CONTROL.nextFree];
    const costs: string[] = [];
    const pairs = EDGES / FUNCTIONS;
    let calls = 0;
    for (let caller = 0; caller < FUNCTIONS; caller++) {
      const began = caller % (FUNCTIONS / 5) === 0 ? process.hrtime.bigint() : null;
      if (began !== null) costs.push(String(Number(began) / 1e6));
      const outer = runtime.enter(site(caller));
      calls++;
      for (let i = 1; i < pairs; i++) {
        runtime.exit(runtime.enter(site((caller + i * 101) % FUNCTIONS)));
        calls++;
      }
      runtime.exit(outer);
    }
    costs.push(String(Number(process.hrtime.bigint()) / 1e6));
    const perCall = costs.slice(1).map((at, i) => Math.round(((Number(at) - Number(costs[i])) * 1e6) / (calls / 5)));
    const bytes = (I[CONTROL.nextFree] - before) * 4;
    console.log(
      `      ns a call that makes an edge, by fifths: ${perCall.join(', ')}; ${Math.round(bytes / EDGES)} bytes an edge`,
    );
    expect(I[runtime.slab + SLAB_EDGES + 1], 'edges').to.equal(calls);
    expect(bytes / EDGES, 'bytes an edge').to.be.below(80);
    let total = 0;
    for (const edge of rowsOfTable(runtime.arena, runtime.slab + SLAB_EDGES))
      total += runtime.arena.F[(edge >> 1) + EDGE.calls];
    expect(total).to.equal(calls);
    driven.clear();
    runtime.settle();
    const full = I[CONTROL.nextFree];
    for (let caller = 0; caller < FUNCTIONS; caller++) runtime.exit(runtime.enter(site(caller)));
    expect(I[CONTROL.nextFree], 'after a clear nothing new is needed').to.equal(full);
  });

  it('recursion 10,000 deep is timed to the last frame', () => {
    const driven = new DrivenRuntime({ precision: 'exact', maxFrames: 16384 });
    const { main } = driven;
    driven.start();
    const handles = [];
    for (let i = 0; i < 10_000; i++) handles.push(main.enter('r'));
    driven.pass(1);
    while (handles.length > 0) main.exit(handles.pop()!);
    const profile = driven.snapshot();
    expect(profile.functions.find(({ name }) => name === 'r')).to.include({
      calls: 10_000,
      primitiveCalls: 1,
      totalWallNs: 1e6,
    });
    expect(profile.dropped.deepCalls).to.equal(0);
  });

  it('a million different tags need no more memory than the first few hundred', () => {
    const driven = new DrivenRuntime({ precision: 'exact' });
    const { main } = driven;
    const { I } = main.runtime.arena;
    driven.start();
    const call = () => main.exit(main.enter('a'));
    let after = 0;
    for (let i = 0; i < 1_000_000; i++) {
      // The async context is Node's own affair; what it costs does not depend on how many tags there are.
      if (i < 2000) main.runtime.withTag(`tag ${i}`, call);
      else {
        main.runtime.setStandingTag(`tag ${i}`);
        call();
      }
      if (i === 1000) after = I[CONTROL.nextFree];
    }
    expect(I[CONTROL.nextFree]).to.equal(after);
    const profile = driven.snapshot();
    expect(profile.functions.find(({ name }) => name === 'a')!.calls).to.equal(1_000_000);
    expect(profile.tags.length).to.be.at.most(257);
    expect(profile.tags.find(({ name }) => name === '(other)')!.calls).to.be.above(990_000);
  });
});

describe(`a soak of ${SECONDS} s`, function () {
  this.timeout((SECONDS + 120) * 1000);

  it('needs no more memory at its end than after its first rounds, and every round is exact', () => {
    const driven = new DrivenRuntime({ precision: 'exact', arenaBytes: 32 << 20, maxFrames: 64 });
    const { I } = driven.main.runtime.arena;
    const end = Date.now() + SECONDS * 1000;
    let used = 0;
    let rounds = 0;
    let events = 0;
    const rates: number[] = [];
    for (; Date.now() < end; rounds++) {
      const began = process.hrtime.bigint();
      driven.start();
      const worker = driven.thread('worker', rounds + 1);
      for (let i = 0; i < 200; i++) driven.main.run(FOREST);
      worker.run(FOREST);
      worker.runtime.end();
      events += 2 * 4 * 201;
      driven.stop();
      const profile = driven.snapshot();
      const a = profile.functions.find(({ name }) => name === 'a')!;
      const since = (rounds % 100) + 1;
      expect({ calls: a.calls, self: a.selfWallNs }).to.deep.equal({ calls: 402 * since, self: 201 * 4e6 * since });
      if (rounds % 1000 === 99) {
        expectInvariants(profile);
        expect(parseJson(renderJson(profile)).functions.length).to.equal(profile.functions.length);
      }
      if (since === 100) driven.clear();
      rates.push(Number(process.hrtime.bigint() - began));
      if (rounds === 200) used = I[CONTROL.nextFree];
    }
    const median = (part: number[]) => Math.round(part.sort((x, y) => x - y)[part.length >> 1] / 1000);
    const fifth = Math.floor(rates.length / 5);
    const medians = [0, 1, 2, 3, 4].map((i) => median(rates.slice(i * fifth, (i + 1) * fifth)));
    console.log(
      `      ${rounds} sessions and threads, ${events} events; µs a round, medians by fifths: ${medians.join(', ')}`,
    );
    if (rounds > 200) expect(I[CONTROL.nextFree]).to.equal(used);
  });
});
