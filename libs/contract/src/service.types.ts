/** How a room keeps its past: `state` (latest value wins), `log` (append, last N kept), `collection` (snapshot, then keyed deltas). */
export type RoomKind = 'state' | 'log' | 'collection';

/** What a service exchanges: payload and reply of each call, payload of each event, and the snapshot a join is answered with. */
export interface ServiceTypes {
  /** The one field that names a room, `{ progress_id: string }`; `object` when the service has a single room. */
  room: object;
  calls: Record<string, { payload: object; reply: unknown }>;
  events: Record<string, object>;
  snapshot: object;
  /** What a join may ask for beside the room, such as a filter; every field is optional, as old wires ask for nothing. */
  join?: object;
}

/** What a join of this service may ask for. */
export type JoinOptions<T extends ServiceTypes> = T extends { join: infer J extends object }
  ? Partial<J>
  : Record<never, never>;

export type CallName<T extends ServiceTypes> = keyof T['calls'] & string;
export type CallPayload<T extends ServiceTypes, N extends CallName<T>> = T['calls'][N]['payload'];
export type CallReply<T extends ServiceTypes, N extends CallName<T>> = T['calls'][N]['reply'];
export type EventName<T extends ServiceTypes> = keyof T['events'] & string;
export type EventPayload<T extends ServiceTypes, E extends EventName<T>> = T['events'][E];

/** One event with its payload, discriminated by `event`. */
export type ContractEvent<T extends ServiceTypes> = {
  [E in EventName<T>]: { event: E; payload: EventPayload<T, E> };
}[EventName<T>];

/** One call with its payload, discriminated by `call`. */
export type ContractCall<T extends ServiceTypes> = {
  [N in CallName<T>]: { call: N; payload: CallPayload<T, N> };
}[CallName<T>];

/** The types a contract was defined with. */
export type TypesOf<C> = C extends { readonly types?: infer T extends ServiceTypes | undefined }
  ? NonNullable<T>
  : never;
