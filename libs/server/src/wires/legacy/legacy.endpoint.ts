import {
  Fault,
  roomKey,
  roomName,
  type JoinReply,
  type LegacyClose,
  type LegacyCodec,
  type LegacyRefusal,
  type SentFrame,
  type ServiceTypes,
} from '@switchyard/contract';
import type { WebSocket } from 'ws';
import type { Caller } from '../../caller/caller.js';
import type { Delivery } from '../../room/delivery.js';
import { OLD_WIRE } from '../../service/service.wires.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import type { Arrival } from '../../websocket/arrival.js';
import { COME_BACK, RETIRED, TRY_AGAIN_LATER } from '../../websocket/websocket.connection.js';
import { WebSocketEndpoint } from '../../websocket/websocket.endpoint.js';
import { ShownDelivery } from '../shown.delivery.js';
import type { WireDependencies } from '../wire.dependencies.js';
import { WireMembers } from '../wire.members.js';
import { LegacyFrames, type CodecGuard } from './legacy.frames.js';
import { LegacyPeer, REFUSED } from './legacy.peer.js';
import { LegacyRequests } from './legacy.requests.js';
import { LegacyRoomKeys, type SessionClient } from './legacy.room.keys.js';
import { requestIn, takesPositions } from './positioned.query.js';
import { ReturningClients } from './returning.clients.js';

/** One old WebSocket endpoint, spoken through its codec: old clients keep their bytes, ours get positions added. */
export class LegacyEndpoint extends WebSocketEndpoint<LegacyPeer> {
  readonly advisedAs = OLD_WIRE;
  private readonly members = new WireMembers<LegacyPeer>();
  private readonly requests: LegacyRequests;
  private readonly keys: LegacyRoomKeys;
  /** Undefined where older connections stay open. */
  private readonly returning: ReturningClients | undefined;
  /** How long the server may be silent before a client that asked for positions considers it gone, in ms. */
  private readonly silence_ms: number;

  constructor(
    service: ServiceRuntime,
    private readonly codec: LegacyCodec<ServiceTypes>,
    wires: WireDependencies,
  ) {
    super(service, wires, 'legacy', codec.path, codec);
    this.requests = new LegacyRequests(service, codec, wires, this.logger);
    this.silence_ms = wires.options.pingIntervalMs + wires.options.pingTimeoutMs;
    this.keys = new LegacyRoomKeys(service, codec, wires.calls);
    const { replaced } = codec.session ?? {};
    this.returning = replaced && new ReturningClients(service, replaced);
  }

  deliver(room: string, delivery: Delivery): number {
    const shown = new ShownDelivery(delivery, (variant) => this.encode(room, variant));
    let bytes = 0;
    for (const peer of this.members.in(room, delivery.except)) bytes += peer.deliver(shown.to(peer.caller));
    return bytes;
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const peer = this.members.find(room, memberId);
    peer?.deliver(this.encode(room, delivery));
    return peer !== undefined;
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.members.find(room, memberId)?.positions === false;
  }

  restart(memberId: string, room: string, snapshot: object | undefined): void {
    const peer = this.members.find(room, memberId);
    if (!peer) return;
    const encode = () => (snapshot ? this.codec.encodeSnapshot(snapshot, peer.context()) : []);
    const frames: readonly SentFrame[] = this.guard(encode) ?? [];
    for (const frame of frames) peer.send(frame);
    if (frames.length === 0) peer.close(COME_BACK, 'events are missing');
  }

  drop(memberId: string, room: string, { code, reason }: LegacyClose = { code: 1000, reason: 'left' }): void {
    this.members.find(room, memberId)?.close(code, reason);
  }

  protected async admit(caller: Caller, arrival: Arrival): Promise<string> {
    const isOurs = takesPositions(arrival.query);
    const key = await this.keys.of(caller, arrival, isOurs);
    return this.service.authorize(isOurs ? caller : this.keys.clientOf(caller, arrival), key);
  }

  protected override isOurs(query: URLSearchParams): boolean {
    return takesPositions(query);
  }

  /** Our client reads why a wire is retired; for other refusals it has the HTTP status, or asks for its configuration. */
  protected override refusalOfOurs(fault: Fault): LegacyRefusal | undefined {
    if (fault.code !== 'service.retired') return undefined;
    return {
      frames: [{ _sy: { event: 'refused', error: fault.toBody() } }],
      close: { code: RETIRED, reason: fault.code },
    };
  }

  protected connect(
    socket: WebSocket,
    caller: Caller,
    query: URLSearchParams,
    key: string,
    arrival: Arrival,
  ): LegacyPeer {
    const isOurs = takesPositions(query);
    const client = isOurs ? caller : this.keys.clientOf(caller, arrival);
    const peer = new LegacyPeer(socket, this.codec, key, client, isOurs, this.silence_ms, arrival.address.query);
    const returning = isOurs ? undefined : this.keys.clientOn(arrival);
    if (returning) this.greet(peer, arrival, returning);
    return peer;
  }

  protected begin(peer: LegacyPeer, query: URLSearchParams): void {
    // A client that asked for positions gets other signs of life.
    if (this.codec.idle && !peer.positions) peer.whenSilent(this.codec.idle.after_ms, () => void this.remind(peer));
    void this.enter(peer, query)
      .catch((error: unknown) => this.refuse(peer, Fault.from(error)))
      .catch((error: unknown) => this.fail(peer, Fault.from(error)));
  }

  protected leave(peer: LegacyPeer): void {
    this.returning?.closed(peer);
    const room = roomName(this.service.contract, peer.key);
    void this.service.leave(peer.id, peer.key, () => this.members.exit(room, peer.id));
  }

  protected receive(peer: LegacyPeer, data: Buffer, isBinary: boolean): void {
    // A client that was replaced has nothing to say any more.
    if (this.returning && !peer.open) return;
    this.requests.receive(peer, data, isBinary);
  }

  /** Tells an old client its id, where the old wire gives it one. */
  private greet(peer: LegacyPeer, { address }: Arrival, { id: client_id, isNew }: SessionClient): void {
    peer.client_id = client_id;
    const context = { ...peer.context(), ...address, client_id, isNew };
    const frames = this.guard(() => this.codec.session?.greeting?.(context));
    for (const frame of frames ?? []) peer.send(frame);
  }

  private async enter(peer: LegacyPeer, query: URLSearchParams): Promise<void> {
    const returning = peer.positions ? undefined : this.returning;
    const elsewhere = returning?.elsewhere(peer);
    await this.service.join(peer, peer.key, peer.positions ? requestIn(query) : {}, (reply) => {
      if (!peer.open) return false;
      this.welcome(peer, reply);
      this.members.enter(reply.room, peer);
      returning?.replace(peer);
      return true;
    });
    if (elsewhere) returning?.replaceElsewhere(peer, await elsewhere);
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
      peer.deliver(this.encode(room, { event, payload, position: { room, epoch, offset } }));
    }
  }

  /** Sends the idle frame to a client to which nothing was sent for long. */
  private async remind(peer: LegacyPeer): Promise<void> {
    const reply = await this.service.preview(peer.caller, peer.key).catch(() => undefined);
    const { snapshot } = reply ?? {};
    if (snapshot) this.guard(() => peer.send(this.codec.idle!.frame(snapshot, peer.context())));
  }

  private async refuse(peer: LegacyPeer, fault: Fault): Promise<void> {
    const error = fault.toBody();
    if (fault.code === 'auth.expired') {
      peer.sendError(error);
      return peer.end();
    }
    if (peer.positions) {
      peer.refuse(error);
      return peer.close(REFUSED, fault.code);
    }
    if (fault.code === this.service.contract.notFound) return this.answerUnknown(peer);
    if (fault.code === 'rate.limited' || peer.refusalFor(error)) return peer.dismiss(error, TRY_AGAIN_LATER);
    return this.fail(peer, fault);
  }

  private async answerUnknown(peer: LegacyPeer): Promise<void> {
    const { frames, close } = this.codec.unknownRoom(peer.context());
    for (const frame of frames) peer.send(frame);
    if (close) return peer.close(close.code, close.reason);
    // The old wire lets a client wait for an id that is not known yet; it gets the events from now on.
    await this.service.wait(peer, peer.key, (room) => {
      if (peer.open) this.members.enter(room, peer);
      return peer.open;
    });
  }

  private fail(peer: LegacyPeer, { code, cause, message }: Fault): void {
    this.logger.error(`unable to admit to ${this.path}; ${cause instanceof Error ? cause.stack : message}`);
    peer.close(1011, code);
  }

  private encode(room: string, delivery: Delivery): LegacyFrames {
    return new LegacyFrames(this.codec, roomKey(this.service.contract, room)!, delivery, this.guard);
  }

  /** A codec that fails on one event must not keep the connections from the others. */
  private readonly guard: CodecGuard = (step) => {
    try {
      return step();
    } catch (error) {
      this.logger.error(`unable to translate for ${this.path}; ${String(error)}`);
      return undefined;
    }
  };
}
