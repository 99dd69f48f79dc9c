import { defineFaults, Fault } from '@switchyard/contract';
import type { DocumentWrite } from './store.js';

defineFaults({
  'store.conflict': {
    status: 409,
    recoverable: true,
    message: 'unable to save; somebody else changed it at the same time',
    help: 'Look at it as it is now, and try again.',
  },
});

/** What writes are refused with when a document is not what one of them expects; none of them was made. */
export class DocumentConflict extends Fault {
  readonly collection: string;
  readonly id: string;

  constructor({ collection, id }: Pick<DocumentWrite, 'collection' | 'id'>) {
    super('store.conflict');
    this.collection = collection;
    this.id = id;
  }
}

/** How often a change is worked out anew; each conflict means that somebody else's was made, so few are enough. */
const MAX_ATTEMPTS = 50;

/**
 * Makes a change that depends on documents it reads: `change` is run again, from the reading on, as long as somebody
 * else's change comes in between.
 *
 * @throws what `change` throws; the last `DocumentConflict` when it never gets through
 */
export async function changeDocuments<T>(change: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof DocumentConflict) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** What a write expects to find as a text to compare with: undefined for anything at all, null for no document. */
export function expectedText({ expect }: DocumentWrite): string | null | undefined {
  return expect ? JSON.stringify(expect) : expect;
}
