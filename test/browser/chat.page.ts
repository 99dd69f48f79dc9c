import type { Locator } from 'playwright-core';
import type { TestBrowser } from './browser.hooks.js';
import type { ConsolePage } from './console.page.js';

/** A message as shown on the page. */
export interface SeenMessage {
  id: string | null;
  state: string | null;
  from: string;
  text: string;
}

/** Controls the chat panel like a user. */
export class ChatPage {
  private constructor(readonly console: ConsolePage) {}

  /** Opens the panel in a new window; `at` follows the server's address. */
  static async open(browser: TestBrowser, server: string, at = '/#chat'): Promise<ChatPage> {
    return new ChatPage(await browser.open(server + at));
  }

  get page() {
    return this.console.page;
  }

  get messages(): Locator {
    return this.page.locator('[data-message]');
  }

  /** The running answer. */
  get answering(): Locator {
    return this.page.locator('[data-run]');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  /** The hash and query of the page, once it shows a session. */
  async address(): Promise<string> {
    await this.page.waitForURL(/#chat\/.+/);
    const { pathname, hash } = new URL(this.page.url());
    return pathname + hash;
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** Waits until that many messages are confirmed and none is pending. */
  async has(count: number): Promise<void> {
    await this.page
      .locator('[data-message][data-state="confirmed"]')
      .nth(count - 1)
      .waitFor();
    await this.page.locator('[data-message][data-state="pending"]').first().waitFor({ state: 'detached' });
  }

  /** Returns all messages as shown at one moment. */
  history(): Promise<SeenMessage[]> {
    return this.messages.evaluateAll((items) =>
      items.map((item) => ({
        id: item.getAttribute('data-message'),
        state: item.getAttribute('data-state'),
        from: item.querySelector('strong').innerText,
        text: item.querySelector('.chat-text').innerText,
      })),
    );
  }

  /** The scrolling box of messages. */
  get box(): Locator {
    return this.page.getByRole('region', { name: 'Messages' });
  }

  /** Waits until the box is scrolled to its end. */
  async isAtEnd(): Promise<void> {
    const box = await this.box.elementHandle();
    await this.page.waitForFunction((it) => it!.scrollHeight - it!.scrollTop - it!.clientHeight < 2, box);
  }
}
