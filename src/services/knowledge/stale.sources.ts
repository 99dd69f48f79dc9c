import { Inject, Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { DocumentConflict, STORE, type Store } from '@switchyard/server';
import { Sources, type Source } from '../../corpus/index.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { SourceRefresher } from './source.refresher.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** The stored time of a source's last refresh, in Unix ms; no process tries again too soon. */
interface Tried {
  at: number;
}

/** The last hour, counted since 1970, in which a process looked for stale sources. */
interface Look {
  hour: number;
}

const TRIES = 'stale_tries';
const LOOKS = 'stale_looks';
const LAST = 'last';

/** Refreshes the sites that are older than their `update_frequency_days`; each hour, one process looks for them. */
@Injectable()
export class StaleSources {
  private readonly logger = new Logger(StaleSources.name);

  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly sources: Sources,
    private readonly refresher: SourceRefresher,
    private readonly settings: KnowledgeSettings,
  ) {}

  /** Looks for stale sites, unless another process does so in this hour. */
  @Cron(CronExpression.EVERY_HOUR)
  async look(now = Date.now()): Promise<void> {
    try {
      if (!(await this.claim(Math.floor(now / HOUR_MS)))) return;
      const refreshed = await this.refreshDue(now);
      if (refreshed.length > 0) this.logger.log(`refreshing stale sources: ${refreshed.join(', ')}`);
    } catch (error) {
      this.logger.warn(`unable to look for stale sources; trying again in an hour: ${String(error)}`);
    }
  }

  /** Refreshes every source that is stale at `now` (Unix ms), and returns their ids. */
  async refreshDue(now: number): Promise<string[]> {
    const refreshed: string[] = [];
    for (const source of await this.sources.list()) {
      if (!(await this.isDue(source, now))) continue;
      await this.store.documents.write([{ collection: TRIES, id: source.source_id, value: { at: now } }]);
      if (await this.refresh(source)) refreshed.push(source.source_id);
    }
    return refreshed;
  }

  /** Whether this process is the first to look in this hour; the write of a second process gets a conflict. */
  private async claim(hour: number): Promise<boolean> {
    const { documents } = this.store;
    const last = await documents.get<Look>(LOOKS, LAST);
    if (last?.hour === hour) return false;
    try {
      await documents.write([{ collection: LOOKS, id: LAST, value: { hour } satisfies Look, expect: last ?? null }]);
      return true;
    } catch (error) {
      if (error instanceof DocumentConflict) return false;
      throw error;
    }
  }

  /** Refreshes one source; if it fails, for example because it was just deleted, the others go on. */
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
    // A site that cannot be reached stays stale; wait before the next try.
    const tried = await this.store.documents.get<Tried>(TRIES, source_id);
    return tried === undefined || now - tried.at >= this.settings.staleRetryMs;
  }
}
