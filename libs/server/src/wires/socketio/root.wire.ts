import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import {
  Fault,
  HIDDEN_EVENT,
  isPosition,
  isPresenceEvent,
  keyInPayload,
  roomKey,
  roomName,
  type LegacyEnvelope,
  type Reply,
  type RootCodec,
  type RootFrame,
  type ServiceTypes,
} from '@switchyard/contract';
import { shownTo } from '../../room/audience.js';
import type { Delivery } from '../../room/delivery.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import type { ServiceRuntime, ServiceWire } from '../../service/service.runtime.js';
import { Stages } from '../../stages/stages.js';
import { SocketIoAdmission } from './socketio.admission.js';
import { socketRoom, comeBack, memberOf, type Connection, type ServiceNamespace } from './socketio.connection.js';
import { SocketIoHost } from './socketio.host.js';

type Ack = (reply: Reply) => void;

/** A request of a client that speaks of positions. */
interface Asking {
  switchyard: 1;
  since?: unknown;
}

/** The event by which clients that asked for positions are told what the old wire has no word for. */
const ENVELOPE = '_sy';
/** The Socket.IO room of everybody who has asked for positions. */
const ASKED = '#asked';

/** Serves the services whose old wire was Socket.IO's root namespace. */
@Injectable()
export class RootWires implements OnApplicationBootstrap {
  constructor(
    private readonly host: SocketIoHost,
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly admission: SocketIoAdmission,
  ) {}

  onApplicationBootstrap(): void {
    const services = this.registry.all().filter(({ root }) => root.length > 0);
    // Without such a service the root namespace stays whoever's it is.
    if (services.length === 0) return;
    const namespace = this.host.server.of('/') as unknown as ServiceNamespace;
    this.admission.guard(namespace, (socket, event, payload) => {
      if (socket.rooms.has(ASKED)) socket.emit(ENVELOPE, { _sy: { event, payload } satisfies LegacyEnvelope });
    });
    namespace.on('connection', (socket) => {
      socket.on(ENVELOPE, (payload: unknown, ack?: unknown) => void this.renew(socket, payload, ack));
      socket.onAny((event: string, ...args: unknown[]) => {
        // The namespace may be shared with gateways of the host, which listen for events of their own.
        if (socket.listenerCount(event) === 0) refuse(socket, new Fault('call.unknown'), args.at(-1));
      });
    });
    for (const service of services) {
      for (const codec of service.root) service.addWire(new RootWire(namespace, service, codec, this.stages));
    }
  }

  /** Clients of old have no such call, and their names are the old wire's own: it comes in the envelope. */
  private async renew(socket: Connection, payload: unknown, ack: unknown): Promise<void> {
    const asked = (payload as { _sy?: { event?: unknown; payload?: unknown } } | null | undefined)?._sy;
    if (asked?.event !== 'reauthenticate' || !isAck(ack)) return;
    ack(await this.admission.reauthenticate(socket, asked.payload));
  }

  /** Tells every client of this process that asked for positions. */
  announce(_sy: LegacyEnvelope): void {
    this.host.server.of('/').local.to(ASKED).emit(ENVELOPE, { _sy });
  }
}

/** One service on the root namespace: rooms are asked for by id, and their events come under names of their own. */
class RootWire implements ServiceWire {
  private readonly logger = new Logger('legacy');

  constructor(
    private readonly namespace: ServiceNamespace,
    private readonly service: ServiceRuntime,
    private readonly codec: RootCodec<ServiceTypes>,
    private readonly stages: Stages,
  ) {
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

  deliver(room: string, delivery: Delivery): void {
    const { except, onlyForUser: owner } = delivery;
    let members = this.namespace.local;
    if (except) members = members.except([...except]);
    for (const positions of [true, false]) {
      const there = socketRoom(room, positions);
      const ids = this.namespace.adapter.rooms.get(there);
      if (!ids) continue;
      if (owner !== undefined) this.deliverEach([...ids], room, delivery);
      else
        for (const { event, payload } of this.frames(room, delivery, positions)) members.to(there).emit(event, payload);
    }
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const socket = this.namespace.sockets.get(memberId);
    if (!socket) return false;
    const frames = this.frames(room, delivery, socket.rooms.has(socketRoom(room, true)));
    for (const { event, payload } of frames) socket.emit(event, payload);
    return true;
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.namespace.sockets.get(memberId)?.rooms.has(socketRoom(room, false)) ?? false;
  }

  restart(memberId: string, room: string, snapshot: object | undefined): void {
    const socket = this.namespace.sockets.get(memberId);
    if (!socket) return;
    const frames = snapshot ? this.encodeSnapshot(room, snapshot) : [];
    if (frames.length === 0) return comeBack(socket);
    for (const { event, payload } of frames) socket.emit(event, payload);
  }

  /** Delivers what not everybody gets. */
  private deliverEach(ids: readonly string[], room: string, delivery: Delivery): void {
    for (const id of ids) {
      if (delivery.except?.has(id)) continue;
      const caller = this.namespace.sockets.get(id)?.data.caller;
      if (caller) this.send(id, room, shownTo(delivery, delivery.onlyForUser, caller));
    }
  }

  drop(memberId: string, room: string): void {
    const socket = this.namespace.sockets.get(memberId);
    if (socket) this.part(socket, room);
  }

  private async join(socket: Connection, payload: unknown): Promise<void> {
    const key = this.codec.keyOf(payload);
    if (key === undefined) throw noRoom();
    const { contract } = this.service;
    const member = memberOf(socket);
    try {
      this.checkServed();
      await this.service.join(member, key, {}, ({ room, snapshot }) => {
        if (!socket.connected) return false;
        for (const frame of this.codec.encodeSnapshot(snapshot ?? {}, this.context(key)))
          socket.emit(frame.event, frame.payload);
        return this.enter(socket, room, false);
      });
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.code !== contract.notFound) throw fault;
      // The old wire lets a client wait for an id that is not known yet.
      const room = this.service.rooms.open(key);
      await room.admitWaiting(member, () => this.enter(socket, room.name, false));
    }
  }

  /** Lets a client in that asked for positions; it is answered as in a namespace of the service's own. */
  private async admit(socket: Connection, asking: Asking, ack: Ack): Promise<void> {
    const { contract } = this.service;
    const { since } = asking;
    const request = {
      options: asking,
      ...(isPosition(since) && { since: { epoch: since.epoch, offset: since.offset } }),
    };
    try {
      this.checkServed();
      await this.service.join(memberOf(socket), keyInPayload(contract, asking), request, (reply) => {
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

  private checkServed(): void {
    const { name: service, namespace } = this.service.contract;
    if (this.stages.of(service).stage !== 'retired') return;
    throw new Fault('service.retired', { service, to: 'socketio', namespace });
  }

  private enter(socket: Connection, room: string, positions: boolean): boolean {
    if (!socket.connected) return false;
    void socket.leave(socketRoom(room, !positions));
    void socket.join(socketRoom(room, positions));
    socket.data.rooms.add(room);
    return true;
  }

  private part(socket: Connection, room: string): void {
    for (const positions of [true, false]) void socket.leave(socketRoom(room, positions));
    socket.data.rooms.delete(room);
  }

  private forget(socket: Connection): void {
    for (const room of socket.data.rooms) {
      const key = roomKey(this.service.contract, room);
      if (key !== undefined) void this.service.leave(socket.id, key);
    }
  }

  /** What is sent of an event: the old wire's words or, to who asked for positions, one of them and the event itself. */
  private frames(room: string, delivery: Delivery, positions: boolean): readonly RootFrame[] {
    const frames = this.encode(room, delivery);
    if (!positions) return frames;
    const { event, payload, position } = delivery;
    const _sy = { event, payload, ...position };
    const [frame] = frames;
    const { event: name, payload: said } = frame ?? {};
    if (name === undefined || typeof said !== 'object') return [{ event: ENVELOPE, payload: { _sy } }];
    return [{ event: name, payload: { ...said, _sy } }];
  }

  private encode(room: string, { event, payload }: Delivery): readonly RootFrame[] {
    // Neither is anything that an old wire ever told.
    if (isPresenceEvent(event) || event === HIDDEN_EVENT) return [];
    try {
      const key = roomKey(this.service.contract, room)!;
      return this.codec.encodeEvent({ event, payload: payload as object }, this.context(key));
    } catch (error) {
      this.logger.error(`unable to translate for the root namespace; ${String(error)}`);
      return [];
    }
  }

  private encodeSnapshot(room: string, snapshot: object): readonly RootFrame[] {
    try {
      return this.codec.encodeSnapshot(snapshot, this.context(roomKey(this.service.contract, room)!));
    } catch (error) {
      this.logger.error(`unable to translate for the root namespace; ${String(error)}`);
      return [];
    }
  }

  private context(key: string) {
    return { key, session_id: '', now: new Date().toISOString() };
  }
}

/** Answers what a client asked for with a fault, or tells it when it wants no answer. */
function refuse(socket: Connection, thrown: unknown, ack?: unknown): void {
  const error = Fault.from(thrown).toBody();
  if (isAck(ack)) ack({ ok: false, error });
  else socket.emit('service_error', error);
}

function noRoom(): Fault {
  return new Fault('input.invalid', { expected: 'a room of this service' });
}

function isAsking(payload: unknown): payload is Asking {
  return (payload as { switchyard?: unknown } | null | undefined)?.switchyard === 1;
}

function isAck(ack: unknown): ack is Ack {
  return typeof ack === 'function';
}
