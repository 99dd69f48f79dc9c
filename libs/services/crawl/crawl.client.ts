import { ServiceClient, type Realtime } from '@switchyard/client';
import type { Observable, Subscription } from 'rxjs';
import { crawl, type CrawlTypes } from './crawl.contract.js';
import type { StartCrawl } from './crawl.dto.js';
import { crawlLegacy } from './crawl.legacy.js';
import type { CrawlProgress } from './crawl.progress.js';

/** Starts crawls and follows them. */
export class CrawlProgressService extends ServiceClient<CrawlTypes> {
  private readonly callbacks = new Map<string, Map<(progress: CrawlProgress) => void, Subscription>>();

  constructor(realtime: Realtime) {
    super(realtime, crawl, { legacy: crawlLegacy });
  }

  /** Observes a crawl: its current progress, then each update; completes with the crawl, fails with a `Fault`. */
  progress(id: string): Observable<CrawlProgress> {
    return this.room(id).fold((_, { payload }) => payload);
  }

  /** Starts a crawl and returns its id. */
  async start(request: StartCrawl): Promise<string> {
    return (await this.call('start_crawl', request)).progress_id;
  }

  /** Stops a crawl; its progress then ends as `cancelled`. */
  async stop(id: string): Promise<void> {
    await this.call('stop_crawl', { progress_id: id });
  }

  /** Calls `callback` with a crawl's progress, for callers without observables. */
  subscribeToCrawlProgress(
    id: string,
    callback: (progress: CrawlProgress) => void,
    onError: (error: unknown) => void = () => undefined,
  ): void {
    const followers = this.callbacks.get(id) ?? new Map<typeof callback, Subscription>();
    this.callbacks.set(id, followers);
    followers.get(callback)?.unsubscribe();
    const subscription = this.progress(id).subscribe({ next: callback, error: onError });
    followers.set(callback, subscription);
    subscription.add(() => {
      if (followers.get(callback) === subscription) followers.delete(callback);
      if (followers.size === 0 && this.callbacks.get(id) === followers) this.callbacks.delete(id);
    });
  }

  /** Removes one or all callbacks of a crawl. */
  unsubscribeFromCrawl(id: string, callback?: (progress: CrawlProgress) => void): void {
    this.callbacks.get(id)?.forEach((subscription, follower) => {
      if (!callback || follower === callback) subscription.unsubscribe();
    });
  }
}
