import { Inject, Injectable } from '@nestjs/common';
import type { MigrationAudit } from '@switchyard/contract';
import { ServiceRegistry } from '../service/service.registry.js';
import { STORE, type Store } from '../store/store.js';
import { invalidField } from '../validation/payload.validation.js';
import { effectOf } from './effect.documents.js';
import { figuresAt } from './figure.documents.js';
import { StageStore, type AuditRecord } from './stage.store.js';

/** A page of a service's audit, newest first; `next` is the `before` of the following page, absent on the last one. */
export interface AuditPage {
  entries: MigrationAudit[];
  next?: string;
}

/** Reads the changes of the services' stages. */
@Injectable()
export class MigrationAuditReader {
  private readonly records: StageStore;

  constructor(
    private readonly registry: ServiceRegistry,
    @Inject(STORE) private readonly store: Store,
  ) {
    this.records = new StageStore(store);
  }

  /**
   * Reads the newest `limit` entries of a service, or those before the entry with the id `before`.
   *
   * Each entry names the one before it, so a page costs the same however long the history is.
   *
   * @throws Fault `service.unknown`, `input.invalid` when the service has no entry `before`, `store.unavailable`
   */
  async page(service: string, limit: number, before?: string): Promise<AuditPage> {
    this.registry.get(service);
    const found: AuditRecord[] = [];
    let next = await this.start(service, before);
    while (next !== undefined && found.length < limit) {
      const entry: AuditRecord | undefined = await this.records.entry(next);
      if (entry) found.push(entry);
      next = entry?.previous;
    }
    const entries = await Promise.all(found.map((entry) => this.shown(entry)));
    return { entries, ...(next !== undefined && { next: found.at(-1)!.id }) };
  }

  /** The id of the first entry of a page. */
  private async start(service: string, before: string | undefined): Promise<string | undefined> {
    if (before === undefined) return (await this.records.get(service))?.audit;
    const entry = await this.records.entry(before);
    if (entry?.to.service !== service) throw invalidField('before', 'must be the id of an entry of this service');
    return entry.previous;
  }

  private async shown({ id, at, by, from, to }: AuditRecord): Promise<MigrationAudit> {
    const { documents } = this.store;
    const [effect, figures] = await Promise.all([effectOf(documents, id), figuresAt(documents, id)]);
    return { id, at, by, from, to, effect, ...(figures && { figures }) };
  }
}
