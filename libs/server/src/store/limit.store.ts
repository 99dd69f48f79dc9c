/** At most `limit` actions within a sliding window. */
export interface RateLimit {
  limit: number;
  window_ms: number;
}

/** Counts one kind of action by caller, within a sliding window. */
export interface RateLimiter {
  /**
   * Counts one action and answers 0, or counts nothing and answers how long the caller has to wait, in ms. Never fails.
   *
   * A refused caller stays blocked until its wait ends, so that later actions cannot overtake the refused one.
   */
  consume(key: string): number | Promise<number>;
}

/** The rate limiters of a store. */
export interface LimitStore {
  /** The rate limiter of that name; all processes that share the store share it. */
  limiter(name: string, limit: RateLimit): RateLimiter;
}

/** Hears what happens to the connections that a process has entered. */
export interface ConnectionFollower {
  /** Another process found that the user has too many clients, and this is the oldest. */
  evicted(user: string, client: string): void;
  /** The store may have forgotten the clients that this process has entered. */
  forgotten(): void;
}

/** The connected clients of each user, over all processes. */
export interface ConnectionStore {
  /**
   * Enters a client of a user as connected to this process, with `since` (Unix ms) when the store had forgotten it.
   * Returns the clients above the limit, the oldest first, and tells the other processes about them.
   *
   * @throws Fault `store.unavailable`
   */
  enter(user: string, client: string, limit: number, since?: number): Promise<string[]>;
  /** Removes a client from this process. @throws Fault `store.unavailable` */
  leave(user: string, client: string): Promise<void>;
  /** Calls the follower from when the promise resolves until the returned function is called. @throws Fault `store.unavailable` */
  follow(follower: ConnectionFollower): Promise<() => void>;
}
