// The report of a thread, a process, a tag or a clock alone: figures add up as the parts of the profile do.
import { expect } from 'chai';
import { UNTAGGED, type Part } from '../../../src/profile.ts';
import { makeProcess, makeThread, withoutCpu } from '../../support/profiles.ts';
import { approximately, cell, describeReport, isFunction, names, PROFILE, shot, tab } from './report-page.ts';

describeReport('parts of a profile', (open) => {
  for (const [what, choice, isIn] of [
    ['a thread', { Thread: 'thread 1' }, ({ thread }: Part) => thread === 1],
    ['a tag', { Tag: 'tag 1' }, ({ tag }: Part) => tag === 1],
    ['no tag', { Tag: `tag ${UNTAGGED}` }, ({ tag }: Part) => tag === UNTAGGED],
    [
      'a thread under a tag',
      { Thread: 'thread 2', Tag: 'tag 0' },
      ({ thread, tag }: Part) => thread === 2 && tag === 0,
    ],
  ] as const) {
    it(`shows the figures of ${what} alone, as its parts add up`, async () => {
      const page = await open(PROFILE, { context: { viewport: { width: 1900, height: 800 } } });
      for (const [label, value] of Object.entries(choice))
        await page.getByLabel(label, { exact: true }).selectOption(value);
      const stackNs = PROFILE.stacks
        .flatMap(({ parts }) => parts.filter(isIn))
        .reduce((sum, { selfWallNs }) => sum + selfWallNs, 0);
      const facts = (await page.locator('#flame-facts').innerText()).replace(/^everything\s*/, '');
      expect(approximately(facts.split(' wall')[0].replace(/\s/g, ''))).to.be.closeTo(stackNs, stackNs * 1e-3);
      await tab(page, 'Functions');
      const expected = PROFILE.functions
        .filter(isFunction)
        .map(({ name, parts }) => {
          const own = parts.filter(isIn);
          const sum = (of: (part: (typeof own)[number]) => number) => own.reduce((all, part) => all + of(part), 0);
          return {
            name,
            calls: sum(({ calls }) => calls),
            selfWallNs: sum(({ selfWallNs }) => selfWallNs),
            totalCpuNs: sum(({ totalCpuNs }) => totalCpuNs!),
            timed: own.length,
          };
        })
        .filter(({ timed }) => timed > 0)
        .sort((a, b) => b.selfWallNs - a.selfWallNs);
      expect(await page.getByRole('grid').getAttribute('aria-rowcount')).to.equal(String(expected.length + 1));
      for (const { name, calls, selfWallNs, totalCpuNs } of expected.slice(0, 5)) {
        expect(await cell(page, name, 'calls')).to.equal(calls.toLocaleString('en-US'));
        expect(approximately(await cell(page, name, 'self wall'))).to.be.closeTo(selfWallNs, selfWallNs * 1e-3);
        expect(approximately(await cell(page, name, 'total cpu'))).to.be.closeTo(totalCpuNs, totalCpuNs * 1e-3);
      }
    });
  }

  it('chooses a thread or tag from their tables, and processes as a whole', async () => {
    const profile = {
      ...PROFILE,
      processes: [makeProcess({ pid: 1, argv: ['/app/a.js'] }), makeProcess({ pid: 2, argv: ['/app/b.js'] })],
      threads: [makeThread(0), makeThread(1, { process: 1, name: 'main' }), makeThread(2, { process: 1 })],
    };
    const page = await open(profile);
    await tab(page, 'Threads');
    await page.locator('.lanes').getByRole('button', { name: 'worker 2' }).click();
    expect(await page.getByLabel('Thread', { exact: true }).inputValue()).to.equal('thread 2');
    await shot(page, 'threads');
    await tab(page, 'Tags');
    await page.locator('.lanes').getByRole('button', { name: 'GET /items/1' }).click();
    expect(await page.getByLabel('Tag', { exact: true }).inputValue()).to.equal('tag 1');
    await page.getByLabel('Tag', { exact: true }).selectOption('');
    await page.getByLabel('Thread', { exact: true }).selectOption('process 1');
    await tab(page, 'Functions');
    const [first] = await names(page);
    const own = PROFILE.functions.find(({ name }) => name === first)!.parts.filter(({ thread }) => thread > 0);
    expect(await cell(page, first, 'calls')).to.equal(
      own.reduce((sum, { calls }) => sum + calls, 0).toLocaleString('en-US'),
    );
  });

  it('switches the flame graph, average and share from wall to CPU', async () => {
    const page = await open(PROFILE);
    await page.getByRole('button', { name: 'CPU' }).click();
    const cpuNs = PROFILE.stacks.reduce((sum, { selfCpuNs }) => sum + selfCpuNs!, 0);
    const facts = (await page.locator('#flame-facts').innerText()).replace(/^everything\s*/, '');
    expect(facts).to.include(' CPU, 100.0% of all');
    expect(approximately(facts.split(' CPU')[0].replace(/\s/g, ''))).to.be.closeTo(cpuNs, cpuNs * 1e-3);
  });

  it('has no CPU columns nor switch without a CPU clock', async () => {
    const page = await open(withoutCpu(PROFILE));
    expect(await page.getByRole('group', { name: 'Clock' }).count()).to.equal(0);
    await tab(page, 'Functions');
    expect((await page.locator('.functions thead').innerText()).toLowerCase()).to.not.include('cpu');
  });
});
