import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';

/** Which state of a source's pages is stored; another one with every write to them. */
interface SourceEdition {
  source_id: string;
  edition: string;
}

const COLLECTION = 'source_editions';

/** A name that nothing else has. */
export function newEdition(): string {
  return randomBytes(9).toString('base64url');
}

/** The editions of the sources: what another process looks at to see which of them have changed. */
@Injectable()
export class Editions {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** The edition of each source, by its id. */
  async list(): Promise<Map<string, string>> {
    const editions = await this.store.documents.list<SourceEdition>(COLLECTION);
    return new Map(editions.map(({ source_id, edition }) => [source_id, edition]));
  }

  /** The write that says that a source's pages change with it. */
  put(source_id: string, edition: string): DocumentWrite {
    return { collection: COLLECTION, id: source_id, value: { source_id, edition } satisfies SourceEdition };
  }

  /** The write that forgets a source's edition. */
  delete(source_id: string): DocumentWrite {
    return { collection: COLLECTION, id: source_id, value: null };
  }

  /** Calls `changed` when another process has written an edition, or may have, until the function returned is called. */
  async watch(changed: () => void): Promise<() => void> {
    return (await this.store.cluster?.watch(COLLECTION, changed)) ?? (() => undefined);
  }
}
