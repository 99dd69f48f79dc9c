import {
  Fault,
  RemoteFault,
  keyInPayload,
  roomKey,
  roomName,
  type ContractCall,
  type MultiplexCodec,
  type MultiplexRequest,
  type ServiceTypes,
} from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../caller/caller.js';
import type { Delivery } from '../../room/delivery.js';
import { OLD_WIRE } from '../../service/service.wires.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { readFrame } from '../../websocket/frame.reader.js';
import { COME_BACK } from '../../websocket/websocket.connection.js';
import { WebSocketEndpoint } from '../../websocket/websocket.endpoint.js';
import { FrameText, connectionFields } from '../frame.text.js';
import { ShownDelivery, isUnknownToOldWires } from '../shown.delivery.js';
import type { WireDependencies } from '../wire.dependencies.js';
import { WireMembers } from '../wire.members.js';
import { MultiplexPeer } from './multiplex.peer.js';

/** One old WebSocket endpoint on which a connection of JSON frames is in every room that it has named. */
export class MultiplexEndpoint extends WebSocketEndpoint<MultiplexPeer> {
  readonly advisedAs = OLD_WIRE;
  private readonly members = new WireMembers<MultiplexPeer>();

  constructor(
    service: ServiceRuntime,
    private readonly codec: MultiplexCodec<ServiceTypes>,
    wires: WireDependencies,
  ) {
    super(service, wires, 'multiplex', codec.path, codec);
  }

  deliver(room: string, delivery: Delivery): number {
    const shown = new ShownDelivery(delivery, (variant) => this.encode(room, variant));
    let bytes = 0;
    for (const peer of this.members.in(room, delivery.except)) {
      const text = shown.to(peer.caller);
      if (text) bytes += peer.sendShared(text);
    }
    return bytes;
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const peer = this.peers.get(memberId);
    const text = peer && this.encode(room, delivery);
    if (text) peer.sendShared(text);
    return peer !== undefined;
  }

  missesHoles(memberId: string): boolean {
    return this.peers.has(memberId);
  }

  /** Closes the connection: this wire has no snapshots. */
  restart(memberId: string): void {
    this.peers.get(memberId)?.close(COME_BACK, 'events are missing');
  }

  drop(memberId: string, room: string): void {
    const peer = this.peers.get(memberId);
    if (peer) this.part(peer, room);
  }

  /** The path names no room: each frame does, and is checked then. */
  protected admit(): Promise<string> {
    return Promise.resolve('');
  }

  protected connect(socket: WebSocket, caller: Caller): MultiplexPeer {
    return new MultiplexPeer(socket, this.codec, caller);
  }

  protected begin(peer: MultiplexPeer): void {
    if (this.codec.greet) peer.send(this.codec.greet(peer.context()));
  }

  protected leave(peer: MultiplexPeer): void {
    for (const key of peer.rooms) {
      void this.service.leave(peer.id, key, () => this.part(peer, roomName(this.service.contract, key)));
    }
  }

  protected receive(peer: MultiplexPeer, data: Buffer): void {
    let correlation_id: string | undefined;
    const refuse = (thrown: unknown) => this.refuse(peer, thrown, correlation_id);
    try {
      const frame = readObject(data);
      correlation_id = this.codec.correlationOf(frame);
      const limit_bytes = this.wires.sizes.ofService(this.service.contract.name);
      if (limit_bytes > 0 && data.length > limit_bytes) throw new Fault('payload.too_large', { limit_bytes });
      const request = this.codec.decode(frame, peer.context(correlation_id));
      if (request.kind === 'answer') peer.send(request.frame);
      else peer.inTurn(() => this.serve(peer, request).catch(refuse));
    } catch (thrown) {
      refuse(thrown);
    }
  }

  private async serve(
    peer: MultiplexPeer,
    request: Exclude<MultiplexRequest<ServiceTypes>, { kind: 'answer' }>,
  ): Promise<void> {
    const isOpening = request.kind === 'open';
    const key = isOpening ? keyInPayload(this.service.contract, await this.call(peer, request.open)) : request.key;
    await this.enter(peer, key);
    await this.call(peer, isOpening ? request.call(key!) : request.call);
  }

  private async enter(peer: MultiplexPeer, key: string | undefined): Promise<void> {
    if (key !== undefined && peer.rooms.has(key)) return;
    await this.service.join(peer, key, {}, ({ room }) => {
      if (!peer.open) return false;
      peer.rooms.add(roomKey(this.service.contract, room)!);
      this.members.enter(room, peer);
      return true;
    });
  }

  private async call(peer: MultiplexPeer, { call, payload }: ContractCall<ServiceTypes>): Promise<unknown> {
    const reply = await this.wires.calls.call(this.service, call, payload, peer.caller);
    if (!reply.ok) throw new RemoteFault(reply.error);
    return reply.data;
  }

  private refuse(peer: MultiplexPeer, thrown: unknown, correlation_id: string | undefined): void {
    const error = thrown instanceof RemoteFault ? thrown.body : Fault.from(thrown).toBody();
    if (error.code === 'call.failed') this.logger.error(`unable to serve ${this.path}; ${String(thrown)}`);
    peer.complain(error, correlation_id);
  }

  private part(peer: MultiplexPeer, room: string): void {
    peer.rooms.delete(roomKey(this.service.contract, room)!);
    this.members.exit(room, peer.id);
  }

  /** The text of an event; undefined when the old wire has no word for it, or its codec fails. */
  private encode(room: string, { event, payload }: Delivery): FrameText | undefined {
    if (isUnknownToOldWires(event)) return undefined;
    const key = roomKey(this.service.contract, room)!;
    const context = { key, now: new Date().toISOString(), ...connectionFields(this.codec.perConnection) };
    try {
      const frame = this.codec.encodeEvent({ event, payload: payload as object }, context);
      return frame === undefined ? undefined : new FrameText(frame);
    } catch (error) {
      this.logger.error(`unable to translate ${event} for ${this.path}; ${String(error)}`);
      return undefined;
    }
  }
}

/** @throws Fault `input.invalid` */
function readObject(data: Buffer): object {
  const frame = readFrame(data);
  if (typeof frame === 'object') return frame;
  throw new Fault('input.invalid', { expected: 'a JSON object' });
}
