import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { Subscription } from 'rxjs';
import { DomainEvents, Sources, type Source } from '../../corpus/index.js';
import { KnowledgeSettings } from './knowledge.settings.js';

const DAY_MS = 86_400_000;

/** Has sites crawled again: when somebody asks, and when they are older than their `update_frequency_days`. */
@Injectable()
export class SourceRefresher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SourceRefresher.name);
  /** The crawl under way for each source. */
  private readonly running = new Map<string, string>();
  /** When each stale source was last tried, in Unix ms. */
  private readonly tried = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly ended: Subscription;

  constructor(
    private readonly sources: Sources,
    private readonly events: DomainEvents,
    private readonly settings: KnowledgeSettings,
  ) {
    this.ended = events.on('crawl_finished').subscribe(({ progress_id }) => this.forget(progress_id));
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.refreshStale().catch((error: unknown) => this.logger.error(error));
    }, this.settings.staleCheckMs);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.ended.unsubscribe();
  }

  /**
   * Asks for a source to be crawled as it was the last time, and returns the crawl's id; one that is under way is not
   * asked for again.
   *
   * @throws Fault `item.not_found`, `item.not_refreshable`
   */
  async refresh(source_id: string, owner: string | undefined): Promise<string> {
    const source = await this.sources.get(source_id);
    if (!source) throw new Fault('item.not_found', { source_id });
    if (source.source_type !== 'url') throw new Fault('item.not_refreshable', { source_id });
    return this.running.get(source_id) ?? this.request(source, owner);
  }

  /** Asks for every source that is stale at `now` (Unix ms) and returns which these are. */
  async refreshStale(now = Date.now()): Promise<string[]> {
    const due = (await this.sources.list()).filter((source) => this.isDue(source, now));
    for (const source of due) {
      this.tried.set(source.source_id, now);
      this.request(source, undefined);
    }
    return due.map(({ source_id }) => source_id);
  }

  private isDue({ source_id, source_type, status, last_scraped, update_frequency_days }: Source, now: number): boolean {
    if (source_type !== 'url' || status === 'processing' || this.running.has(source_id)) return false;
    // A site that cannot be reached stays stale; it is left alone for a while.
    if (now - (this.tried.get(source_id) ?? -Infinity) < this.settings.staleRetryMs) return false;
    return now - Date.parse(last_scraped) > update_frequency_days * DAY_MS;
  }

  private request({ source_id, url, crawl_limits, tags }: Source, owner: string | undefined): string {
    const progress_id = randomUUID();
    this.running.set(source_id, progress_id);
    const request = { url, ...crawl_limits, ...(tags.length > 0 && { tags }) };
    this.events.emit('crawl_requested', { progress_id, request, ...(owner !== undefined && { owner }) });
    return progress_id;
  }

  private forget(progress_id: string): void {
    for (const [source_id, running] of this.running) if (running === progress_id) this.running.delete(source_id);
  }
}
