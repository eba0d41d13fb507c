// The live page in a real browser, in front of real processes. With EVERYCALL_SCREENSHOTS=1 the pictures of docs/live.md are
// taken anew.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { parseJson } from '../../src/exporters/json.ts';
import { ask, askJson, type Target } from '../../src/monitor/client.ts';
import type { MonitorStatus } from '../../src/monitor/frame.ts';
import { serveWeb, type WebServer } from '../../src/monitor/web-server.ts';
import { cell, OVERFLOW } from '../exporters/html/report-page.ts';
import { CLI } from '../register/programs.ts';
import { chromiumPath, openBrowser, watchedPage } from '../support/browser.ts';
import { monitored, until } from './processes.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const DOCS = join(REPOSITORY, 'docs');
const SHOP = 'examples/shop/main.ts';
const LARGEST_PICTURE_BYTES = 150 << 10;

/** Does something, then nothing more. */
const DONE = `
  function f() { g(); g(); }
  function g() { for (let i = 0; i < 1e4; i++) Math.sqrt(i); }
  for (let i = 0; i < 321; i++) f();
  console.log('up');
  setInterval(() => {}, 1000);
`;

/** 5,000 functions, each called ten times a second. */
const MANY = `
  ${Array.from({ length: 5000 }, (_, i) => `function f${i}() { return ${i}; }`).join('\n')}
  function all5000() { ${Array.from({ length: 5000 }, (_, i) => `f${i}();`).join(' ')} }
  console.log('up');
  setInterval(all5000, 100);
`;

describe('the live page in a browser (needs chromium)', () => {
  let browser: Browser;
  let server: WebServer | undefined;
  let complaints: string[] = [];

  before(async function () {
    if (chromiumPath() === undefined) this.skip();
    browser = await openBrowser();
  });
  after(() => browser?.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    server?.close();
    expect(complaints).to.deep.equal([]);
  });
  const project = monitored(); // after the page: a process that is gone is a complaint of its page

  async function open(target: { readonly path: string }, context: BrowserContextOptions = {}): Promise<Page> {
    server = await serveWeb(target.path);
    const watched = await watchedPage(browser, context);
    complaints = watched.complaints;
    await watched.page.goto(server.address);
    await watched.page.waitForSelector('.functions tbody tr:not(.gap), .thread-lanes');
    return watched.page;
  }

  const start = (text: string) => project({ 'app.cjs': text }).startCommand([CLI, '--monitor', '--quiet', 'app.cjs']);
  const frames = async (page: Page) => Number(await page.locator('.page').getAttribute('data-frames'));
  const status = (target: Target) => askJson<MonitorStatus>(target, '/v1/status');
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  it('shows the figures of a snapshot, finds, opens details, saves', async () => {
    const app = await start(DONE);
    const page = await open(app);
    const profile = parseJson((await ask(app, '/v1/snapshot?format=json')).body.toString('utf8'));
    for (const fn of profile.functions.filter(({ name }) => name === 'f' || name === 'g')) {
      expect(await cell(page, fn.name, 'calls')).to.equal(fn.calls.toLocaleString('en-US'));
    }
    expect(await cell(page, 'f', 'calls')).to.equal('321');
    await page.keyboard.press('/');
    await page.keyboard.type('app.cjs:2');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.search output:text-is("1 function")');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.callees [data-fn]:has-text("g")');
    await page.keyboard.press('Escape');
    await page.keyboard.press('w');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.formats button', { hasText: 'json' }).first().click(),
    ]);
    const saved = readFileSync(await download.path(), 'utf8');
    expect(download.suggestedFilename()).to.match(/^everycall-\d+-[\d-]+\.json$/);
    expect(parseJson(saved).functions.find(({ name }) => name === 'f')!.calls).to.equal(321);
  });

  it('starts, stops, clears, marks, pauses, and says when the process has ended', async () => {
    const app = await start(`console.log('up'); function f() {} function once() {} once(); setInterval(f, 20);`);
    const page = await open(app);
    await press(page, 'Mark');
    await page.waitForSelector('.since');
    await page.waitForSelector('.name:text-is("once")', { state: 'detached' });
    await page.waitForSelector('.name:text-is("f")'); // there is nothing in the moment of the mark
    expect(Number(await cell(page, 'f', 'calls'))).to.be.below(60);
    await press(page, 'All figures');
    expect(await cell(page, 'once', 'calls')).to.equal('1');
    await press(page, 'Stop');
    await page.waitForSelector('.state:text-is("not profiling")');
    expect((await status(app)).isRunning).to.equal(false);
    await press(page, 'Start');
    await page.waitForSelector('.state:text-is("profiling")');
    await press(page, 'Clear');
    await page.waitForSelector('.name:text-is("once")', { state: 'detached' });
    await press(page, 'Pause');
    await page.waitForSelector('.state:text-is("paused")');
    const paused = await frames(page);
    await page.waitForTimeout(700);
    expect(await frames(page)).to.equal(paused);
    await press(page, 'Go on');
    await until(async () => (await frames(page)) > paused);
    const before = await page.evaluate('document.documentElement.dataset.theme');
    await page.getByRole('button', { name: /(Dark|Light) mode/ }).click();
    expect(await page.evaluate('document.documentElement.dataset.theme')).to.not.equal(before);
    process.kill(app.pid, 'SIGTERM');
    await page.waitForSelector('.warning:has-text("The process has ended")');
    complaints = []; // that it no longer answers is no fault of the page
  });

  it('goes on while the main thread never comes back', async () => {
    const app = await start(
      `console.log('up'); function stuck() { for (;;) step(); } function step() {} setTimeout(stuck, 300);`,
    );
    const page = await open(app);
    await page.keyboard.press('p');
    await page.waitForSelector('.lane .pill.is-blocked');
    const before = await frames(page);
    await until(async () => (await frames(page)) >= before + 20); // 5 s of the loop
    await page.keyboard.press('b');
    await page.waitForSelector('.blocks tr.is-going-on:has-text("stuck"):has-text("goes on")');
    process.kill(app.pid, 'SIGKILL');
    await page.waitForSelector('.warning:has-text("The process has ended"), .warning:has-text("Connection lost")');
    complaints = [];
  });

  it('takes 5,000 functions that all change, frame by frame', async () => {
    const app = await start(MANY);
    const page = await open(app);
    await page.waitForSelector('.facts-line:has-text("5002 functions")');
    const [before, at] = [await frames(page), Date.now()];
    await until(async () => (await frames(page)) >= before + 12);
    console.log(`      12 frames in ${((Date.now() - at) / 1000).toFixed(1)} s`); // 3 s where nothing else runs
    for (const name of ['f1234', 'f2345', 'f4999']) {
      await page.getByRole('searchbox').fill(name);
      await page.waitForSelector('.search output:text-is("1 function")');
      const calls = Number(await cell(page, name, 'calls'));
      await until(async () => Number(await cell(page, name, 'calls')) > calls);
    }
  });

  it('shows the shop: pictures of docs/live.md, by day and by night, wide and narrow', async () => {
    const app = await project({}).startCommand([CLI, '--monitor', '--quiet', SHOP], {}, REPOSITORY);
    const isKept = process.env['EVERYCALL_SCREENSHOTS'] === '1';
    const folder = isKept ? DOCS : join(tmpdir(), 'everycall-artefacts');
    mkdirSync(folder, { recursive: true });
    const picture = async (page: Page, name: string) => {
      const path = join(folder, `live-${name}.png`);
      await page.screenshot({ path });
      expect(statSync(path).size, name).to.be.below(LARGEST_PICTURE_BYTES);
    };
    const page = await open(app, { viewport: { width: 1180, height: 500 } });
    await page.waitForSelector('.name:text-is("checkSpelling")');
    await page.waitForTimeout(isKept ? 35_000 : 1500);
    await picture(page, 'functions');
    for (const [key, name, ready] of [
      ['f', 'flame', '.flame canvas'],
      ['p', 'threads', '.lane-canvas'],
      ['b', 'blocks', '.view'],
      ['g', '', '.lanes'],
    ]) {
      await page.keyboard.press(key);
      await page.waitForSelector(ready);
      await page.waitForTimeout(300);
      if (name === 'threads') await page.emulateMedia({ colorScheme: 'dark' });
      await page.waitForTimeout(300);
      if (name !== '') await picture(page, name);
      await page.emulateMedia({ colorScheme: 'light' });
    }
    await page.setViewportSize({ width: 400, height: 800 });
    for (const key of ['t', 'f', 'p', 'b', 'g']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(300);
      expect(await page.evaluate(OVERFLOW), key).to.be.at.most(0);
      if (key === 't') await picture(page, 'narrow');
    }
  });
});
