import { useEffect } from 'react';
import { useSubject } from '../realtime/observable.hook.js';
import { browserStorage } from '../storage/page.storage.js';
import { KeptCrawls, RECENT_CRAWLS_KEY, type KeptCrawl } from './kept.crawls.js';

const keptCrawls = new KeptCrawls(browserStorage);

/** The crawls this browser shows, and what adds and removes one. */
export function useKeptCrawls(): [readonly KeptCrawl[], KeptCrawls] {
  useEffect(() => {
    // Told only what other tabs have changed; no key is all of it.
    const changed = ({ key }: StorageEvent) => (key === RECENT_CRAWLS_KEY || key === null) && keptCrawls.refresh();
    window.addEventListener('storage', changed);
    return () => window.removeEventListener('storage', changed);
  }, []);
  return [useSubject(keptCrawls), keptCrawls];
}
