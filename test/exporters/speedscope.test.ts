// renderSpeedscope(): what its file holds, and that speedscope itself shows our figures.
import { expect } from 'chai';
import { EverycallError } from '../../src/errors.ts';
import { renderSpeedscope } from '../../src/exporters/speedscope.ts';
import type { StackPart } from '../../src/profile.ts';
import { richProfile, smallProfile } from '../support/flame-profiles.ts';
import { stackOf } from '../../src/statistics/assembly.ts';
import { makeFunction, makeProfile, makeStackPart, ROOT, withoutCpu } from '../support/profiles.ts';
import { describeInSpeedscope, shownNs, timesOfStacks } from '../support/speedscope.ts';

const namesOf = (text: string) =>
  (JSON.parse(text) as { profiles: { name: string }[] }).profiles.map(({ name }) => name);

describe('renderSpeedscope()', () => {
  it('writes frames once, and a stack with its time in ns for each node of the tree', () => {
    expect(JSON.parse(renderSpeedscope(withoutCpu(smallProfile())))).to.deep.equal({
      $schema: 'https://www.speedscope.app/file-format-schema.json',
      name: '/app/main.js',
      exporter: 'everycall',
      activeProfileIndex: 0,
      shared: {
        frames: [
          { name: '(event loop)' },
          { name: 'main', file: '/app/main.js', line: 2, col: 1 },
          { name: 'parse', file: '/app/main.js', line: 3, col: 1 },
          { name: 'next', file: '/app/main.js', line: 4, col: 1 },
        ],
      },
      profiles: [
        {
          type: 'sampled',
          name: 'wall time, all threads',
          unit: 'nanoseconds',
          startValue: 0,
          endValue: 3_263_000,
          samples: [[1], [1, 2], [1, 2, 3], [1, 3]],
          weights: [1_000, 2_500_000, 750_000, 12_000],
        },
      ],
    });
  });

  it('keeps what the schema asks for: stacks of frames that exist, a weight for each, an end that is their sum', () => {
    const file = JSON.parse(renderSpeedscope(richProfile()));
    for (const { samples, weights, startValue, endValue } of file.profiles) {
      expect(weights).to.have.length(samples.length);
      expect(weights.reduce((sum: number, ns: number) => sum + ns, 0)).to.equal(endValue - startValue);
      for (const frame of samples.flat()) expect(file.shared.frames[frame].name).to.be.a('string').that.is.not.empty;
      for (const ns of weights) expect(ns).to.be.above(0);
    }
  });

  it('has a profile for all threads and one for each of several, by wall and by CPU time', () => {
    const titles = [
      'all threads',
      '4711: main',
      '4711: pool; of\nworkers 7 (1)',
      '4711: pool; of\nworkers 7 (2)',
      '4712: main',
      '4711: ended threads, together',
    ];
    expect(namesOf(renderSpeedscope(richProfile()))).to.deep.equal([
      ...titles.map((title) => `wall time, ${title}`),
      ...titles.map((title) => `CPU time, ${title}`),
    ]);
    expect(namesOf(renderSpeedscope(smallProfile()))).to.deep.equal([
      'wall time, all threads',
      'CPU time, all threads',
    ]);
    expect(namesOf(renderSpeedscope(withoutCpu(smallProfile())))).to.deep.equal(['wall time, all threads']);
  });

  it('is not stopped by a stack of 20,000 calls', () => {
    const depth = 20_000;
    const stacks = Array.from({ length: depth + 1 }, (_, node) =>
      stackOf(node - 1, node === 0 ? 0 : 1, node === depth ? [makeStackPart({ samples: 1, selfWallNs: 5 })] : []),
    );
    const profile = withoutCpu(makeProfile({ functions: [ROOT, makeFunction(1)], stacks }));
    const { samples, weights } = JSON.parse(renderSpeedscope(profile)).profiles[0];
    expect(samples).to.deep.equal([Array(depth).fill(1)]);
    expect(weights).to.deep.equal([5]);
  });

  it('takes a name, and refuses one that is no text', () => {
    expect(JSON.parse(renderSpeedscope(smallProfile(), { name: 'nightly' })).name).to.equal('nightly');
    expect(() => renderSpeedscope(smallProfile(), { name: 7 as never }))
      .to.throw(EverycallError, "renderSpeedscope() expects 'name' to be a string, got 7")
      .with.property('code', 'bad-option');
  });

  describeInSpeedscope((show) => {
    it('shows self and total of every function as the stacks have them, for each profile', async () => {
      const profile = richProfile();
      const shown = await show('x.speedscope.json', renderSpeedscope(profile, { name: 'rich' }));
      expect(shown.complaints).to.deep.equal([]);
      expect(shown.pageTitle).to.equal('rich - speedscope');
      expect(shown.profiles).to.have.length(12);
      const threads = [undefined, 0, 1, 2, 3, -1];
      shown.profiles.forEach(({ name, rows }, i) => {
        const clock = i < 6 ? 'selfWallNs' : 'selfCpuNs';
        const thread = threads[i % 6];
        const times = timesOfStacks(profile, (part: StackPart) =>
          thread === undefined || part.thread === thread ? (part[clock] ?? 0) : 0,
        );
        expect(name.startsWith(i < 6 ? 'wall time' : 'CPU time')).to.equal(true);
        expect(rows.map((row) => row.name)).to.have.members(
          [...times.keys()].map((known) => (known === '' ? '(anonymous)' : known)),
        );
        for (const row of rows) {
          const { selfNs, totalNs } = times.get(row.name === '(anonymous)' ? '' : row.name)!;
          const [self, total] = [shownNs(row.self), shownNs(row.total)];
          expect(self.ns, `${name}: self of ${row.name}`).to.be.closeTo(selfNs, self.roundingNs);
          // Our event loop is no function: its own time is its total.
          const expected = row.name === '(event loop)' ? selfNs : totalNs;
          expect(total.ns, `${name}: total of ${row.name}`).to.be.closeTo(expected, total.roundingNs);
        }
      });
    });

    it('opens an empty profile without complaint', async () => {
      const shown = await show('x.speedscope.json', renderSpeedscope(makeProfile()));
      expect(shown.complaints).to.deep.equal([]);
      expect(shown.profiles.map(({ rows }) => rows.length)).to.deep.equal([0, 0]);
    });
  });
});
