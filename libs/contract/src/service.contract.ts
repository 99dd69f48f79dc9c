import { LIST_MEMBERS, isPresenceEvent } from './presence.js';
import type { CallName, EventName, EventPayload, RoomKind, ServiceTypes } from './service.types.js';

/** A service with many rooms: where payloads have the room key, and how room names are formed. */
export interface KeyedRooms<K extends string = string> {
  /** The room's name is `{prefix}_{key}`. */
  prefix: string;
  /** The payload field with the key. */
  key: K;
  /** The key when a payload has none. */
  default?: string;
}

/** A service with one room for everybody. */
export interface SingleRoom {
  name: string;
}

/** The options of a call. */
export interface CallOptions {
  /** Whether the call may run twice; it is then run again when the process of its first attempt was lost. */
  repeatable?: boolean;
}

/** The options of an event. */
export interface EventOptions<P> {
  /** Whether it is sent to current members only: without offset, not logged, and dropped for slow connections. */
  volatile?: boolean;
  /** Whether this event ends its room. */
  terminal?: boolean | ((payload: P) => boolean);
}

/** The declaration of a service, from which its contract is derived. */
export interface ServiceDefinition<T extends ServiceTypes> {
  /** Also names the namespace `/{name}`, the flag `realtime-{name}` and the label in metrics. */
  name: string;
  kind: RoomKind;
  room: KeyedRooms<keyof T['room'] & string> | SingleRoom;
  /** The name of the join call, and its older aliases (default `join_{prefix}`, with the prefix or name of its rooms). */
  join?: string | readonly string[];
  /** The same for the call that leaves (default `leave_{prefix}`). */
  leave?: string | readonly string[];
  /** The event with the snapshot for clients other than our SDK (default `{prefix}_snapshot`). */
  snapshot?: string;
  calls: { readonly [N in CallName<T>]: CallOptions };
  events: { readonly [E in EventName<T>]: EventOptions<EventPayload<T, E>> };
  /** The code of the fault for an unknown room (default `room.not_found`); `@ServiceGateway` checks it. */
  notFound?: string;
  /** Whether members see who else is in the room (default no). */
  presence?: boolean;
  /** How many events a room's log keeps (default 1000). */
  keep?: number;
  /** In `state` rooms, the shortest interval between two events in ms, terminal events excepted (default 100). */
  coalesce_ms?: number;
}

/** A service's contract: its definition with the derived names, shared by server, client and wires. */
export interface ServiceContract<T extends ServiceTypes = ServiceTypes> {
  readonly types?: T;
  readonly name: string;
  readonly namespace: `/${string}`;
  readonly flag: string;
  readonly kind: RoomKind;
  readonly room: KeyedRooms | SingleRoom;
  readonly joins: readonly string[];
  readonly leaves: readonly string[];
  readonly snapshot: string;
  readonly calls: ReadonlyMap<string, CallOptions>;
  readonly events: ReadonlyMap<string, EventOptions<never>>;
  readonly notFound: string;
  readonly presence: boolean;
  readonly keep: number;
  /** 0 when events are not coalesced. */
  readonly coalesce_ms: number;
}

/** The built-in calls of every service; a contract may not declare them. */
export const RESERVED_CALLS = ['join_room', 'leave_room', LIST_MEMBERS, 'reauthenticate', 'report_stats'] as const;

/**
 * The event that members get in place of an event for another user only; it has that event's offset and an empty
 * payload. A contract may not declare it.
 */
export const HIDDEN_EVENT = 'hidden';

const DEFAULT_KEEP = 1000;
const DEFAULT_COALESCE_MS = 100;
const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Defines a service: `defineService<ChatTypes>()({ name: 'chat', … })`.
 *
 * @throws TypeError when a name is malformed, reserved or declared twice
 */
export function defineService<T extends ServiceTypes>() {
  return (definition: ServiceDefinition<T>): ServiceContract<T> => {
    const { name } = definition;
    if (!NAME.test(name)) throw new TypeError(`unable to define the service "${name}"; its name must match ${NAME}`);
    const unusable = Object.keys(definition.events).find((event) => event === HIDDEN_EVENT || event.includes(' '));
    if (unusable !== undefined) {
      throw new TypeError(`unable to define the service "${name}"; no event can be called "${unusable}"`);
    }
    const { room } = definition;
    const rooms = 'prefix' in room ? room.prefix : room.name;
    const joins = [definition.join ?? `join_${rooms}`].flat();
    const leaves = [definition.leave ?? `leave_${rooms}`].flat();
    const seen = new Set<string>(RESERVED_CALLS);
    for (const call of [...joins, ...leaves, ...Object.keys(definition.calls)]) {
      if (seen.has(call)) {
        throw new TypeError(`unable to define the service "${name}"; "${call}" is reserved or declared twice`);
      }
      seen.add(call);
    }
    const taken = Object.keys(definition.events).find(isPresenceEvent);
    if (taken) throw new TypeError(`unable to define the service "${name}"; the event "${taken}" is reserved`);
    return {
      name,
      namespace: `/${name}`,
      flag: `realtime-${name}`,
      kind: definition.kind,
      room,
      joins,
      leaves,
      snapshot: definition.snapshot ?? `${rooms}_snapshot`,
      // Maps, so that a received name can never select an inherited property such as `constructor`.
      calls: new Map(Object.entries<CallOptions>(definition.calls)),
      events: new Map(Object.entries<EventOptions<never>>(definition.events)),
      notFound: definition.notFound ?? 'room.not_found',
      presence: definition.presence ?? false,
      keep: definition.keep ?? DEFAULT_KEEP,
      coalesce_ms: definition.kind === 'state' ? (definition.coalesce_ms ?? DEFAULT_COALESCE_MS) : 0,
    };
  };
}

/** Whether an event with this payload ends its room. */
export function isTerminal(contract: ServiceContract, event: string, payload: unknown): boolean {
  const terminal = contract.events.get(event)?.terminal;
  return typeof terminal === 'function' ? terminal(payload as never) : terminal === true;
}
