import type { Locator } from 'playwright-core';
import type { TestBrowser } from './browser.hooks.js';
import type { ConsolePage } from './console.page.js';

/** Controls the stages as an operator does. */
export class OperatorPage {
  private constructor(readonly console: ConsolePage) {}

  /** Opens the page of a panel with the admin token, as an operator with a name. */
  static async open(
    browser: TestBrowser,
    { url, adminToken }: { url: string; adminToken: string },
    name = 'ada',
  ): Promise<OperatorPage> {
    const operator = new OperatorPage(await browser.open(`${url}/#token=${adminToken}`));
    await operator.page.getByLabel('Your name').fill(name);
    return operator;
  }

  get page() {
    return this.console.page;
  }

  /** The stage card of a service, or the only one. */
  card(service?: string): Locator {
    return this.page.locator(service === undefined ? '[data-stage]' : `[data-service="${service}"]`);
  }

  /** The moves that a card offers. */
  async moves(service?: string): Promise<string[]> {
    const choice = this.card(service).getByLabel('Move to');
    await choice.waitFor();
    const options = await choice.locator('option').all();
    const values = await Promise.all(options.map((option) => option.getAttribute('value')));
    return values.filter((value) => value !== '') as string[];
  }

  /** Enters a move without making it. */
  async enter(stage: string, { reason = 'trying it out', percent, confirmation }: MoveFields = {}): Promise<void> {
    await this.card().getByLabel('Reason').fill(reason);
    await this.card().getByLabel('Move to').selectOption(stage);
    if (percent !== undefined) await this.card().getByLabel('Canary %').fill(percent);
    if (confirmation !== undefined) await this.card().getByLabel('to confirm').fill(confirmation);
  }

  /** Presses the button of the entered move. */
  async move(): Promise<void> {
    await this.card()
      .getByRole('button', { name: /^Move / })
      .click();
  }

  /** Makes a move and waits until the card shows it. */
  async moveTo(stage: string, fields?: MoveFields): Promise<void> {
    await this.enter(stage, fields);
    await this.move();
    await this.isAt(stage);
  }

  /** Waits until the card shows a stage. */
  async isAt(stage: string, service?: string): Promise<void> {
    await this.card(service)
      .and(this.page.locator(`[data-stage="${stage}"]`))
      .waitFor();
  }
}

/** The fields of a move. */
export interface MoveFields {
  reason?: string;
  percent?: string;
  confirmation?: string;
}
