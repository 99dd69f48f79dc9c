import type { Page } from 'playwright-core';

/** Everything that a page has shown since the recording began, each state once and in order. */
export interface Shown {
  /** The texts of the panel's wire badge. */
  wires: string[];
  /** The states of the connection badge. */
  connections: string[];
  /** Empty states and alerts that were not there at the beginning. */
  disturbances: string[];
  /** The live announcements. */
  announcements: string[];
  /** Whether the page is still the one that was loaded, with the same cards. */
  isSame: boolean;
  scrolled: number;
}

/** Records every change of a page until it is left. */
export class PageRecording {
  private constructor(private readonly page: Page) {}

  static async of(page: Page): Promise<PageRecording> {
    await page.evaluate(() => {
      const scope = globalThis as any;
      const { document } = scope;
      const all = (selector: string) => [...document.querySelectorAll(selector)];
      const texts = (selector: string): string[] => all(selector).map((it) => it.textContent.trim());
      const seen: Record<string, string[]> = { wires: [], connections: [], disturbances: [], announcements: [] };
      const cards = all('article');
      const calm = new Set(texts('.empty, [role=alert]'));
      const note = (list: string, text: string | undefined) => {
        if (text && seen[list]!.at(-1) !== text) seen[list]!.push(text);
      };
      const look = () => {
        note('wires', texts('.fed-by .badge')[0]);
        note('connections', document.querySelector('header .badge').dataset.state);
        texts('.fed-by [role=status]').forEach((text) => note('announcements', text));
        texts('main .empty, main [role=alert]').forEach((text) => calm.has(text) || note('disturbances', text));
      };
      look();
      new scope.MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
      scope.shown = () => ({
        ...seen,
        isSame: cards.every((card) => card.isConnected),
        scrolled: scope.scrollY,
      });
    });
    return new PageRecording(page);
  }

  /** @throws Error when the page was loaded anew */
  shown(): Promise<Shown> {
    return this.page.evaluate(() => (globalThis as any).shown());
  }
}
