import { roomKey, type JoinReply, type Position } from '@switchyard/contract';
import type { Delivery } from '../../room/delivery.js';
import type { JoinRequest } from '../../service/join.request.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import type { ServiceWire } from '../../service/service.wire.js';
import { ShownDelivery } from '../shown.delivery.js';
import { WireMembers } from '../wire.members.js';
import type { SseConnection } from './sse.connection.js';
import { SseFrames } from './sse.frames.js';

/** The rooms of one service on event streams. */
export class SseService implements ServiceWire {
  readonly name = 'sse';
  private readonly members = new WireMembers<SseConnection>();

  constructor(readonly service: ServiceRuntime) {}

  /** Lets a stream into a room, which it leaves when it closes; `welcome` sends it the reply. @throws as a join does */
  async join(
    connection: SseConnection,
    key: string,
    request: JoinRequest,
    welcome: (reply: JoinReply) => void,
  ): Promise<void> {
    await this.service.join(connection, key, { ...request, isCounted: true }, (reply) => {
      if (!connection.open) return false;
      const { room } = reply;
      welcome(reply);
      this.members.enter(room, connection);
      connection.onClose(() => this.leave(connection, room));
      return true;
    });
  }

  connections(): Iterable<SseConnection> {
    return this.members.all();
  }

  deliver(room: string, delivery: Delivery): number {
    const shown = new ShownDelivery(delivery, (variant) => new SseFrames(this.service.contract.name, variant));
    let bytes = 0;
    for (const connection of this.members.in(room, delivery.except)) {
      bytes += connection.deliver(shown.to(connection.caller));
    }
    return bytes;
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const connection = this.members.find(room, memberId);
    connection?.deliver(new SseFrames(this.service.contract.name, delivery));
    return connection !== undefined;
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.members.find(room, memberId)?.missesHoles ?? false;
  }

  restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void {
    const connection = this.members.find(room, memberId);
    if (snapshot) connection?.restart(snapshot, position);
    else connection?.end();
  }

  drop(memberId: string, room: string): void {
    this.members.exit(room, memberId);
  }

  private leave({ id }: SseConnection, room: string): void {
    void this.service.leave(id, roomKey(this.service.contract, room)!, () => this.members.exit(room, id));
  }
}
