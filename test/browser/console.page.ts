import type { Browser, Locator, Page } from 'playwright-core';

/** The browser's own messages about unreachable servers and refusals, which a page cannot suppress. */
const OF_THE_NETWORK = /^(Failed to load resource|WebSocket connection to)/;

/** The width of a small phone in pixels, into which the page must fit. */
const SMALL = 380;

/** The time limit for effects that come without a request, in milliseconds; half of a test's limit, so that our message is shown. */
export const WAIT_MS = 60_000;

/** Controls the console like a user. */
export class ConsolePage {
  /** The page's uncaught errors and logged errors. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !OF_THE_NETWORK.test(message.text())) this.complaints.push(message.text());
    });
  }

  /** Opens a window with its own storage. */
  static async open(browser: Browser, url: string): Promise<ConsolePage> {
    // Without motion a page paints only what changes, not an endless animation while the test waits.
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(WAIT_MS);
    const console = new ConsolePage(await context.newPage());
    await console.page.goto(url);
    return console;
  }

  get connection(): Locator {
    return this.page.locator('header .badge');
  }

  /** The top card, which is the newest. */
  get card(): Locator {
    return this.page.locator('article').first();
  }

  /** Opens a panel through the navigation. */
  async show(panel: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: panel, exact: true }).click();
    await this.page.getByRole('heading', { level: 1, name: panel, exact: true }).waitFor();
  }

  /** Waits until the top card shows a status. */
  async reaches(status: string): Promise<void> {
    await this.page.locator(`article:first-of-type[data-status="${status}"]`).waitFor();
  }

  async startCrawl(url: string): Promise<void> {
    await this.page.getByLabel('Start page').fill(url);
    await this.page.getByRole('button', { name: 'Start crawl' }).click();
    await this.card.waitFor();
  }

  /** Crawls the sample site, the form's default; the page must show the form. */
  async crawlSample(): Promise<void> {
    await this.page.getByRole('button', { name: 'Start crawl' }).click();
    await this.reaches('completed');
  }

  /** Waits until the page has noticed the lost connection. */
  async isCut(): Promise<void> {
    await this.page.locator('header').locator('[data-state="reconnecting"], [data-state="polling"]').waitFor();
  }

  /** Waits until the footer of the top card names the wire. */
  async isFedBy(wire: string): Promise<void> {
    await this.card.locator(`[data-wire="${wire}"]`).waitFor();
  }

  /** Waits until the panel and the card of its stage say that the page uses the wire. */
  async isOn(wire: string): Promise<void> {
    for (const place of ['.fed-by', '[data-stage]']) {
      await this.page.locator(`${place} [data-uses="${wire}"]`).waitFor();
    }
  }

  /** Waits until the top card names the position. */
  async hasPosition(): Promise<void> {
    await this.card.locator('[data-position]', { hasText: /^at .+:\d+$/ }).waitFor();
  }

  /** Shrinks the window to a small phone and waits until nothing overflows. */
  async fitsSmallPhone(): Promise<void> {
    await this.page.setViewportSize({ width: SMALL, height: 700 });
    await this.page.waitForFunction(`document.documentElement.scrollWidth === ${SMALL}`);
  }

  /** Waits for a note with this code. */
  async isTold(code: string): Promise<void> {
    await this.page.getByRole('alert').getByText(code, { exact: true }).first().waitFor();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
