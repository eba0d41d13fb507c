// The browser of the other tests: that it starts, shows a page, and that no complaint of a page is lost.
import { expect } from 'chai';
import { chromiumPath, openBrowser, serveFolder, watchedPage } from './browser.ts';
import { hasTool, toolPath } from './tools.ts';

describe('hasTool()', () => {
  it('tells what the shell would find, and takes a name for nothing else', () => {
    expect(hasTool('node')).to.equal(true);
    expect(toolPath('node')).to.match(/node/);
    expect(hasTool('everycall-no-such-tool')).to.equal(false);
    expect(hasTool('node; true')).to.equal(false);
  });
});

describe('openBrowser()', () => {
  it('shows a page and keeps every complaint of it (needs chromium)', async function () {
    if (chromiumPath() === undefined) this.skip();
    const browser = await openBrowser();
    const site = await serveFolder('/nowhere', {
      'good.html': '<title>good</title><link rel="icon" href="data:,">',
      'bad.html': '<link rel="icon" href="data:,"><script>console.error("said"); throw new Error("thrown")</script>',
    });
    try {
      const good = await watchedPage(browser);
      await good.page.goto(`${site.url}good.html`);
      expect(await good.page.title()).to.equal('good');
      expect(good.complaints).to.deep.equal([]);

      const bad = await watchedPage(browser);
      await bad.page.goto(`${site.url}bad.html`);
      await bad.page.evaluate('fetch("http://other.example/x").catch(() => {})');
      const all = bad.complaints.join('\n');
      expect(all).to.contain('console: said');
      expect(all).to.contain('thrown');
      expect(all).to.contain('asked for http://other.example/x');
      expect((await bad.page.goto(`${site.url}missing.html`))!.status()).to.equal(404);
    } finally {
      await browser.close();
      await site.close();
    }
  });
});
