import type { CrawlProgressService } from '@switchyard/services/crawl/crawl.client.js';
import { useMemo, useState } from 'react';
import { useObservable } from '../realtime/observable.hook.js';
import { crawlView, NOTHING_YET, type CrawlView } from './crawl.view.js';

/** A crawl, followed while the component is there; `again` tries anew after a fault. */
export function useCrawl(crawls: CrawlProgressService, id: string): { view: CrawlView; again(): void } {
  const [attempt, setAttempt] = useState(0);
  // A new attempt is a new observable, of the same crawl.
  const view$ = useMemo(() => crawlView(crawls, id), [crawls, id, attempt]);
  return { view: useObservable(view$, NOTHING_YET), again: () => setAttempt((before) => before + 1) };
}
