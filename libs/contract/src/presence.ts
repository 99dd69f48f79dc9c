/** The event about people who join or leave a room, in services with `presence`; it has no offset. */
export const PRESENCE_EVENT = 'presence_changed';

/** The built-in call that lists the people in a room by pages, in services with `presence`. */
export const LIST_MEMBERS = 'list_members';

/** The most people that a reply or a change names, and the size of a page. */
export const MAX_NAMED = 100;

/**
 * The people who joined and left a room since the last change, and how many `members` it has now.
 *
 * A user is named by id; an anonymous client by a name that is valid in this room only and does not identify the client.
 * In a room of more than `MAX_NAMED` people both lists are left out, and the client's list becomes invalid. When the
 * room has `MAX_NAMED` people again, `joined` names all of them.
 */
export interface PresenceChange {
  room: string;
  joined?: string[];
  left?: string[];
  members: number;
}

/** The people in a room; a user or anonymous client counts once, with any number of connections. */
export interface Presence {
  members: number;
  /** Their names in the order of arrival, at most `MAX_NAMED`. */
  users: string[];
}

/** The payload of `list_members`. */
export interface ListMembersRequest {
  /** The room's name. */
  room: string;
  /** The first page is 1, the default. */
  page?: number;
}

/** A page of the people in a room, in the order of arrival; a page after the last one is empty. */
export interface MembersPage extends Presence {
  room: string;
  page: number;
  per_page: number;
  pages: number;
}

/** Whether `event` is the presence event. */
export function isPresenceEvent(event: string): event is typeof PRESENCE_EVENT {
  return event === PRESENCE_EVENT;
}

/** Whether a presence names all people in the room. */
export function isComplete({ members, users }: Presence): boolean {
  return members === users.length;
}

/** The presence after a change; without names when the change has none. */
export function presenceAfter(before: Presence | undefined, { joined, left, members }: PresenceChange): Presence {
  if (!joined) return { members, users: [] };
  const users = new Set(before && isComplete(before) ? before.users : []);
  left?.forEach((user) => users.delete(user));
  joined.forEach((user) => users.add(user));
  return { members, users: [...users] };
}
