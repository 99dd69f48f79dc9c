import {
  LIST_MEMBERS,
  SINGLE_ROOM_KEY,
  roomName,
  type CallName,
  type CallPayload,
  type CallReply,
  type ContractEvent,
  type JoinOptions,
  type LegacyCodec,
  type ListMembersRequest,
  type MembersPage,
  type RootCodec,
  type ServiceContract,
  type ServiceTypes,
  type ControlMessage,
} from '@switchyard/contract';
import { defer, filter, type Observable } from 'rxjs';
import type { ServiceConnection } from '../connection/service.connection.js';
import type { ConnectionState } from '../connection/connection.state.js';
import type { Realtime, ServiceUse } from '../realtime/realtime.js';
import type { RoomMessage } from '../room/room.message.js';
import { ServiceRoom } from './service.room.js';

/** The arguments that name a room: its key, or none when the service has a single room. */
export type RoomKey<T extends ServiceTypes> = keyof T['room'] extends never ? [] : [key: T['room'][keyof T['room']]];

/** The options of a join as arguments, where the contract has any. */
export type JoinArguments<T extends ServiceTypes> = T extends { join: object } ? [options?: JoinOptions<T>] : [];

/** The settings of a service's client besides its contract. */
export interface ServiceClientOptions<T extends ServiceTypes> {
  /** The old wire's codec; without it only wires that carry positions can be read. */
  legacy?: LegacyCodec<T>;
  /** The old wire's codec, where it was Socket.IO's root namespace. */
  root?: RootCodec<T>;
  /** Whether a room with this snapshot is over, where the snapshot is no event of the contract. */
  isOver?: (snapshot: T['snapshot']) => boolean;
  /** Whether a member who joined with these options wants an event; the server applies them to the snapshot only. */
  fits?: (event: ContractEvent<T>, options: JoinOptions<T>) => boolean;
}

/** The typed client of one service; services extend it or use it as it is. */
export class ServiceClient<T extends ServiceTypes> {
  readonly connection: ServiceConnection;
  readonly #fits: ServiceClientOptions<T>['fits'];

  constructor(realtime: Realtime, contract: ServiceContract<T>, { fits, ...options }: ServiceClientOptions<T> = {}) {
    // Only here the types are dropped; `room` and `call` restore them.
    this.connection = realtime.connection({ contract, ...options } as ServiceUse);
    this.#fits = fits;
  }

  /** Keeps frameworks that wrap plain objects in proxies (Vue) from wrapping this one, whose fields are private. */
  get [Symbol.toStringTag](): string {
    return 'ServiceClient';
  }

  /** The service's state first, then every change. */
  get state$(): Observable<ConnectionState> {
    return this.connection.state$;
  }

  /** The server's control events about this service. */
  get control$(): Observable<ControlMessage> {
    return this.connection.control$;
  }

  /** A room with these options; the client joins it while one of its observables has a subscriber. */
  room(...asked: [...RoomKey<T>, ...JoinArguments<T>]): ServiceRoom<T> {
    const hasKey = 'key' in this.connection.contract.room;
    const named: unknown = hasKey ? asked : [SINGLE_ROOM_KEY, ...asked];
    const [key, options] = named as [key: string, options?: JoinOptions<T>];
    // Looked up on each subscription, so that a room that ended is opened again.
    const messages$ = defer(() => this.connection.room(key, options).messages$ as Observable<RoomMessage<T>>);
    return new ServiceRoom<T>(key, options ? this.#fitting(messages$, options) : messages$, (page) =>
      this.#listMembers(key, page),
    );
  }

  /**
   * Makes a call and resolves with its reply; while offline, the call waits. After a lost connection it is sent again
   * with the same `correlation_id`, so that the server runs it once.
   *
   * @throws RemoteFault when the server refuses the call; Fault `call.expired`, `call.queue_full`, `client.closed`
   */
  call<N extends CallName<T>>(
    name: N,
    payload: CallPayload<T, N> & { correlation_id?: string },
  ): Promise<CallReply<T, N>> {
    return this.connection.call(name, payload);
  }

  #listMembers(key: string, page: number): Promise<MembersPage> {
    const request: ListMembersRequest = { room: roomName(this.connection.contract, key), page };
    return this.connection.call(LIST_MEMBERS, request) as Promise<MembersPage>;
  }

  #fitting(messages$: Observable<RoomMessage<T>>, options: JoinOptions<T>): Observable<RoomMessage<T>> {
    const fits = this.#fits ?? (() => true);
    return messages$.pipe(filter((message) => message.kind !== 'event' || fits(message, options)));
  }
}
