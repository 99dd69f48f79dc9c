import type { Browser } from 'playwright-core';
import { startApp, type TestApp } from '../harness/app.js';
import { launchChromium } from '../harness/chromium.js';
import { ConsolePage } from './console.page.js';

jest.setTimeout(30_000);

describe('the research panel in a browser', () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp({ CRAWL_ALLOW_PRIVATE: 'true' }), launchChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it('shows what each engine found, the log and the report, also after a reload', async () => {
    const console = await ConsolePage.open(browser, app.url);
    const { page } = console;
    await page.getByRole('button', { name: 'Start crawl' }).click();
    await console.reaches('completed');
    await page.getByRole('link', { name: 'Research' }).click();
    await page.getByLabel('Question').fill('How does a retarder brake a wagon?');
    await page.getByRole('button', { name: 'Start research' }).click();
    await console.reaches('completed');
    const report = page.getByRole('region', { name: 'Report' });
    await report.getByText('retarder').first().waitFor();
    await report.getByRole('link').first().waitFor();
    for (const engine of ['index', 'sites']) {
      expect(Number(await page.locator(`[data-engine="${engine}"] dd`).textContent())).toBeGreaterThan(0);
    }
    await page.getByRole('list', { name: 'Log' }).getByText('Writing the report').waitFor();
    await console.isFedBy('socketio');
    await page.reload();
    await report.getByText('retarder').first().waitFor();
    await page.setViewportSize({ width: 380, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380);

    await page.getByLabel('Search with').selectOption('web');
    await page.getByRole('button', { name: 'Start research' }).click();
    await page.getByText('Enter a question.').waitFor();
    await page.getByLabel('Question').fill('Who invented it?');
    await page.getByRole('button', { name: 'Start research' }).click();
    await page.getByRole('alert').getByText('engine.unavailable').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('None yet.').waitFor();
    expect(console.complaints).toEqual([]);
    await console.close();
  });
});
