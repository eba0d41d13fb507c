// A profile is data of one moment, though its edges are made into rows when they are first asked for.
import { expect } from 'chai';
import { SITE_STRIDE } from '../../runtime/contract.ts';
import { createRuntime } from '../../runtime/instance.ts';
import { CONTROL, TICKER_LIVE } from '../../runtime/layout.ts';
import type { Profile } from '../../src/profile.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import { parseForest } from '../support/call-forest.ts';
import { DrivenRuntime } from '../support/driven-runtime.ts';

const FOREST = parseForest('a[1](b[2](c[1]) b[3])');

function pairsOf({ edges, functions }: Profile): string[] {
  return edges
    .map(({ caller, callee, calls }) => `${functions[caller].name} → ${functions[callee].name} ${calls}`)
    .sort();
}

describe('the edges of a snapshot', () => {
  function driven() {
    const runtime = new DrivenRuntime();
    runtime.start();
    runtime.main.run(FOREST);
    return runtime;
  }
  const PAIRS = ['(event loop) → a 1', 'a → b 2', 'b → c 1'];

  it('are those of its moment, whatever happened until they are asked for', () => {
    const runtime = driven();
    const first = takeSnapshot(runtime.main.runtime);
    runtime.main.run(FOREST);
    const second = takeSnapshot(runtime.main.runtime);
    runtime.clear();
    runtime.main.run(parseForest('c[1](a[1])'));
    expect(pairsOf(takeSnapshot(runtime.main.runtime))).to.deep.equal(['(event loop) → c 1', 'c → a 1']);
    expect(pairsOf(second)).to.deep.equal(['(event loop) → a 2', 'a → b 4', 'b → c 2']);
    expect(pairsOf(first)).to.deep.equal(PAIRS);
  });

  it('are made once', () => {
    const profile = takeSnapshot(driven().main.runtime);
    expect(profile.edges).to.equal(profile.edges);
    expect(profile.edges[0]).to.equal(profile.edges[0]);
  });

  it('go along with copies, clones, frozen profiles and text', () => {
    const profileOf = () => takeSnapshot(driven().main.runtime);
    expect(pairsOf({ ...profileOf() })).to.deep.equal(PAIRS);
    expect(pairsOf(structuredClone(profileOf()))).to.deep.equal(PAIRS);
    expect(pairsOf(Object.freeze(profileOf()))).to.deep.equal(PAIRS);
    expect(pairsOf(JSON.parse(JSON.stringify(profileOf())) as Profile)).to.deep.equal(PAIRS);
    const profile = profileOf();
    expect(profile).to.deep.equal(structuredClone(profile));
    expect(profile).not.to.deep.equal({ ...profile, edges: [] });
    expect(Object.keys(profile)).to.include('edges');
  });

  it('of two versions of a file are those of one function', () => {
    const clock = { wallNs: () => 0, cpuNs: () => 0 };
    const runtime = createRuntime({ arenaBytes: 1 << 22, clock });
    runtime.arena.I[CONTROL.tickerState] = TICKER_LIVE; // we are the ticker
    const table = (at: number) =>
      JSON.stringify({
        sites: [
          ['f', 1, 1, 0],
          ['g', 1, 9, 0],
        ],
        left: [],
        calls: [`${at} g`, ''],
      });
    const bases = ['one', 'two'].map((hash, i) => runtime.register('twice.js', hash, 2, table(7 - 2 * i)));
    expect(bases[0]).not.to.equal(bases[1]);
    runtime.start({ precision: 'exact', overhead: 0.03, tickMs: 1, onlyThread: null });
    for (const base of bases) {
      const f = runtime.enter(base);
      runtime.exit(runtime.enter(base + SITE_STRIDE));
      runtime.exit(f);
    }
    const profile = takeSnapshot(runtime);
    expect(pairsOf(profile)).to.deep.equal(['(event loop) → f 2', 'f → g 2']);
    const edge = profile.edges.find(({ callee }) => profile.functions[callee].name === 'g')!;
    expect(edge.line, 'the first in the source').to.equal(6);
    expect(edge.parts).to.have.length(1);
    expect(profile.functions.filter(({ name }) => name === 'f')).to.have.length(1);
  });
});
