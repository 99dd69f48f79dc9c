import { isPresenceEvent, type Position, type WireName } from '@switchyard/contract';
import { isOpenTo } from '../caller/caller.js';
import { hidden } from '../room/audience.js';
import type { Delivery } from '../room/delivery.js';
import type { ServiceConnection, ServiceWire } from '../service/service.wire.js';
import { comeBack, socketRoom, type Connection, type ServiceNamespace } from './socketio.connection.js';

/** One event as it is emitted to a socket. */
export interface SocketFrame {
  event: string;
  args: readonly unknown[];
}

/** The members that a Socket.IO namespace serves of one service; each event is encoded once for all that get the same. */
export abstract class NamespaceMembers implements ServiceWire {
  abstract readonly name: string;
  abstract readonly advisedAs: WireName;

  constructor(protected readonly namespace: ServiceNamespace) {}

  deliver(room: string, delivery: Delivery): void {
    for (const positions of [true, false]) {
      const ids = this.namespace.adapter.rooms.get(socketRoom(room, positions));
      if (!ids) continue;
      const { onlyForUser } = delivery;
      if (onlyForUser === undefined) this.emit(room, positions, delivery, [], delivery.except);
      else {
        const owners = [...ids].filter((id) => this.isOpenTo(id, onlyForUser) && !delivery.except?.has(id));
        this.emit(room, positions, hidden(delivery), [], new Set([...owners, ...(delivery.except ?? [])]));
        if (owners.length > 0) this.emit(room, positions, delivery, owners);
      }
    }
  }

  send(memberId: string, room: string, delivery: Delivery): boolean {
    const socket = this.namespace.sockets.get(memberId);
    if (!socket) return false;
    for (const { event, args } of this.frames(room, delivery, socket.rooms.has(socketRoom(room, true)))) {
      socket.emit(event, ...args);
    }
    return true;
  }

  restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void {
    const socket = this.namespace.sockets.get(memberId);
    if (!socket) return;
    const frames = snapshot ? this.snapshotFrames(socket, room, snapshot, position) : [];
    if (frames.length === 0) return comeBack(socket);
    for (const { event, args } of frames) socket.emit(event, ...args);
  }

  drop(memberId: string, room: string): void {
    const socket = this.namespace.sockets.get(memberId);
    if (socket) this.part(socket, room);
  }

  abstract connections(): Iterable<ServiceConnection>;
  abstract missesHoles(memberId: string, room: string): boolean;

  /** The frames of an event for members that take positions, or for those that do not. */
  protected abstract frames(room: string, delivery: Delivery, positions: boolean): readonly SocketFrame[];
  /** The frames of a snapshot for one member; none where the wire has no word for it. */
  protected abstract snapshotFrames(
    socket: Connection,
    room: string,
    snapshot: object,
    position: Position,
  ): readonly SocketFrame[];
  protected abstract part(socket: Connection, room: string): void;

  /** Emits to these sockets, or to the whole room; `except` are left out. */
  private emit(
    room: string,
    positions: boolean,
    delivery: Delivery,
    ids: string[],
    except?: ReadonlySet<string>,
  ): void {
    const to = ids.length > 0 ? ids : socketRoom(room, positions);
    for (const { event, args } of this.frames(room, delivery, positions)) {
      let members = this.isDroppable(delivery) ? this.namespace.local.volatile : this.namespace.local;
      if (except && except.size > 0) members = members.except([...except]);
      members.to(to).emit(event, ...args);
    }
  }

  /** Whether an event may be lost to a member whose transport is busy. */
  protected isDroppable({ event, position }: Delivery): boolean {
    // When two people enter at once, the second change finds the transport busy with the first; it must not be lost.
    return position.offset === undefined && !isPresenceEvent(event);
  }

  private isOpenTo(id: string, user: string): boolean {
    const caller = this.namespace.sockets.get(id)?.data.caller;
    return caller !== undefined && isOpenTo(caller, user);
  }
}
