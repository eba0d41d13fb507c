// That costs do not grow, by what can be counted: words read and written an event, chains, bytes. No time is asserted;
// bench/scaling measures those, and is run here once, quickly, for its files.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { seeded, SHAPES, type Tape } from '../../bench/scaling/tape.ts';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { createHooks, type ThreadHooks } from '../../runtime/hooks.ts';
import { createRuntime } from '../../runtime/instance.ts';
import { CONTROL, EDGE, FUNCTION, SLAB_EDGES, TABLE, TICKER_LIVE } from '../../runtime/layout.ts';
import { rowsOfTable } from '../../runtime/table.ts';

/** So many that each size has all that comes once in a thousand exact events. */
const EVENTS = 2500;
const NO_TICK = { overhead: 0.03, tickMs: 1e9, onlyThread: null };

/** A runtime in a session, its functions, and what its hooks use. */
function begin(precision: 'sampled' | 'exact', count: number) {
  let wallNs = 0;
  const clock = { wallNs: () => (wallNs += 10), cpuNs: () => wallNs, wallName: 'test', cpuName: 'test' };
  const runtime = createRuntime({ arenaBytes: 64 << 20, clock });
  runtime.arena.I[CONTROL.tickerState] = TICKER_LIVE; // we are the ticker
  const base = runtime.register('scaling.js', '', count, '{"sites":[],"left":[]}');
  const fns = Int32Array.from({ length: count }, (_, i) => base + i * SITE_STRIDE);
  expect(runtime.start({ precision, ...NO_TICK })).to.equal(true);
  return { runtime, fns, clock };
}

function play({ enter, exit }: Pick<ThreadHooks, 'enter' | 'exit'>, tape: Tape, afterEvent = () => {}): void {
  const handles: number[] = [];
  for (const fn of tape) {
    if (fn !== 0) handles.push(enter(fn));
    else exit(handles.pop()!);
    afterEvent();
  }
}

const HOST = {
  wakeTicker: () => {},
  noteCollections: () => {},
  followBuiltins: () => false,
  exactEventCostNs: () => 50,
  queueMicrotask: () => {},
  contextTag: () => undefined,
  lockOwner: 1,
};

/** Words that each event of a tape reads and writes once all its rows are made, sorted. */
function accessesAnEvent(precision: 'sampled' | 'exact', shape: (typeof SHAPES)[number], size: number): number[] {
  const { runtime, fns, clock } = begin(precision, shape.functions(size));
  const tape = shape.tape(fns, size, seeded(1));
  play(runtime, tape);
  let accesses = 0;
  const counting = <T extends Int32Array | Float64Array>(view: T): T =>
    new Proxy(view, {
      get: (_, key) => (accesses++, view[key as never]),
      set: (_, key, value: number) => (accesses++, ((view as never)[key as never] = value as never), true),
    });
  const { I, F } = runtime.arena;
  const hooks = createHooks({ I: counting(I), F: counting(F) }, runtime.slab, clock, HOST);
  const found: number[] = [];
  accesses = 0;
  while (found.length < EVENTS) {
    play(hooks, tape, () => {
      found.push(accesses);
      accesses = 0;
    });
  }
  return found.sort((a, b) => a - b);
}

/** Rows in the longest chain of a table, and the mean over its rows of where they stand in theirs. */
function chainsOf(arena: Parameters<typeof rowsOfTable>[0], tableAt: number): { longest: number; mean: number } {
  const { I } = arena;
  const place = new Map<number, number>();
  const rows = [...rowsOfTable(arena, tableAt)];
  const followed = new Set(rows.map((row) => I[row + EDGE.next]));
  for (const head of rows.filter((row) => !followed.has(row))) {
    for (let row = head, at = 1; row > 0; row = I[row + EDGE.next], at++) place.set(row, at);
  }
  expect(place.size, 'rows in chains').to.equal(rows.length);
  const places = [...place.values()];
  return { longest: Math.max(...places), mean: places.reduce((a, b) => a + b, 0) / places.length };
}

describe('what an event touches', () => {
  for (const shape of SHAPES) {
    for (const precision of ['sampled', 'exact'] as const) {
      it(`does not grow with the number of ${shape.of}: ${precision}`, () => {
        // Callers that take turns are looked up: a chain of a few rows, of three words each.
        const lookedUp = shape.name === 'fan-in' || shape.name === 'pairs';
        const [few, many] = (lookedUp ? [20, 200] : [100, 1000]).map((size) => accessesAnEvent(precision, shape, size));
        const median = (list: number[]) => list[list.length >> 1];
        expect(median(many), 'median').to.be.within(1, median(few) + (lookedUp ? 12 : 0));
        // What comes once in a thousand exact events may fall together in one and not in the other.
        expect(many[many.length - 1], 'most').to.be.at.most(few[few.length - 1] + (lookedUp ? 60 : 20));
      });
    }
  }
});

describe('100,000 edges', () => {
  const { runtime, fns } = begin('sampled', 1100);
  const { I } = runtime.arena;
  /** After each callee. */
  const taken: number[] = [];
  const bytes = () => I[CONTROL.nextFree] * 4;

  before(() => {
    const [callers, callees] = [fns.subarray(0, 100), fns.subarray(100)];
    for (const callee of callees) {
      for (const caller of callers) play(runtime, Int32Array.of(caller, callee, 0, 0));
      taken.push(bytes());
    }
  });

  it('lie in chains that stay short', () => {
    const { longest, mean } = chainsOf(runtime.arena, runtime.slab + SLAB_EDGES);
    expect(I[runtime.slab + SLAB_EDGES + TABLE.count]).to.equal(100_000 + 100);
    expect(longest).to.be.at.most(12);
    expect(mean).to.be.below(2);
  });

  it('take at most 72 bytes each, the table included, as many at the end as at the start', () => {
    const perEdge = (from: number, to: number) => (taken[to] - taken[from]) / ((to - from) * 100);
    for (const [from, to] of [
      [199, 599],
      [599, 999],
    ]) {
      expect(perEdge(from, to)).to.be.within(64, 73);
    }
  });

  it('take no more memory when the same functions call each other again', () => {
    const before = bytes();
    for (const callee of fns.subarray(100, 300)) {
      for (const caller of fns.subarray(0, 100)) play(runtime, Int32Array.of(caller, callee, 0, 0));
    }
    expect(bytes()).to.equal(before);
  });
});

describe('a function row', () => {
  it('takes what one of ten thousand takes', () => {
    const bytes = [10, 10_000].map((count) => {
      const { runtime } = begin('sampled', 1);
      const before = runtime.arena.I[CONTROL.nextFree];
      runtime.register('more.js', '', count, '{"sites":[],"left":[]}');
      return (runtime.arena.I[CONTROL.nextFree] - before) * 4 - count * FUNCTION.words * 4;
    });
    expect(Math.abs(bytes[1] - bytes[0])).to.be.below(64); // a cache line's alignment
  });
});

describe('npm run bench:scaling -- --quick', () => {
  it('writes its figures and charts', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    const out = mkdtempSync(join(tmpdir(), 'everycall-scaling-'));
    try {
      const main = fileURLToPath(new URL('../../bench/scaling/main.ts', import.meta.url));
      execFileSync(process.execPath, ['--import', 'tsx', main, '--quick', '--out', out], { cwd: root, stdio: 'pipe' });
      expect(readdirSync(out)).to.include.members(['scaling.json', 'scaling.md']);
      // Lines of each chart that have a point.
      const lines = { lengths: 2, pauses: 4, snapshots: 3, threads: 2 } as Record<string, number>;
      for (const { name } of SHAPES) lines[`events-${name}`] = 4;
      for (const [chart, count] of Object.entries(lines)) {
        const curves = readFileSync(join(out, `${chart}.svg`), 'utf8').match(/<path class="line[^"]*" d="M[\d.]/g);
        expect(curves, chart).to.have.length(count);
      }
      const figures = JSON.parse(readFileSync(join(out, 'scaling.json'), 'utf8')) as {
        events: { costs: unknown[] }[];
        lengths: { costs: { countsAreExact: boolean }[] }[];
      };
      const areExact = figures.lengths.flatMap(({ costs }) => costs.map(({ countsAreExact }) => countsAreExact));
      expect(areExact, 'counts after 10^10 calls').to.deep.equal([true, true, true, true]);
      expect(figures.events.map(({ costs }) => costs.length)).to.not.include(0);
    } finally {
      rmSync(out, { recursive: true });
    }
  });
});
