import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Fault, roomKey, type ControlMessage } from '@switchyard/contract';
import {
  FrameText,
  ShownDelivery,
  WireDependencies,
  WireMembers,
  type Caller,
  type Delivery,
  type ServiceRuntime,
  type ServiceWire,
  type Wire,
  type WireConnection,
  type WirePlugin,
} from '@switchyard/server';
import { WebSocketServer, type WebSocket } from 'ws';

/** One WebSocket of the relay, with rooms of several services. */
class RelayPeer implements WireConnection {
  readonly id = randomUUID();

  constructor(
    readonly socket: WebSocket,
    readonly caller: Caller,
  ) {}

  get backlog() {
    return { bytes: this.socket.bufferedAmount, level: this.socket.bufferedAmount };
  }

  readonly takesControl = true;

  control(message: ControlMessage): void {
    this.send(message);
  }

  send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  terminate(): void {
    this.socket.terminate();
  }
}

/** The rooms of one service on the relay. */
class RelayRooms implements ServiceWire {
  readonly name = 'relay';
  private readonly members = new WireMembers<RelayPeer>();

  constructor(private readonly service: ServiceRuntime) {}

  async join(peer: RelayPeer, key: string): Promise<void> {
    await this.service.join(peer, key, {}, ({ room }) => {
      peer.send({ joined: room });
      this.members.enter(room, peer);
      peer.socket.once('close', () => this.leave(peer, room));
      return true;
    });
  }

  connections(): Iterable<RelayPeer> {
    return this.members.all();
  }

  deliver(room: string, delivery: Delivery): number {
    const shown = new ShownDelivery(delivery, (variant) => this.text(variant));
    let written = 0;
    for (const peer of this.members.in(room, delivery.except)) {
      const bytes = shown.to(peer.caller).for(peer.id);
      peer.socket.send(bytes, { binary: false });
      written += bytes.length;
    }
    return written;
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const peer = this.members.find(room, memberId);
    peer?.socket.send(this.text(delivery).for(memberId), { binary: false });
    return peer !== undefined;
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.members.find(room, memberId) !== undefined;
  }

  restart(memberId: string, room: string): void {
    this.members.find(room, memberId)?.terminate();
  }

  drop(memberId: string, room: string): void {
    this.members.exit(room, memberId);
  }

  private leave({ id }: RelayPeer, room: string): void {
    void this.service.leave(id, roomKey(this.service.contract, room)!, () => this.members.exit(room, id));
  }

  private text({ event, payload, position }: Delivery): FrameText {
    return new FrameText({ service: this.service.contract.name, event, payload, ...position });
  }
}

/** A wire of the application, written with the port alone: one old WebSocket that several services share. */
@Injectable()
class RelayWire implements Wire {
  readonly name = 'relay';
  private readonly acceptor = new WebSocketServer({ noServer: true });
  private readonly peers = new Set<RelayPeer>();
  private readonly rooms = new Map<string, RelayRooms>();
  private services: ReadonlyMap<string, ServiceRuntime> = new Map();

  constructor(private readonly wires: WireDependencies) {}

  serve(services: readonly ServiceRuntime[]): void {
    this.services = new Map(services.map((service) => [service.contract.name, service]));
    for (const service of services) {
      const rooms = new RelayRooms(service);
      service.wires.add(rooms);
      this.rooms.set(service.contract.name, rooms);
    }
    this.wires.router.route('/relay', async ({ request, socket, head, query }) => {
      const caller = await this.wires.callers.ofUpgrade(request, this.name, query);
      this.acceptor.handleUpgrade(request, socket, head, (ws) => this.open(new RelayPeer(ws, caller)));
    });
  }

  path(): string {
    return '/relay';
  }

  connections(): Iterable<RelayPeer> {
    return this.peers;
  }

  broadcast(message: ControlMessage): void {
    for (const peer of this.peers) peer.control(message);
  }

  close(): void {
    for (const { socket } of this.peers) socket.close(1012, 'service restart');
  }

  private open(peer: RelayPeer): void {
    this.peers.add(peer);
    peer.socket.once('close', () => this.peers.delete(peer));
    peer.socket.on('message', (data) => {
      const { service, key } = JSON.parse((data as Buffer).toString()) as { service: string; key: string };
      this.join(peer, service, key).catch((thrown: unknown) => {
        peer.send({ refused: service, code: Fault.from(thrown).code });
      });
    });
  }

  private async join(peer: RelayPeer, name: string, key: string): Promise<void> {
    // Each service's stage governs its own rooms on the shared socket.
    this.wires.stages.oldWire(this.services.get(name)!.contract);
    await this.rooms.get(name)!.join(peer, key);
  }
}

/** The relay, for `RealtimeModule.forRootAsync({ wires: [relay] })`. */
export const relay: WirePlugin = { type: RelayWire };
