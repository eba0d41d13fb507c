// The report as a page: keys, dark mode, narrow windows, empty profiles, and names that would be code.
import { expect } from 'chai';
import { type Page } from 'playwright-core';
import { makeProfile, makeThread, profileOfSpans } from '../../support/profiles.ts';
import {
  describeReport,
  expectText,
  isFunction,
  names,
  OVERFLOW,
  PROFILE,
  shot,
  sortedBy,
  tab,
} from './report-page.ts';

describeReport('as a whole', (open) => {
  it('is used by keys alone', async () => {
    const page = await open(PROFILE);
    await page.keyboard.press('t');
    const expected = PROFILE.functions.filter(isFunction).sort((a, b) => b.selfWallNs - a.selfWallNs);
    for (const key of ['j', 'ArrowDown', 'j', 'k', 'Enter']) await page.keyboard.press(key);
    await expectText(page, '.detail h2', expected[1].name);
    expect(await page.locator(':focus').innerText()).to.equal(expected[1].name);
    await page.keyboard.press('Escape');
    expect(await page.locator(':focus').getAttribute('role')).to.equal('grid');
    await page.keyboard.press('>');
    await page.waitForSelector(sortedBy('self cpu', 'desc'));
    await page.keyboard.press('r');
    await page.waitForSelector(sortedBy('self cpu', 'asc'));
    await page.keyboard.press('/');
    await page.keyboard.type('render');
    expect(await page.getByLabel('Search names and files').inputValue()).to.equal('render');
    await page.keyboard.press('Enter');
    await page.keyboard.press('f');
    expect(await page.getByRole('tab', { selected: true }).innerText()).to.equal('Flame graph');
    await page.keyboard.press('Escape');
    expect(await page.getByLabel('Search names and files').inputValue()).to.equal('');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').innerText()).to.include('search names and files');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).to.equal(0);
  });

  it('is dark where the system is, and where one wants it', async () => {
    const background = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await open(PROFILE);
    const paper = await background(light);
    await light.getByLabel('Dark mode').click();
    const ink = await background(light);
    expect(ink).to.not.equal(paper);
    await shot(light, 'flame-dark');
    const dark = await open(PROFILE, { context: { colorScheme: 'dark' } });
    expect(await background(dark)).to.equal(ink);
    await dark.emulateMedia({ colorScheme: 'light' });
    await dark.locator('html[data-theme="light"]').waitFor();
    expect(await background(dark)).to.equal(paper);
  });

  for (const width of [360, 1600]) {
    it(`fits ${width} pixels`, async () => {
      const page = await open(PROFILE, { context: { viewport: { width, height: 720 } } });
      const overflowPx = () => page.evaluate<number>(OVERFLOW);
      for (const name of ['Flame graph', 'Threads', 'Tags', 'Functions']) {
        await tab(page, name);
        expect(await overflowPx(), name).to.equal(0);
        await shot(page, `${width}-${name.toLowerCase().replace(' ', '-')}`);
      }
      await page.locator('.functions tbody tr:not(.gap)').first().click();
      const detail = (await page.locator('.detail').boundingBox())!;
      expect(detail.x).to.be.at.least(0);
      expect(detail.x + detail.width).to.be.at.most(width);
      expect(await overflowPx()).to.equal(0);
      await shot(page, `${width}-detail`);
    });
  }

  it('welcomes an empty profile', async () => {
    const page = await open(makeProfile({ sessions: [] }));
    await page.getByText('The profiler was never started.').waitFor();
    await shot(page, 'empty');
  });

  it('shows texts of any kind as texts', async () => {
    const hostile = [
      '</script><img src=x onerror="window.hacked = true">',
      '<b>bold</b>&amp;',
      'اسم طويل',
      '\u202eevil',
      '名前🔥',
      'x'.repeat(50_000),
      'a\nb\u2028c',
      '__proto__',
      "'; DROP TABLE calls; --",
    ];
    const profile = profileOfSpans([hostile.map((name, i) => [name, 1e6 * (i + 1)])]);
    const page = await open(
      {
        ...profile,
        threads: [makeThread(0, { name: hostile[0] })],
        tags: [{ id: 0, name: hostile[0], wallNs: 1, cpuNs: 1, calls: 1 }],
        functions: profile.functions.map((fn) => (fn.kind === 'root' ? fn : { ...fn, file: `/app/${fn.name}` })),
        notInstrumented: [{ name: 'x', file: 'x', line: 1, column: 0, kind: 'function', reason: hostile[0] }],
      },
      { title: hostile[0] },
    );
    expect(await page.title()).to.equal(`${hostile[0]} · everycall`);
    await tab(page, 'Functions');
    expect((await names(page)).sort()).to.deep.equal([...hostile].sort());
    for (let row = 0; row < hostile.length; row++) {
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Escape');
    }
    for (const name of ['Threads', 'Tags', 'Flame graph']) await tab(page, name);
    await page.getByRole('button', { name: 'About this profile' }).click();
    expect(await page.getByRole('dialog').innerText()).to.include(hostile[0]);
    await page.keyboard.press('Escape');
    expect(await page.locator('img, b').count()).to.equal(0);
    expect(await page.evaluate<boolean>('"hacked" in window')).to.equal(false);
    expect(await page.evaluate<number>(OVERFLOW)).to.equal(0);
    await shot(page, 'hostile');
  });
});
