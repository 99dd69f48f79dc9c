import type { LegacyClose } from '@switchyard/contract';
import type { RoomConnection } from '../room/room.connection.js';

/** A service's way to the members that other processes serve. */
export interface ServicePeers {
  members(key: string): Promise<RoomConnection[]>;
  send(memberId: string, key: string, event: string, payload: object): Promise<boolean>;
  evict(memberId: string, key: string, close?: LegacyClose): Promise<void>;
}
