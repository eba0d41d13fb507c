// Live and Subscription: what frames say is what a snapshot says, whatever the program does and however many frames a reader
// has missed.
import { expect } from 'chai';
import fc from 'fast-check';
import type { Frame, LiveFunction, LiveName, LiveTag } from '../../src/monitor/frame.ts';
import { Live } from '../../src/monitor/live.ts';
import { Subscription } from '../../src/monitor/subscription.ts';
import type { Profile } from '../../src/profile.ts';
import { type ArenaReader, takeSnapshot } from '../../src/snapshot/snapshot.ts';
import { randomly } from '../support/call-forest.ts';
import { DrivenRuntime, PRECISIONS, WALL_NS } from '../support/driven-runtime.ts';
import { DrivenProgram, formatStep, programs } from './driven.ts';

type Figures = Omit<LiveFunction, 'id'>;

function figuresOf({ functions }: Profile): Record<string, Figures> {
  const figures: Record<string, Figures> = {};
  for (const fn of functions) {
    const { calls, primitiveCalls, selfWallNs, selfCpuNs, totalWallNs, totalCpuNs, awaitNs, open, errors, kind } = fn;
    const isRoot = kind === 'root';
    const row = { calls, primitiveCalls, selfWallNs, selfCpuNs, awaitNs, open, errors };
    // A frame gives the root the thread's idle time as its total.
    figures[fn.key] = {
      ...row,
      totalWallNs: isRoot ? selfWallNs : totalWallNs,
      totalCpuNs: isRoot ? selfCpuNs : totalCpuNs,
    };
  }
  return nonZero(figures);
}

const nonZero = (figures: Record<string, Figures>) =>
  Object.fromEntries(Object.entries(figures).filter(([, row]) => Object.values(row).some((value) => value !== 0)));

/** What a client makes of the frames it gets. */
class Reader {
  readonly names = new Map<number, LiveName>();
  functions = new Map<number, LiveFunction>();
  tags = new Map<string, LiveTag>();

  take(frame: Frame): void {
    if (frame.isFull) {
      this.functions.clear();
      this.tags.clear();
    }
    for (const name of frame.named) {
      expect(this.names.has(name.id), `${name.key} is named once`).to.equal(false);
      this.names.set(name.id, name);
    }
    for (const fn of frame.functions) this.functions.set(fn.id, fn);
    for (const tag of frame.tags) this.tags.set(tag.name, tag);
  }

  figures(): Record<string, Figures> {
    return nonZero(
      Object.fromEntries([...this.functions.values()].map(({ id, ...row }) => [this.names.get(id)!.key, row])),
    );
  }
}

const tagsOf = (tags: Iterable<LiveTag>) =>
  [...tags]
    .filter(({ calls, wallNs }) => calls > 0 || wallNs > 0)
    .map(({ name, calls, wallNs, cpuNs }) => ({ name, calls, wallNs, cpuNs }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

describe('frames', () => {
  for (const precision of PRECISIONS) {
    it(`add up to what a snapshot says, in the ${precision} precision`, () => {
      fc.assert(
        fc.property(programs(), fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), (steps, sends) => {
          const program = new DrivenProgram(precision);
          const reader = program.reader();
          const live = new Live(reader);
          const subscription = new Subscription(live, reader);
          const client = new Reader();
          steps.forEach((step, i) => {
            program.take(step);
            if (!sends[i % sends.length]) return;
            live.read();
            client.take(subscription.next());
            const profile = takeSnapshot(reader);
            const where = steps
              .slice(0, i + 1)
              .map(formatStep)
              .join(', ');
            expect(client.figures(), where).to.deep.equal(figuresOf(profile));
            expect(tagsOf(client.tags.values()), where).to.deep.equal(tagsOf(profile.tags));
            expect(live.dropped, where).to.deep.equal(profile.dropped);
            expect(
              live.threads.map(({ name, wallNs, cpuNs, calls }) => ({ name, wallNs, cpuNs, calls })),
              where,
            ).to.deep.equal(profile.threads.map(({ name, wallNs, cpuNs, calls }) => ({ name, wallNs, cpuNs, calls })));
          });
        }),
        randomly(40),
      );
    });
  }
});

it('counts what runs within another activation of its function once, also before it ends', () => {
  for (const precision of PRECISIONS) {
    const program = new DrivenProgram(precision);
    const reader = program.reader();
    const live = new Live(reader);
    const client = new Reader();
    const subscription = new Subscription(live, reader);
    // The inner one goes on while the outer one, which called it, still waits.
    const steps = ['activate', 'activate', 'suspend', 'suspend', 'pass', 'resume', 'pass'] as const;
    for (const what of steps) {
      program.take([what, 0, what === 'pass' ? 3 : 0]);
      live.read();
      client.take(subscription.next());
      expect(client.figures(), `${precision}, ${what}`).to.deep.equal(figuresOf(takeSnapshot(reader)));
    }
  }
});

function driven(options: ConstructorParameters<typeof DrivenRuntime>[0] = {}) {
  const process = new DrivenRuntime(options);
  const { arena, clock, isRunning } = process.main.runtime;
  const reader: ArenaReader = { arena, clock, slab: 0, isRunning, endTerminated: () => {} };
  const live = new Live(reader);
  const next = (subscription: Subscription): Frame => {
    live.read();
    return subscription.next();
  };
  return {
    process,
    main: process.main,
    live,
    next,
    subscribe: (limit?: number) => new Subscription(live, reader, limit),
  };
}

describe('Subscription', () => {
  it('leaves out what has not changed, and names what is new once', () => {
    const { process, main, next, subscribe } = driven();
    process.start();
    const subscription = subscribe();
    main.instrument('a', 3, () => {})();
    const first = next(subscription);
    expect([first.seq, first.isFull, first.intervalNs]).to.deep.equal([1, true, 0]);
    expect(first.named.map(({ name }) => name))
      .to.include('a')
      .and.not.include('b');
    process.pass(5);
    main.instrument('b', 2, () => {})();
    const second = next(subscription);
    expect([second.seq, second.isFull, second.intervalNs]).to.deep.equal([2, false, 7 * WALL_NS]);
    expect(second.named.map(({ name }) => name)).to.deep.equal(['(event loop)', 'b']);
    expect(second.functions.map(({ id, calls }) => [id, calls])).to.deep.equal([
      [second.named[0].id, 0],
      [second.named[1].id, 1],
    ]);
    const third = next(subscription);
    expect(third.functions).to.deep.equal([]);
  });

  it('holds back what is over the limit, the least changed, and sends it later', () => {
    const { process, main, next, subscribe } = driven();
    process.start();
    const subscription = subscribe(2);
    for (const [name, ticks] of Object.entries({ a: 1, b: 30, c: 2, d: 20 })) main.instrument(name, ticks, () => {})();
    const keys = (frame: Frame) => frame.functions.map(({ id }) => id);
    const first = next(subscription);
    expect(first.named.map(({ name }) => name)).to.deep.equal(['b', 'd']);
    expect(first.held).to.equal(2);
    const second = next(subscription);
    expect(second.named.map(({ name }) => name)).to.deep.equal(['a', 'c']);
    expect(second.held).to.equal(undefined);
    expect(keys(next(subscription))).to.deep.equal([]);
  });

  it('begins anew after a clear, also of one tag', () => {
    const { process, main, next, subscribe } = driven();
    process.start();
    const subscription = subscribe();
    main.instrument('a', 3, () => {})();
    main.runtime.withTag(
      't',
      main.instrument('b', 1, () => {}),
    );
    const first = next(subscription);
    main.runtime.clearTag('t');
    const second = next(subscription);
    expect([second.isFull, second.epoch]).to.deep.equal([true, first.epoch + 1]);
    expect(second.tags).to.deep.equal([]);
    expect(second.functions.map(({ calls }) => calls)).to.deep.equal([1]);
    process.clear();
    const third = next(subscription);
    expect([third.isFull, third.epoch, third.functions]).to.deep.equal([true, first.epoch + 2, []]);
    main.instrument('a', 3, () => {})();
    const fourth = next(subscription);
    expect([fourth.isFull, fourth.named]).to.deep.equal([false, []]);
    expect(fourth.functions.map(({ calls }) => calls)).to.include(1);
  });

  it('shows what each thread does', () => {
    const { process, main, live } = driven();
    process.start();
    const state = () => {
      live.read();
      const { state, blockedForNs, stack = [] } = live.threads[0];
      return [state, blockedForNs / WALL_NS, stack.map((id) => live.ids.names[id].name).join('>')];
    };
    expect(state()).to.deep.equal(['idle', 0, '']);
    const outer = main.enter('a');
    process.pass(4);
    const inner = main.enter('b');
    process.pass(3);
    expect(state()).to.deep.equal(['running', 7, 'a>b']);
    main.exit(inner);
    main.exit(outer);
    const waiting = main.runtime.activate(main.site('c'), 0)!;
    main.runtime.suspend(waiting, 0);
    expect(state()).to.deep.equal(['awaiting', 0, '']);
    main.runtime.finish(waiting);
    expect(state()).to.deep.equal(['idle', 0, '']);
    main.runtime.end();
    expect(state()).to.deep.equal(['ended', 0, '']);
  });

  it('shows of a deep stack both ends', () => {
    const { process, main, live } = driven();
    process.start();
    for (let i = 0; i < 500; i++) main.enter(i < 250 ? 'a' : 'b');
    live.read();
    const names = live.threads[0].stack!.map((id) => live.ids.names[id].name).join('');
    expect(names).to.equal('a'.repeat(32) + 'b'.repeat(32));
  });
});

describe('event-loop blocks', () => {
  it('are times that one function held its thread for 50 ms or more', () => {
    const { process, main, live } = driven();
    process.start();
    const at = (ticks: number) => {
      for (let i = 0; i < ticks; i += 20) {
        process.pass(Math.min(20, ticks - i));
        live.look();
      }
    };
    const blocks = () => {
      live.read();
      return live
        .blocksSince(0)
        .map(({ fn, durationNs, isOver }) => [live.ids.names[fn].name, durationNs / WALL_NS, isOver]);
    };
    live.look();
    const short = main.enter('a');
    at(40);
    main.exit(short);
    at(40);
    const long = main.enter('b');
    at(60);
    const inner = main.enter('c');
    at(20);
    expect(blocks()).to.deep.equal([['b', 80, false]]);
    main.exit(inner);
    main.exit(long);
    process.pass(7); // idle: the end is when it ended, not when that was seen
    live.look();
    expect(blocks()).to.deep.equal([['b', 80, true]]);
    const again = main.enter('b');
    at(100);
    main.exit(again);
    const next = main.enter('d'); // at once
    at(20);
    expect(blocks()).to.deep.equal([
      ['b', 80, true],
      ['b', 100, true],
    ]);
    main.exit(next);
  });
});
