import { openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { useApp, useBrowser } from './browser.hooks.js';
import { startHeldSite, type HeldSite } from './held.site.js';

describe('the crawl panel in a browser', () => {
  const browser = useBrowser();
  const app = useApp({ CRAWL_ALLOW_PRIVATE: 'true' });
  let site: HeldSite;

  beforeEach(async () => {
    site = await startHeldSite();
  });
  afterEach(async () => {
    site.release();
    await site.close();
  });

  it('runs a crawl that was started in the page to its end', async () => {
    site.release();
    const console = await browser.open(app.url);
    await console.startCrawl(site.url);
    await console.reaches('completed');
    await console.card.locator('progress[value="100"]').waitFor();
    await console.card.getByText('5 of 5').waitFor();
    await console.hasPosition();
    await console.isFedBy('socketio');
    await console.card.getByRole('button', { name: 'Dismiss' }).click();
    await console.page.getByText('None yet.').waitFor();
  });

  it('continues with a crawl after a reload in its middle', async () => {
    const console = await browser.open(app.url);
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
    const console = await browser.open(app.url);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    await console.card.getByRole('button', { name: 'Stop' }).click();
    await console.reaches('cancelled');
  });

  it('shows the end of a crawl that ended while the connection was away', async () => {
    const proxy = await FaultProxy.to(app.port);
    const console = await browser.open(proxy.url);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    await console.isFedBy('socketio');
    const id = await console.card.getAttribute('data-run');
    proxy.refuse();
    proxy.cutClean();
    await console.isCut();
    site.release();
    await openWs(app.url, `/api/crawl-progress/${id}`).waitFor((frame) => frame.includes('crawl_completed'));
    expect(await console.card.getAttribute('data-status')).toBe('crawling');
    proxy.accept();
    await console.reaches('completed');
    await console.card.locator('[data-reconnects]', { hasText: /^[1-9]/ }).waitFor();
    await console.close();
    await proxy.close();
  });

  it.each(['legacy', 'socketio', 'polling'])('is fed by the %s wire when the address asks for it', async (wire) => {
    const console = await browser.open(`${app.url}/?wire=${wire}`);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    await console.isFedBy(wire);
    site.release();
    await console.reaches('completed');
    await console.isFedBy(wire);
    await console.hasPosition();
  });

  it('fits a small phone, in the middle of a crawl too', async () => {
    const console = await browser.open(app.url);
    await console.fitsSmallPhone();
    await console.startCrawl(`${site.url}/#${'long'.repeat(50)}`);
    await console.reaches('crawling');
    await console.fitsSmallPhone();
    await console.page.getByRole('link', { name: 'Stages' }).click();
    await console.page.locator('[data-stage]').first().waitFor();
    await console.fitsSmallPhone();
  });

  it('reports when a crawl is gone, and lets its card be dismissed', async () => {
    const console = await browser.open(app.url);
    const kept = JSON.stringify([{ id: 'long-gone', url: 'https://example.org/' }]);
    await console.page.evaluate(`localStorage.setItem('switchyard.crawls', '${kept}')`);
    await console.page.reload();
    await console.card.getByText('Gone.').waitFor();
    await console.card.getByRole('button', { name: 'Dismiss' }).click();
    await console.page.reload();
    await console.page.getByText('None yet.').waitFor();
  });

  it('names the fields that are wrong, and sends nothing', async () => {
    const console = await browser.open(app.url);
    const calls: string[] = [];
    console.page.on('websocket', (socket) => calls.push(socket.url()));
    await console.page.getByLabel('Start page').fill('example.org');
    await console.page.getByLabel('Link depth').fill('99');
    await console.page.getByRole('button', { name: 'Start crawl' }).click();
    await console.page.getByText('begins with http:// or https://').waitFor();
    await console.page.getByText('a whole number from 0 to 20').waitFor();
    await console.page.locator('input[type=url]:focus').waitFor();
    expect(calls).toEqual([]);
  });
});

describe('the crawl panel of a server for public sites', () => {
  const browser = useBrowser();
  const app = useApp();

  it('shows why its own sample site was refused, and what to do', async () => {
    const console = await browser.open(app.url);
    await console.page.getByRole('button', { name: 'Start crawl' }).click();
    await console.reaches('error');
    await console.card.getByText('its address is private').first().waitFor();
    await console.card.getByText('CRAWL_ALLOW_PRIVATE=true').waitFor();
  });
});
