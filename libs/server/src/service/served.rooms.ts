import type { Position, ServiceContract } from '@switchyard/contract';
import type { RoomConnection } from '../room/room.connection.js';
import type { DocumentWrite } from '../store/store.js';

/** The rooms of one service, as its behaviour uses them; see `BaseRoomService` for each method. */
export interface ServedRooms {
  readonly contract: ServiceContract;
  publish(
    key: string,
    event: string,
    payload: object,
    writes: readonly DocumentWrite[],
    audience?: string,
  ): Promise<Position | undefined>;
  commit(key: string, event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Position>;
  clear(key: string, event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Position>;
  send(memberId: string, key: string, event: string, payload: object): Promise<boolean>;
  members(key: string): Promise<RoomConnection[]>;
  evict(memberId: string, key: string): Promise<void>;
}
