import { gzipSync } from 'node:zlib';
import type { Response } from 'playwright-core';
import { useApp, useBrowser } from './browser.hooks.js';
import type { ConsolePage } from './console.page.js';
import { startHeldSite, type HeldSite } from './held.site.js';

/** What a first visit may cost, in bytes over the wire when compressed. */
const PAGE_BYTES = 130 * 1024;

describe('the stages panel in a browser', () => {
  const browser = useBrowser();
  const app = useApp({ CRAWL_ALLOW_PRIVATE: 'true' });
  let site: HeldSite;
  let console: ConsolePage;

  beforeAll(async () => {
    site = await startHeldSite();
    site.release();
  });
  afterAll(() => site.close());

  const moveTo = async (stage: string) => {
    await console.page.getByLabel('Reason').fill('trying it out');
    await console.page.getByRole('button', { name: stage, exact: true }).click();
    await console.page.locator(`[data-stage="${stage}"]`).waitFor();
    await console.page.reload();
  };

  it('removes the admin token from the address, and moves a service to the wire that the next load uses', async () => {
    console = await browser.open(`${app.url}/#token=${app.adminToken}`);
    await console.page.locator('[data-stage="socketio"]').waitFor();
    await console.page.waitForURL((url) => !url.href.includes('token'));
    await moveTo('legacy');
    await console.startCrawl(site.url);
    await console.reaches('completed');
    await console.isFedBy('legacy');
    await moveTo('shadow');
    await moveTo('canary');
    await console.page.getByText('canary (5 %)').waitFor();
    await moveTo('socketio');
    await console.startCrawl(site.url);
    await console.reaches('completed');
    await console.isFedBy('socketio');
  });

  it('shows which moves are allowed after a refused one', async () => {
    console = await browser.open(`${app.url}/#token=${app.adminToken}`);
    await moveTo('legacy');
    await console.page.getByLabel('Reason').fill('all at once');
    await console.page.getByRole('button', { name: 'retired' }).click();
    await console.isTold('stage.illegal');
    await console.page.getByText('Allowed from here: legacy, shadow').waitFor();
  });

  it('shows the stages without a token, and reports and forgets a wrong one', async () => {
    console = await browser.open(`${app.url}/#stages`);
    await console.page.getByText('To move a service, open this page as').waitFor();
    await console.page.getByLabel('Reason').first().waitFor({ state: 'detached' });
    await console.page.goto(`${app.url}/#token=not-the-token-of-this-server`);
    await console.isTold('auth.invalid');
    await console.page.getByRole('button', { name: 'Forget the admin token' }).click();
    await console.page.getByText('To move a service, open this page as').waitFor();
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
