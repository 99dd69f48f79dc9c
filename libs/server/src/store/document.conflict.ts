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

/** Refuses writes when a document is not the one that a write expects; none of them was made. */
export class DocumentConflict extends Fault {
  readonly collection: string;
  readonly id: string;

  constructor({ collection, id }: Pick<DocumentWrite, 'collection' | 'id'>) {
    super('store.conflict');
    this.collection = collection;
    this.id = id;
  }
}

/** How often a change is tried; each conflict means that another change succeeded, so few are enough. */
const MAX_ATTEMPTS = 50;

/**
 * Makes a change that depends on documents it reads: `change` runs again, with new reads, each time another change comes
 * in between.
 *
 * @throws what `change` throws; the last `DocumentConflict` when it never succeeds
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

/** The text that a write expects the document to have: undefined accepts any, null expects no document. */
export function expectedText({ expect }: DocumentWrite): string | null | undefined {
  return expect ? JSON.stringify(expect) : expect;
}
