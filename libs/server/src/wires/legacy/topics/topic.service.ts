import { Logger } from '@nestjs/common';
import {
  RemoteFault,
  roomKey,
  roomName,
  type ContractCall,
  type ErrorBody,
  type LegacyFrame,
  type RequestId,
  type SentFrame,
  type ServiceTypes,
  type TopicCallContext,
  type TopicCodec,
  type TopicRoomContext,
} from '@switchyard/contract';
import type { Delivery } from '../../../room/delivery.js';
import type { ServiceRuntime } from '../../../service/service.runtime.js';
import type { ServiceWire } from '../../../service/service.wire.js';
import { OLD_WIRE } from '../../../service/service.wires.js';
import { COME_BACK } from '../../../websocket/websocket.connection.js';
import { FrameText, connectionFields } from '../../frame.text.js';
import { ShownDelivery, isUnknownToOldWires } from '../../shown.delivery.js';
import type { WireDependencies } from '../../wire.dependencies.js';
import { WireMembers } from '../../wire.members.js';
import { TopicMember } from './topic.member.js';
import type { TopicsPeer } from './topics.peer.js';

/** The name of the wire. */
export const TOPICS = 'topics';

/** One service on an old socket that it shares with others: its topics are its rooms. */
export class TopicService implements ServiceWire {
  readonly name = TOPICS;
  readonly advisedAs = OLD_WIRE;
  private readonly logger = new Logger('legacy');
  private readonly members = new WireMembers<TopicMember>();
  /** The connections that have tried to enter a room of the service. */
  private readonly known = new Map<string, TopicMember>();

  constructor(
    readonly service: ServiceRuntime,
    readonly codec: TopicCodec<ServiceTypes>,
    private readonly wires: Pick<WireDependencies, 'calls' | 'sizes' | 'stages'>,
  ) {}

  connections(): Iterable<TopicMember> {
    return this.known.values();
  }

  /**
   * Lets a connection into the room `key`, also when it is there already; what comes there waits for `release`.
   *
   * @returns the frames of its snapshot
   * @throws Fault as a join does
   */
  async join(peer: TopicsPeer, key: string, request_id: RequestId | undefined): Promise<readonly SentFrame[]> {
    const { contract } = this.service;
    this.wires.stages.oldWire(contract);
    const member = this.memberOf(peer);
    let encoded: () => readonly SentFrame[] = () => [];
    await this.service.join(member, key, {}, ({ room, snapshot }) => {
      if (!peer.open) return false;
      encoded = tried(() => {
        const context = this.roomContext(peer, key, request_id);
        // Other topics may keep the frames waiting, and the snapshot may be the domain's own object, which goes on changing.
        return this.codec.encodeSnapshot?.(snapshot ?? {}, context).map(copyOf) ?? [];
      });
      member.hold(room);
      this.members.enter(room, member);
      return true;
    });
    // It may have been retired meanwhile.
    this.wires.stages.oldWire(contract);
    return encoded();
  }

  /** Sends what has come in a room since the join, and from now on all that comes. */
  release(peer: TopicsPeer, key: string): void {
    this.known.get(peer.id)?.release(roomName(this.service.contract, key));
  }

  /** Takes a connection out of the room `key`, after any join that it asked for before. */
  async leave(peer: TopicsPeer, key: string): Promise<void> {
    const room = roomName(this.service.contract, key);
    await this.service.leave(peer.id, key, () => this.exit(room, peer.id));
    const isStillHere = [...peer.subscriptions.values()].some(({ service }) => service === this);
    if (!isStillHere) this.known.delete(peer.id);
  }

  /** Forgets a connection that has closed. */
  closed(peer: TopicsPeer, isLost: boolean): void {
    if (this.known.delete(peer.id) && isLost) this.service.counters.lost(peer.caller);
  }

  /** The call in a frame; undefined when it is none of this service. @throws Fault `input.invalid` */
  callIn(frame: LegacyFrame, context: TopicCallContext): ContractCall<ServiceTypes> | undefined {
    return this.codec.decodeCall?.(frame, context);
  }

  /** Makes a call that arrived in `bytes`; returns the answer for its caller. @throws Fault; RemoteFault for a refused call that the codec has no answer for */
  async call(
    peer: TopicsPeer,
    call: ContractCall<ServiceTypes>,
    bytes: number,
    context: TopicCallContext,
  ): Promise<LegacyFrame | undefined> {
    const { contract } = this.service;
    this.wires.stages.oldWire(contract);
    const payload = this.wires.sizes.fit(contract.name, call.call, bytes, call.payload);
    const reply = await this.wires.calls.call(this.service, call.call, payload, peer.caller);
    if (this.codec.encodeReply) return this.codec.encodeReply(call, reply, context);
    if (!reply.ok) throw new RemoteFault(reply.error);
    return undefined;
  }

  deliver(room: string, delivery: Delivery): number {
    const shown = new ShownDelivery(delivery, (variant) => this.encode(room, variant));
    let bytes = 0;
    for (const member of this.members.in(room, delivery.except)) {
      const text = shown.to(member.caller);
      if (text) bytes += member.deliver(room, text);
    }
    return bytes;
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const member = this.members.find(room, memberId);
    const text = member && this.encode(room, delivery);
    if (text) member.deliver(room, text);
    return member !== undefined;
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.members.find(room, memberId) !== undefined;
  }

  /** Sends the snapshot; where the wire has no word for it, closes the connection, which is the only way to tell of a hole. */
  restart(memberId: string, room: string, snapshot: object | undefined): void {
    const member = this.members.find(room, memberId);
    if (!member) return;
    const key = roomKey(this.service.contract, room)!;
    const encode = () => (snapshot ? this.codec.encodeSnapshot?.(snapshot, this.roomContext(member.peer, key)) : []);
    const texts = this.guard(() => encode()?.map((frame) => new FrameText(frame))) ?? [];
    for (const text of texts) member.deliver(room, text);
    if (texts.length === 0) member.peer.close(COME_BACK, 'events are missing');
  }

  drop(memberId: string, room: string): void {
    const key = roomKey(this.service.contract, room)!;
    this.members.find(room, memberId)?.peer.subscriptions.delete(this.codec.topicOf(key));
    this.exit(room, memberId);
  }

  private exit(room: string, memberId: string): void {
    this.members.find(room, memberId)?.forget(room);
    this.members.exit(room, memberId);
  }

  private memberOf(peer: TopicsPeer): TopicMember {
    const known = this.known.get(peer.id);
    if (known) return known;
    const member = new TopicMember(peer, (ended, error) => this.retire(ended, error));
    this.known.set(peer.id, member);
    this.service.counters.opened(peer.caller);
    this.service.openOld(member);
    return member;
  }

  /** Takes a connection out of the rooms of a retired service, and tells it so for each topic; other services stay. */
  private retire({ peer }: TopicMember, error: ErrorBody): void {
    this.known.delete(peer.id);
    for (const [topic, { service, key }] of peer.subscriptions) {
      if (service !== this) continue;
      peer.subscriptions.delete(topic);
      void this.leave(peer, key);
      this.guard(() => peer.complain(error, topic));
    }
  }

  private roomContext(peer: TopicsPeer, key: string, request_id?: RequestId): TopicRoomContext {
    const topic = this.codec.topicOf(key);
    return { ...peer.context(topic, request_id), key, topic };
  }

  /** The text of an event; undefined when the old wire has no word for it, or its codec fails. */
  private encode(room: string, { event, payload }: Delivery): FrameText | undefined {
    if (isUnknownToOldWires(event)) return undefined;
    const key = roomKey(this.service.contract, room)!;
    const now = new Date().toISOString();
    const context = { key, topic: this.codec.topicOf(key), now, ...connectionFields(this.codec.perConnection) };
    return this.guard(() => {
      const frame = this.codec.encodeEvent({ event, payload: payload as object }, context);
      return frame === undefined ? undefined : new FrameText(frame);
    });
  }

  /** A codec that fails must not keep the connections from other frames. */
  private guard<R>(step: () => R): R | undefined {
    try {
      return step();
    } catch (error) {
      this.logger.error(`unable to translate for ${this.codec.socket.path}; ${String(error)}`);
      return undefined;
    }
  }
}

/** Does a step, and returns what gives its outcome: its result, or what it threw. */
function tried<R>(step: () => R): () => R {
  try {
    const result = step();
    return () => result;
  } catch (thrown) {
    return () => {
      throw thrown;
    };
  }
}

function copyOf(frame: SentFrame): SentFrame {
  if (typeof frame === 'string') return frame;
  return frame instanceof Uint8Array ? Uint8Array.from(frame) : (JSON.parse(JSON.stringify(frame)) as LegacyFrame);
}
