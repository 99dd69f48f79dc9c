import { joinKey, keyPart } from '@switchyard/server/store';

/** The names of the keys and channels of one store. */
export class RedisKeys {
  /** @param database channels are common to all databases of a server, so they carry its number. */
  constructor(
    private readonly prefix: string,
    private readonly database: number,
  ) {}

  log(room: string): string {
    return `${this.prefix}log:${keyPart(room)}`;
  }

  origin(room: string): string {
    return `${this.prefix}origin:${keyPart(room)}`;
  }

  /** The history of the data and its count. */
  get history(): string {
    return `${this.prefix}history`;
  }

  /** The mark that changes when the data is loaded from a copy. */
  get historyMark(): string {
    return `${this.prefix}history-mark`;
  }

  /** When each process was last heard of. */
  get nodes(): string {
    return `${this.prefix}nodes`;
  }

  documents(collection: string): string {
    return `${this.prefix}documents:${keyPart(collection)}`;
  }

  call(key: string): string {
    return `${this.prefix}call:${keyPart(key)}`;
  }

  /** The owner of each lease. */
  get leases(): string {
    return `${this.prefix}leases`;
  }

  seized(key: string, owner: string): string {
    return `${this.prefix}seized:${joinKey(':', owner, key)}`;
  }

  /** The minutes that a series has. */
  series(name: string): string {
    return `${this.prefix}series:${keyPart(name)}`;
  }

  /** The counts of one minute of a series. */
  minute(series: string, minute: number | string): string {
    return `${this.prefix}minute:${joinKey(':', series, String(minute))}`;
  }

  /** The channel of the texts that are sent to an address. */
  messages(address: string): string {
    return `${this.prefix}${this.database}:messages:${keyPart(address)}`;
  }

  /** The times of a caller's actions under one rate limit. */
  budget(name: string, caller: string): string {
    return `${this.prefix}budget:${joinKey(':', name, caller)}`;
  }

  /** Exists for as long as a caller has to wait. */
  held(name: string, caller: string): string {
    return `${this.prefix}held:${joinKey(':', name, caller)}`;
  }

  /** The connected clients of a user. */
  connections(user: string): string {
    return `${this.prefix}connections:${keyPart(user)}`;
  }

  /** The channel of clients to disconnect, because their user has too many. */
  get evictions(): string {
    return `${this.prefix}${this.database}:evictions`;
  }

  /** The people in a room. */
  presence(room: string): string {
    return `${this.prefix}presence:${room}`;
  }

  /** The people of a room in the order they came. */
  presenceOrder(room: string): string {
    return `${this.prefix}presence-order:${room}`;
  }

  /** The people that a process has in rooms. */
  presenceSeats(node: string): string {
    return `${this.prefix}presence-seats:${node}`;
  }

  /** The processes that have had people in rooms. */
  get presenceNodes(): string {
    return `${this.prefix}presence-nodes`;
  }

  feed(room: string): string {
    return `${this.prefix}${this.database}:feed:${keyPart(room)}`;
  }

  changes(collection: string): string {
    return `${this.prefix}${this.database}:changes:${keyPart(collection)}`;
  }

  /** The prefix of the channels of Socket.IO's adapter. */
  get sockets(): string {
    return `${this.prefix}${this.database}:sockets`;
  }
}
