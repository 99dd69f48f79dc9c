/** What a server under test can be told by the runner. */
export interface ServerCommands {
  /** CPU time this process has used, user and system, in µs. */
  cpu(): number;
  /** Publishes `count` events into the room, one every `every_ms` ms. */
  publish(count: number, every_ms: number): Promise<void>;
  /** Bytes in use on the heap, after a full collection. */
  heap(): Promise<number>;
  /** How many clients are connected. */
  connections(): number;
  /** Begins to sample where the CPU goes. */
  profile(): Promise<void>;
  /** Writes what was sampled to a file that developer tools open. */
  saveProfile(file: string): Promise<void>;
}

/** What the load generator can be told by the runner. */
export interface LoadCommands {
  /** Connects `count` clients more and joins each to the room. */
  connect(url: string, count: number): Promise<void>;
  /** Connects `count` clients, which join nothing yet. */
  open(url: string, count: number): Promise<void>;
  /** Connects `count` plain `ws` clients and waits until each has its first frame. */
  connectOld(url: string, count: number): Promise<void>;
  /** Has all that are open join the room at once; resolves with how long it took, in ms. */
  joinAll(): Promise<number>;
  /** Resolves once all were told that `count` people are in the room, with how long after the last join, in ms. */
  told(count: number): Promise<number>;
  /** Makes `count` calls with `in_flight` of them under way on each client at any time. */
  call(count: number, in_flight: number, correlated: boolean): Promise<void>;
  /** Counts deliveries from zero and resolves once there were `count`. */
  deliveries(count: number): Promise<void>;
  /** Disconnects every client. */
  disconnect(): void;
}

/** The commands of a process by name. */
export type Commands<C> = { [N in keyof C]: (...args: never[]) => unknown };

/** A command on its way to a process. */
export interface Request {
  id: number;
  name: string;
  args: unknown[];
}

/** Its outcome on the way back. */
export interface Response {
  id: number;
  value?: unknown;
  failure?: string;
}
