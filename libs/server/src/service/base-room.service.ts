import {
  Fault,
  type EventName,
  type EventPayload,
  type JoinOptions,
  type Position,
  type ServiceContract,
  type ServiceTypes,
  type TypesOf,
} from '@switchyard/contract';
import type { RoomConnection } from '../room/room.connection.js';
import type { RoomView } from '../room/room.view.js';
import type { DocumentWrite } from '../store/store.js';
import type { Caller } from '../caller/caller.js';
import type { ServedRooms } from './served.rooms.js';

type Events<C extends ServiceContract> = EventName<TypesOf<C>>;
type Payload<C extends ServiceContract, E extends Events<C>> = EventPayload<TypesOf<C>, E>;
type Snapshot<C extends ServiceContract> = TypesOf<C>['snapshot'];

/** A service's way to tell one of its rooms, handed to what works for it: an event with the writes that belong to it. */
export type RoomPublish<T extends ServiceTypes> = <E extends EventName<T>>(
  event: E,
  payload: EventPayload<T, E>,
  writes: readonly DocumentWrite[],
) => Promise<unknown>;

/**
 * The behaviour of one service, the same on every wire: its handlers, who may enter a room, and what a room looks
 * like now. Everything else is the framework's.
 */
export abstract class BaseRoomService<C extends ServiceContract> {
  private attached: ServedRooms | undefined;

  /** The contract this service was declared with. */
  get contract(): C {
    return this.served.contract as C;
  }

  /** Called once by the framework before the first connection. */
  attach(rooms: ServedRooms): void {
    this.attached = rooms;
  }

  /**
   * The state of the room `key` as the domain has it and the caller may see it; undefined when it knows no such id.
   *
   * It is read while the room's queue stands still, so it must not wait for a publish into the same room.
   */
  abstract snapshot(
    key: string,
    view: RoomView<JoinOptions<TypesOf<C>>>,
  ): Snapshot<C> | undefined | Promise<Snapshot<C> | undefined>;

  /** Whether the caller may enter the room `key` and make calls that name it. */
  authorize(_caller: Caller, _key: string): boolean | Promise<boolean> {
    return true;
  }

  /**
   * Sends an event to everybody in the room, on every wire; resolves to its position. Volatile events have none.
   *
   * `writes` are applied in the transaction of the append; in a `state` room an event that is superseded before it is
   * appended takes its writes with it. What has an `audience`, the id of a user, only that user gets: others learn that
   * something happened, so that their positions go on.
   */
  protected publish<E extends Events<C>>(
    key: string,
    event: E,
    payload: Payload<C, E>,
    writes: readonly DocumentWrite[] = [],
    audience?: string,
  ): Promise<Position | undefined> {
    return this.served.publish(key, event, payload, writes, audience);
  }

  /**
   * Sends an event together with the domain's own writes, as one transaction; resolves once both are durable.
   *
   * @throws DocumentConflict when a write expects another document, and nothing is sent; Fault `store.unavailable`
   */
  protected commit<E extends Events<C>>(
    key: string,
    event: E,
    payload: Payload<C, E>,
    writes: readonly DocumentWrite[] = [],
  ): Promise<Position> {
    return this.served.commit(key, event, payload, writes);
  }

  /** Empties the room's log, begins a new epoch, and sends `event` as the first of it. */
  protected clear<E extends Events<C>>(
    key: string,
    event: E,
    payload: Payload<C, E>,
    writes: readonly DocumentWrite[] = [],
  ): Promise<Position> {
    return this.served.clear(key, event, payload, writes);
  }

  /** Sends an event to one member only, whichever process it is at; it has no offset. Whether it was there is returned. */
  protected send<E extends Events<C>>(
    memberId: string,
    key: string,
    event: E,
    payload: Payload<C, E>,
  ): Promise<boolean> {
    return this.served.send(memberId, key, event, payload);
  }

  /** The connections in the room, of all processes that answer within two seconds. */
  protected members(key: string): Promise<RoomConnection[]> {
    return this.served.members(key);
  }

  /** Takes a member out of the room, whichever process it is at. */
  protected evict(memberId: string, key: string): Promise<void> {
    return this.served.evict(memberId, key);
  }

  /** @throws Fault `room.not_found`, or what the contract names instead, when the domain knows no such id. */
  protected known<T>(value: T | undefined): T {
    if (value === undefined) throw new Fault(this.contract.notFound);
    return value;
  }

  private get served(): ServedRooms {
    if (!this.attached) throw new Error('unable to use the service; it is not attached yet');
    return this.attached;
  }
}
