import { isPresenceEvent, type Position, type WireName } from '@switchyard/contract';
import { isOpenTo } from '../caller/caller.js';
import { hidden } from '../room/audience.js';
import type { Delivery } from '../room/delivery.js';
import type { ServiceConnection, ServiceWire } from '../service/service.wire.js';
import type { MeasuredEncoder } from './measured.encoder.js';
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

  /** The server's own encoder, see `sizedParser`; each namespace's adapter encodes with it. */
  private readonly encoder: MeasuredEncoder;

  constructor(protected readonly namespace: ServiceNamespace) {
    this.encoder = namespace.server.encoder as MeasuredEncoder;
  }

  deliver(room: string, delivery: Delivery): number {
    let bytes = 0;
    for (const positions of [true, false]) {
      const ids = this.namespace.adapter.rooms.get(socketRoom(room, positions));
      if (!ids) continue;
      const { onlyForUser } = delivery;
      if (onlyForUser === undefined) bytes += this.emit(room, positions, delivery, [], delivery.except);
      else {
        const owners = [...ids].filter((id) => this.isOpenTo(id, onlyForUser) && !delivery.except?.has(id));
        bytes += this.emit(room, positions, hidden(delivery), [], new Set([...owners, ...(delivery.except ?? [])]));
        if (owners.length > 0) bytes += this.emit(room, positions, delivery, owners);
      }
    }
    return bytes;
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

  /** Emits to these sockets, or to the whole room; `except` are left out. Returns the bytes for all of them together. */
  private emit(
    room: string,
    positions: boolean,
    delivery: Delivery,
    ids: string[],
    except?: ReadonlySet<string>,
  ): number {
    const to = ids.length > 0 ? ids : socketRoom(room, positions);
    let bytes = 0;
    for (const { event, args } of this.frames(room, delivery, positions)) {
      let members = this.isDroppable(delivery) ? this.namespace.local.volatile : this.namespace.local;
      if (except && except.size > 0) members = members.except([...except]);
      bytes += this.encoder.sizeOf(() => members.to(to).emit(event, ...args));
    }
    return bytes === 0 ? 0 : bytes * (ids.length || this.membersIn(to as string, except));
  }

  private membersIn(room: string, except: ReadonlySet<string> = new Set()): number {
    const ids = this.namespace.adapter.rooms.get(room);
    let count = ids?.size ?? 0;
    for (const id of except) if (ids?.has(id)) count -= 1;
    return count;
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
