import { hash } from 'node:crypto';
import { type CallRecord, type CallStore, isPending, keyPart } from '@switchyard/server/store';
import type { GroupCommit } from './group.commit.js';
import { isStorable, type LmdbTable, type RowWrite } from './lmdb.table.js';

/** A call record on disk; `expires` is Unix time in ms. */
export interface CallRow {
  expires: number;
  record: CallRecord;
}

const CALLS = 'call';

/** Call records; expired ones are removed as new ones come, oldest first, and when the store is opened. */
export class LmdbCalls implements CallStore {
  /** The key and expiry of every record, the next to expire first. */
  private readonly expiring: { key: string; expires: number }[] = [];
  private gone = 0;

  constructor(
    private readonly table: LmdbTable<CallRow>,
    private readonly commits: GroupCommit<RowWrite>,
  ) {
    for (const [key, { expires }] of table.rows(CALLS)) this.expiring.push({ key: String(key), expires });
    this.expiring.sort((a, b) => a.expires - b.expires);
    this.removeExpired(now());
  }

  async begin(
    call: string,
    record: CallRecord & { state: 'pending' },
    window_ms: number,
  ): Promise<CallRecord | undefined> {
    this.commits.check();
    const key = rowOf(call);
    const at = now();
    this.removeExpired(at);
    const known = this.table.get(CALLS, key);
    if (known && known.expires > at) return known.record;
    const expires = at + window_ms;
    this.table.put(CALLS, key, { expires, record }, key.length);
    this.expiring.push({ key, expires });
    // Not awaited: the call's own writes come after it, so no crash can keep those and lose this.
    return undefined;
  }

  async finish(call: string, reply: string): Promise<void> {
    const key = rowOf(call);
    // Also while the disk is full: the call's own writes wait as well, and reach the disk together with its reply.
    if (!this.commits.isOpen) this.commits.check();
    const known = this.table.get(CALLS, key);
    if (!known) return;
    const record: CallRecord = { state: 'done', digest: known.record.digest, reply };
    this.table.put(CALLS, key, { expires: known.expires, record }, key.length + reply.length);
    await this.commits.flushed();
  }

  async abandon(call: string, owner: string): Promise<void> {
    const key = rowOf(call);
    if (!this.commits.isOpen) this.commits.check();
    if (isPending(this.table.get(CALLS, key)?.record, owner)) this.table.put(CALLS, key, undefined);
  }

  private removeExpired(at: number): void {
    for (; this.gone < this.expiring.length && this.expiring[this.gone]!.expires <= at; this.gone += 1) {
      const { key } = this.expiring[this.gone]!;
      const known = this.table.get(CALLS, key);
      // The call may have been abandoned and begun again.
      if (known && known.expires <= at) this.table.put(CALLS, key, undefined);
    }
    // In large pieces: each cut moves the rest of the array.
    if (this.gone * 2 <= this.expiring.length) return;
    this.expiring.splice(0, this.gone);
    this.gone = 0;
  }
}

// A user's id may be as long as a token allows, and LMDB stops for good on a key that it cannot hold.
function rowOf(call: string): string {
  return isStorable(CALLS, call) ? call : hash('sha256', keyPart(call), 'base64url');
}

// Comparable with the times of an earlier process, and steady when somebody sets the clock.
function now(): number {
  return performance.timeOrigin + performance.now();
}
