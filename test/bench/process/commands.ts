/** The runner's commands for a server under test. */
export interface ServerCommands {
  /** Returns the CPU time of this process in µs, user and system. */
  cpu(): number;
  /** Publishes `count` events into the room, one every `every_ms` ms. */
  publish(count: number, every_ms: number): Promise<void>;
  /** Returns the heap's used bytes after a full collection. */
  heap(): Promise<number>;
  /** Returns the number of connected clients. */
  connections(): number;
  /** Starts a CPU profile. */
  profile(): Promise<void>;
  /** Writes the CPU profile to a file for developer tools. */
  saveProfile(file: string): Promise<void>;
}

/** The runner's commands for the load process. */
export interface LoadCommands {
  /** Connects `count` more clients and joins each to the room. */
  connect(url: string, count: number): Promise<void>;
  /** Connects `count` clients without a room. */
  open(url: string, count: number): Promise<void>;
  /** Connects `count` plain `ws` clients and waits until each has its first frame. */
  connectOld(url: string, count: number): Promise<void>;
  /** Joins all open clients to the room at once; resolves to the duration in milliseconds. */
  joinAll(): Promise<number>;
  /** Resolves once all clients know that `count` people are in the room, to the time since the last join in milliseconds. */
  awaitCount(count: number): Promise<number>;
  /** Makes `count` calls, with `in_flight` concurrent ones on each client. */
  call(count: number, in_flight: number, correlated: boolean): Promise<void>;
  /** Counts deliveries from zero and resolves at `count`. */
  deliveries(count: number): Promise<void>;
  /** Disconnects every client. */
  disconnect(): void;
}
