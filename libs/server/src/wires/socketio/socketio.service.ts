import {
  Fault,
  HIDDEN_EVENT,
  keyInPayload,
  roomKey,
  roomName,
  type JoinReply,
  type Position,
  type Reply,
  type ServiceContract,
} from '@switchyard/contract';
import type { DisconnectReason } from 'socket.io';
import { REPORT_STATS } from '../../figures/stats.reports.js';
import type { Delivery } from '../../room/delivery.js';
import type { ServiceConnection } from '../../service/service.wire.js';
import { refuseCall } from '../../service/call.answer.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { answer, isAck, noRoom, refuse, type Ack } from '../../socketio/acknowledgement.js';
import { NamespaceMembers, type SocketFrame } from '../../socketio/namespace.members.js';
import type { SocketIoAdmission } from '../../socketio/socketio.admission.js';
import {
  connectionOf,
  socketRoom,
  isLost,
  type Connection,
  type SendControl,
  type ServiceNamespace,
} from '../../socketio/socketio.connection.js';
import { positionIn } from '../../validation/join.options.js';
import { Oversized } from '../../validation/oversized.js';
import type { WireDependencies } from '../wire.dependencies.js';

/** One service's namespace: a thin adapter between sockets, rooms and calls. */
export class SocketIoService extends NamespaceMembers {
  readonly name = 'socketio';
  readonly advisedAs = 'socketio';
  private readonly contract: ServiceContract;
  private readonly joins: ReadonlySet<string>;
  private readonly leaves: ReadonlySet<string>;

  constructor(
    namespace: ServiceNamespace,
    private readonly service: ServiceRuntime,
    private readonly admission: SocketIoAdmission,
    private readonly wires: WireDependencies,
  ) {
    super(namespace);
    this.contract = service.contract;
    this.joins = new Set(['join_room', ...this.contract.joins]);
    this.leaves = new Set(['leave_room', ...this.contract.leaves]);
    admission.guard(namespace, this.name, sendControl);
    const onCall = this.onCall.bind(this);
    const onDisconnect = this.onDisconnect.bind(this);
    namespace.on('connection', (socket) => {
      service.counters.opened(socket.data.caller);
      // All sockets share one listener of each kind, which socket.io calls with the socket as `this`.
      socket.onAny(function (this: Connection, name: string, ...args: unknown[]) {
        onCall(this, name, args);
      });
      socket.on('disconnect', function (this: Connection, reason: DisconnectReason) {
        onDisconnect(this, reason);
      });
    });
  }

  *connections(): Generator<ServiceConnection> {
    for (const socket of this.namespace.sockets.values()) yield memberOf(socket);
  }

  missesHoles(memberId: string): boolean {
    const { sdk, positions } = this.namespace.sockets.get(memberId)?.data ?? { sdk: true, positions: true };
    return !(sdk && positions);
  }

  protected frames(_room: string, { event, payload, position }: Delivery, positions: boolean): SocketFrame[] {
    if (positions) return [{ event, args: [payload, position] }];
    return event === HIDDEN_EVENT ? [] : [{ event, args: [payload] }];
  }

  protected snapshotFrames(socket: Connection, room: string, snapshot: object, position: Position): SocketFrame[] {
    const args = socket.data.positions ? [snapshot, { room, ...position }] : [snapshot];
    return [{ event: this.contract.snapshot, args }];
  }

  protected part(socket: Connection, room: string): void {
    void socket.leave(socketRoom(room, socket.data.positions));
    socket.data.rooms.delete(roomKey(this.contract, room)!);
  }

  private onCall(socket: Connection, name: string, args: unknown[]): void {
    const ack = isAck(args.at(-1)) ? (args.pop() as Ack) : undefined;
    const payload = args[0];
    if (this.joins.has(name)) return void this.join(socket, name, payload, ack);
    if (this.leaves.has(name)) return void this.leave(socket, name, payload, ack);
    void this.call(socket, name, payload).then((reply) => this.answerCall(socket, name, reply, ack));
  }

  private call(socket: Connection, name: string, payload: unknown): Promise<Reply> {
    const { caller } = socket.data;
    if (name === 'reauthenticate') return this.admission.reauthenticate(socket, payload);
    if (name === REPORT_STATS) return this.wires.reports.answer(caller, payload);
    return this.wires.calls.call(this.service, name, payload, caller);
  }

  private answerCall(socket: Connection, name: string, reply: Reply, ack: Ack | undefined): void {
    try {
      answer(socket, reply, ack);
    } catch (thrown) {
      // No wire can carry what the handler returned; nothing of it was sent.
      answer(socket, refuseCall(this.service, name, thrown), ack);
    }
  }

  private async join(socket: Connection, name: string, payload: unknown, ack: Ack | undefined): Promise<void> {
    const { rooms } = socket.data;
    try {
      this.wires.stages.namespace(this.contract);
      const key = this.keyOf(name, payload);
      if (key === undefined && 'name' in this.contract.room) throw noRoom();
      await this.service.join(memberOf(socket), key, { since: sinceIn(payload), options: payload }, (reply) => {
        if (!socket.connected) return false;
        answer(socket, { ok: true, data: reply }, ack);
        this.sendSnapshot(socket, reply);
        void socket.join(socketRoom(reply.room, socket.data.positions));
        rooms.add(key!);
        return true;
      });
    } catch (thrown) {
      refuse(socket, thrown, ack);
    }
  }

  private async leave(socket: Connection, name: string, payload: unknown, ack: Ack | undefined): Promise<void> {
    const { caller, rooms } = socket.data;
    const key = this.keyOf(name, payload);
    if (key === undefined || !rooms.has(key)) this.service.limits.countLeave(caller);
    if (key === undefined) return refuse(socket, noRoom(), ack);
    await this.service.leave(socket.id, key, () => this.part(socket, roomName(this.contract, key)));
    answer(socket, { ok: true, data: { room: roomName(this.contract, key) } }, ack);
  }

  /** Our client takes the snapshot from the reply; every other client gets it as the service's snapshot event as well. */
  private sendSnapshot(socket: Connection, { snapshot, room, epoch, offset }: JoinReply): void {
    if (socket.data.sdk || snapshot === undefined) return;
    const frames = this.snapshotFrames(socket, room, snapshot as object, { epoch, offset });
    for (const { event, args } of frames) socket.emit(event, ...args);
  }

  private onDisconnect(socket: Connection, reason: DisconnectReason): void {
    if (isLost(socket, reason)) this.service.counters.lost(socket.data.caller);
    for (const key of socket.data.rooms) void this.service.leave(socket.id, key);
  }

  private keyOf(name: string, payload: unknown): string | undefined {
    const generic = name === 'join_room' || name === 'leave_room';
    if (!generic) return keyInPayload(this.contract, payload);
    return roomKey(this.contract, (payload as { room?: unknown } | undefined | null)?.room);
  }
}

function sinceIn(payload: unknown): Position | undefined {
  if (payload instanceof Oversized) throw new Fault('payload.too_large', { limit_bytes: payload.limit_bytes });
  return positionIn((payload as { since?: unknown } | null | undefined)?.since);
}

/** Every client of a namespace understands control events, or ignores them. */
function memberOf(socket: Connection): ServiceConnection {
  return connectionOf(socket, () => true, sendControl);
}

const sendControl: SendControl = (socket, { event, payload }) => void socket.emit(event, payload);
