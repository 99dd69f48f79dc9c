import {
  Fault,
  isRoomKey,
  isTerminal,
  roomName,
  type EventName,
  type EventPayload,
  type Position,
  type ServiceContract,
  type TypesOf,
} from '@switchyard/contract';
import { type DocumentWrite, RoomIndex } from '@switchyard/server/store';
import { openRedisStore, type RedisStore } from './redis.store.js';

/** The Redis where the servers keep their rooms, and the prefix of their keys (default `switchyard:`). */
export interface RoomPublisherOptions {
  redisUrl: string;
  prefix?: string;
}

/**
 * Publishes into rooms from a process without a server: the servers on the same Redis send each event to every client,
 * on every wire. Events keep the order of the calls; none is coalesced.
 */
export class RoomPublisher {
  private opening: Promise<{ store: RedisStore; records: RoomIndex }> | undefined;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: RoomPublisherOptions) {}

  /**
   * Sends an event to everybody in the room `key`, with the domain's own `writes` in one transaction; resolves to its
   * position once Redis has it. Volatile events have none.
   *
   * @throws Fault `store.unavailable`; DocumentConflict, when a write expects another document; Error when Redis cannot be reached at first; TypeError when no room has that key
   */
  publish<C extends ServiceContract, E extends EventName<TypesOf<C>>>(
    contract: C,
    key: string,
    event: E,
    payload: EventPayload<TypesOf<C>, E>,
    writes: readonly DocumentWrite[] = [],
  ): Promise<Position | undefined> {
    if (!isRoomKey(key)) return Promise.reject(new TypeError(`unable to publish ${event}; no room has that key`));
    // Now, so that the caller cannot change it while it waits.
    const text = JSON.stringify(payload);
    const published = this.tail.then(() => this.send(contract, roomName(contract, key), event, payload, text, writes));
    this.tail = published.catch(() => undefined);
    return published;
  }

  /** Waits for the events that were published, and closes the connection. */
  async close(): Promise<void> {
    await this.tail;
    const opened = await this.opening?.catch(() => undefined);
    await opened?.store.close();
    this.opening = Promise.reject(new Fault('store.unavailable'));
    this.opening.catch(() => undefined);
  }

  private async send(
    contract: ServiceContract,
    room: string,
    event: string,
    payload: unknown,
    text: string,
    writes: readonly DocumentWrite[],
  ): Promise<Position | undefined> {
    const { store, records } = await this.open();
    if (contract.events.get(event)?.volatile) {
      await store.rooms.publishVolatile(room, event, text);
      return undefined;
    }
    const all = [...writes, ...records.writesFor(room, isTerminal(contract, event, payload))];
    const entry = { event, payload: text, at: Date.now() };
    const appending = store.rooms.append(room, entry, contract.keep, all);
    appending.catch(() => records.writesFailed(room));
    const { epoch, offset } = await appending;
    return { epoch, offset };
  }

  private open(): Promise<{ store: RedisStore; records: RoomIndex }> {
    this.opening ??= this.connect().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async connect(): Promise<{ store: RedisStore; records: RoomIndex }> {
    const { redisUrl: url, prefix } = this.options;
    const store = await openRedisStore({ url, ...(prefix !== undefined && { prefix }) });
    return { store, records: new RoomIndex(store.documents) };
  }
}
