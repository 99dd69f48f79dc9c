import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { Subscription } from 'rxjs';
import { DomainEvents, Sources, type Source } from '../../corpus/index.js';

/** Has sites crawled again. */
@Injectable()
export class SourceRefresher implements OnModuleDestroy {
  /** The crawl under way for each source. */
  private readonly running = new Map<string, string>();
  private readonly ended: Subscription;

  constructor(
    private readonly sources: Sources,
    private readonly events: DomainEvents,
  ) {
    this.ended = events.on('crawl_finished').subscribe(({ progress_id }) => this.forget(progress_id));
  }

  onModuleDestroy(): void {
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

  /** Whether a crawl of a source that was asked for here is under way. */
  isRefreshing(source_id: string): boolean {
    return this.running.has(source_id);
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
