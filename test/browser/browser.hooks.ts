import type { Browser } from 'playwright-core';
import { startApp, type TestApp } from '../harness/app.js';
import { launchChromium } from '../harness/chromium.js';
import { ConsolePage, WAIT_MS } from './console.page.js';

// A page takes its time where others run, too.
jest.setTimeout(2 * WAIT_MS);

/** The browser of a file's tests. */
export interface TestBrowser {
  /** Opens a window of its own; after the test it is closed, and must have complained about nothing. */
  open(url: string): Promise<ConsolePage>;
}

/** Has a browser for the tests around this call, from before the first to after the last. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  let pages: ConsolePage[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    const complaints = pages.flatMap((page) => page.complaints);
    await Promise.all(pages.map((page) => page.close()));
    pages = [];
    expect(complaints).toEqual([]);
  });
  afterAll(() => browser?.close());
  return {
    async open(url) {
      const page = await ConsolePage.open(browser!, url);
      pages.push(page);
      return page;
    },
  };
}

/** Has an application for the tests around this call, from before the first to after the last. */
export function useApp(environment: Readonly<Record<string, string>> = {}): Omit<TestApp, 'close'> {
  let app: TestApp | undefined;
  beforeAll(async () => {
    app = await startApp(environment);
  });
  afterAll(() => app?.close());
  return {
    get app() {
      return app!.app;
    },
    get port() {
      return app!.port;
    },
    get url() {
      return app!.url;
    },
    get adminToken() {
      return app!.adminToken;
    },
  };
}
