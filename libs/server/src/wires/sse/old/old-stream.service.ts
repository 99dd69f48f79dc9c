import { Logger } from '@nestjs/common';
import {
  parsePosition,
  roomKey,
  type JoinReply,
  type LegacyAddress,
  type Position,
  type ServiceTypes,
  type StreamCodec,
} from '@switchyard/contract';
import type { Delivery } from '../../../room/delivery.js';
import type { ServiceRuntime } from '../../../service/service.runtime.js';
import type { ServiceWire } from '../../../service/service.wire.js';
import { OLD_WIRE } from '../../../service/service.wires.js';
import { userOf } from '../../../websocket/arrival.js';
import { readCredential } from '../../../websocket/legacy.request.js';
import { ShownDelivery, isUnknownToOldWires } from '../../shown.delivery.js';
import { WireMembers } from '../../wire.members.js';
import { idOf, streamText, type OldStreamConnection } from './old-stream.connection.js';

/** The name of the wire. */
export const STREAM = 'stream';

/** One service on one old path of Server-Sent Events, fed from the room log. */
export class OldStreamService implements ServiceWire {
  readonly name = STREAM;
  readonly advisedAs = OLD_WIRE;
  private readonly logger = new Logger('legacy');
  private readonly members = new WireMembers<OldStreamConnection>();

  constructor(
    readonly service: ServiceRuntime,
    readonly codec: StreamCodec<ServiceTypes>,
  ) {}

  /** Lets a stream into its room after `lastEventId`; `begin` starts the response. @throws Fault as a join is refused */
  async join(connection: OldStreamConnection, lastEventId: string | undefined, begin: () => void): Promise<void> {
    const { decodeId = parsePosition } = this.codec;
    const since = lastEventId ? this.guard(() => decodeId(lastEventId)) : undefined;
    const { key } = connection;
    await this.service.join(connection, key, since ? { since } : {}, (reply) => {
      if (!connection.open) return false;
      begin();
      this.members.enter(reply.room, connection);
      connection.onClose(() => {
        void this.service.leave(connection.id, key, () => this.members.exit(reply.room, connection.id));
      });
      this.guard(() => this.welcome(connection, reply));
      return true;
    });
  }

  connections(): Iterable<OldStreamConnection> {
    return this.members.all();
  }

  deliver(room: string, delivery: Delivery): number {
    const shown = new ShownDelivery(delivery, (variant) => this.encode(room, variant));
    let bytes = 0;
    for (const connection of this.members.in(room, delivery.except)) {
      const text = shown.to(connection.caller);
      if (text) bytes += connection.sendShared(text);
    }
    return bytes;
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const connection = this.members.find(room, memberId);
    const text = connection && this.encode(room, delivery);
    if (text) connection.sendShared(text);
    return connection !== undefined;
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.members.find(room, memberId) !== undefined;
  }

  restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void {
    const connection = this.members.find(room, memberId);
    if (snapshot) this.guard(() => connection?.snapshot(snapshot, position));
    else connection?.end();
  }

  drop(memberId: string, room: string): void {
    this.members.find(room, memberId)?.end();
  }

  /** The token of a request, and its address without it. */
  read(request: Parameters<typeof readCredential>[0]): ReturnType<typeof readCredential> {
    const { tokenIn } = this.codec;
    return readCredential(request, tokenIn && ((arrived) => this.guard(() => this.codec.tokenIn?.(arrived))));
  }

  /** The key of the room that a request is for. @throws Fault `input.invalid`, `room.forbidden` */
  async keyIn(caller: OldStreamConnection['caller'], { params, query }: LegacyAddress): Promise<string> {
    const { room } = this.service.contract;
    const named = 'key' in room ? (params[room.key] ?? query[room.key] ?? room.default) : undefined;
    const { keyOf } = this.codec;
    const key = keyOf ? this.guard(() => this.codec.keyOf?.({ params, query, ...userOf(caller) })) : named;
    return this.service.authorize(caller, key);
  }

  private welcome(connection: OldStreamConnection, { events = [], room, snapshot, epoch, offset }: JoinReply): void {
    if (snapshot) connection.snapshot(snapshot, { epoch, offset });
    for (const { event, payload, ...at } of events) {
      const text = this.encode(room, { event, payload, position: { room, ...at } });
      if (text) connection.sendShared(text);
    }
  }

  /** The text of an event; undefined when the old stream has no word for it, or its codec fails. */
  private encode(room: string, { event, payload, position }: Delivery): Buffer | undefined {
    if (isUnknownToOldWires(event)) return undefined;
    const { epoch, offset } = position;
    const context = { key: roomKey(this.service.contract, room)!, now: new Date().toISOString() };
    return this.guard(() => {
      const frame = this.codec.encodeEvent({ event, payload: payload as object }, context);
      const id = epoch === undefined || offset === undefined ? undefined : idOf(this.codec, { epoch, offset });
      return frame && Buffer.from(streamText(frame, id));
    });
  }

  private guard<R>(step: () => R): R | undefined {
    try {
      return step();
    } catch (error) {
      this.logger.error(`unable to translate for ${this.codec.path}; ${String(error)}`);
      return undefined;
    }
  }
}
