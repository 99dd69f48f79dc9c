import type { LegacyClose } from '@switchyard/contract';
import type { RoomConnection } from '../room/room.connection.js';
import type { RoomRegistry } from '../room/room.registry.js';
import type { ServicePeers } from './service.peers.js';
import type { ServiceWires } from './service.wires.js';

/** The members of a service's rooms, in this process and, once it can reach them, in the others. */
export class ServiceMembers {
  private peers: ServicePeers | undefined;

  constructor(
    private readonly rooms: RoomRegistry,
    private readonly wires: ServiceWires,
  ) {}

  /** Gives a way to members that other processes serve. */
  reach(peers: ServicePeers): void {
    this.peers = peers;
  }

  /** See `BaseRoomService.members`. */
  async of(key: string): Promise<RoomConnection[]> {
    return [...this.here(key), ...((await this.peers?.members(key)) ?? [])];
  }

  /** The members that this process serves. */
  here(key: string): RoomConnection[] {
    return [...(this.rooms.find(key)?.members.connections() ?? [])];
  }

  /** See `BaseRoomService.send`. */
  async send(memberId: string, key: string, event: string, payload: object): Promise<boolean> {
    if (this.sendHere(memberId, key, event, payload)) return true;
    return (await this.peers?.send(memberId, key, event, payload)) ?? false;
  }

  /** Sends to a member that this process serves; false when it does not serve the member. */
  sendHere(memberId: string, key: string, event: string, payload: object): boolean {
    const room = this.rooms.find(key);
    if (!room?.members.has(memberId)) return false;
    return this.wires.send(memberId, room.name, { event, payload, position: { room: room.name } });
  }

  /** See `BaseRoomService.evict`. */
  async evict(memberId: string, key: string, close?: LegacyClose): Promise<void> {
    if (this.rooms.find(key)?.members.has(memberId)) await this.evictHere(memberId, key, close);
    else await this.peers?.evict(memberId, key, close);
  }

  /** Takes out a member that this process serves. */
  async evictHere(memberId: string, key: string, close?: LegacyClose): Promise<void> {
    const room = this.rooms.find(key);
    await room?.leave(memberId, () => this.wires.drop(memberId, room.name, close));
  }
}
