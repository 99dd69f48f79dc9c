import { PageStorage } from './page.storage.js';

describe('page storage', () => {
  it('stores and removes texts in the browser’s storage', () => {
    const kept = new Map<string, string>();
    const storage = new PageStorage(() => ({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, text) => kept.set(key, text),
      removeItem: (key) => kept.delete(key),
    }));
    storage.set('a', 'text');
    expect([...kept]).toEqual([['a', 'text']]);
    expect(storage.get('a')).toBe('text');
    storage.set('a', undefined);
    expect(kept.size).toBe(0);
    expect(storage.get('a')).toBeUndefined();
  });

  it('keeps them for the page when the browser refuses', () => {
    const storage = new PageStorage(() => {
      throw new Error('storage is switched off');
    });
    storage.set('a', 'text');
    expect(storage.get('a')).toBe('text');
    storage.set('a', undefined);
    expect(storage.get('a')).toBeUndefined();
  });
});
