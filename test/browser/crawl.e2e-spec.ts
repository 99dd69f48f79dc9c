import type { Browser } from 'playwright-core';
import { startApp, type TestApp } from '../harness/app.js';
import { launchChromium } from '../harness/chromium.js';
import { openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { ConsolePage } from './console.page.js';
import { startHeldSite, type HeldSite } from './held.site.js';

// A page that polls hears of the end up to three seconds later, twice over.
jest.setTimeout(20_000);

describe('the crawl panel in a browser', () => {
  let app: TestApp;
  let browser: Browser;
  let site: HeldSite;
  let open: ConsolePage[] = [];
  const show = async (url: string) => {
    const page = await ConsolePage.open(browser, url);
    open.push(page);
    return page;
  };

  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp({ CRAWL_ALLOW_PRIVATE: 'true' }), launchChromium()]);
  });
  beforeEach(async () => {
    site = await startHeldSite();
  });
  afterEach(async () => {
    const complaints = open.flatMap((page) => page.complaints);
    await Promise.all(open.map((page) => page.close()));
    open = [];
    site.release();
    await site.close();
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it('runs a crawl that was started in the page to its end', async () => {
    site.release();
    const console = await show(app.url);
    await console.startCrawl(site.url);
    await console.reaches('completed');
    expect(await console.card.locator('progress').getAttribute('value')).toBe('100');
    expect(await console.card.getByText('5 of 5').isVisible()).toBe(true);
    expect(await console.card.locator('[data-position] b').textContent()).toMatch(/^.+:\d+$/);
    await console.isFedBy('socketio');
    await console.card.getByRole('button', { name: 'Dismiss' }).click();
    await console.page.getByText('None yet.').waitFor();
  });

  it('goes on with a crawl after a reload in its middle', async () => {
    const console = await show(app.url);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    await console.page.reload();
    await console.reaches('crawling');
    site.release();
    await console.reaches('completed');
    await console.page.reload();
    await console.reaches('completed');
  });

  it('stops a crawl', async () => {
    const console = await show(app.url);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    await console.card.getByRole('button', { name: 'Stop' }).click();
    await console.reaches('cancelled');
  });

  it('shows the end of a crawl that ended while the connection was away', async () => {
    const proxy = await FaultProxy.to(app.port);
    const console = await show(proxy.url);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    const id = await console.card.getAttribute('data-run');
    proxy.refuse();
    proxy.cutClean();
    await console.page.locator('header [data-state="reconnecting"]').waitFor();
    site.release();
    await openWs(app.url, `/api/crawl-progress/${id}`).waitFor((frame) => frame.includes('crawl_completed'));
    expect(await console.card.getAttribute('data-status')).toBe('crawling');
    proxy.accept();
    await console.reaches('completed');
    expect(Number(await console.card.locator('[data-reconnects]').textContent())).toBeGreaterThan(0);
    await console.close();
    await proxy.close();
  });

  it.each(['legacy', 'socketio', 'polling'])('is fed by the %s wire when the address asks for it', async (wire) => {
    const console = await show(`${app.url}/?wire=${wire}`);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    await console.isFedBy(wire);
    site.release();
    await console.reaches('completed');
    await console.isFedBy(wire);
    expect(await console.card.locator('[data-position] b').textContent()).toMatch(/^.+:\d+$/);
  });

  it('fits a small phone, in the middle of a crawl too', async () => {
    const console = await show(app.url);
    await console.page.setViewportSize({ width: 380, height: 700 });
    await console.startCrawl(`${site.url}/#${'long'.repeat(50)}`);
    await console.reaches('crawling');
    const width = () => console.page.evaluate('document.documentElement.scrollWidth');
    expect(await width()).toBe(380);
    await console.page.getByRole('link', { name: 'Stages' }).click();
    await console.page.locator('[data-stage]').first().waitFor();
    expect(await width()).toBe(380);
  });

  it('says so when a crawl is gone, and lets it be dismissed', async () => {
    const console = await show(app.url);
    const kept = JSON.stringify([{ id: 'long-gone', url: 'https://example.org/' }]);
    await console.page.evaluate(`localStorage.setItem('switchyard.crawls', '${kept}')`);
    await console.page.reload();
    await console.card.getByText('Gone.').waitFor();
    await console.card.getByRole('button', { name: 'Dismiss' }).click();
    await console.page.reload();
    await console.page.getByText('None yet.').waitFor();
  });

  it('names the fields that are wrong, and sends nothing', async () => {
    const console = await show(app.url);
    const calls: string[] = [];
    console.page.on('websocket', (socket) => calls.push(socket.url()));
    await console.page.getByLabel('Page to begin with').fill('example.org');
    await console.page.getByLabel('Link depth').fill('99');
    await console.page.getByRole('button', { name: 'Start crawl' }).click();
    await console.page.getByText('begins with http:// or https://').waitFor();
    await console.page.getByText('a whole number from 0 to 20').waitFor();
    await console.page.locator('input[type=url]:focus').waitFor();
    expect(calls).toEqual([]);
  });
});

describe('the crawl panel of a server for public sites', () => {
  it('shows why its own sample site was refused, and what to do', async () => {
    const [app, browser] = await Promise.all([startApp(), launchChromium()]);
    const console = await ConsolePage.open(browser, app.url);
    await console.page.getByRole('button', { name: 'Start crawl' }).click();
    await console.reaches('error');
    await console.card.getByText('its address is private').first().waitFor();
    await console.card.getByText('CRAWL_ALLOW_PRIVATE=true').waitFor();
    await browser.close();
    await app.close();
  });
});
