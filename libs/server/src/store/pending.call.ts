import type { CallRecord } from './store.js';

/** Whether a call is one that this owner began and that has not ended. */
export function isPending(record: CallRecord | undefined, owner: string): boolean {
  return record?.state === 'pending' && record.owner === owner;
}
