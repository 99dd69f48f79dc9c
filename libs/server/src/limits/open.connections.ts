import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Fault, type ErrorBody } from '@switchyard/contract';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import type { Caller } from '../caller/caller.js';
import { STORE, type Store } from '../store/store.js';

/** A socket of a client, on any wire. */
export interface ClientSocket {
  /** Tells the client why its socket is closed. */
  tell(error: ErrorBody): void;
  /** Closes it for good. */
  close(): void;
}

/** A client of a user that is connected to this process. */
interface Client {
  /** Unix time in ms. */
  since: number;
  sockets: Set<ClientSocket>;
}

/** Limits how many clients a user has connected, over all processes: the oldest one is disconnected. */
@Injectable()
export class OpenConnections implements OnApplicationBootstrap, OnModuleDestroy {
  /** By user, by `client_id`; the oldest first. */
  private readonly users = new Map<string, Map<string, Client>>();
  private readonly logger = new Logger('limits');
  private readonly limit: number;
  private unfollow: (() => void) | undefined;

  constructor(
    @Inject(STORE) private readonly store: Pick<Store, 'cluster'>,
    @Inject(REALTIME_OPTIONS) { maxConnectionsPerUser = 0 }: Pick<RealtimeOptions, 'maxConnectionsPerUser'>,
  ) {
    this.limit = maxConnectionsPerUser;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.limit === 0) return;
    this.unfollow = await this.store.cluster?.connections.follow({
      evicted: (user, client) => this.evict(user, client),
      forgotten: () => this.restore(),
    });
  }

  onModuleDestroy(): void {
    this.unfollow?.();
  }

  /**
   * Counts a socket of a caller, and returns the function to call once it is closed; undefined where nothing is counted.
   *
   * @param connection identifies the client when it has no `client_id`
   */
  enter({ user, client_id }: Caller, connection: string, socket: ClientSocket): (() => void) | undefined {
    if (this.limit === 0 || !user) return undefined;
    const clients = this.users.get(user.id) ?? new Map<string, Client>();
    this.users.set(user.id, clients);
    const id = client_id ?? connection;
    const client = clients.get(id) ?? { since: Date.now(), sockets: new Set() };
    client.sockets.add(socket);
    if (!clients.has(id)) {
      clients.set(id, client);
      void this.count(user.id, id);
    }
    return () => {
      client.sockets.delete(socket);
      if (client.sockets.size === 0) this.leave(user.id, id, client);
    };
  }

  private leave(user: string, id: string, client: Client): void {
    // An evicted client has left already.
    if (this.users.get(user)?.get(id) !== client) return;
    this.remove(user, id);
    this.forget(user, id);
  }

  private async count(user: string, id: string, since?: number): Promise<void> {
    const excess = await this.store.cluster?.connections.enter(user, id, this.limit, since).catch(() => undefined);
    for (const client of excess ?? this.excessHere(user)) this.evict(user, client);
    // The client may have left before the store knew that it came.
    if (!this.users.get(user)?.has(id)) this.forget(user, id);
  }

  private forget(user: string, id: string): void {
    // When a store that is away comes back, this process enters all its clients again.
    this.store.cluster?.connections.leave(user, id).catch(() => undefined);
  }

  private excessHere(user: string): string[] {
    const ids = [...(this.users.get(user)?.keys() ?? [])];
    return ids.slice(0, Math.max(0, ids.length - this.limit));
  }

  private evict(user: string, id: string): void {
    const client = this.users.get(user)?.get(id);
    if (!client) return;
    this.remove(user, id);
    this.logger.log('closing the oldest connection of a user who has too many');
    const error = new Fault('connection.limit', { limit: this.limit }).toBody();
    const sockets = [...client.sockets];
    // Tell all of them first: closing one may close others.
    for (const socket of sockets) socket.tell(error);
    for (const socket of sockets) socket.close();
  }

  private remove(user: string, id: string): void {
    const clients = this.users.get(user);
    clients?.delete(id);
    if (clients?.size === 0) this.users.delete(user);
  }

  private restore(): void {
    for (const [user, clients] of this.users) {
      for (const [id, { since }] of clients) void this.count(user, id, since);
    }
  }
}
