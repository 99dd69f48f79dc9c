import type { Position, ServiceContract } from '@switchyard/contract';
import type { DocumentWrite } from '../store/store.js';
import type { ServiceMembers } from './service.members.js';

/** The rooms of one service, as its behaviour uses them; see `BaseRoomService` for each method. */
export interface ServedRooms {
  readonly contract: ServiceContract;
  readonly members: Pick<ServiceMembers, 'of' | 'send' | 'evict'>;
  publish(
    key: string,
    event: string,
    payload: object,
    writes: readonly DocumentWrite[],
    audience?: string,
  ): Promise<Position | undefined>;
  commit(key: string, event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Position>;
  clear(key: string, event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Position>;
}
