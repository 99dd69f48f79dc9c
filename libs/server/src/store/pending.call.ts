import type { CallRecord } from './store.js';

/** Whether this owner began the call and it has not ended. */
export function isPending(record: CallRecord | undefined, owner: string): boolean {
  return record?.state === 'pending' && record.owner === owner;
}
