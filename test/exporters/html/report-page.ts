// A report in a real browser, for the tests of what people see and press: one browser for a suite, and after each test no
// complaint of the page and nothing that it has asked for but its own file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { renderHtml } from '../../../src/exporters/html/render.ts';
import type { HtmlOptions } from '../../../src/exporters/html/render.ts';
import type { FunctionStats, Profile } from '../../../src/profile.ts';
import { chromiumPath, openBrowser, watchedPage } from '../../support/browser.ts';
import { bigProfile } from './big-profile.ts';

/** Screenshots are kept here, outside the repository. */
const ARTEFACTS = process.env.EVERYCALL_ARTEFACTS ?? join(tmpdir(), 'everycall-artefacts');

/** By how much the page is wider than the window. In the page, so without types. */
export const OVERFLOW = 'document.documentElement.scrollWidth - window.innerWidth';

export const PROFILE = bigProfile({ functions: 400, stacks: 1500, threads: 3, tags: 2 });

export const isFunction = ({ kind }: FunctionStats): boolean => kind !== 'root';

export type OpenReport = (
  profile: Profile,
  options?: HtmlOptions & { context?: BrowserContextOptions },
) => Promise<Page>;

/** Defines a suite whose tests open reports; it is skipped without a browser, as its title says. */
export function describeReport(title: string, define: (open: OpenReport) => void): void {
  describe(`HTML report in a browser (needs chromium): ${title}`, () => {
    let browser: Browser;
    let folder: string;
    let complaints: string[] = [];
    let requests: string[] = [];

    before(async function () {
      if (chromiumPath() === undefined) this.skip();
      browser = await openBrowser();
      folder = mkdtempSync(join(tmpdir(), 'everycall-html-'));
      mkdirSync(ARTEFACTS, { recursive: true });
    });

    after(async () => {
      await browser?.close();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });

    afterEach(async () => {
      expect(complaints).to.deep.equal([]);
      expect(requests.filter((url) => !url.startsWith('data:'))).to.deep.equal([
        pathToFileURL(join(folder, 'report.html')).href,
      ]);
      for (const context of browser.contexts()) await context.close();
    });

    define(async (profile, { context, ...options } = {}) => {
      const file = join(folder, 'report.html');
      writeFileSync(file, renderHtml(profile, options));
      const watched = await watchedPage(browser, context);
      complaints = watched.complaints;
      requests = [];
      watched.page.on('request', (request) => requests.push(request.url()));
      await watched.page.goto(pathToFileURL(file).href);
      await watched.page.waitForSelector('.page');
      return watched.page;
    });
  });
}

export const shot = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: join(ARTEFACTS, `html-${name}.png`) });

export const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click();

/** Names of the rows in sight, from above. */
export const names = (page: Page): Promise<string[]> =>
  page.locator('.functions tbody tr:not(.gap) .name').allTextContents();

export const sortedBy = (column: string, order: string): string =>
  `.functions th[aria-sort="${order}ending"]:has-text("${column}")`;

/** What a row shows in a column, as text without spaces. */
export async function cell(page: Page, name: string, column: string): Promise<string> {
  const titles = await page.locator('.functions thead th').allTextContents();
  const at = titles.findIndex((title) => title.replace(/[▲▼]/, '') === column);
  expect(at, column).to.be.at.least(0);
  const row = page.locator('.functions tbody tr:not(.gap)', { has: page.getByText(name, { exact: true }) });
  return (await row.locator('th, td').nth(at).innerText()).replace(/\s/g, '');
}

/** Waits until an element has exactly this text. */
export async function expectText(page: Page, selector: string, text: string): Promise<void> {
  await page
    .locator(`${selector}:text-is(${JSON.stringify(text)})`)
    .first()
    .waitFor();
}

/** `1.234ms` in ns. */
export function approximately(text: string): number {
  const [, value, unit] = /^([\d.]+)(ns|µs|ms|s)$/.exec(text) ?? expect.fail(`no duration: ${text}`);
  return Number(value) * { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }[unit]!;
}
