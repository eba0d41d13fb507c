// GET /v1/edges, and frames of one thread: what they say is what a snapshot says, whatever the program does.
import { expect } from 'chai';
import fc from 'fast-check';
import { ask, askJson, subscribe } from '../../src/monitor/client.ts';
import { edgesOf } from '../../src/monitor/edges-route.ts';
import type { Frame, LiveEdge, LiveEdges } from '../../src/monitor/frame.ts';
import { Live } from '../../src/monitor/live.ts';
import type { Profile } from '../../src/profile.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import { calleesOf, callersOf, type Call } from '../../src/statistics/calls.ts';
import { select } from '../../src/statistics/selection.ts';
import { randomly } from '../support/call-forest.ts';
import { PRECISIONS } from '../support/driven-runtime.ts';
import { DrivenProgram, formatStep, programs } from './driven.ts';
import { until } from './processes.ts';
import { closeServers, serve } from './served.ts';

type Context = Parameters<typeof edgesOf>[0];

const fromProfile = (calls: readonly Call[]) =>
  byKey(
    calls.map(({ fn, edge: { calls, selfWallNs, selfCpuNs, totalWallNs, totalCpuNs, awaitNs } }) => ({
      ...{ key: fn.key, calls, selfWallNs, selfCpuNs, totalWallNs, totalCpuNs, awaitNs },
    })),
  );

const fromEdges = (edges: readonly LiveEdge[], live: Live) =>
  byKey(edges.map(({ id, ...figures }) => ({ key: live.ids.names[id].key, ...figures })));

const byKey = <T extends { readonly key: string }>(rows: readonly T[]) =>
  [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));

const selfTimes = ({ functions }: Profile) =>
  Object.fromEntries(
    functions
      .filter(({ selfWallNs, calls }) => selfWallNs + calls > 0)
      .map((fn) => [fn.key, [fn.calls, fn.selfWallNs]]),
  );

describe('edges and threads', () => {
  for (const precision of PRECISIONS) {
    it(`add up to what a snapshot says, in the ${precision} precision`, () => {
      fc.assert(
        fc.property(programs(), (steps) => {
          const program = new DrivenProgram(precision);
          const reader = program.reader();
          const live = new Live(reader);
          for (const step of steps) program.take(step);
          const where = steps.map(formatStep).join(', ');
          live.read();
          const profile = takeSnapshot(reader);
          const context = { reader, live } as unknown as Context;
          for (const thread of [null, ...profile.threads.map(({ id }) => id)]) {
            const part = thread === null ? profile : select(profile, { thread });
            for (const fn of profile.functions) {
              const id = live.ids.names.findIndex(({ key }) => key === fn.key);
              const edges = edgesOf(context, id, thread);
              expect(fromEdges(edges.callers, live), `callers, ${where}`).to.deep.equal(
                fromProfile(callersOf(part, fn)),
              );
              expect(fromEdges(edges.callees, live), `callees, ${where}`).to.deep.equal(
                fromProfile(calleesOf(part, fn)),
              );
              expect(edges.named.map(({ id: named }) => named)).to.include(id);
            }
            const one = new Live(reader, thread, live);
            one.read();
            const seen = live.ids.names
              .map(({ key, id }) => [key, [one.functionOf(id).calls, one.selfWallOf(id)]] as const)
              .filter(([, [calls, self]]) => calls + self > 0);
            expect(Object.fromEntries(seen), where).to.deep.equal(selfTimes(part));
          }
        }),
        randomly(15),
      );
    });
  }
});

describe('GET /v1/edges and /v1/events?thread=', () => {
  afterEach(closeServers);

  it('tells callers and callees of one thread or all', async () => {
    const { driven, target } = await serve();
    driven.start();
    const worker = driven.thread();
    for (const [thread, times] of [
      [driven.main, 3],
      [worker, 2],
    ] as const) {
      const inner = thread.instrument('b', 1, () => {});
      for (let i = 0; i < times; i++) thread.instrument('a', 1, inner)();
    }
    const frames: Frame[] = [];
    const end = await subscribe(target, (frame) => frames.push(frame), { thread: 1 });
    await until(() => frames.length > 0);
    const { id } = frames[0].named.find(({ name }) => name === 'b')!;
    expect(frames[0].functions.find((fn) => fn.id === id)!.calls).to.equal(2);
    expect(frames[0].threads).to.have.length(2);
    end();

    const calls = async (path: string) => {
      const { callers, callees, named } = await askJson<LiveEdges>(target, path);
      const nameOf = new Map(named.map((each) => [each.id, each.name]));
      return [callers, callees].map((edges) => edges.map((edge) => [nameOf.get(edge.id), edge.calls]));
    };
    expect(await calls(`/v1/edges?function=${id}`)).to.deep.equal([[['a', 5]], []]);
    expect(await calls(`/v1/edges?function=${id}&thread=1`)).to.deep.equal([[['a', 2]], []]);
    expect(await calls(`/v1/edges?function=${id - 1}`)).to.deep.equal([[['(event loop)', 5]], [['b', 5]]]);
  });

  it('refuses what is no function', async () => {
    const { target } = await serve();
    for (const [query, message] of [
      ['', "expected 'function', the id of one in frames"],
      ['?function=99', 'expected the id of a function, got 99'],
      ['?function=1.5', 'expected the id of a function, got 1.5'],
      ['?function=-1', "expected 'function' to be a number from 0 to 2147483647, got '-1'"],
      ['?id=1', "expected parameters of function, thread, got 'id'"],
    ]) {
      const error = await ask(target, `/v1/edges${query}`).then(
        () => 'nothing',
        ({ message }: Error) => message,
      );
      expect(error).to.equal(`the monitor refused: ${message}`);
    }
  });
});
