// The report's table of functions: order, figures and search are those of the profile, counted anew here.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type FunctionStats } from '../../../src/profile.ts';
import { profileOfSpans } from '../../support/profiles.ts';
import { bigProfile } from './big-profile.ts';
import { cell, describeReport, expectText, isFunction, names, PROFILE, shot, sortedBy, tab } from './report-page.ts';

/** Generous: the machine may be shared. The aim is 1 s. */
const PAINT_WITHIN_MS = 20_000;

const search = (page: Page, text: string) => page.getByLabel('Search names and files').fill(text);

describeReport('the table', (open) => {
  it('paints the flame graph and the table of 20,000 functions', async function () {
    const page = await open(bigProfile({ functions: 20_000, stacks: 60_000, threads: 4, tags: 0 }));
    const painted = async (view: string) => {
      const name = `everycall:${view}`;
      await page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, name);
      return page.evaluate((mark) => performance.getEntriesByName(mark)[0].startTime, name);
    };
    const flameMs = await painted('flame');
    const pressedMs = await page.evaluate(() => performance.now());
    await page.keyboard.press('t');
    const tableMs = (await painted('table')) - pressedMs;
    console.log(`      flame graph ${Math.round(flameMs)} ms after navigation, table ${Math.round(tableMs)} ms more`);
    expect(flameMs + tableMs).to.be.below(PAINT_WITHIN_MS);
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).to.equal('20000'); // 19,999 and the head
    expect(await page.locator('.functions tbody tr').count()).to.be.below(100);
    await page.keyboard.press('End');
    await page.locator('tr.active[aria-rowindex="20000"]').waitFor();
    await shot(page, '20000-functions');
  });

  it('sorts by every column, there and back, as the profile sorts', async () => {
    const page = await open(PROFILE, { context: { viewport: { width: 1900, height: 700 } } });
    await tab(page, 'Functions');
    const values: Record<string, (fn: FunctionStats) => number> = {
      calls: (fn) => fn.calls,
      errors: (fn) => fn.errors,
      open: (fn) => fn.open,
      'self %': (fn) => fn.selfWallNs,
      'self wall': (fn) => fn.selfWallNs,
      'self cpu': (fn) => fn.selfCpuNs!,
      'total wall': (fn) => fn.totalWallNs,
      'total cpu': (fn) => fn.totalCpuNs!,
      await: (fn) => fn.awaitNs,
      avg: (fn) => fn.totalWallNs / fn.calls,
      max: (fn) => fn.maxTotalNs,
    };
    const functions = PROFILE.functions.filter(isFunction);
    for (const [column, value] of Object.entries(values)) {
      const button = page.locator('.functions thead button', { hasText: new RegExp(`^${column}[▲▼]?$`) });
      for (const [order, sign] of [
        ['desc', -1],
        ['asc', 1],
      ] as const) {
        await button.click();
        await page.waitForSelector(sortedBy(column, order));
        const expected = [...functions].sort((a, b) => sign * (value(a) - value(b))).map(({ name }) => name);
        const shown = await names(page);
        expect(shown, `${column} ${order}`).to.deep.equal(expected.slice(0, shown.length));
      }
    }
    await page.locator('.functions thead button', { hasText: 'function' }).click();
    await page.waitForSelector(sortedBy('function', 'asc'));
    const lower = functions.map(({ name }) => name.toLowerCase()).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const shown = await names(page);
    expect(shown.map((name) => name.toLowerCase())).to.deep.equal(lower.slice(0, shown.length));
  });

  it('shows the figures of the profile', async () => {
    const profile = profileOfSpans([[['f', 1_500_000, ['g', 2_000_000], ['f', 500_000]]]]);
    const page = await open(profile);
    await tab(page, 'Functions');
    expect(await cell(page, 'f', 'calls')).to.equal('2');
    expect(await cell(page, 'f', 'primitive')).to.equal('1');
    expect(await cell(page, 'f', 'self wall')).to.equal('2.000ms');
    expect(await cell(page, 'f', 'total cpu')).to.equal('4.000ms');
    expect(await cell(page, 'f', 'avg')).to.equal('2.000ms');
    expect(await cell(page, 'g', 'self %')).to.equal('50.0%');
  });

  it('finds by name and file, tells how many, and which share of time', async () => {
    const page = await open(PROFILE);
    await search(page, 'ACORN resolve');
    const found = PROFILE.functions.filter(
      ({ name, file }) => /resolve/i.test(name + file) && /acorn/i.test(name + file),
    );
    expect(found).to.not.be.empty;
    await expectText(page, '.search output', `${found.length} functions`);
    // Time below a match, by walking up from every node.
    const ids = new Set(found.map(({ id }) => id));
    const isBelow = (node: number): boolean =>
      node > 0 && (ids.has(PROFILE.stacks[node].fn) || isBelow(PROFILE.stacks[node].parent));
    const sum = (all: boolean) =>
      PROFILE.stacks.reduce((ns, { selfWallNs }, n) => ns + (all || isBelow(n) ? selfWallNs : 0), 0);
    const share = ((sum(false) / sum(true)) * 100).toFixed(1);
    expect(await page.locator('.matched').innerText()).to.match(new RegExp(`^matched ${share}%`));
    await shot(page, 'search');
    await tab(page, 'Functions');
    expect((await names(page)).sort()).to.deep.equal(found.map(({ name }) => name).sort());
    await search(page, 'no such function');
    await page.getByText('No function matches.').waitFor();
  });
});
