import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Fault, type ErrorBody } from '@switchyard/contract';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import type { Caller } from '../caller/caller.js';
import { CauseLog } from '../log/cause.log.js';
import { STORE, type Store } from '../store/store.js';

/** One socket of a client, on any wire. */
export interface ClientSocket {
  /** Sends the reason for the close. */
  sendError(error: ErrorBody): void;
  /** Closes the socket; its client does not reconnect. */
  close(): void;
}

/** A user's client that is connected to this process. */
interface Client {
  /** Unix time in ms. */
  since: number;
  sockets: Set<ClientSocket>;
}

/** Limits how many clients a user has connected, in all processes together; the oldest is closed. */
@Injectable()
export class OpenConnections implements OnApplicationBootstrap, OnModuleDestroy {
  /** The clients of each user by `client_id`, the oldest first. */
  private readonly users = new Map<string, Map<string, Client>>();
  private readonly logger = new Logger('limits');
  private readonly log = new CauseLog(this.logger);
  private readonly limit: number;
  private unfollow: (() => void) | undefined;

  constructor(
    @Inject(STORE) private readonly store: Pick<Store, 'cluster'>,
    @Inject(REALTIME_OPTIONS) { maxConnectionsPerUser }: Pick<ResolvedOptions, 'maxConnectionsPerUser'>,
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
    this.log.close();
  }

  /**
   * Counts a caller's socket; call the returned function when it closes. Undefined when the caller is not limited.
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
    // An evicted client was removed already.
    if (this.users.get(user)?.get(id) !== client) return;
    this.remove(user, id);
    this.forget(user, id);
  }

  private async count(user: string, id: string, since?: number): Promise<void> {
    const excess = await this.store.cluster?.connections.enter(user, id, this.limit, since).catch(() => undefined);
    for (const client of excess ?? this.excessHere(user)) this.evict(user, client);
    // The client may have left while the store counted it.
    if (!this.users.get(user)?.has(id)) this.forget(user, id);
  }

  private forget(user: string, id: string): void {
    // When the store is back, `restore` counts this process's clients again.
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
    this.log.warn(
      'connection.limit',
      `closed the oldest client of a user, who has more than ${this.limit} (maxConnectionsPerUser; 0 allows any number)`,
    );
    const error = new Fault('connection.limit', { limit: this.limit }).toBody();
    const sockets = [...client.sockets];
    // Send all errors first: closing one socket may close others that share its connection.
    for (const socket of sockets) this.attempt(() => socket.sendError(error));
    for (const socket of sockets) this.attempt(() => socket.close());
  }

  /** The codec of a team may fail on the error, and the other sockets have to close too. */
  private attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.logger.error(`unable to tell a socket that it is closed; ${String(error)}`);
    }
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
