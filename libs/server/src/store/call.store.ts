/** What is known of a call that carries a `correlation_id`. */
export type CallRecord =
  { state: 'pending'; digest: string; owner: string } | { state: 'done'; digest: string; reply: string };

/** Calls already made, by caller and `correlation_id`; a record is kept for `window_ms` after it was begun. */
export interface CallStore {
  /** Begins a call when nothing is known under `key`; returns the record found there otherwise. */
  begin(key: string, record: CallRecord & { state: 'pending' }, window_ms: number): Promise<CallRecord | undefined>;
  /**
   * Records the reply (JSON text) of a call that was begun, later if need be; resolves once what the call wrote is as
   * safe as it gets. @throws Fault when it is not
   */
  finish(key: string, reply: string): Promise<void>;
  /** Forgets a call that this owner began and that has not ended, as if it had never been made; later if need be. */
  abandon(key: string, owner: string): Promise<void>;
}
