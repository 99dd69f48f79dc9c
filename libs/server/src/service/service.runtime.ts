import { Logger } from '@nestjs/common';
import {
  Fault,
  SINGLE_ROOM_KEY,
  isRoomKey,
  type JoinReply,
  type Position,
  type ServiceContract,
} from '@switchyard/contract';
import { Subject, type Observable } from 'rxjs';
import { validatePayload } from '../validation/payload.validation.js';
import { checkCredential } from '../caller/credential.js';
import { CauseLog } from '../log/cause.log.js';
import { ServiceCounters } from '../counters/service.counters.js';
import type { RateLimits } from '../limits/rate.limits.js';
import type { RoomPresence } from '../presence/room.presence.js';
import type { RoomConnection } from '../room/room.connection.js';
import { RoomRegistry } from '../room/room.registry.js';
import type { DocumentWrite, Store } from '../store/store.js';
import type { BaseRoomService } from './base-room.service.js';
import type { PayloadClass } from '../validation/payload.class.js';
import { callsOf, type CallHandler } from './call.decorator.js';
import type { Caller } from '../caller/caller.js';
import type { FreeJoins } from './free.joins.js';
import { refuseBytes } from './payload.bytes.js';
import { JoinAdmission, type Joined } from './join.admission.js';
import type { JoinRequest } from './join.request.js';
import { listMembers } from './list.members.js';
import type { ServedRooms } from './served.rooms.js';
import type { ServiceDependencies, ServiceParts } from './service.dependencies.js';
import { ServiceMembers } from './service.members.js';
import type { ServiceConnection } from './service.wire.js';
import { ServiceWires } from './service.wires.js';

/** One service at run time: its contract, behaviour, rooms and wires, for every wire and the call dispatcher. */
export class ServiceRuntime implements ServedRooms {
  readonly handlers: ReadonlyMap<string, CallHandler>;
  readonly rooms: RoomRegistry;
  readonly wires: ServiceWires;
  readonly members: ServiceMembers;
  readonly limits: RateLimits;
  readonly counters = new ServiceCounters();
  /** The errors of the application's code that nobody foresaw. */
  readonly failures: CauseLog;
  private readonly store: Pick<Store, 'writes'>;
  private readonly joinClass: PayloadClass | undefined;
  private readonly presence: RoomPresence | undefined;
  private readonly admission: JoinAdmission;
  private readonly openedOld = new Subject<ServiceConnection>();
  private readonly polling = new Subject<Caller>();
  private readonly logger: Logger;

  constructor(
    readonly contract: ServiceContract,
    readonly behaviour: BaseRoomService<ServiceContract>,
    { wires, join }: ServiceParts,
    { store, retention, presence, limits }: ServiceDependencies,
  ) {
    this.store = store;
    this.wires = new ServiceWires(wires, this.counters);
    this.limits = limits;
    this.joinClass = join;
    this.presence = contract.presence ? presence : undefined;
    this.logger = new Logger(`service:${contract.name}`);
    this.failures = new CauseLog(this.logger);
    const bound = callsOf(Object.getPrototypeOf(behaviour) as object);
    for (const call of bound.keys()) {
      if (!contract.calls.has(call)) throw new TypeError(`unable to serve ${contract.name}; it has no call "${call}"`);
    }
    this.handlers = new Map([...bound, ...this.builtInCalls()]);
    for (const call of contract.calls.keys()) {
      if (!this.handlers.has(call)) throw new TypeError(`unable to serve ${contract.name}; "${call}" has no handler`);
    }
    this.rooms = new RoomRegistry({
      contract,
      rooms: store.rooms,
      cluster: store.cluster?.rooms,
      records: retention.records,
      snapshot: (key, view) =>
        this.failures.watch(`unable to make a snapshot of ${contract.name}`, () => behaviour.snapshot(key, view)),
      deliver: (room, delivery, members) => this.wires.deliver(room, delivery, members),
      missesHoles: (id, room) => this.wires.missesHoles(id, room),
      restart: (id, room, ...snapshot) => this.wires.restart(id, room, ...snapshot),
      entering: async (room, member) => this.presence?.enter(room, member),
      left: (room, member) => this.presence?.leave(room, member),
      presenceChanged: (room) => this.presence?.changed(room),
      ended: ({ name }) => retention.ended(name),
    });
    this.members = new ServiceMembers(this.rooms, this.wires);
    this.admission = new JoinAdmission({
      contract,
      limits,
      rooms: this.rooms,
      counters: this.counters,
      admit: (caller, key) => this.admit(caller, key),
      optionsIn: (options) => this.optionsIn(options),
    });
    behaviour.attach(this);
  }

  /** How many writes the store has applied, or may have; see `Store.writes`. */
  get writes(): number {
    return this.store.writes;
  }

  /** Every join in this process, once its member is in the room. */
  get joins$(): Observable<Joined> {
    return this.admission.joins$;
  }

  /** Every connection that opens on an old wire of the service, whether it gets into a room or not. */
  get oldConnections$(): Observable<ServiceConnection> {
    return this.openedOld;
  }

  /** Reports a connection that opened on an old wire. */
  openOld(connection: ServiceConnection): void {
    this.openedOld.next(connection);
  }

  /** Every poll of our clients in this process that was answered; who polls joins no room. */
  get polls$(): Observable<Caller> {
    return this.polling;
  }

  /** Reports a poll of our client. */
  polled(caller: Caller): void {
    this.polling.next(caller);
  }

  /** Lets the limit of joins not count those that are `free`. */
  exempt(free: FreeJoins): void {
    this.admission.exempt(free);
  }

  /**
   * Checks that the caller may enter the room `key`, and returns the key; a single room has one key for all.
   *
   * @throws Fault `auth.expired`, `input.invalid`, `room.forbidden`
   */
  async authorize(caller: Caller, key: string | undefined): Promise<string> {
    checkCredential(caller);
    if ('name' in this.contract.room) key = SINGLE_ROOM_KEY;
    if (!isRoomKey(key)) throw noRoom(this.contract);
    const what = `unable to authorise a join of ${this.contract.name}`;
    if (!(await this.failures.watch(what, () => this.behaviour.authorize(caller, key))))
      throw new Fault('room.forbidden');
    return key;
  }

  /** Authorises the caller and prepares the room for it; returns the key. @throws as `authorize`; what `prepare` throws */
  private async admit(caller: Caller, asked: string | undefined): Promise<string> {
    const key = await this.authorize(caller, asked);
    await this.failures.watch(`unable to prepare a room of ${this.contract.name}`, () =>
      this.behaviour.prepare(caller, key),
    );
    return key;
  }

  /** Admits a member to a room once it is authorised; see `Room.join`. @throws Fault `rate.limited`, the contract's `notFound` and those of `authorize` */
  join(
    member: ServiceConnection,
    key: string | undefined,
    request: JoinRequest,
    admit: (reply: JoinReply) => boolean,
  ): Promise<JoinReply> {
    return this.admission.join(member, key, request, admit);
  }

  /** Admits a member to a room that the domain does not know yet; `admit` runs in the step of the admission. */
  async wait(member: RoomConnection, key: string, admit: (room: string) => boolean): Promise<void> {
    const room = this.rooms.open(key);
    await room.admitWaiting(member, () => admit(room.name));
  }

  /** The reply that a join would get, without joining. @throws as `join` */
  async preview(caller: Caller, key: string | undefined, { since, options }: JoinRequest = {}): Promise<JoinReply> {
    const room = this.rooms.open(await this.admit(caller, key));
    const reply = await room.preview(since, { caller, options: this.optionsIn(options) });
    if (!reply) throw new Fault(this.contract.notFound);
    return reply;
  }

  /** The reply to a poll: as `preview`, and the caller counts as present for a while. @throws as `join` */
  async poll(caller: Caller, key: string | undefined, request: JoinRequest): Promise<JoinReply> {
    const reply = await this.preview(caller, key, request);
    return { ...reply, ...(await this.presence?.visit(reply.room, caller)) };
  }

  /** See `BaseRoomService.publish`. */
  publish(
    key: string,
    event: string,
    payload: object,
    writes: readonly DocumentWrite[],
    audience?: string,
  ): Promise<Position | undefined> {
    refuseBytes(payload);
    const room = this.rooms.open(key);
    if (this.contract.events.get(event)?.volatile) {
      room.publishVolatile(event, payload);
      return Promise.resolve(undefined);
    }
    const published = room.publish(event, payload, writes, audience);
    // A caller may ignore the promise; its failure must not become an unhandled rejection.
    published.catch((error: unknown) =>
      this.logger.error(`unable to publish ${event} into ${room.name}; ${String(error)}`),
    );
    return published;
  }

  /** See `BaseRoomService.commit`. */
  async commit(key: string, event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Position> {
    refuseBytes(payload);
    const { epoch, offset, durable } = await this.rooms.open(key).commit(event, payload, writes);
    await durable;
    return { epoch, offset };
  }

  /** See `BaseRoomService.clear`. */
  async clear(key: string, event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Position> {
    refuseBytes(payload);
    const { epoch, offset, durable } = await this.rooms.open(key).clear(event, payload, writes);
    await durable;
    return { epoch, offset };
  }

  /**
   * Drops the log of a room whose state has changed in another way than by events, begins a new epoch and applies `writes`,
   * all in the room's turn: every member gets a snapshot, on every wire and in every process.
   */
  async renew(key: string, writes: readonly DocumentWrite[]): Promise<Position> {
    const { epoch, offset } = await this.rooms.open(key).renew(writes);
    return { epoch, offset };
  }

  /** Takes a member out of a room, after any join that it asked for before; `left` runs in the same step. */
  leave(memberId: string, key: string, left: () => void = () => {}): Promise<void> {
    return this.admission.leave(memberId, key, left);
  }

  private builtInCalls(): [string, CallHandler][] {
    return this.presence ? [listMembers(this.contract, this.presence, (caller, key) => this.preview(caller, key))] : [];
  }

  private optionsIn(options: unknown): object {
    return this.joinClass ? validatePayload(this.joinClass, options ?? {}) : {};
  }
}

function noRoom({ room }: ServiceContract): Fault {
  return new Fault('input.invalid', {
    fields: ['key' in room ? room.key : 'room'],
    expected: 'a room of this service',
  });
}
