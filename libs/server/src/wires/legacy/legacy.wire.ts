import type { Logger } from '@nestjs/common';
import {
  Fault,
  parsePosition,
  roomName,
  type ErrorBody,
  type JoinReply,
  type LegacyCodec,
  type LegacyFrame,
  type ServiceTypes,
} from '@switchyard/contract';
import { WebSocketServer, type WebSocket } from 'ws';
import type { CallDispatcher } from '../../dispatch/call.dispatcher.js';
import type { CallSizes } from '../../dispatch/call.sizes.js';
import { parseOptions } from '../../validation/join.options.js';
import type { HttpCallers } from '../../http/http.caller.js';
import type { UpgradeRequest } from '../../http/upgrade.router.js';
import type { CredentialExpiry } from '../../identity/credential.expiry.js';
import type { OpenConnections } from '../../limits/open.connections.js';
import type { RealtimeOptions } from '../../options/realtime.options.js';
import { shownTo } from '../../room/audience.js';
import type { Delivery } from '../../room/delivery.js';
import type { Caller } from '../../caller/caller.js';
import type { JoinRequest, ServiceRuntime, ServiceWire } from '../../service/service.runtime.js';
import { readFrame } from './frame.reader.js';
import { COME_BACK, EVICTED, TRY_AGAIN_LATER } from './legacy.connection.js';
import { LegacyPeer } from './legacy.peer.js';

/** The close code of a client that asked for positions and was refused; the frame before it says why. */
const REFUSED = 4404;

/** One old WebSocket endpoint, spoken through its codec: old clients keep their bytes, ours get positions beside them. */
export class LegacyWire implements ServiceWire {
  readonly peers = new Set<LegacyPeer>();
  private readonly byRoom = new Map<string, Map<string, LegacyPeer>>();
  private readonly acceptor: WebSocketServer;
  private readonly param: string;
  /** How long a client that asked for positions may hear nothing before it should take the server for gone. */
  private readonly silence_ms: number;

  constructor(
    private readonly service: ServiceRuntime,
    readonly codec: LegacyCodec<ServiceTypes>,
    { pingIntervalMs, pingTimeoutMs }: RealtimeOptions,
    private readonly door: CallDispatcher,
    private readonly callers: HttpCallers,
    private readonly sizes: CallSizes,
    private readonly connections: OpenConnections,
    private readonly credentials: CredentialExpiry,
    private readonly logger: Logger,
  ) {
    const maxPayload = sizes.frameOf(service.contract.name);
    this.acceptor = new WebSocketServer({ noServer: true, maxPayload, clientTracking: false });
    this.silence_ms = pingIntervalMs + pingTimeoutMs;
    this.param = 'key' in service.contract.room ? service.contract.room.key : '';
  }

  /** Takes over an upgrade request for this endpoint. @throws Fault `origin.refused`, `auth.*`, `room.forbidden`, `input.invalid` */
  async accept({ request, socket, head, params, query }: UpgradeRequest): Promise<void> {
    const caller = await this.callers.of(request, 'legacy', query);
    const key = await this.service.authorize(caller, this.keyFrom(params, query));
    if (socket.destroyed) return;
    this.acceptor.handleUpgrade(request, socket, head, (ws) => this.open(ws, key, caller, query));
  }

  deliver(room: string, delivery: Delivery): void {
    for (const peer of this.byRoom.get(room)?.values() ?? []) {
      if (!delivery.except?.has(peer.id))
        this.guard(() => peer.deliver(shownTo(delivery, delivery.onlyForUser, peer.caller)));
    }
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const peer = this.find(memberId, room);
    if (peer) this.guard(() => peer.deliver(delivery));
    return peer !== undefined;
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.find(memberId, room)?.positions === false;
  }

  restart(memberId: string, room: string, snapshot: object | undefined): void {
    const peer = this.find(memberId, room);
    if (!peer) return;
    let frames: readonly LegacyFrame[] = [];
    this.guard(() => (frames = snapshot ? this.codec.encodeSnapshot(snapshot, peer.context()) : []));
    for (const frame of frames) peer.send(frame);
    if (frames.length === 0) peer.close(COME_BACK, 'events are missing');
  }

  drop(memberId: string, room: string): void {
    this.find(memberId, room)?.close(1000, 'left');
  }

  private open(ws: WebSocket, key: string, caller: Caller, query: URLSearchParams): void {
    const peer = new LegacyPeer(ws, this.codec, key, caller, query.get('switchyard') === '1', this.silence_ms);
    this.peers.add(peer);
    ws.on('error', () => ws.terminate());
    ws.on('message', (data) => this.receive(peer, data as Buffer));
    const left = this.connections.enter(caller, peer.id, {
      tell: (error) => peer.refuse(error),
      close: () => peer.close(peer.positions ? REFUSED : EVICTED, 'connection.limit'),
    });
    ws.once('close', this.credentials.enter(peer));
    ws.once('close', () => {
      left?.();
      this.peers.delete(peer);
      void this.service.leave(peer.id, key, () => this.exit(peer));
    });
    // A client that asked for positions is told in another way that the server is there.
    if (this.codec.idle && !peer.positions) peer.whenSilent(this.codec.idle.after_ms, () => void this.remind(peer));
    void this.enter(peer, query)
      .catch((error: unknown) => this.refuse(peer, Fault.from(error)))
      .catch((error: unknown) => this.fail(peer, Fault.from(error)));
  }

  private async enter(peer: LegacyPeer, query: URLSearchParams): Promise<void> {
    await this.service.join(peer, peer.key, peer.positions ? joinRequest(query) : {}, (reply) => {
      if (!peer.open) return false;
      this.welcome(peer, reply);
      this.admit(peer, reply.room);
      return true;
    });
  }

  private welcome(peer: LegacyPeer, { events = [], ...reply }: JoinReply): void {
    if (!peer.positions) {
      for (const frame of this.codec.encodeSnapshot(reply.snapshot ?? {}, peer.context())) peer.send(frame);
      return;
    }
    peer.envelop({ event: 'joined', ...reply });
    peer.reassure();
    const { room } = reply;
    for (const { event, payload, epoch, offset } of events) {
      peer.deliver({ event, payload, position: { room, epoch, offset } });
    }
  }

  /** Tells a client to which nothing was sent for long where its room is. */
  private async remind(peer: LegacyPeer): Promise<void> {
    const reply = await this.service.preview(peer.caller, peer.key).catch(() => undefined);
    const { snapshot } = reply ?? {};
    if (snapshot) this.guard(() => peer.send(this.codec.idle!.frame(snapshot, peer.context())));
  }

  private async refuse(peer: LegacyPeer, fault: Fault): Promise<void> {
    if (fault.code === 'auth.expired') {
      peer.tell(fault.toBody());
      return peer.end();
    }
    if (peer.positions || fault.code === 'rate.limited') {
      peer.refuse(fault.toBody());
      return peer.close(peer.positions ? REFUSED : TRY_AGAIN_LATER, fault.code);
    }
    if (fault.code !== this.service.contract.notFound) return this.fail(peer, fault);
    const { frames, close } = this.codec.unknownRoom(peer.context());
    for (const frame of frames) peer.send(frame);
    if (close) return peer.close(close.code, close.reason);
    // The old wire lets a client wait for an id that is not known yet; it gets what happens there from now on.
    const room = this.service.rooms.open(peer.key);
    await room.admitWaiting(peer, () => {
      if (peer.open) this.admit(peer, room.name);
      return peer.open;
    });
  }

  private fail(peer: LegacyPeer, { code, cause, message }: Fault): void {
    this.logger.error(`unable to admit to ${this.codec.path}; ${cause instanceof Error ? cause.stack : message}`);
    peer.close(1011, code);
  }

  private receive(peer: LegacyPeer, data: Buffer): void {
    peer.alive = true;
    try {
      const frame = readFrame(data);
      const answer = frame === undefined ? undefined : this.codec.answer?.(frame);
      if (answer !== undefined) return peer.send(answer);
      const decoded = frame === undefined ? undefined : this.codec.decodeCall(frame, peer.context());
      if (!decoded) throw new Fault('input.invalid', { expected: 'a frame of this wire' });
      const payload = this.sizes.fit(this.service.contract.name, decoded.call, data.length, decoded.payload);
      void this.door.call(this.service, decoded.call, payload, peer.caller).then((reply) => {
        if (!reply.ok) this.complain(peer, reply.error);
      });
    } catch (thrown) {
      const fault = Fault.from(thrown);
      if (fault.code === 'call.failed')
        this.logger.error(`unable to read a frame of ${this.codec.path}; ${String(thrown)}`);
      this.complain(peer, fault.toBody());
    }
  }

  /** Tells a client what was refused; where the old wire has no word for it, the log is told once. */
  private complain(peer: LegacyPeer, error: ErrorBody): void {
    this.guard(() => {
      if (peer.complain(error) || peer.wasRefused) return;
      peer.wasRefused = true;
      this.logger.warn(
        `unable to answer a client of ${this.codec.path}; this wire has no frame for ${error.code}, and further ones are not logged`,
      );
    });
  }

  private keyFrom(params: UpgradeRequest['params'], query: URLSearchParams): string | undefined {
    const { room } = this.service.contract;
    return params[this.param] ?? query.get(this.param) ?? ('default' in room ? room.default : undefined);
  }

  private admit(peer: LegacyPeer, room: string): void {
    const peers = this.byRoom.get(room);
    if (peers) peers.set(peer.id, peer);
    else this.byRoom.set(room, new Map([[peer.id, peer]]));
  }

  private exit(peer: LegacyPeer): void {
    const room = roomName(this.service.contract, peer.key);
    const peers = this.byRoom.get(room);
    if (peers?.delete(peer.id) && peers.size === 0) this.byRoom.delete(room);
  }

  private find(memberId: string, room: string): LegacyPeer | undefined {
    return this.byRoom.get(room)?.get(memberId);
  }

  /** A codec that fails on one event or peer must not keep the others from theirs. */
  private guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.logger.error(`unable to translate for ${this.codec.path}; ${String(error)}`);
    }
  }
}

/** What a client that speaks of positions asks for. @throws Fault `input.invalid` */
function joinRequest(query: URLSearchParams): JoinRequest {
  const since = parsePosition(query.get('since') ?? '');
  return { options: parseOptions(query.get('options')), ...(since && { since }) };
}
