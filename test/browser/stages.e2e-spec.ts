import { gzipSync } from 'node:zlib';
import type { Response } from 'playwright-core';
import { useApp, useBrowser } from './browser.hooks.js';
import type { ConsolePage } from './console.page.js';
import { CrawlOperator } from './crawl.operator.js';
import { startHeldSite, type HeldSite } from './held.site.js';

/** What a first visit may cost, in bytes over the wire when compressed. */
const PAGE_BYTES = 130 * 1024;

describe('the stages panel in a browser', () => {
  const browser = useBrowser();
  const app = useApp({ CRAWL_ALLOW_PRIVATE: 'true' });
  const crawl = new CrawlOperator(browser, app);
  let site: HeldSite;
  let console: ConsolePage;

  beforeAll(async () => {
    site = await startHeldSite();
    site.release();
  });
  afterAll(() => site.close());

  it('removes the admin token from the address, and moves a service with the page that is open', async () => {
    await crawl.set('socketio');
    console = await browser.open(`${app.url}/#token=${app.adminToken}`);
    await console.page.locator('[data-stage="socketio"]').waitFor();
    await console.page.waitForURL((url) => !url.href.includes('token'));
    const operator = await crawl.open('Grace');
    await operator.console.startCrawl(site.url);
    await operator.console.reaches('completed');
    for (const stage of ['legacy', 'shadow', 'canary', 'socketio'] as const) {
      await operator.moveTo(stage, { ...(stage === 'canary' && { percent: '2.5' }), reason: `on to ${stage}` });
      await operator.card().getByText(`Last changed by Grace`).getByText(`on to ${stage}`).waitFor();
      await operator
        .card()
        .getByText(`is at stage ${stage === 'canary' ? 'canary (2.5 %)' : stage}`)
        .waitFor();
    }
    await operator.console.isOn('socketio');
    await operator.console.startCrawl(site.url);
    await operator.console.reaches('completed');
    await operator.console.isFedBy('socketio');
  });

  it('shows the stages without a token, and reports and forgets a wrong one', async () => {
    console = await browser.open(`${app.url}/#stages`);
    await console.page.getByText('To change a service, open this page as').waitFor();
    await console.page.getByLabel('Reason').first().waitFor({ state: 'detached' });
    await console.page.goto(`${app.url}/#token=not-the-token-of-this-server`);
    await console.isTold('auth.invalid');
    await console.page.getByRole('button', { name: 'Forget the admin token' }).click();
    await console.page.getByText('To change a service, open this page as').waitFor();
  });

  it(`weighs less than ${PAGE_BYTES / 1024} KB`, async () => {
    console = await browser.open('about:blank');
    const responses: Response[] = [];
    console.page.on('response', (response) => responses.push(response));
    await console.page.goto(app.url);
    await console.page.getByRole('button', { name: 'Start crawl' }).waitFor();
    await console.page.locator('[data-stage]').waitFor();
    const bodies = await Promise.all(responses.map((response) => response.body()));
    const sizes = bodies.map((body) => gzipSync(body).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(PAGE_BYTES);
  });
});
