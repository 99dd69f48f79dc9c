import { Fault, LIST_MEMBERS, roomKey, type JoinReply, type ServiceContract } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import { ListMembers } from '../presence/list-members.dto.js';
import { membersPage } from '../presence/members.page.js';
import type { RoomPresence } from '../presence/room.presence.js';
import type { CallHandler } from './call.decorator.js';

/**
 * The built-in call that lists the people in a room of a service.
 *
 * @param preview checks that the caller may join the room, and throws as a join does
 */
export function listMembers(
  contract: ServiceContract,
  presence: RoomPresence,
  preview: (caller: Caller, key: string) => Promise<JoinReply>,
): [name: string, handler: CallHandler] {
  const answer = async (payload: object, caller: Caller) => {
    const { room, page = 1 } = payload as ListMembers;
    const key = roomKey(contract, room);
    if (key === undefined) throw new Fault('input.invalid', { fields: ['room'], expected: 'a room of this service' });
    await preview(caller, key);
    return membersPage(presence, room, page);
  };
  return [LIST_MEMBERS, { payload: ListMembers, answer }];
}
