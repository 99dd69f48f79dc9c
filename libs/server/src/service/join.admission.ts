import { Fault, type JoinReply, type ServiceContract } from '@switchyard/contract';
import { Subject, type Observable } from 'rxjs';
import type { Caller } from '../caller/caller.js';
import type { ServiceCounters } from '../counters/service.counters.js';
import type { RateLimits } from '../limits/rate.limits.js';
import { KeyedSerialQueue } from '../queue/keyed.serial.queue.js';
import type { RoomRegistry } from '../room/room.registry.js';
import { joinKey } from '../store/key.parts.js';
import type { AskedJoin, FreeJoins } from './free.joins.js';
import type { JoinRequest } from './join.request.js';
import type { ServiceConnection } from './service.wire.js';

/** A join: its connection, and whether it named the position where it left off. */
export interface Joined {
  connection: ServiceConnection;
  hasPosition: boolean;
}

/** What the admission of joins needs from the service around it. */
export interface JoinHost {
  readonly contract: ServiceContract;
  readonly rooms: RoomRegistry;
  readonly limits: RateLimits;
  readonly counters: ServiceCounters;
  /** Returns the key of the room that the caller may enter, once the room is prepared. @throws Fault */
  admit(caller: Caller, key: string | undefined): Promise<string>;
  /** Checks the options of a join. @throws Fault `input.invalid` */
  optionsIn(options: unknown): object;
}

/** Admits the joins of one service, and takes members out of rooms, in the order in which each was asked for. */
export class JoinAdmission {
  private readonly membership = new KeyedSerialQueue();
  private readonly joined = new Subject<Joined>();
  private readonly free: FreeJoins[] = [];

  constructor(private readonly host: JoinHost) {}

  /** Every join in this process, once its member is in the room. */
  get joins$(): Observable<Joined> {
    return this.joined;
  }

  /** Lets the limit of joins not count those that are `free`. */
  exempt(free: FreeJoins): void {
    this.free.push(free);
  }

  /** See `ServiceRuntime.join`. */
  async join(
    member: ServiceConnection,
    key: string | undefined,
    request: JoinRequest,
    admit: (reply: JoinReply) => boolean,
  ): Promise<JoinReply> {
    const { counters } = this.host;
    let isAdmitted = false;
    try {
      const enter = () => this.enter(member, key, request, (made) => (isAdmitted = admit(made)));
      const reply = await this.membership.run(membershipKey(member.id, key), enter);
      // Not when the connection closed meanwhile: nobody got the answer.
      if (isAdmitted) counters.joined(member.caller, request.since !== undefined, reply);
      return reply;
    } catch (thrown) {
      counters.joinFailed(member.caller, Fault.from(thrown).code);
      throw thrown;
    }
  }

  /** See `ServiceRuntime.leave`. */
  leave(memberId: string, key: string, left: () => void): Promise<void> {
    return this.membership.run(membershipKey(memberId, key), async () => {
      const room = this.host.rooms.find(key);
      // After an eviction the room may be closed already.
      if (room) await room.leave(memberId, left);
      else left();
    });
  }

  private async enter(
    member: ServiceConnection,
    key: string | undefined,
    { since, options, isCounted }: JoinRequest,
    admit: (reply: JoinReply) => boolean,
  ): Promise<JoinReply> {
    const { caller } = member;
    const hasPosition = since !== undefined;
    if (!isCounted && !(await this.isFree({ caller, key, hasPosition }))) await this.host.limits.countJoin(caller);
    const room = this.host.rooms.open(await this.host.admit(caller, key));
    const reply = await room.join(member, since, this.host.optionsIn(options), admit);
    if (!reply) throw new Fault(this.host.contract.notFound);
    this.joined.next({ connection: member, hasPosition });
    return reply;
  }

  private async isFree(join: AskedJoin): Promise<boolean> {
    for (const free of this.free) if (await free.isFree(join)) return true;
    return false;
  }
}

function membershipKey(memberId: string, key: unknown): string {
  // A wire may pass something that is no room key; `authorize` refuses it.
  return joinKey(' ', memberId, typeof key === 'string' ? key : '');
}
