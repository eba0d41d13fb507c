// Lines that are kept are those that would be found anew.
import { expect } from 'chai';
import { EdgeLines } from '../../src/snapshot/edge-lines.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import { createRuntime } from '../../runtime/instance.ts';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { CONTROL, TICKER_LIVE } from '../../runtime/layout.ts';

describe('EdgeLines', () => {
  it('ask for a line once, for each slab, and again when a row has become another edge’s', () => {
    const asked: string[] = [];
    const find = (caller: number, callee: number) => {
      asked.push(`${caller}→${callee}`);
      return 10 * caller + callee;
    };
    const lines = new EdgeLines();
    expect(lines.of(1000, 2, find)(1, 3, 4)).to.equal(34);
    expect(lines.of(1000, 2, find)(1, 3, 4)).to.equal(34);
    expect(lines.of(1000, 50, find)(1, 3, 4)).to.equal(34); // there are more rows now
    expect(asked).to.deep.equal(['3→4']);
    expect(lines.of(2000, 2, find)(1, 3, 4)).to.equal(34);
    expect(lines.of(1000, 2, find)(1, 3, 5)).to.equal(35);
    expect(lines.of(1000, 2, find)(1, 2, 5)).to.equal(25);
    expect(asked).to.deep.equal(['3→4', '3→4', '3→5', '2→5']);
  });

  it('keep a line of 0, too', () => {
    let asked = 0;
    const lines = new EdgeLines();
    for (let i = 0; i < 3; i++) expect(lines.of(1, 1, () => (asked++, 0))(0, -1, 0)).to.equal(0);
    expect(asked).to.equal(1);
  });
});

describe('takeSnapshot()', () => {
  const table = JSON.stringify({
    sites: [
      ['main', 1, 1, 0],
      ['a', 1, 20, 0],
      ['b', 1, 30, 0],
    ],
    left: [],
    calls: ['2 a 3 b', '', ''],
  });

  it('tells the line of each call in later snapshots, after a clear and after another file as in the first', () => {
    const clock = { wallNs: () => 0, cpuNs: () => 0 };
    const runtime = createRuntime({ arenaBytes: 1 << 22, clock });
    runtime.arena.I[CONTROL.tickerState] = TICKER_LIVE; // we are the ticker
    const base = runtime.register('lines.js', '', 3, table);
    const call = (...sites: number[]) => {
      const main = runtime.enter(base);
      for (const site of sites) runtime.exit(runtime.enter(base + site * SITE_STRIDE));
      runtime.exit(main);
    };
    const linesNow = () => {
      const { edges, functions } = takeSnapshot(runtime);
      return Object.fromEntries(edges.map(({ callee, line }) => [functions[callee].name, line]));
    };
    runtime.start({ precision: 'exact', overhead: 0.03, tickMs: 1, onlyThread: null });
    call(1, 2);
    for (let i = 0; i < 3; i++) expect(linesNow()).to.deep.equal({ main: 0, a: 3, b: 6 });
    runtime.clear();
    call(2, 1); // in the other order: rows have changed their edges
    for (let i = 0; i < 3; i++) expect(linesNow()).to.deep.equal({ main: 0, a: 3, b: 6 });
    runtime.register('other.js', '', 1, '{"sites":[["c",1,1,0]],"left":[]}');
    call(1);
    for (let i = 0; i < 3; i++) expect(linesNow()).to.deep.equal({ main: 0, a: 3, b: 6 });
  });
});
