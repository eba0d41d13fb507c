// The report's flame graph: frames are where their time puts them, for the pointer and for keys.
import { expect } from 'chai';
import { profileOfSpans } from '../../support/profiles.ts';
import { describeReport, expectText } from './report-page.ts';

describeReport('the flame graph', (open) => {
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
});
