/** Stores texts in the browser, or in memory for the page's lifetime when the browser refuses. */
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

  /** Stores `text`; undefined deletes the key. */
  set(key: string, text: string | undefined): void {
    if (text === undefined) this.memory.delete(key);
    else this.memory.set(key, text);
    try {
      if (text === undefined) this.area().removeItem(key);
      else this.area().setItem(key, text);
    } catch {
      // Private mode, a full quota or disabled storage; memory still has the text.
    }
  }
}

/** The storage shared by all tabs of this browser. */
export const browserStorage = new PageStorage(() => window.localStorage);

/** The storage of this tab. */
export const tabStorage = new PageStorage(() => window.sessionStorage);
