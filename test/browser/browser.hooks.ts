import type { Browser } from 'playwright-core';
import { startApp, type TestApp } from '../harness/app.js';
import { launchChromium } from '../harness/chromium.js';
import { ConsolePage, WAIT_MS } from './console.page.js';

// Pages are slow when other tests run too.
jest.setTimeout(2 * WAIT_MS);

/** The browser for a file's tests. */
export interface TestBrowser {
  /** Opens a window; it is closed after the test and must have reported no error. */
  open(url: string): Promise<ConsolePage>;
}

/** Starts a browser before the surrounding tests and closes it after them. */
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

/** Starts an application before the surrounding tests and closes it after them. */
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
