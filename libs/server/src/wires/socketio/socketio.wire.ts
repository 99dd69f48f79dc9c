import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  Fault,
  HIDDEN_EVENT,
  isPresenceEvent,
  keyInPayload,
  roomKey,
  roomName,
  type EventPosition,
  type JoinReply,
  type Position,
  type Reply,
  type ServiceContract,
} from '@switchyard/contract';
import { refuseCall } from '../../service/call.answer.js';
import { CallDispatcher } from '../../dispatch/call.dispatcher.js';
import { positionIn } from '../../validation/join.options.js';
import { Oversized } from '../../validation/oversized.js';
import { shownTo } from '../../room/audience.js';
import type { Delivery } from '../../room/delivery.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import type { ServiceRuntime, ServiceWire } from '../../service/service.runtime.js';
import { Stages } from '../../stages/stages.js';
import { SocketIoAdmission } from './socketio.admission.js';
import { socketRoom, comeBack, memberOf, type Connection, type ServiceNamespace } from './socketio.connection.js';
import { SocketIoHost } from './socketio.host.js';

type Ack = (reply: Reply) => void;

/** Serves every service on its Socket.IO namespace. */
@Injectable()
export class SocketIoWires implements OnApplicationBootstrap {
  constructor(
    private readonly host: SocketIoHost,
    private readonly registry: ServiceRegistry,
    private readonly door: CallDispatcher,
    private readonly stages: Stages,
    private readonly admission: SocketIoAdmission,
  ) {}

  onApplicationBootstrap(): void {
    for (const service of this.registry.all()) {
      const namespace = this.host.server.of(service.contract.namespace) as unknown as ServiceNamespace;
      const wire = new SocketIoWire(namespace, service, this.door, this.stages, this.admission);
      service.addWire(wire);
    }
  }
}

/** One service's namespace: a thin adapter between sockets and the service's rooms and calls. */
class SocketIoWire implements ServiceWire {
  private readonly contract: ServiceContract;
  private readonly joins: ReadonlySet<string>;
  private readonly leaves: ReadonlySet<string>;

  constructor(
    private readonly namespace: ServiceNamespace,
    private readonly service: ServiceRuntime,
    private readonly door: CallDispatcher,
    private readonly stages: Stages,
    private readonly admission: SocketIoAdmission,
  ) {
    this.contract = service.contract;
    this.joins = new Set(['join_room', ...this.contract.joins]);
    this.leaves = new Set(['leave_room', ...this.contract.leaves]);
    admission.guard(namespace, (socket, event, payload) => socket.emit(event, payload));
    const onCall = this.onCall.bind(this);
    const onDisconnect = this.onDisconnect.bind(this);
    namespace.on('connection', (socket) => {
      // One listener of each kind for all sockets; socket.io calls them with the socket as `this`.
      socket.onAny(function (this: Connection, name: string, ...args: unknown[]) {
        onCall(this, name, args);
      });
      socket.on('disconnect', function (this: Connection) {
        onDisconnect(this);
      });
    });
  }

  deliver(room: string, delivery: Delivery): void {
    if (delivery.onlyForUser !== undefined) return this.deliverEach(room, delivery);
    const { event, payload, position, except } = delivery;
    const bare = socketRoom(room, false);
    // Of two people who come at once both are to be heard of, though the second finds the transport busy with the first.
    const isVolatile = position.offset === undefined && !isPresenceEvent(event);
    let members = isVolatile ? this.namespace.local.volatile : this.namespace.local;
    if (except) members = members.except([...except]);
    members.to(room).emit(event, payload, position);
    if (this.namespace.adapter.rooms.has(bare)) members.to(bare).emit(event, payload);
  }

  send(memberId: string, _room: string, { event, payload, position }: Delivery): boolean {
    const socket = this.namespace.sockets.get(memberId);
    if (!socket) return false;
    if (socket.data.positions) socket.emit(event, payload, position);
    else if (event !== HIDDEN_EVENT) socket.emit(event, payload);
    return true;
  }

  missesHoles(memberId: string): boolean {
    const { sdk, positions } = this.namespace.sockets.get(memberId)?.data ?? { sdk: true, positions: true };
    return !(sdk && positions);
  }

  restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void {
    const socket = this.namespace.sockets.get(memberId);
    if (!socket) return;
    if (snapshot) this.emitSnapshot(socket, snapshot, { room, ...position });
    else comeBack(socket);
  }

  /** Delivers what not everybody gets. */
  private deliverEach(room: string, delivery: Delivery): void {
    for (const positions of [true, false]) {
      for (const id of this.namespace.adapter.rooms.get(socketRoom(room, positions)) ?? []) {
        if (delivery.except?.has(id)) continue;
        const caller = this.namespace.sockets.get(id)?.data.caller;
        if (caller) this.send(id, room, shownTo(delivery, delivery.onlyForUser, caller));
      }
    }
  }

  drop(memberId: string, room: string): void {
    const socket = this.namespace.sockets.get(memberId);
    if (!socket) return;
    this.part(socket, roomKey(this.contract, room)!);
  }

  private onCall(socket: Connection, name: string, args: unknown[]): void {
    const ack = typeof args.at(-1) === 'function' ? (args.pop() as Ack) : undefined;
    const payload = args[0];
    if (this.joins.has(name)) return void this.join(socket, name, payload, ack);
    if (this.leaves.has(name)) return void this.leave(socket, name, payload, ack);
    const answered =
      name === 'reauthenticate'
        ? this.admission.reauthenticate(socket, payload)
        : this.door.call(this.service, name, payload, socket.data.caller);
    void answered.then((reply) => this.answerCall(socket, name, reply, ack));
  }

  private answerCall(socket: Connection, name: string, reply: Reply, ack: Ack | undefined): void {
    try {
      answer(socket, reply, ack);
    } catch (thrown) {
      // What the handler returned is nothing that a wire can carry; nothing of it was sent.
      answer(socket, refuseCall(this.service, name, thrown), ack);
    }
  }

  private async join(socket: Connection, name: string, payload: unknown, ack: Ack | undefined): Promise<void> {
    const { rooms } = socket.data;
    try {
      this.checkOpen();
      const key = this.keyOf(name, payload);
      if (key === undefined && 'name' in this.contract.room) throw this.noRoom();
      await this.service.join(memberOf(socket), key, { since: sinceIn(payload), options: payload }, (reply) => {
        if (!socket.connected) return false;
        answer(socket, { ok: true, data: reply }, ack);
        this.sendSnapshot(socket, reply);
        void socket.join(socketRoom(reply.room, socket.data.positions));
        rooms.add(key!);
        return true;
      });
    } catch (thrown) {
      answer(socket, { ok: false, error: Fault.from(thrown).toBody() }, ack);
    }
  }

  private async leave(socket: Connection, name: string, payload: unknown, ack: Ack | undefined): Promise<void> {
    const { caller, rooms } = socket.data;
    const key = this.keyOf(name, payload);
    if (key === undefined || !rooms.has(key)) this.service.limits.leave(caller);
    if (key === undefined) return answer(socket, { ok: false, error: this.noRoom().toBody() }, ack);
    await this.service.leave(socket.id, key, () => this.part(socket, key));
    answer(socket, { ok: true, data: { room: roomName(this.contract, key) } }, ack);
  }

  /** Our client takes the snapshot from the reply; every other gets it as the service's snapshot event as well. */
  private sendSnapshot(socket: Connection, { snapshot, room, epoch, offset }: JoinReply): void {
    if (!socket.data.sdk && snapshot !== undefined) this.emitSnapshot(socket, snapshot, { room, epoch, offset });
  }

  private emitSnapshot(socket: Connection, snapshot: unknown, position: EventPosition): void {
    if (socket.data.positions) socket.emit(this.contract.snapshot, snapshot, position);
    else socket.emit(this.contract.snapshot, snapshot);
  }

  private part(socket: Connection, key: string): void {
    void socket.leave(socketRoom(roomName(this.contract, key), socket.data.positions));
    socket.data.rooms.delete(key);
  }

  private onDisconnect(socket: Connection): void {
    for (const key of socket.data.rooms) void this.service.leave(socket.id, key);
  }

  private keyOf(name: string, payload: unknown): string | undefined {
    const generic = name === 'join_room' || name === 'leave_room';
    if (!generic) return keyInPayload(this.contract, payload);
    return roomKey(this.contract, (payload as { room?: unknown } | undefined | null)?.room);
  }

  /** The emergency brake: a service that is closed sends who would join back to the old wire. */
  private checkOpen(): void {
    const { closed, stage } = this.stages.of(this.contract.name);
    if (closed && stage !== 'retired') throw new Fault('service.closed', { to: 'legacy' });
  }

  private noRoom(): Fault {
    return new Fault('input.invalid', { expected: 'a room of this service' });
  }
}

function sinceIn(payload: unknown): Position | undefined {
  if (payload instanceof Oversized) throw new Fault('payload.too_large', { limit_bytes: payload.limit_bytes });
  return positionIn((payload as { since?: unknown } | null | undefined)?.since);
}

function answer(socket: Connection, reply: Reply, ack: Ack | undefined): void {
  if (ack) ack(reply);
  else if (!reply.ok) socket.emit('service_error', reply.error);
}
