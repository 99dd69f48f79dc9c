import { MAX_NAMED, type MembersPage } from '@switchyard/contract';
import type { RoomPresence } from './room.presence.js';

/** A page of the people in a room, in the order they came. @throws Fault `store.unavailable` */
export async function membersPage(presence: RoomPresence, room: string, page: number): Promise<MembersPage> {
  const { members, users } = await presence.here(room, (page - 1) * MAX_NAMED);
  const pages = Math.max(1, Math.ceil(members / MAX_NAMED));
  return { room, members, page, per_page: MAX_NAMED, pages, users };
}
