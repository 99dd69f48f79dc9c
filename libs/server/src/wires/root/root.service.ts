import { Logger } from '@nestjs/common';
import {
  Fault,
  isPosition,
  keyInPayload,
  roomKey,
  roomName,
  type ErrorBody,
  type EventContext,
  type RootCodec,
  type RootFrame,
  type ServiceTypes,
} from '@switchyard/contract';
import type { Delivery } from '../../room/delivery.js';
import { OLD_WIRE } from '../../service/service.wires.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import type { ServiceConnection } from '../../service/service.wire.js';
import { isAck, noRoom, refuse, type Ack } from '../../socketio/acknowledgement.js';
import { NamespaceMembers, type SocketFrame } from '../../socketio/namespace.members.js';
import {
  connectionOf,
  socketRoom,
  type Connection,
  type SendControl,
  type ServiceNamespace,
} from '../../socketio/socketio.connection.js';
import { isUnknownToOldWires } from '../shown.delivery.js';
import type { StageCheck } from '../stage.check.js';

/** The name of the wire. */
export const ROOT = 'root';
/** The event that carries what the old wire has no word for, to clients that asked for positions. */
export const ENVELOPE = '_sy';
/** The Socket.IO room of every client that has asked for positions. */
export const ASKED = '#asked';

/** Sends a control event to a socket that asked for positions. */
export const sendEnveloped: SendControl = (socket, message) => {
  if (takesEnvelopes(socket)) socket.emit(ENVELOPE, { _sy: message });
};

/** A join or leave of a client that asks for positions. */
interface Asking {
  switchyard: 1;
  since?: unknown;
}

/** One service on the root namespace, where clients ask for rooms by id and each room has event names of its own. */
export class RootService extends NamespaceMembers {
  readonly name = ROOT;
  readonly advisedAs = OLD_WIRE;
  private readonly logger = new Logger('legacy');
  private readonly encoded = new WeakMap<Delivery, readonly RootFrame[]>();

  constructor(
    namespace: ServiceNamespace,
    private readonly service: ServiceRuntime,
    private readonly codec: RootCodec<ServiceTypes>,
    private readonly stages: StageCheck,
  ) {
    super(namespace);
    namespace.on('connection', (socket) => {
      for (const join of codec.joins)
        socket.on(join, (payload: unknown, ack?: unknown) => {
          if (isAsking(payload) && isAck(ack)) void this.admit(socket, payload, ack);
          else void this.join(socket, payload).catch((thrown: unknown) => refuse(socket, thrown));
        });
      for (const leave of codec.leaves) {
        socket.on(leave, (payload: unknown, ack?: unknown) => void this.leave(socket, payload, ack));
      }
      socket.on('disconnect', () => this.forget(socket));
    });
  }

  /** The sockets that are in a room of this service: the namespace has those of other services too. */
  *connections(): Generator<ServiceConnection> {
    for (const socket of this.namespace.sockets.values()) {
      const isHere = [...socket.data.rooms].some((room) => roomKey(this.service.contract, room) !== undefined);
      if (isHere) yield this.memberOf(socket);
    }
  }

  private memberOf(socket: Connection): ServiceConnection {
    return connectionOf(socket, takesEnvelopes, sendEnveloped, (error) => this.retire(socket, error));
  }

  /** Takes a socket out of the service's rooms: it may be in rooms of other services and namespaces. */
  private retire(socket: Connection, error: ErrorBody): void {
    if (takesEnvelopes(socket)) socket.emit(ENVELOPE, { _sy: { event: 'service_error', payload: error } });
    else socket.emit('service_error', error);
    for (const room of socket.data.rooms) {
      const key = roomKey(this.service.contract, room);
      if (key !== undefined) void this.service.leave(socket.id, key, () => this.part(socket, room));
    }
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.namespace.sockets.get(memberId)?.rooms.has(socketRoom(room, false)) ?? false;
  }

  /** The old wire's frames; for members that asked for positions one of them, with the event itself added. */
  protected frames(room: string, delivery: Delivery, positions: boolean): SocketFrame[] {
    const frames = this.encode(room, delivery);
    if (!positions) return frames.map(socketFrame);
    const { event, payload, position } = delivery;
    const _sy = { event, payload, ...position };
    const [frame] = frames;
    const { event: name, payload: said } = frame ?? {};
    if (name === undefined || typeof said !== 'object') return [{ event: ENVELOPE, args: [{ _sy }] }];
    return [{ event: name, args: [{ ...said, _sy }] }];
  }

  protected snapshotFrames(_socket: Connection, room: string, snapshot: object): SocketFrame[] {
    const encode = () => this.codec.encodeSnapshot(snapshot, contextOf(roomKey(this.service.contract, room)!));
    return (this.guard(encode) ?? []).map(socketFrame);
  }

  protected part(socket: Connection, room: string): void {
    for (const positions of [true, false]) void socket.leave(socketRoom(room, positions));
    socket.data.rooms.delete(room);
  }

  /** An old frame was never dropped for a busy transport. */
  protected override isDroppable(): boolean {
    return false;
  }

  private async join(socket: Connection, payload: unknown): Promise<void> {
    const key = this.codec.keyOf(payload);
    if (key === undefined) throw noRoom();
    const { contract } = this.service;
    const member = this.memberOf(socket);
    try {
      this.stages.oldWire(this.service.contract);
      await this.service.join(member, key, {}, ({ room, snapshot }) => {
        if (!socket.connected) return false;
        for (const frame of this.codec.encodeSnapshot(snapshot ?? {}, contextOf(key)))
          socket.emit(frame.event, frame.payload);
        return this.enter(socket, room, false);
      });
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.code !== contract.notFound) throw fault;
      // The old wire lets a client wait for an id that the domain does not know yet.
      await this.service.wait(member, key, (room) => this.enter(socket, room, false));
    }
  }

  /** Admits a client that asked for positions, with the same answer as in the service's namespace. */
  private async admit(socket: Connection, asking: Asking, ack: Ack): Promise<void> {
    const { contract } = this.service;
    const { since } = asking;
    const request = {
      options: asking,
      ...(isPosition(since) && { since: { epoch: since.epoch, offset: since.offset } }),
    };
    try {
      this.stages.oldWire(this.service.contract);
      await this.service.join(this.memberOf(socket), keyInPayload(contract, asking), request, (reply) => {
        if (!socket.connected) return false;
        ack({ ok: true, data: reply });
        void socket.join(ASKED);
        return this.enter(socket, reply.room, true);
      });
    } catch (thrown) {
      refuse(socket, thrown, ack);
    }
  }

  private async leave(socket: Connection, payload: unknown, ack: unknown): Promise<void> {
    const { contract } = this.service;
    const key = isAsking(payload) ? keyInPayload(contract, payload) : this.codec.keyOf(payload);
    if (key === undefined) return refuse(socket, noRoom(), ack);
    const room = roomName(contract, key);
    await this.service.leave(socket.id, key, () => this.part(socket, room));
    if (isAck(ack)) ack({ ok: true, data: { room } });
  }

  private enter(socket: Connection, room: string, positions: boolean): boolean {
    if (!socket.connected) return false;
    void socket.leave(socketRoom(room, !positions));
    void socket.join(socketRoom(room, positions));
    socket.data.rooms.add(room);
    return true;
  }

  private forget(socket: Connection): void {
    for (const room of socket.data.rooms) {
      const key = roomKey(this.service.contract, room);
      if (key !== undefined) void this.service.leave(socket.id, key);
    }
  }

  /** The old wire's frames of an event; encoded once for members with positions and without. */
  private encode(room: string, delivery: Delivery): readonly RootFrame[] {
    const known = this.encoded.get(delivery);
    if (known) return known;
    const { event, payload } = delivery;
    const context = contextOf(roomKey(this.service.contract, room)!);
    const frames = isUnknownToOldWires(event)
      ? []
      : (this.guard(() => this.codec.encodeEvent({ event, payload: payload as object }, context)) ?? []);
    this.encoded.set(delivery, frames);
    return frames;
  }

  private guard<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      this.logger.error(`unable to translate for the root namespace; ${String(error)}`);
      return undefined;
    }
  }
}

function contextOf(key: string): EventContext {
  return { key, now: new Date().toISOString() };
}

function socketFrame({ event, payload }: RootFrame): SocketFrame {
  return { event, args: [payload] };
}

function takesEnvelopes(socket: Connection): boolean {
  return socket.rooms.has(ASKED);
}

function isAsking(payload: unknown): payload is Asking {
  return (payload as { switchyard?: unknown } | null | undefined)?.switchyard === 1;
}
