/** So much of something within a window that slides. */
export interface RateLimit {
  limit: number;
  window_ms: number;
}

/** What each caller did of one kind within its window, counted by key. */
export interface RateLimiter {
  /**
   * Counts one more and answers 0, or counts nothing and answers how long the caller has to wait, in ms. Never fails.
   *
   * Whoever is told to wait is let do nothing before that, so that what was sent after it cannot overtake it.
   */
  consume(key: string): number | Promise<number>;
}

/** Counts what callers do. */
export interface LimitStore {
  /** The budget of that name; all processes that share the store share it. */
  limiter(name: string, limit: RateLimit): RateLimiter;
}

/** What a process is told of the connections of its users. */
export interface ConnectionFollower {
  /** Another process found a client to be one too many for its user. */
  evicted(user: string, client: string): void;
  /** The store may have forgotten what this process told it. */
  forgotten(): void;
}

/** Which clients each user has connected, over all processes. */
export interface ConnectionStore {
  /**
   * Has a client of a user connected to this process, since a Unix time in ms where it was before the store forgot it.
   * Returns those that are now too many, the oldest first, and tells the other processes of them.
   *
   * @throws Fault `store.unavailable`
   */
  enter(user: string, client: string, limit: number, since?: number): Promise<string[]>;
  /** Has it no longer connected to this process. @throws Fault `store.unavailable` */
  leave(user: string, client: string): Promise<void>;
  /** Tells the follower from when the promise resolves until the function it resolves to is called. @throws Fault `store.unavailable` */
  follow(follower: ConnectionFollower): Promise<() => void>;
}
