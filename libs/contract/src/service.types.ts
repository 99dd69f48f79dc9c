/** What a room's events mean: `state` (each replaces the last), `log` (each is added), `collection` (each changes one item). */
export type RoomKind = 'state' | 'log' | 'collection';

/** The types of a service: payload and reply of each call, payload of each event, and the snapshot in a join reply. */
export interface ServiceTypes {
  /** The field with the room key, `{ progress_id: string }`; `object` when the service has a single room. */
  room: object;
  calls: Record<string, { payload: object; reply: unknown }>;
  events: Record<string, object>;
  snapshot: object;
  /** The options of a join, such as a filter; all fields are optional, as old wires send none. */
  join?: object;
}

/** The options of a join of this service. */
export type JoinOptions<T extends ServiceTypes> = T extends { join: infer J extends object }
  ? Partial<J>
  : Record<never, never>;

/** The name of a call of a service. */
export type CallName<T extends ServiceTypes> = keyof T['calls'] & string;
/** The payload of a call. */
export type CallPayload<T extends ServiceTypes, N extends CallName<T>> = T['calls'][N]['payload'];
/** The data in the reply to a call. */
export type CallReply<T extends ServiceTypes, N extends CallName<T>> = T['calls'][N]['reply'];
/** The name of an event of a service. */
export type EventName<T extends ServiceTypes> = keyof T['events'] & string;
/** The payload of an event. */
export type EventPayload<T extends ServiceTypes, E extends EventName<T>> = T['events'][E];

/** One event with its payload, discriminated by `event`. */
export type ContractEvent<T extends ServiceTypes> = {
  [E in EventName<T>]: { event: E; payload: EventPayload<T, E> };
}[EventName<T>];

/** One call with its payload, discriminated by `call`. */
export type ContractCall<T extends ServiceTypes> = {
  [N in CallName<T>]: { call: N; payload: CallPayload<T, N> };
}[CallName<T>];

/** The service types of a contract. */
export type TypesOf<C> = C extends { readonly types?: infer T extends ServiceTypes | undefined }
  ? NonNullable<T>
  : never;
