// What the report tells of one function: its callers and callees, and the way from one to the next.
import { expect } from 'chai';
import { makeEdge, makeFunction, makeProfile, profileOfSpans } from '../../support/profiles.ts';
import { approximately, describeReport, expectText, isFunction, PROFILE, shot, tab } from './report-page.ts';

describeReport('a function', (open) => {
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
});
