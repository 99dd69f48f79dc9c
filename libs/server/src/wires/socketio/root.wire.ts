import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import {
  Fault,
  isPresenceEvent,
  roomKey,
  roomName,
  type RootCodec,
  type RootFrame,
  type ServiceTypes,
} from '@switchyard/contract';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../../realtime.options.js';
import type { Delivery } from '../../room/delivery.js';
import { isOpenTo } from '../../service/caller.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import type { ServiceRuntime, ServiceWire } from '../../service/service.runtime.js';
import { Stages } from '../../stages/stages.js';
import { admission, type Connection, type ServiceNamespace } from './socketio.connection.js';
import { SocketIoHost } from './socketio.host.js';

/** Serves the services whose old wire was Socket.IO's root namespace. */
@Injectable()
export class RootWires implements OnApplicationBootstrap {
  constructor(
    private readonly host: SocketIoHost,
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    @Inject(REALTIME_OPTIONS) private readonly options: RealtimeOptions,
  ) {}

  onApplicationBootstrap(): void {
    const services = this.registry.all().filter(({ root }) => root.length > 0);
    // Without such a service the root namespace stays whoever's it is.
    if (services.length === 0) return;
    const namespace = this.host.server.of('/') as unknown as ServiceNamespace;
    namespace.use(admission(this.options.authenticate));
    for (const service of services) {
      for (const codec of service.root) service.addWire(new RootWire(namespace, service, codec, this.stages));
    }
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
      for (const join of codec.joins) socket.on(join, (payload: unknown) => void this.join(socket, payload));
      for (const leave of codec.leaves) socket.on(leave, (payload: unknown) => void this.leave(socket, payload));
      socket.on('disconnect', () => this.forget(socket));
    });
  }

  deliver(room: string, delivery: Delivery): void {
    const { audience } = delivery;
    if (audience !== undefined) {
      for (const id of this.namespace.adapter.rooms.get(room) ?? []) {
        const caller = this.namespace.sockets.get(id)?.data.caller;
        if (caller && isOpenTo(caller, audience)) this.send(id, room, delivery);
      }
      return;
    }
    const members = this.namespace.local.to(room);
    for (const { event, payload } of this.encode(room, delivery)) members.emit(event, payload);
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const socket = this.namespace.sockets.get(memberId);
    if (!socket) return false;
    for (const { event, payload } of this.encode(room, delivery)) socket.emit(event, payload);
    return true;
  }

  drop(memberId: string, room: string): void {
    const socket = this.namespace.sockets.get(memberId);
    if (socket) this.part(socket, room);
  }

  private async join(socket: Connection, payload: unknown): Promise<void> {
    // The old server took no notice of a request without an id.
    const key = this.codec.keyOf(payload);
    if (key === undefined) return;
    const { contract } = this.service;
    const member = { id: socket.id, caller: socket.data.caller };
    try {
      if (this.stages.of(contract.name).stage === 'retired') {
        throw new Fault('service.retired', { service: contract.name, to: 'socketio', namespace: contract.namespace });
      }
      await this.service.join(member, key, {}, ({ room, snapshot }) => {
        if (!socket.connected) return false;
        for (const frame of this.codec.encodeSnapshot(snapshot ?? {}, this.context(key)))
          socket.emit(frame.event, frame.payload);
        return this.enter(socket, room);
      });
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.code !== contract.notFound) return void socket.emit('service_error', fault.toBody());
      // The old wire lets a client wait for an id that is not known yet.
      const room = this.service.rooms.open(key);
      await room.admitWaiting(member, () => this.enter(socket, room.name));
    }
  }

  private async leave(socket: Connection, payload: unknown): Promise<void> {
    const key = this.codec.keyOf(payload);
    if (key === undefined) return;
    await this.service.leave(socket.id, key, () => this.part(socket, roomName(this.service.contract, key)));
  }

  private enter(socket: Connection, room: string): boolean {
    if (!socket.connected) return false;
    void socket.join(room);
    socket.data.rooms.add(room);
    return true;
  }

  private part(socket: Connection, room: string): void {
    void socket.leave(room);
    socket.data.rooms.delete(room);
  }

  private forget(socket: Connection): void {
    for (const room of socket.data.rooms) {
      const key = roomKey(this.service.contract, room);
      if (key !== undefined) void this.service.leave(socket.id, key);
    }
  }

  private encode(room: string, { event, payload }: Delivery): readonly RootFrame[] {
    if (isPresenceEvent(event)) return [];
    try {
      const key = roomKey(this.service.contract, room)!;
      return this.codec.encodeEvent({ event, payload: payload as object }, this.context(key));
    } catch (error) {
      this.logger.error(`unable to translate for the root namespace; ${String(error)}`);
      return [];
    }
  }

  private context(key: string) {
    return { key, session_id: '', now: new Date().toISOString() };
  }
}
