import type { Browser } from 'playwright-core';
import { startApp, type TestApp } from '../harness/app.js';
import { launchChromium } from '../harness/chromium.js';
import { ConsolePage } from './console.page.js';

jest.setTimeout(30_000);

describe('the query panel in a browser', () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp({ CRAWL_ALLOW_PRIVATE: 'true' }), launchChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it('shows each step and the answer with its pages, then the same answer from the cache', async () => {
    const console = await ConsolePage.open(browser, `${app.url}/?wire=socketio`);
    const { page } = console;
    await page.getByRole('button', { name: 'Start crawl' }).click();
    await console.reaches('completed');
    await page.getByRole('link', { name: 'Query' }).click();
    await page.getByText('Nothing yet. The answer is taken from').waitFor();

    const ask = async (text: string) => {
      await page.getByLabel('What do you want to know?').fill(text);
      await page.keyboard.press('Enter');
    };
    await ask('How long does a point machine take to throw the blades?');
    await console.reaches('completed');
    await page.getByText('in four seconds').first().waitFor();
    const source = page.getByRole('list', { name: 'Pages this was taken from' }).getByRole('link').first();
    expect(await source.getAttribute('href')).toBe(`${app.url}/sample/points.html`);
    const steps = page.getByRole('list', { name: 'Log' });
    for (const step of ['Checking the query', 'Searching the index', 'Done']) await steps.getByText(step).waitFor();
    await console.isFedBy('socketio');

    await page.reload();
    await console.reaches('completed');
    await ask('How long does a point machine take to throw blades?');
    await page.getByText('from cache').waitFor();
    await steps.getByText('Found an earlier answer').waitFor();
    await ask('???');
    await page.getByRole('alert').getByText('it has no word that can be looked for').waitFor();
    await page.setViewportSize({ width: 380, height: 700 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380);
    await page.getByRole('button', { name: 'Start over' }).click();
    await console.reaches('idle');
    expect(console.complaints).toEqual([]);
    await console.close();
  });
});
