import { faultKind } from './fault.registry.js';
import { LIST_MEMBERS, isPresenceEvent } from './presence.js';
import type { CallName, EventName, EventPayload, RoomKind, ServiceTypes } from './service.types.js';

/** How the key of a room is found and turned into its name. */
export interface KeyedRooms<K extends string = string> {
  /** The room's name is `{prefix}_{key}`. */
  prefix: string;
  /** The payload field that holds the key. */
  key: K;
  /** The key used when a caller names none. */
  default?: string;
}

/** A service whose every member shares one room. */
export interface SingleRoom {
  name: string;
}

export interface CallOptions {
  /** Running the call a second time does no harm, so it is run again when its first owner was lost. */
  repeatable?: boolean;
}

export interface EventOptions<P> {
  /** Sent to whoever is there now: no offset, not kept, may be dropped under pressure. */
  volatile?: boolean;
  /** Whether this event is the room's last one. */
  terminal?: boolean | ((payload: P) => boolean);
}

/** What a service declares; everything else about it is derived. */
export interface ServiceDefinition<T extends ServiceTypes> {
  /** Gives the namespace `/{name}`, the flag `realtime-{name}` and the label in metrics. */
  name: string;
  kind: RoomKind;
  room: KeyedRooms<keyof T['room'] & string> | SingleRoom;
  /** The join call's name in this service, and its older aliases. */
  join: string | readonly string[];
  leave: string | readonly string[];
  /** The event that carries the snapshot to clients that are not our SDK. */
  snapshot: string;
  calls: { readonly [N in CallName<T>]: CallOptions };
  events: { readonly [E in EventName<T>]: EventOptions<EventPayload<T, E>> };
  /** The registered fault for an id the domain does not know (default `room.not_found`). */
  notFound?: string;
  /** Whether the people in a room are told who is there (default no). */
  presence?: boolean;
  /** How many events a room keeps for replay (default 1000). */
  keep?: number;
  /** In `state` rooms, the least time between two events that do not end it, in ms (default 100). */
  coalesce_ms?: number;
}

/** A service's contract: its definition with the derived addresses, the single source for server, client and every wire. */
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
  /** 0 where nothing is coalesced. */
  readonly coalesce_ms: number;
}

/** Names that every service answers itself; a contract may not declare them. */
export const RESERVED_CALLS = ['join_room', 'leave_room', LIST_MEMBERS, 'reauthenticate', 'report_stats'] as const;

/**
 * What members of a room get in place of an event that is another user's: it takes up its place in the log, and says
 * nothing. A contract may not declare it.
 */
export const HIDDEN_EVENT = 'hidden';

const DEFAULT_KEEP = 1000;
const DEFAULT_COALESCE_MS = 100;
const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Defines a service: `defineService<ChatTypes>()({ name: 'chat', … })`.
 *
 * @throws TypeError when a name is malformed, reserved or declared twice, or a fault is not registered.
 */
export function defineService<T extends ServiceTypes>() {
  return (definition: ServiceDefinition<T>): ServiceContract<T> => {
    const { name } = definition;
    if (!NAME.test(name)) throw new TypeError(`unable to define the service "${name}"; its name must match ${NAME}`);
    const { notFound = 'room.not_found' } = definition;
    if (!faultKind(notFound)) throw new TypeError(`unable to define the service "${name}"; "${notFound}" is no fault`);
    const unusable = Object.keys(definition.events).find((event) => event === HIDDEN_EVENT || event.includes(' '));
    if (unusable !== undefined) {
      throw new TypeError(`unable to define the service "${name}"; no event can be called "${unusable}"`);
    }
    const joins = [definition.join].flat();
    const leaves = [definition.leave].flat();
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
      room: definition.room,
      joins,
      leaves,
      snapshot: definition.snapshot,
      // Maps, so that a name off the wire can never reach an inherited property such as `constructor`.
      calls: new Map(Object.entries<CallOptions>(definition.calls)),
      events: new Map(Object.entries<EventOptions<never>>(definition.events)),
      notFound,
      presence: definition.presence ?? false,
      keep: definition.keep ?? DEFAULT_KEEP,
      coalesce_ms: definition.kind === 'state' ? (definition.coalesce_ms ?? DEFAULT_COALESCE_MS) : 0,
    };
  };
}

/** Whether `payload` of `event` ends its room. */
export function isTerminal(contract: ServiceContract, event: string, payload: unknown): boolean {
  const terminal = contract.events.get(event)?.terminal;
  return typeof terminal === 'function' ? terminal(payload as never) : terminal === true;
}
