import { isPending } from '../pending.call.js';
import type { CallRecord, CallStore } from '../store.js';

interface Timed {
  record: CallRecord;
  expires: number;
}

/** Call records in this process's memory; expired ones are dropped as new ones come, oldest first. */
export class MemoryCalls implements CallStore {
  private readonly records = new Map<string, Timed>();

  begin(key: string, record: CallRecord & { state: 'pending' }, window_ms: number): Promise<CallRecord | undefined> {
    const now = performance.now();
    this.dropExpired(now);
    const known = this.records.get(key);
    if (known && known.expires > now) return Promise.resolve(known.record);
    // At the end, behind older records.
    this.records.delete(key);
    this.records.set(key, { record, expires: now + window_ms });
    return Promise.resolve(undefined);
  }

  finish(key: string, reply: string): Promise<void> {
    const known = this.records.get(key);
    if (known && known.expires > performance.now())
      known.record = { state: 'done', digest: known.record.digest, reply };
    return Promise.resolve();
  }

  abandon(key: string, owner: string): Promise<void> {
    if (isPending(this.records.get(key)?.record, owner)) this.records.delete(key);
    return Promise.resolve();
  }

  // A Map keeps the order of insertion and records live about equally long, so the expired ones come first.
  private dropExpired(now: number): void {
    for (const [key, { expires }] of this.records) {
      if (expires > now) return;
      this.records.delete(key);
    }
  }
}
