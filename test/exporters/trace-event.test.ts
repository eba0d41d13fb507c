// renderTraceEvent(): what its file holds, re-read by a naive reader and by speedscope's reader of traces.
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { renderTraceEvent } from '../../src/exporters/trace-event.ts';
import type { Profile } from '../../src/profile.ts';
import { richProfile, smallProfile } from '../support/flame-profiles.ts';
import { makeFunction, makePart, makeProcess, makeProfile, makeThread, ROOT, withoutCpu } from '../support/profiles.ts';
import { describeInSpeedscope, shownNs, timesOfStacks } from '../support/speedscope.ts';

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: Readonly<Record<string, unknown>>;
}
interface File {
  readonly displayTimeUnit: string;
  readonly otherData: Readonly<Record<string, string>>;
  readonly traceEvents: readonly Event[];
}
const read = (text: string) => JSON.parse(text) as File;
const ns = (us: number) => Math.round(us * 1000);

/** Self time in ns by `title|outer/inner`, as a viewer nests complete events: the shortest one around is the caller. */
function nested({ traceEvents }: File): Map<string, number> {
  const title = new Map<string, string>();
  for (const { ph, name, pid, tid, args } of traceEvents) {
    if (ph === 'M' && name === 'thread_name') title.set(`${pid} ${tid}`, args.name as string);
  }
  const self = new Map<string, number>();
  const open = new Map<string, { path: string; beginNs: number; endNs: number }[]>();
  for (const { name, ts, dur, pid, tid } of traceEvents.filter(({ ph }) => ph === 'X')) {
    const track = `${pid} ${tid}`;
    const stack = open.get(track) ?? [{ path: `${title.get(track)}|`, beginNs: 0, endNs: Infinity }];
    open.set(track, stack);
    while (stack.at(-1)!.endNs <= ns(ts)) stack.pop();
    const caller = stack.at(-1)!;
    expect(ns(ts), `${name} begins within its caller`).to.be.at.least(caller.beginNs);
    expect(ns(ts) + ns(dur), `${name} ends within its caller`).to.be.at.most(caller.endNs);
    const path = `${caller.path}/${name}`;
    stack.push({ path, beginNs: ns(ts), endNs: ns(ts) + ns(dur) });
    self.set(path, (self.get(path) ?? 0) + ns(dur));
    if (stack.length > 2) self.set(caller.path, self.get(caller.path)! - ns(dur));
  }
  return self;
}

describe('renderTraceEvent()', () => {
  it('names the process and its threads and lays each stack out within its caller', () => {
    const file = read(renderTraceEvent(smallProfile()));
    expect(file.displayTimeUnit).to.equal('ns');
    expect(file.otherData.layout).to.match(/^summary of wall time: .* say nothing of when/);
    const [name, labels, , thread, , ...spans] = file.traceEvents;
    expect(name).to.deep.include({ ph: 'M', name: 'process_name', pid: 4711, args: { name: '/app/main.js' } });
    expect(labels).to.deep.include({ name: 'process_labels', args: { labels: file.otherData.layout } });
    expect(thread).to.deep.include({ ph: 'M', name: 'thread_name', pid: 4711, tid: 1, args: { name: 'main' } });
    const span = (called: string, ts: number, dur: number, line: number) => ({
      ph: 'X',
      name: called,
      cat: 'function',
      ts,
      dur,
      pid: 4711,
      tid: 1,
      args: { file: '/app/main.js', line, column: 1 },
    });
    expect(spans).to.deep.equal([
      span('main', 0, 3263, 2),
      span('parse', 0, 3250, 3),
      span('next', 0, 750, 4),
      span('next', 3250, 12, 4),
    ]);
  });

  for (const clock of ['wall', 'cpu'] as const) {
    it(`nests: what a viewer takes for own time is the ${clock} time of the stacks, thread by thread`, () => {
      const profile = richProfile();
      const expected = new Map<string, number>();
      const titles = new Map([
        [0, '4711: main'],
        [1, '4711: pool; of\nworkers 7 (1)'],
        [2, '4711: pool; of\nworkers 7 (2)'],
        [3, '4712: main'],
        [-1, '4711: ended threads, together'],
      ]);
      profile.stacks.forEach((node, i) => {
        const names: string[] = [];
        for (let at = i; at > 0; at = profile.stacks[at].parent) {
          names.unshift(profile.functions[profile.stacks[at].fn].name || '(anonymous)');
        }
        if (i === 0) return; // the event loop's own time is no span
        for (const part of node.parts) {
          const selfNs = (clock === 'wall' ? part.selfWallNs : part.selfCpuNs)!;
          if (selfNs > 0) expected.set(`${titles.get(part.thread)}|/${names.join('/')}`, selfNs);
        }
      });
      const shown = [...nested(read(renderTraceEvent(profile, { clock })))].filter(([, selfNs]) => selfNs !== 0);
      expect(Object.fromEntries(shown)).to.deep.equal(Object.fromEntries(expected));
    });
  }

  it('counts the self time of each tag in each process', () => {
    const part = (thread: number, tag: number, selfWallNs: number) => makePart({ thread, tag, selfWallNs });
    const profile = makeProfile({
      processes: [makeProcess(), makeProcess({ pid: 4712 })],
      threads: [makeThread(0), makeThread(1, { process: 1 })],
      tags: ['GET /', '标签'].map((name, id) => ({ id, name, wallNs: 0, cpuNs: 0, calls: 1 })),
      functions: [
        ROOT,
        makeFunction(1, { parts: [part(0, 0, 1e6), part(1, 0, 2e6), part(-2, 1, 5e6), part(0, -1, 7e6)] }),
        makeFunction(2, { parts: [part(0, 0, 3e6)] }),
      ],
    });
    const counters = read(renderTraceEvent(profile)).traceEvents.filter(({ ph }) => ph === 'C');
    expect(counters.map(({ pid, name, args }) => [pid, name, args])).to.deep.equal([
      [4711, 'tag GET /', { 'self ms': 4 }],
      [4712, 'tag GET /', { 'self ms': 2 }],
      [4712, 'tag 标签', { 'self ms': 5 }],
    ]);
  });

  it('keeps processes apart that have the same pid', () => {
    const profile: Profile = { ...richProfile(), processes: [makeProcess(), makeProcess({ startedAtMs: 5 })] };
    const { traceEvents } = read(renderTraceEvent(profile));
    const names = traceEvents.filter(({ name }) => name === 'process_name');
    expect(names.map(({ pid }) => pid)).to.deep.equal([1, 2]);
    const tracks = traceEvents.filter(({ name }) => name === 'thread_name').map(({ pid, tid }) => `${pid} ${tid}`);
    expect(new Set(tracks).size).to.equal(5);
  });

  it('has no spans for an empty profile', () => {
    expect(read(renderTraceEvent(makeProfile())).traceEvents.filter(({ ph }) => ph !== 'M')).to.deep.equal([]);
  });

  it('refuses a clock that is none, and CPU time where there is none', () => {
    expect(() => renderTraceEvent(smallProfile(), { clock: 'x' as never })).to.throw(
      EverycallError,
      "renderTraceEvent() expects 'clock' to be wall or cpu, got 'x'",
    );
    expect(() => renderTraceEvent(withoutCpu(smallProfile()), { clock: 'cpu' })).to.throw(
      EverycallError,
      'the only one',
    );
  });

  describeInSpeedscope((show) => {
    it('shows self and total of every function, thread by thread', async () => {
      const profile = richProfile();
      const shown = await show('x.json', renderTraceEvent(profile));
      expect(shown.complaints).to.deep.equal([]);
      const ids = new Map([
        ['4711: main', 0],
        ['4711: pool; of workers 7 (1)', 1],
        ['4711: pool; of workers 7 (2)', 2],
        ['4712: main', 3],
        ['4711: ended threads, together', -1],
      ]);
      const seen = new Set<number>();
      for (const { name, rows } of shown.profiles) {
        const [title] = [...ids.keys()].filter((known) => name.replace(/\s+/g, ' ').includes(known));
        expect(title, `thread of '${name}'`).to.be.a('string');
        const thread = ids.get(title)!;
        seen.add(thread);
        const times = timesOfStacks(profile, (part) => (part.thread === thread ? part.selfWallNs : 0));
        times.delete('(event loop)');
        expect(rows, name).to.have.length(times.size);
        for (const row of rows) {
          // speedscope shows the arguments behind the name.
          const [known] = [...times.keys()].filter((fn) => row.name.startsWith(fn || '(anonymous)'));
          const [self, total] = [shownNs(row.self), shownNs(row.total)];
          const { selfNs, totalNs } = times.get(known)!;
          expect(self.ns, `${name}: self of ${row.name}`).to.be.closeTo(selfNs, self.roundingNs);
          expect(total.ns, `${name}: total of ${row.name}`).to.be.closeTo(totalNs, total.roundingNs);
        }
      }
      expect([...seen]).to.have.members([0, 1, 2, 3, -1]);
    });
  });
});
