/** Texts by key that outlive the page, as far as the browser lets them: where it refuses they live as long as the page. */
export class PageStorage {
  private readonly memory = new Map<string, string>();

  constructor(private readonly area: () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {}

  get(key: string): string | undefined {
    try {
      return this.area().getItem(key) ?? undefined;
    } catch {
      return this.memory.get(key);
    }
  }

  /** Keeps `text`; undefined forgets what was kept. */
  set(key: string, text: string | undefined): void {
    if (text === undefined) this.memory.delete(key);
    else this.memory.set(key, text);
    try {
      if (text === undefined) this.area().removeItem(key);
      else this.area().setItem(key, text);
    } catch {
      // Private mode, a full quota, or storage switched off: memory has it.
    }
  }
}

/** What every tab of this browser shares. */
export const browserStorage = new PageStorage(() => window.localStorage);

/** What is this tab's own. */
export const tabStorage = new PageStorage(() => window.sessionStorage);
