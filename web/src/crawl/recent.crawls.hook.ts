import { useEffect } from 'react';
import { useSubject } from '../realtime/observable.hook.js';
import { browserStorage } from '../storage/page.storage.js';
import { RecentCrawls, RECENT_CRAWLS_KEY, type RecentCrawl } from './recent.crawls.js';

const recentCrawls = new RecentCrawls(browserStorage);

/** Returns the crawls that this browser shows, and functions to add and remove one. */
export function useRecentCrawls(): [readonly RecentCrawl[], RecentCrawls] {
  useEffect(() => {
    // The event reports other tabs' changes only; without a key everything has changed.
    const changed = ({ key }: StorageEvent) => (key === RECENT_CRAWLS_KEY || key === null) && recentCrawls.refresh();
    window.addEventListener('storage', changed);
    return () => window.removeEventListener('storage', changed);
  }, []);
  return [useSubject(recentCrawls), recentCrawls];
}
