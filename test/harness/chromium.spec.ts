import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { launchChromium } from './chromium.js';

it('the browser of the tests renders a page and takes a picture of it', async () => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<title>yard</title><h1 id="h">Platform 3</h1>');
  }).listen(0, '127.0.0.1');
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 400, height: 300 } });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await page.title()).toBe('yard');
  // Text without a font has no width.
  expect(await page.locator('#h').evaluate((h) => h.getBoundingClientRect().height)).toBeGreaterThan(10);
  const picture = await page.screenshot();
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
});
