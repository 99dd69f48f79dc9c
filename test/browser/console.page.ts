import type { Browser, Locator, Page } from 'playwright-core';

/** The console as somebody sees it who uses it. */
export class ConsolePage {
  /** What the page complained about; a test that is about something else expects nothing. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Opens a window of its own, with storage of its own. */
  static async open(browser: Browser, url: string): Promise<ConsolePage> {
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(8000);
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

  /** Waits until the card on top shows a status. */
  async reaches(status: string): Promise<void> {
    await this.page.locator(`article:first-of-type[data-status="${status}"]`).waitFor();
  }

  async startCrawl(url: string): Promise<void> {
    await this.page.getByLabel('Page to begin with').fill(url);
    await this.page.getByRole('button', { name: 'Start crawl' }).click();
    await this.card.waitFor();
  }

  /** Waits until the footer of the card on top names the wire that feeds it. */
  async isFedBy(wire: string): Promise<void> {
    await this.card.locator(`[data-wire="${wire}"]`).waitFor();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
