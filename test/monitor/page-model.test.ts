// What the live page makes of frames: the same figures as a snapshot's, whatever the program does; since a mark, the
// difference; and a flame graph that is the snapshot's call tree.
import { expect } from 'chai';
import fc from 'fast-check';
import { Live } from '../../src/monitor/live.ts';
import { LiveStacks } from '../../src/monitor/live-stacks.ts';
import { Model, type Picture } from '../../src/monitor/page/model.ts';
import { SECONDS } from '../../src/monitor/page/trend.ts';
import { Subscription } from '../../src/monitor/subscription.ts';
import type { Profile } from '../../src/profile.ts';
import { takeSnapshot } from '../../src/snapshot/snapshot.ts';
import { randomly } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS } from '../support/driven-runtime.ts';
import { DrivenProgram, formatStep, programs } from './driven.ts';

type Tree = Record<string, readonly [samples: number, wallNs: number]>;

/** Self time of each stack, by the names from the root on. */
function treeOf(profile: Profile): Tree {
  const paths: string[] = [];
  const tree: Tree = {};
  profile.stacks.forEach(({ parent, fn, samples, selfWallNs }, i) => {
    const isRoot = profile.functions[fn].kind === 'root';
    paths[i] = parent < 0 ? '' : isRoot ? paths[parent] : `${paths[parent]};${profile.functions[fn].name}`;
    if (paths[i] === '' || samples === 0) return;
    const [known, ns] = tree[paths[i]] ?? [0, 0];
    tree[paths[i]] = [known + samples, ns + selfWallNs];
  });
  return tree;
}

function shownTree(model: Model): Tree {
  const { parent, fn, selfNs, samples, size } = model.tree('wall');
  const paths = [''];
  const tree: Tree = {};
  // treeOf() adds up samples from below; here each node's own are wanted.
  const own = samples.slice();
  for (let n = 1; n < size; n++) own[parent[n]] -= samples[n];
  for (let n = 1; n < size; n++) {
    paths[n] = `${paths[parent[n]]};${model.names[fn[n]].name}`;
    if (own[n] > 0) tree[paths[n]] = [own[n], selfNs[n]];
  }
  return tree;
}

const sorted = (tree: Tree) => Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));

const rowsOf = ({ rows }: Picture) =>
  Object.fromEntries(
    rows.map(({ name, calls, selfWallNs, totalWallNs, awaitNs, errors, open }) => [
      name,
      { calls, selfWallNs, totalWallNs, awaitNs, errors, open },
    ]),
  );

const rowsOfProfile = ({ functions }: Profile) =>
  Object.fromEntries(
    functions
      .filter(
        ({ kind, calls, selfWallNs, open, awaitNs }) => kind !== 'root' && calls + selfWallNs + open + awaitNs > 0,
      )
      .map(({ name, calls, selfWallNs, totalWallNs, awaitNs, errors, open }) => [
        name,
        { calls, selfWallNs, totalWallNs, awaitNs, errors, open },
      ]),
  );

/** A process, and the page that looks at it. */
function watched(program: DrivenProgram) {
  const reader = program.reader();
  const live = new Live(reader);
  const connect = () => {
    const stacks = new LiveStacks(reader, live.ids);
    let readAtMs = 0;
    const subscription = new Subscription(live, reader, Infinity, stacks);
    return () => {
      live.read();
      stacks.read(live.epoch, (readAtMs += 1e9));
      return subscription.next();
    };
  };
  return { reader, connect };
}

describe('the model of the live page', () => {
  for (const precision of PRECISIONS) {
    it(`shows what a snapshot says, also after a lost connection, in the ${precision} precision`, () => {
      fc.assert(
        fc.property(programs(), fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }), (steps, choices) => {
          const program = new DrivenProgram(precision);
          const { reader, connect } = watched(program);
          const model = new Model();
          let next = connect();
          steps.forEach((step, i) => {
            program.take(step);
            const choice = choices[i % choices.length];
            if (choice === 9) next = connect();
            if (choice < 5) return;
            model.take(next());
            const profile = takeSnapshot(reader);
            const where = steps
              .slice(0, i + 1)
              .map(formatStep)
              .join(', ');
            expect(rowsOf(model.picture()!), where).to.deep.equal(rowsOfProfile(profile));
            expect(sorted(shownTree(model)), where).to.deep.equal(sorted(treeOf(profile)));
          });
        }),
        randomly(40),
      );
    });
  }

  function counting() {
    const driven = new DrivenRuntime({ names: ['f', 'g'], precision: 'exact' });
    driven.start();
    const { arena, clock, isRunning } = driven.main.runtime;
    const reader = { arena, clock, slab: 0, isRunning, endTerminated: () => {} };
    const live = new Live(reader);
    const subscription = new Subscription(live, reader, Infinity, null);
    const model = new Model();
    const call = (name: string) => {
      const handle = driven.main.enter(name);
      driven.pass(1);
      driven.main.exit(handle);
    };
    const look = () => {
      live.read();
      model.take(subscription.next());
      return rowsOf(model.picture()!);
    };
    return { driven, model, call, look };
  }

  it('shows the difference from a mark, until that is taken away or figures are cleared', () => {
    const { driven, model, call, look } = counting();
    for (let i = 0; i < 3; i++) call('f');
    expect(look()['f'].calls).to.equal(3);
    model.setMark();
    expect(look()).to.deep.equal({});
    call('g');
    call('f');
    expect(look()['f'].calls).to.equal(1);
    expect(look()['g'].calls).to.equal(1);
    model.clearMark();
    expect(look()['f'].calls).to.equal(4);
    model.setMark();
    driven.clear(driven.main);
    call('f');
    expect(look()['f'].calls).to.equal(1);
    expect(model.picture()!.markedAtMs).to.equal(null);
  });

  it('knows the rates of the last second and the trend of the last minute', () => {
    const { driven, model, call, look } = counting();
    look();
    for (let i = 0; i < 20; i++) {
      call('f');
      driven.pass(250);
      look();
    }
    const row = model.picture()!.rows.find(({ name }) => name === 'f')!;
    expect(row.callsPerSecond).to.be.closeTo(4, 0.2);
    const trend = model.trends.wall.of(row.id);
    expect(trend).to.have.length(SECONDS);
    expect(trend.filter((ns) => ns > 0)).to.have.length.within(3, 5);
    for (let i = 0; i < 8; i++) {
      driven.pass(250);
      look();
    }
    expect(model.picture()!.rows.find(({ name }) => name === 'f')!.callsPerSecond).to.equal(0);
  });
});
