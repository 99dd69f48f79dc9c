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

/** Publishes an event into one room of a service, with the writes that belong to it; handed to the service's workers. */
export type RoomPublish<T extends ServiceTypes> = <E extends EventName<T>>(
  event: E,
  payload: EventPayload<T, E>,
  writes: readonly DocumentWrite[],
) => Promise<unknown>;

/**
 * The behaviour of one service, the same on every wire: its handlers, who may enter a room, and the state of a room.
 * The framework does everything else.
 */
export abstract class BaseRoomService<C extends ServiceContract> {
  private attached: ServedRooms | undefined;

  /** The contract that the gateway declares. */
  get contract(): C {
    return this.served.contract as C;
  }

  /** Gives the service its rooms; the framework calls it once, before the first connection. */
  attach(rooms: ServedRooms): void {
    this.attached = rooms;
  }

  /**
   * The state of the room `key` that the caller may see; undefined when the domain knows no such id.
   *
   * The room's queue waits for it, so it must not wait for a publish into the same room.
   */
  abstract snapshot(
    key: string,
    view: RoomView<JoinOptions<TypesOf<C>>>,
  ): Snapshot<C> | undefined | Promise<Snapshot<C> | undefined>;

  /** Whether the caller may enter the room `key`, and make calls that name it. */
  authorize(_caller: Caller, _key: string): boolean | Promise<boolean> {
    return true;
  }

  /**
   * Called after `authorize` and before the caller joins the room `key` or asks for its state; the join waits for it, the
   * room's queue does not. A service whose rooms come from elsewhere opens them here.
   *
   * @throws Fault with which the join is refused
   */
  prepare(_caller: Caller, _key: string): void | Promise<void> {}

  /**
   * Sends an event to all members of the room, on every wire; resolves to its position. Volatile events have none.
   *
   * `writes` are applied in the transaction of the append. In a `state` room a later event may supersede this one before it
   * is appended, and its writes are dropped too. With `audience`, the id of a user, only that user gets the event; the others
   * get `hidden` in its place, so that their positions have no holes.
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
   * Sends an event and applies the domain's own writes in one transaction; resolves once both are durable.
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

  /** Empties the room's log, begins a new epoch, and sends `event` as its first event. */
  protected clear<E extends Events<C>>(
    key: string,
    event: E,
    payload: Payload<C, E>,
    writes: readonly DocumentWrite[] = [],
  ): Promise<Position> {
    return this.served.clear(key, event, payload, writes);
  }

  /** Sends an event without offset to one member, in whatever process; resolves to whether the member was found. */
  protected send<E extends Events<C>>(
    memberId: string,
    key: string,
    event: E,
    payload: Payload<C, E>,
  ): Promise<boolean> {
    return this.served.members.send(memberId, key, event, payload);
  }

  /** The members of the room in all processes that answer in time. */
  protected members(key: string): Promise<RoomConnection[]> {
    return this.served.members.of(key);
  }

  /** Takes a member out of the room, in whatever process. */
  protected evict(memberId: string, key: string): Promise<void> {
    return this.served.members.evict(memberId, key);
  }

  /** The value, if the domain knows it. @throws Fault `room.not_found`, or the fault that the contract names instead */
  protected known<T>(value: T | undefined): T {
    if (value === undefined) throw new Fault(this.contract.notFound);
    return value;
  }

  private get served(): ServedRooms {
    if (!this.attached) throw new Error('unable to use the service; it is not attached yet');
    return this.attached;
  }
}
