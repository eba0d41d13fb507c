// renderCpuprofile(): what its file holds, and that speedscope's reader of .cpuprofile files shows our figures.
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { renderCpuprofile } from '../../src/exporters/cpuprofile.ts';
import { richProfile, smallProfile } from '../support/flame-profiles.ts';
import { makeProfile, withoutCpu } from '../support/profiles.ts';
import { describeInSpeedscope, shownNs, timesOfStacks } from '../support/speedscope.ts';

interface File {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Readonly<Record<string, string | number>>;
    readonly hitCount: number;
    readonly children?: readonly number[];
  }[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}
const read = (text: string) => JSON.parse(text) as File;

/** As a reader does it: a sample lasts until the next one. */
function selfUs({ samples, timeDeltas, startTime, endTime }: File): Map<number, number> {
  const sums = new Map<number, number>();
  let at = startTime + (timeDeltas[0] ?? 0);
  samples.forEach((id, i) => {
    const next = i + 1 < samples.length ? at + timeDeltas[i + 1] : endTime;
    sums.set(id, (sums.get(id) ?? 0) + next - at);
    at = next;
  });
  return sums;
}

describe('renderCpuprofile()', () => {
  it('writes the tree under (root), and each stack as one sample that lasts as long as its time', () => {
    const frame = (functionName: string, lineNumber: number) => ({
      functionName,
      scriptId: '0',
      url: '/app/main.js',
      lineNumber,
      columnNumber: 0,
    });
    const root = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
    expect(JSON.parse(renderCpuprofile(smallProfile()))).to.deep.equal({
      nodes: [
        { id: 1, callFrame: root, hitCount: 0, children: [2] },
        { id: 2, callFrame: frame('main', 1), hitCount: 1, children: [3, 5] },
        { id: 3, callFrame: frame('parse', 2), hitCount: 1, children: [4] },
        { id: 4, callFrame: frame('next', 3), hitCount: 1 },
        { id: 5, callFrame: frame('next', 3), hitCount: 1 },
      ],
      startTime: 0,
      endTime: 3263,
      samples: [2, 3, 4, 5, 1],
      timeDeltas: [0, 1, 2500, 750, 12],
    });
  });

  it('counts lines and columns from 0, and gives what has no source none', () => {
    const { nodes } = read(renderCpuprofile(richProfile()));
    const frameOf = (name: string) => nodes.find(({ callFrame }) => callFrame.functionName === name)!.callFrame;
    expect(frameOf('walk')).to.include({ url: 'C:\\app\\src\\walk.ts', lineNumber: 9, columnNumber: 4 });
    expect(frameOf('解析器.次へ')).to.include({ url: 'file:///app/%E8%A7%A3.ts', lineNumber: 2, columnNumber: 0 });
    expect(frameOf('(anonymous)')).to.include({ url: '', lineNumber: -1, columnNumber: -1 });
  });

  for (const clock of ['wall', 'cpu'] as const) {
    it(`keeps what V8's files keep, and the ${clock} time of each node to a µs`, () => {
      const profile = richProfile();
      const file = read(renderCpuprofile(profile, { clock }));
      const ids = file.nodes.map(({ id }) => id);
      expect(new Set(ids).size).to.equal(ids.length);
      const children = file.nodes.flatMap((node) => node.children ?? []);
      expect(children).to.have.members(ids.slice(1)); // each once: a tree
      expect(file.samples).to.have.length(file.timeDeltas.length);
      for (const delta of file.timeDeltas) expect(Number.isInteger(delta) && delta >= 0).to.equal(true);
      expect(file.timeDeltas.reduce((sum, delta) => sum + delta, 0)).to.equal(file.endTime - file.startTime);

      const parentOf = new Map(file.nodes.flatMap(({ id, children: all }) => (all ?? []).map((child) => [child, id])));
      const pathOf = (id: number | undefined): string => {
        if (id === undefined) return '';
        const { functionName } = file.nodes.find((node) => node.id === id)!.callFrame;
        return `${pathOf(parentOf.get(id))}/${functionName}`;
      };
      const shown = new Map([...selfUs(file)].map(([id, us]) => [pathOf(id), us]));
      profile.stacks.forEach((node, i) => {
        const names: string[] = [];
        for (let at = i; at > 0; at = profile.stacks[at].parent) {
          names.unshift(profile.functions[profile.stacks[at].fn].name || '(anonymous)');
        }
        const ns = (clock === 'wall' ? node.selfWallNs : node.selfCpuNs)!;
        expect((shown.get(['', '(root)', ...names].join('/')) ?? 0) * 1000, names.join('/')).to.be.closeTo(ns, 1000);
      });
    });
  }

  it('lets no rounding add up: 5,000 stacks of 400 ns are 2 ms', () => {
    const small = smallProfile();
    const [root, leaf] = [small.stacks[0], small.stacks[1]];
    const parts = [{ ...leaf.parts[0], selfWallNs: 400 }];
    const stacks = [root, ...Array.from({ length: 5_000 }, () => ({ ...leaf, selfWallNs: 400, parts }))];
    const { endTime, startTime } = read(renderCpuprofile({ ...small, stacks }));
    expect(endTime - startTime).to.equal(2_000);
  });

  it('gives an empty profile its root', () => {
    const file = read(renderCpuprofile(makeProfile()));
    expect(file).to.deep.include({ startTime: 0, endTime: 0, samples: [], timeDeltas: [] });
    expect(file.nodes.map(({ callFrame }) => callFrame.functionName)).to.deep.equal(['(root)']);
  });

  it('refuses a clock that is none, and CPU time where there is none', () => {
    const render = (clock: string, profile = smallProfile()) => renderCpuprofile(profile, { clock: clock as 'cpu' });
    expect(() => render('sun')).to.throw(
      EverycallError,
      "renderCpuprofile() expects 'clock' to be wall or cpu, got 'sun'",
    );
    expect(() => render('cpu', withoutCpu(smallProfile()))).to.throw(
      EverycallError,
      "renderCpuprofile() expects 'clock' to be wall, the only one in this profile, got 'cpu'",
    );
    expect(render('wall', withoutCpu(smallProfile()))).to.equal(render('wall'));
  });

  describeInSpeedscope((show) => {
    it('shows self and total of every function to a µs a stack', async () => {
      const profile = richProfile();
      const shown = await show('x.cpuprofile', renderCpuprofile(profile, { clock: 'cpu' }));
      expect(shown.complaints).to.deep.equal([]);
      const times = timesOfStacks(profile, ({ selfCpuNs }) => selfCpuNs ?? 0);
      times.delete('(event loop)'); // its time has no frame here
      const [{ rows }] = shown.profiles;
      // One of them took no CPU time, so it is in no sample.
      expect(rows.map(({ name }) => name)).to.have.members([...times.keys()]);
      for (const row of rows) {
        const { selfNs, totalNs } = times.get(row.name)!;
        const [self, total] = [shownNs(row.self), shownNs(row.total)];
        const offNs = 1000 * profile.stacks.length;
        expect(self.ns, `self of ${row.name}`).to.be.closeTo(selfNs, self.roundingNs + offNs);
        expect(total.ns, `total of ${row.name}`).to.be.closeTo(totalNs, total.roundingNs + offNs);
      }
    });
  });
});
