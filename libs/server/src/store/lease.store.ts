/** A lease, the process that owns it, and whether that process is alive. */
export interface Lease {
  key: string;
  owner: string;
  isAlive: boolean;
}

/**
 * Exclusive work: one process at a time owns a key, until it releases it or another process seizes it from a dead owner.
 * Owners are the ids of processes. Each method throws Fault `store.unavailable`.
 */
export interface LeaseStore {
  /** Takes a lease that nobody else has, and answers whether it did; what is written afterwards is never seen before it. */
  take(key: string, owner: string): Promise<boolean>;
  /** Whether the owner still has its lease; an owner gets back a lease that the store has forgotten. */
  keep(key: string, owner: string): Promise<boolean>;
  /** Takes a lease from an owner that was silent for `silent_ms` or has left, and answers whether it did; `from` cannot keep it later. */
  seize(key: string, owner: string, from: string, silent_ms: number): Promise<boolean>;
  /** Releases a lease, if it is the owner's. */
  release(key: string, owner: string): Promise<void>;
  /** The owner of a lease, dead or alive; undefined when nobody has it. */
  find(key: string): Promise<string | undefined>;
  /** Every lease; an owner that was silent for `silent_ms` or has left is not alive. */
  list(silent_ms: number): Promise<Lease[]>;
}
