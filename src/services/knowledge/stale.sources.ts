import { Inject, Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { STORE, type Store } from '@switchyard/server';
import { Sources, type Source } from '../../corpus/index.js';
import { Claims } from '../../jobs/index.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { SourceRefresher } from './source.refresher.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** When a source was last crawled for being stale, in Unix ms; kept, so that neither a restart nor another process tries sooner. */
interface Tried {
  at: number;
}

const COLLECTION = 'stale_tries';

/** Looks every hour for sites that are older than their `update_frequency_days`, in one process of all. */
@Injectable()
export class StaleSources {
  private readonly logger = new Logger(StaleSources.name);

  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly sources: Sources,
    private readonly refresher: SourceRefresher,
    private readonly claims: Claims,
    private readonly settings: KnowledgeSettings,
  ) {}

  /** Looks, unless another process does; on the hour, when all of them would. */
  @Cron(CronExpression.EVERY_HOUR)
  async look(now = Date.now()): Promise<void> {
    try {
      if (!(await this.claims.take(`stale-sources:${Math.floor(now / HOUR_MS)}`))) return;
      const asked = await this.refreshDue(now);
      if (asked.length > 0) this.logger.log(`crawling again what has grown old: ${asked.join(', ')}`);
    } catch (error) {
      this.logger.warn(`unable to look for stale sources; trying again in an hour: ${String(error)}`);
    }
  }

  /** Has every source crawled that is stale at `now` (Unix ms), and returns which these are. */
  async refreshDue(now: number): Promise<string[]> {
    const asked: string[] = [];
    for (const source of await this.sources.list()) {
      if (!(await this.isDue(source, now))) continue;
      await this.store.documents.write([{ collection: COLLECTION, id: source.source_id, value: { at: now } }]);
      if (await this.refresh(source)) asked.push(source.source_id);
    }
    return asked;
  }

  /** One that cannot be refreshed, as it was just deleted, is no reason to leave the others. */
  private async refresh({ source_id, owner }: Source): Promise<boolean> {
    try {
      await this.refresher.refresh(source_id, owner);
      return true;
    } catch (error) {
      this.logger.warn(`unable to refresh ${source_id}; ${String(error)}`);
      return false;
    }
  }

  private async isDue(source: Source, now: number): Promise<boolean> {
    const { source_id, source_type, status, last_scraped, update_frequency_days } = source;
    if (source_type !== 'url' || status === 'processing') return false;
    if (now - Date.parse(last_scraped) <= update_frequency_days * DAY_MS) return false;
    if (await this.refresher.isRefreshing(source_id)) return false;
    // A site that cannot be reached stays stale; it is left alone for a while.
    const tried = await this.store.documents.get<Tried>(COLLECTION, source_id);
    return tried === undefined || now - tried.at >= this.settings.staleRetryMs;
  }
}
