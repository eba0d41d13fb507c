// The HTML report in a real browser: what people see and press. Figures are compared with the profile, counted anew here.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { renderHtml } from '../../../src/exporters/html/render.ts';
import type { HtmlOptions } from '../../../src/exporters/html/render.ts';
import { UNTAGGED } from '../../../src/profile.ts';
import type { FunctionStats, Part, Profile } from '../../../src/profile.ts';
import { chromiumPath, openBrowser, watchedPage } from '../../support/browser.ts';
import {
  makeEdge,
  makeFunction,
  makeProcess,
  makeProfile,
  makeThread,
  profileOfSpans,
  withoutCpu,
} from '../../support/profiles.ts';
import { bigProfile } from './big-profile.ts';

/** Screenshots are kept here, outside the repository. */
const ARTEFACTS = process.env.EVERYCALL_ARTEFACTS ?? join(tmpdir(), 'everycall-artefacts');

/** Generous: the machine may be shared. The aim is 1 s. */
const PAINT_WITHIN_MS = 20_000;

/** By how much the page is wider than the window. In the page, so without types. */
const OVERFLOW = 'document.documentElement.scrollWidth - window.innerWidth';

const PROFILE = bigProfile({ functions: 400, stacks: 1500, threads: 3, tags: 2 });

const isFunction = ({ kind }: FunctionStats) => kind !== 'root';

describe('HTML report in a browser (needs chromium)', function () {
  let browser: Browser;
  let folder: string;
  let open: (profile: Profile, options?: HtmlOptions & { context?: BrowserContextOptions }) => Promise<Page>;
  let complaints: string[];
  let requests: string[];

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

  beforeEach(() => {
    open = async (profile, { context, ...options } = {}) => {
      const file = join(folder, 'report.html');
      writeFileSync(file, renderHtml(profile, options));
      const watched = await watchedPage(browser, context);
      complaints = watched.complaints;
      requests = [];
      watched.page.on('request', (request) => requests.push(request.url()));
      await watched.page.goto(pathToFileURL(file).href);
      await watched.page.waitForSelector('.page');
      return watched.page;
    };
  });

  afterEach(async () => {
    expect(complaints).to.deep.equal([]);
    expect(requests.filter((url) => !url.startsWith('data:'))).to.deep.equal([
      pathToFileURL(join(folder, 'report.html')).href,
    ]);
    for (const context of browser.contexts()) await context.close();
  });

  const shot = (page: Page, name: string) => page.screenshot({ path: join(ARTEFACTS, `html-${name}.png`) });
  const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click();
  const search = (page: Page, text: string) => page.getByLabel('Search names and files').fill(text);
  /** Names of the rows in sight, from above. */
  const names = (page: Page) => page.locator('.functions tbody tr:not(.gap) .name').allTextContents();
  const sortedBy = (column: string, order: string) => `.functions th[aria-sort="${order}ending"]:has-text("${column}")`;
  /** What a row shows in a column, as text without spaces. */
  async function cell(page: Page, name: string, column: string): Promise<string> {
    const titles = await page.locator('.functions thead th').allTextContents();
    const at = titles.findIndex((title) => title.replace(/[▲▼]/, '') === column);
    expect(at, column).to.be.at.least(0);
    const row = page.locator('.functions tbody tr:not(.gap)', { has: page.getByText(name, { exact: true }) });
    return (await row.locator('th, td').nth(at).innerText()).replace(/\s/g, '');
  }

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

  it('shows callers and callees of a function on click, with the averages of the edge', async () => {
    const page = await open(PROFILE, { context: { viewport: { width: 1600, height: 900 } } });
    await tab(page, 'Functions');
    const fn = [...PROFILE.functions].filter(isFunction).sort((a, b) => b.selfWallNs - a.selfWallNs)[3];
    await page.locator('.functions').getByText(fn.name, { exact: true }).click();
    await expectText(page, '.detail h2', fn.name);
    for (const [end, other] of [
      ['callers', 'caller'],
      ['callees', 'callee'],
    ] as const) {
      const edges = PROFILE.edges
        .filter((edge) => edge[other === 'caller' ? 'callee' : 'caller'] === fn.id)
        .sort((a, b) => b.totalWallNs - a.totalWallNs)
        .slice(0, 25);
      expect(edges).to.not.be.empty;
      const rows = page.locator(`.edges.${end} tbody tr`);
      expect(await rows.count()).to.equal(edges.length);
      for (const [i, edge] of edges.entries()) {
        const cells = (await rows.nth(i).locator('td').allInnerTexts()).map((text) => text.replace(/\s/g, ''));
        expect(await rows.nth(i).locator('.name').innerText()).to.equal(PROFILE.functions[edge[other]].name);
        expect(cells[0]).to.equal(edge.calls.toLocaleString('en-US'));
        expect(approximately(cells[1])).to.be.closeTo(edge.totalWallNs, edge.totalWallNs * 1e-3);
        expect(approximately(cells[4])).to.be.closeTo(
          edge.totalWallNs / edge.calls,
          (edge.totalWallNs / edge.calls) * 1e-3,
        );
      }
    }
    expect(await page.locator('.breakdown.threads tbody tr').count()).to.equal(
      new Set(fn.parts.map(({ thread }) => thread)).size,
    );
    expect(await page.locator('.breakdown.tags tbody tr').count()).to.equal(
      new Set(fn.parts.map(({ tag }) => tag)).size,
    );
    const label = await page.locator('.histogram svg').getAttribute('aria-label');
    const timed = fn.durations.reduce((sum, { calls }) => sum + calls, 0);
    expect(label).to.include(`Durations of ${timed.toLocaleString('en-US')} calls: p50`);
    await shot(page, 'detail');
  });

  it('follows calls from function to function, and goes back', async () => {
    const page = await open(profileOfSpans([[['f', 10, ['g', 5, ['h', 2]]]]]));
    await tab(page, 'Functions');
    await page.locator('.functions').getByText('f', { exact: true }).click();
    await page.locator('.callees').getByRole('button', { name: 'g' }).click();
    await page.locator('.callees').getByRole('button', { name: 'h' }).click();
    await expectText(page, '.detail h2', 'h');
    await page.keyboard.press('Escape');
    await expectText(page, '.detail h2', 'g');
    await page.getByRole('button', { name: '← Back' }).click();
    await expectText(page, '.detail h2', 'f');
    await page.keyboard.press('Escape');
    expect(await page.locator('.detail').count()).to.equal(0);
  });

  it('names the line of a call, and how many callers were cut', async () => {
    const functions = [1, 2, 3].map((id) => makeFunction(id, { calls: 1, totalWallNs: 10 * id, selfWallNs: 1 }));
    const profile = makeProfile({
      functions: [...makeProfile().functions, ...functions],
      edges: [makeEdge(1, 3, { calls: 1, totalWallNs: 10, line: 77 }), makeEdge(2, 3, { calls: 1, totalWallNs: 5 })],
    });
    const page = await open(profile, { maxEdges: 1 });
    await page.locator('.functions').getByText('f3', { exact: true }).click();
    await expectText(page, '.callers .place bdi', 'main.js:77');
    await expectText(page, '.callers p.nothing', '1 with less time is not in this page.');
  });

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

  it('walks the flame graph by keys, zooms in and out, and opens details', async () => {
    const page = await open(profileOfSpans([[['f', 10e6, ['g', 5e6, ['h', 2e6]], ['i', 1e6]]]]));
    const current = () => page.locator('#flame-facts .name').innerText();
    for (const [key, name] of [
      ['ArrowDown', 'f'],
      ['ArrowDown', 'g'],
      ['ArrowRight', 'i'],
      ['ArrowLeft', 'g'],
      ['ArrowDown', 'h'],
    ]) {
      await page.keyboard.press(key);
      await expectText(page, '#flame-facts .name', name);
    }
    expect(await page.locator('#flame-facts').innerText()).to.include('2.000 ms wall, 11.1% of all');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(await page.locator('.crumbs').innerText()).to.match(/everything\s*f\s*g/);
    await page.keyboard.press('d');
    await expectText(page, '.detail h2', 'g');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Home');
    expect(await current()).to.equal('everything');
  });

  it('zooms by click where the frame is, and tells of the frame under the pointer', async () => {
    const page = await open(profileOfSpans([[['f', 0, ['left', 6e6, ['deep', 3e6]], ['right', 1e6]]]]));
    const box = (await page.locator('canvas').boundingBox())!;
    const rowPx = 21;
    // `left` has 9 of 10 parts of the width, and is in the third row.
    await page.mouse.move(box.x + box.width * 0.95, box.y + 2.5 * rowPx);
    await expectText(page, '.tip .name', 'right');
    expect(await page.locator('.tip').innerText()).to.include('1.000 ms wall, 10.0% of all');
    await page.mouse.click(box.x + box.width * 0.85, box.y + 2.5 * rowPx);
    expect(await page.locator('.crumbs').innerText()).to.match(/everything\s*f\s*left/);
    // Now `left` takes the whole width, and `deep` a third of it.
    await page.mouse.move(box.x + box.width * 0.3, box.y + 3.5 * rowPx);
    await expectText(page, '.tip .name', 'deep');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 3.5 * rowPx);
    await page.locator('.tip').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'everything' }).click();
    expect(await page.locator('.crumbs button').count()).to.equal(1);
  });

  it('paints frames where their time puts them', async () => {
    const page = await open(profileOfSpans([[['f', 1e6, ['left', 4e6], ['middle', 2e6], ['right', 1e6]]]]));
    // The third row has the callees of f, and nothing where f itself ran.
    const widths = await page.locator('canvas').evaluate((element) => {
      const canvas = element as unknown as {
        width: number;
        getContext(kind: '2d'): { getImageData(...a: number[]): { data: Uint8ClampedArray } };
      };
      const { data } = canvas.getContext('2d').getImageData(0, 2 * 21 + 3, canvas.width, 1);
      const runs: number[] = [];
      let last = -1;
      for (let x = 0; x < canvas.width; x++) {
        const color = data[4 * x] * 65536 + data[4 * x + 1] * 256 + data[4 * x + 2];
        if (color === last) runs[runs.length - 1]++;
        else runs.push(1);
        last = color;
      }
      return runs.filter((run) => run > 3).map((run) => run / canvas.width);
    });
    expect(widths).to.have.length(4);
    [0.5, 0.25, 0.125, 0.125].forEach((share, i) => expect(widths[i]).to.be.closeTo(share, 0.01));
  });

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

/** Waits until an element has exactly this text. */
async function expectText(page: Page, selector: string, text: string): Promise<void> {
  await page
    .locator(`${selector}:text-is(${JSON.stringify(text)})`)
    .first()
    .waitFor();
}

/** `1.234ms` in ns. */
function approximately(text: string): number {
  const [, value, unit] = /^([\d.]+)(ns|µs|ms|s)$/.exec(text) ?? expect.fail(`no duration: ${text}`);
  return Number(value) * { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }[unit]!;
}
