import type { Browser } from 'playwright-core';
import { startApp, type TestApp } from '../harness/app.js';
import { launchChromium } from '../harness/chromium.js';
import { ConsolePage } from './console.page.js';

jest.setTimeout(20_000);

describe('the panels of projects in a browser', () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), launchChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  it('plan a project, and show two people each other’s changes to its board', async () => {
    const ada = await ConsolePage.open(browser, `${app.url}/#project-creation`);
    await ada.page.getByRole('textbox', { name: 'Title' }).fill('Freight yard');
    await ada.page.getByRole('button', { name: 'Create project' }).click();
    await ada.reaches('completed');
    await ada.page.getByRole('link', { name: 'Its board' }).click();
    const grace = await ConsolePage.open(browser, `${app.url}/#tasks`);
    for (const { page } of [ada, grace])
      await page.locator('summary', { hasText: 'Sort wagons onto tracks' }).waitFor();
    for (const { page } of [ada, grace]) await page.locator('[data-members]', { hasText: '2' }).waitFor();

    await grace.page.getByLabel('Status of Sign in').selectOption('doing');
    await ada.page.locator('[data-status="doing"] summary', { hasText: 'Sign in' }).waitFor();
    await ada.page.getByRole('textbox', { name: 'New task' }).fill('Paint the shed');
    await ada.page.getByRole('button', { name: 'Add task' }).click();
    await ada.page.getByRole('button', { name: '↑ Paint the shed' }).click();
    await grace.page.locator('.tasks > li:nth-last-child(2)', { hasText: 'Paint the shed' }).waitFor();
    await grace.page.getByRole('button', { name: 'Archive Paint the shed' }).click();
    await ada.page.locator('.tasks > li', { hasText: 'Paint the shed' }).waitFor({ state: 'detached' });
    expect([...ada.complaints, ...grace.complaints]).toEqual([]);
    await Promise.all([ada.close(), grace.close()]);
  });
});
