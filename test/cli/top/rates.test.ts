// Frames → what happened in the last interval. All of a program whose rates are known.
import { expect } from 'chai';
import { edgeRows, type Moment } from '../../../src/cli/top/rates.ts';
import type { LiveEdges } from '../../../src/monitor/frame.ts';
import { Followed, nameOf } from './followed.ts';

const rowsOf = ({ functions }: Moment) =>
  Object.fromEntries(functions.map(({ fn, figures, rates }) => [fn.name, { calls: figures.calls, rates }]));

describe('LiveFigures', () => {
  it('gives what happened since the frame before, a second', () => {
    const process = new Followed();
    expect(process.figures.moment()).to.equal(undefined);
    process.call('a', 7);
    const first = process.next();
    expect(first.hasRates).to.equal(false);
    expect(rowsOf(first)).to.deep.equal({ a: { calls: 7, rates: null } });
    expect(first.threads[0]).to.include({ callsPerSecond: null, cpu: null });

    // 100 ticks of 1 ms, of which 75 in functions; a tick is 0.25 ms of CPU time.
    process.call('a', 50);
    process.call('b', 25);
    process.driven.pass(25);
    const second = process.next();
    expect(second.hasRates).to.equal(true);
    const rates = { totalWall: 0.5, totalCpu: 0.125, selfWall: 0.5, selfCpu: 0.125, awaiting: 0, errorsPerSecond: 0 };
    expect(rowsOf(second)).to.deep.equal({
      a: { calls: 57, rates: { ...rates, callsPerSecond: 500 } },
      b: {
        calls: 25,
        rates: { ...rates, callsPerSecond: 250, selfWall: 0.25, totalWall: 0.25, selfCpu: 0.0625, totalCpu: 0.0625 },
      },
    });
    // Up to its last event: the clock of this thread cannot be read from another one.
    expect(second.threads.map(({ callsPerSecond, cpu }) => [callsPerSecond, cpu])).to.deep.equal([[750, 0.1875]]);

    process.driven.pass(10);
    const third = process.next();
    expect(rowsOf(third)['a'].rates, 'quiet').to.include({ callsPerSecond: 0, selfWall: 0, selfCpu: 0 });
    expect(rowsOf(second)['a'].rates, 'an earlier moment stays').to.include({ callsPerSecond: 500 });
  });

  it('counts from 0 after a clear', () => {
    const process = new Followed();
    process.call('a', 40);
    process.next();
    process.call('b', 10);
    process.driven.clear();
    process.call('a', 5);
    process.driven.pass(85);
    const moment = process.next();
    expect(rowsOf(moment)).to.have.all.keys('a');
    expect(rowsOf(moment)['a']).to.deep.include({ calls: 5 });
    expect(rowsOf(moment)['a'].rates!.callsPerSecond).to.equal(50);
    expect(moment.threads[0].callsPerSecond).to.equal(50);
  });

  it('keeps the rates of the last interval when the process ends, with its last totals', () => {
    const process = new Followed();
    process.next();
    process.call('a', 100);
    process.next();
    process.call('a', 3);
    const last = process.next(true);
    expect(rowsOf(last)['a'].calls).to.equal(103);
    expect(rowsOf(last)['a'].rates!.callsPerSecond).to.equal(1000);
    expect(last.threads.map(({ thread, callsPerSecond }) => [thread.state, callsPerSecond])).to.deep.equal([
      ['ended', 1000],
    ]);
  });

  it('tells what each thread is in', () => {
    const process = new Followed();
    const { main } = process.driven;
    process.next();
    let inside: Moment | undefined;
    main.instrument('a', 1, () =>
      main.instrument('b', 1, () => {
        process.driven.pass(3);
        inside = process.next();
      })(),
    )();
    const [{ thread, outermost, current }] = inside!.threads;
    expect([thread.state, outermost?.name, current?.name]).to.deep.equal(['running', 'a', 'b']);
    const [idle] = process.next().threads;
    expect([idle.thread.state, idle.outermost, idle.current]).to.deep.equal(['idle', undefined, undefined]);
  });
});

describe('edgeRows()', () => {
  const edge = (id: number, calls: number) => ({
    ...{ id, calls, selfWallNs: calls * 1e6, totalWallNs: calls * 2e6, awaitNs: calls * 4e6 },
    ...{ selfCpuNs: null, totalCpuNs: null },
  });
  const edges = (nowNs: number, calls: readonly number[], more: Partial<LiveEdges> = {}): LiveEdges => ({
    ...{ id: 2, epoch: 1, nowNs },
    callers: [edge(1, calls[0])],
    callees: [edge(3, calls[1])],
    named: [1, 2, 3].map((id) => nameOf(`f${id}`, id)),
    ...more,
  });
  const shown = (before: LiveEdges | null, now: LiveEdges) =>
    edgeRows(before, now).map(({ side, fn, rates }) => [side, fn.name, rates?.callsPerSecond ?? null]);

  it('gives rates where there is an earlier answer for the same function', () => {
    const now = edges(2e9, [30, 7]);
    expect(shown(null, now)).to.deep.equal([
      ['caller', 'f1', null],
      ['callee', 'f3', null],
    ]);
    expect(shown(edges(1.5e9, [20, 7]), now)).to.deep.equal([
      ['caller', 'f1', 20],
      ['callee', 'f3', 0],
    ]);
    expect(shown(edges(1.5e9, [20, 7], { id: 9 }), now).map(([, , rate]) => rate)).to.deep.equal([null, null]);
    const cleared = edges(1.5e9, [20, 7], { epoch: 0 });
    expect(shown(cleared, now).map(([, , rate]) => rate)).to.deep.equal([60, 14]);
  });

  it('shares time as functions do', () => {
    const [{ rates }] = edgeRows(edges(1e9, [0, 0]), edges(2e9, [100, 0]));
    expect(rates).to.deep.equal({
      ...{ callsPerSecond: 100, selfWall: 0.1, totalWall: 0.2, awaiting: 0.4 },
      ...{ selfCpu: null, totalCpu: null, errorsPerSecond: 0 },
    });
  });
});
