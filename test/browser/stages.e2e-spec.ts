import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { startApp, type TestApp } from '../harness/app.js';
import { launchChromium } from '../harness/chromium.js';
import { ConsolePage } from './console.page.js';
import { startHeldSite, type HeldSite } from './held.site.js';

jest.setTimeout(20_000);

/** What a first visit may cost, in bytes over the wire when compressed. */
const PAGE_BYTES = 130 * 1024;

describe('the stages in a browser', () => {
  let app: TestApp;
  let browser: Browser;
  let site: HeldSite;
  let console: ConsolePage;

  beforeAll(async () => {
    [app, browser, site] = await Promise.all([
      startApp({ CRAWL_ALLOW_PRIVATE: 'true' }),
      launchChromium(),
      startHeldSite(),
    ]);
    site.release();
  });
  afterEach(async () => {
    expect(console.complaints).toEqual([]);
    await console.close();
  });
  afterAll(async () => {
    await browser.close();
    await site.close();
    await app.close();
  });

  const moveTo = async (stage: string) => {
    await console.page.getByLabel('Reason').fill('trying it out');
    await console.page.getByRole('button', { name: stage, exact: true }).click();
    await console.page.locator(`[data-stage="${stage}"]`).waitFor();
    await console.page.reload();
  };

  it('takes the admin token off the address, and moves a service the wire of which the next load uses', async () => {
    console = await ConsolePage.open(browser, `${app.url}/#token=${app.adminToken}`);
    await console.page.locator('[data-stage="socketio"]').waitFor();
    expect(console.page.url()).not.toContain('token');
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

  it('shows which moves are allowed when one was refused', async () => {
    console = await ConsolePage.open(browser, `${app.url}/#token=${app.adminToken}`);
    await moveTo('legacy');
    await console.page.getByLabel('Reason').fill('all at once');
    await console.page.getByRole('button', { name: 'retired' }).click();
    await console.page.getByRole('alert').getByText('stage.illegal').waitFor();
    await console.page.getByText('Allowed from here: legacy, shadow').waitFor();
  });

  it('shows without a token, and with a wrong one says so and forgets it', async () => {
    console = await ConsolePage.open(browser, `${app.url}/#stages`);
    await console.page.getByText('To move a service, open this page as').waitFor();
    expect(await console.page.getByLabel('Reason').count()).toBe(0);
    await console.page.goto(`${app.url}/#token=not-the-token-of-this-server`);
    await console.page.getByRole('alert').getByText('auth.invalid').waitFor();
    await console.page.getByRole('button', { name: 'Forget the admin token' }).click();
    await console.page.getByText('To move a service, open this page as').waitFor();
  });

  it(`weighs less than ${PAGE_BYTES / 1024} KB`, async () => {
    console = await ConsolePage.open(browser, 'about:blank');
    const bodies: Promise<Buffer>[] = [];
    console.page.on('response', (response) => bodies.push(response.body()));
    await console.page.goto(app.url, { waitUntil: 'networkidle' });
    const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(PAGE_BYTES);
  });
});
