import type { Browser, Locator, Page } from 'playwright-core';

/** What the browser itself says of a server that is away or refuses; the page cannot keep it from doing so. */
const OF_THE_NETWORK = /^(Failed to load resource|WebSocket connection to)/;

/** A width that the page has to fit in: a small phone's, in pixels. */
const SMALL = 380;

/** How long something may take that comes by itself, in ms; a whole test has twice that, so that it is named. */
export const WAIT_MS = 60_000;

/** The console as somebody sees it who uses it. */
export class ConsolePage {
  /** What the page complained about: errors nobody caught, and what was logged as one. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !OF_THE_NETWORK.test(message.text())) this.complaints.push(message.text());
    });
  }

  /** Opens a window of its own, with storage of its own. */
  static async open(browser: Browser, url: string): Promise<ConsolePage> {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(WAIT_MS);
    const console = new ConsolePage(await context.newPage());
    await console.page.goto(url);
    return console;
  }

  get connection(): Locator {
    return this.page.locator('header .badge');
  }

  /** The card on top, which is the newest. */
  get card(): Locator {
    return this.page.locator('article').first();
  }

  /** Goes to a panel, as by a click in the navigation. */
  async show(panel: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: panel, exact: true }).click();
    await this.page.getByRole('heading', { level: 1, name: panel, exact: true }).waitFor();
  }

  /** Waits until the card on top shows a status. */
  async reaches(status: string): Promise<void> {
    await this.page.locator(`article:first-of-type[data-status="${status}"]`).waitFor();
  }

  async startCrawl(url: string): Promise<void> {
    await this.page.getByLabel('Start page').fill(url);
    await this.page.getByRole('button', { name: 'Start crawl' }).click();
    await this.card.waitFor();
  }

  /** Crawls the sample site, as the form proposes; the page has to be at it. */
  async crawlSample(): Promise<void> {
    await this.page.getByRole('button', { name: 'Start crawl' }).click();
    await this.reaches('completed');
  }

  /** Waits until the page has noticed that its connection is gone. */
  async isCut(): Promise<void> {
    await this.page.locator('header').locator('[data-state="reconnecting"], [data-state="polling"]').waitFor();
  }

  /** Waits until the footer of the card on top names the wire that feeds it. */
  async isFedBy(wire: string): Promise<void> {
    await this.card.locator(`[data-wire="${wire}"]`).waitFor();
  }

  /** Waits until the card on top names the position it is at. */
  async hasPosition(): Promise<void> {
    await this.card.locator('[data-position]', { hasText: /^at .+:\d+$/ }).waitFor();
  }

  /** Makes the window as small as a small phone, and waits until nothing stands out of it. */
  async fitsSmallPhone(): Promise<void> {
    await this.page.setViewportSize({ width: SMALL, height: 700 });
    await this.page.waitForFunction(`document.documentElement.scrollWidth === ${SMALL}`);
  }

  /** Waits for a note that names this code. */
  async isTold(code: string): Promise<void> {
    await this.page.getByRole('alert').getByText(code, { exact: true }).first().waitFor();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
