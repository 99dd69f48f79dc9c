import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';

/** The version of a source's pages; each write to them changes it. */
interface SourceEdition {
  source_id: string;
  edition: string;
}

const COLLECTION = 'source_editions';

/** Creates a unique edition. */
export function newEdition(): string {
  return randomBytes(9).toString('base64url');
}

/** Stores the sources' editions, by which other processes detect changes. */
@Injectable()
export class Editions {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Maps each source id to its edition. */
  async list(): Promise<Map<string, string>> {
    const editions = await this.store.documents.list<SourceEdition>(COLLECTION);
    return new Map(editions.map(({ source_id, edition }) => [source_id, edition]));
  }

  /** Returns the write that sets a source's edition. */
  put(source_id: string, edition: string): DocumentWrite {
    return { collection: COLLECTION, id: source_id, value: { source_id, edition } satisfies SourceEdition };
  }

  /** Returns the write that deletes a source's edition. */
  delete(source_id: string): DocumentWrite {
    return { collection: COLLECTION, id: source_id, value: null };
  }

  /** Calls `changed` after possible writes of other processes, until the returned function is called. */
  async watch(changed: () => void): Promise<() => void> {
    return (await this.store.cluster?.watch(COLLECTION, changed)) ?? (() => undefined);
  }
}
