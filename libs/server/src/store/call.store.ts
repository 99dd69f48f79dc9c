/** The record of a call that carries a `correlation_id`. */
export type CallRecord =
  { state: 'pending'; digest: string; owner: string } | { state: 'done'; digest: string; reply: string };

/** Calls already made, by caller and `correlation_id`; a record is kept for `window_ms` after it was begun. */
export interface CallStore {
  /** Begins a call unless `key` has a record already, which is then returned. */
  begin(key: string, record: CallRecord & { state: 'pending' }, window_ms: number): Promise<CallRecord | undefined>;
  /**
   * Records the reply (JSON text) of a call, later if the store is away; resolves once the call's own writes are durable.
   * @throws Fault when they are not
   */
  finish(key: string, reply: string): Promise<void>;
  /** Forgets a call of this owner that has not ended, as if it had never been made; later if the store is away. */
  abandon(key: string, owner: string): Promise<void>;
}
