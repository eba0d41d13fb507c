// A foreign reader of flame formats: speedscope's own page, out of its npm package, in a real browser. Imports a file as a
// person does and reads the tables that the page shows. Knows nothing of our exporters.
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import type { Profile, StackPart } from '../../src/profile.ts';
import { chromiumPath, openBrowser, serveFolder, watchedPage } from './browser.ts';
import type { Site } from './browser.ts';

/** One row of the Sandwich view, as shown: `8.00s (62%)`. */
export interface ShownRow {
  readonly name: string;
  readonly total: string;
  readonly self: string;
}

export interface ShownProfile {
  /** As in the middle of the toolbar, without `(1/6)`. */
  readonly name: string;
  readonly rows: readonly ShownRow[];
}

export interface Shown {
  readonly pageTitle: string;
  readonly profiles: readonly ShownProfile[];
  /** Console errors, exceptions and dialogs. */
  readonly complaints: readonly string[];
}

function serveSpeedscope(): Promise<Site> {
  return serveFolder(fileURLToPath(new URL('../../node_modules/speedscope/dist/release', import.meta.url)));
}

/** Imports the file and walks through the Sandwich view of its profiles; for profiles of a screenful of functions. */
async function showInSpeedscope(browser: Browser, site: Site, name: string, content: string): Promise<Shown> {
  const { page, complaints } = await watchedPage(browser);
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(site.url);
  const buffer = Buffer.from(content);
  await page.locator('#file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await page.getByText('Sandwich').click({ timeout: 15_000 });
  const readRows = async () => {
    await page.getByText('Symbol Name').waitFor();
    const rows = await page
      .locator('tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    const header = rows.findLastIndex((cells) => cells.join() === 'Total,Self,Symbol Name');
    return rows
      .slice(header + 1)
      .filter((cells) => cells.length === 3)
      .map(([total, self, symbol]) => ({ name: symbol, total, self }));
  };
  const readName = async () => {
    const lines = (await page.locator('body').innerText()).split('\n').map((line) => line.trim());
    const toolbar = lines.findIndex((line) => line.includes('Sandwich'));
    const [, shown, at, of] = /^(.*?)(?: \((\d+)\/(\d+)\))?$/.exec(lines[toolbar + 1])!;
    return { shown, at: Number(at ?? 1), of: Number(of ?? 1) };
  };
  const profiles: ShownProfile[] = [];
  for (;;) {
    const { shown, at, of } = await readName();
    profiles.push({ name: shown, rows: await readRows() });
    if (at >= of) break;
    await page.keyboard.press('n');
    await page.getByText(`(${at + 1}/${of})`).waitFor();
  }
  const pageTitle = await page.title();
  await page.context().close();
  return { pageTitle, profiles, complaints };
}

const UNIT_NS: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9, '': 1 };

/** `4.30µs (<0.01%)` in ns, and how far off a number of two decimals may be. */
export function shownNs(text: string): { readonly ns: number; readonly roundingNs: number } {
  const time = /^(?:(\d+):)?([\d.,]+)(ns|µs|ms|s|) \(/.exec(text);
  if (time === null) throw new Error(`expected a time as speedscope shows it, got '${text}'`);
  const [, minutes, figure, unit] = time;
  if (minutes !== undefined) return { ns: (Number(minutes) * 60 + Number(figure)) * 1e9, roundingNs: 1e9 };
  return {
    ns: Number(figure.replaceAll(',', '')) * UNIT_NS[unit],
    roundingNs: unit === '' ? 0 : UNIT_NS[unit] * 0.0051,
  };
}

/** Self and total of each function by name, straight from the stacks; recursion counts once. What has no time is left out. */
export function timesOfStacks(
  { stacks, functions }: Profile,
  timeOf: (part: StackPart) => number,
): Map<string, { selfNs: number; totalNs: number }> {
  const times = new Map<string, { selfNs: number; totalNs: number }>();
  const rowOf = (name: string) => times.get(name) ?? times.set(name, { selfNs: 0, totalNs: 0 }).get(name)!;
  for (const node of stacks) {
    const ns = node.parts.reduce((sum, part) => sum + timeOf(part), 0);
    if (ns === 0) continue;
    rowOf(functions[node.fn].name).selfNs += ns;
    const names = new Set<string>();
    for (let at = node; at.parent !== -1; at = stacks[at.parent]) names.add(functions[at.fn].name);
    for (const name of names) rowOf(name).totalNs += ns;
  }
  return times;
}

/** Tests that show a file in speedscope; one browser for all of them. */
export function describeInSpeedscope(define: (show: (name: string, content: string) => Promise<Shown>) => void): void {
  describe('in speedscope (needs chromium)', () => {
    let browser: Browser;
    let site: Site;
    before(async function () {
      if (chromiumPath() === undefined) this.skip();
      [browser, site] = [await openBrowser(), await serveSpeedscope()];
    });
    after(async () => {
      await browser?.close();
      await site?.close();
    });
    define((name, content) => showInSpeedscope(browser, site, name, content));
  });
}
