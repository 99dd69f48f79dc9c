import type { Logger } from '@nestjs/common';
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
import { WebSocketServer, type WebSocket } from 'ws';
import type { CallDispatcher } from '../../dispatch/call.dispatcher.js';
import type { CallSizes } from '../../dispatch/call.sizes.js';
import type { HttpCallers } from '../../http/http.caller.js';
import type { UpgradeRequest } from '../../http/upgrade.router.js';
import type { CredentialExpiry } from '../../identity/credential.expiry.js';
import type { OpenConnections } from '../../limits/open.connections.js';
import type { Delivery } from '../../room/delivery.js';
import { isOpenTo, type Caller } from '../../caller/caller.js';
import type { ServiceRuntime, ServiceWire } from '../../service/service.runtime.js';
import { readFrame } from './frame.reader.js';
import { COME_BACK, EVICTED } from './legacy.connection.js';
import { MultiplexPeer } from './multiplex.peer.js';

/** One old WebSocket endpoint on which a socket of JSON frames is a member of every room it has named. */
export class MultiplexWire implements ServiceWire {
  readonly peers = new Map<string, MultiplexPeer>();
  private readonly byRoom = new Map<string, Set<MultiplexPeer>>();
  private readonly acceptor: WebSocketServer;

  constructor(
    private readonly service: ServiceRuntime,
    readonly codec: MultiplexCodec<ServiceTypes>,
    private readonly door: CallDispatcher,
    private readonly callers: HttpCallers,
    private readonly sizes: CallSizes,
    private readonly connections: OpenConnections,
    private readonly credentials: CredentialExpiry,
    private readonly logger: Logger,
  ) {
    // A frame over the limit of a call is answered; only one over this closes the socket.
    const maxPayload = sizes.frameOf(service.contract.name);
    this.acceptor = new WebSocketServer({ noServer: true, maxPayload, clientTracking: false });
  }

  /** Takes over an upgrade request for this endpoint. @throws Fault `origin.refused`, `auth.*` */
  async accept({ request, socket, head, query }: UpgradeRequest): Promise<void> {
    const caller = await this.callers.of(request, 'legacy', query);
    if (socket.destroyed) return;
    this.acceptor.handleUpgrade(request, socket, head, (ws) => this.open(ws, caller));
  }

  deliver(room: string, { event, payload, onlyForUser: audience, except }: Delivery): void {
    const peers = this.byRoom.get(room);
    if (!peers) return;
    const key = roomKey(this.service.contract, room)!;
    for (const peer of peers) {
      if (except?.has(peer.id) || !isOpenTo(peer.caller, audience)) continue;
      try {
        peer.deliver(key, { event, payload: payload as object });
      } catch (error) {
        this.logger.error(`unable to translate ${event} for ${this.codec.path}; ${String(error)}`);
      }
    }
  }

  send(memberId: string, room: string, { event, payload }: Delivery): boolean {
    const peer = this.peers.get(memberId);
    peer?.deliver(roomKey(this.service.contract, room)!, { event, payload: payload as object });
    return peer !== undefined;
  }

  missesHoles(memberId: string): boolean {
    return this.peers.has(memberId);
  }

  /** This wire has no snapshots. */
  restart(memberId: string): void {
    this.peers.get(memberId)?.close(COME_BACK, 'events are missing');
  }

  drop(memberId: string, room: string): void {
    const peer = this.peers.get(memberId);
    if (peer) this.part(peer, roomKey(this.service.contract, room)!, room);
  }

  private open(ws: WebSocket, caller: Caller): void {
    const peer = new MultiplexPeer(ws, this.codec, caller);
    this.peers.set(peer.id, peer);
    ws.on('error', () => ws.terminate());
    ws.on('message', (data) => this.receive(peer, data as Buffer));
    const left = this.connections.enter(caller, peer.id, {
      tell: (error) => peer.complain(error),
      close: () => peer.close(EVICTED, 'connection.limit'),
    });
    ws.once('close', this.credentials.enter(peer));
    ws.once('close', () => {
      left?.();
      this.peers.delete(peer.id);
      for (const key of peer.rooms) {
        void this.service.leave(peer.id, key, () => this.part(peer, key, roomName(this.service.contract, key)));
      }
    });
    if (this.codec.greet) peer.send(this.codec.greet(peer.context()));
  }

  private receive(peer: MultiplexPeer, data: Buffer): void {
    peer.alive = true;
    let correlation_id: string | undefined;
    const refuse = (thrown: unknown) => this.refuse(peer, thrown, correlation_id);
    try {
      const frame = readObject(data);
      correlation_id = this.codec.correlationOf(frame);
      const limit_bytes = this.sizes.ofService(this.service.contract.name);
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
      const members = this.byRoom.get(room);
      if (members) members.add(peer);
      else this.byRoom.set(room, new Set([peer]));
      return true;
    });
  }

  private async call(peer: MultiplexPeer, { call, payload }: ContractCall<ServiceTypes>): Promise<unknown> {
    const reply = await this.door.call(this.service, call, payload, peer.caller);
    if (!reply.ok) throw new RemoteFault(reply.error);
    return reply.data;
  }

  private refuse(peer: MultiplexPeer, thrown: unknown, correlation_id: string | undefined): void {
    const error = thrown instanceof RemoteFault ? thrown.body : Fault.from(thrown).toBody();
    if (error.code === 'call.failed') this.logger.error(`unable to serve ${this.codec.path}; ${String(thrown)}`);
    peer.complain(error, correlation_id);
  }

  private part(peer: MultiplexPeer, key: string, room: string): void {
    peer.rooms.delete(key);
    const members = this.byRoom.get(room);
    if (members?.delete(peer) && members.size === 0) this.byRoom.delete(room);
  }
}

/** @throws Fault `input.invalid` */
function readObject(data: Buffer): object {
  const frame = readFrame(data);
  if (typeof frame === 'object') return frame;
  throw new Fault('input.invalid', { expected: 'a JSON object' });
}
