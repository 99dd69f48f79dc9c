/** The framework's own event about who is in a room, in services with `presence`; it has no offset. */
export const PRESENCE_EVENT = 'presence_changed';

/** The built-in call for the people of a room, page by page, in services with `presence`. */
export const LIST_MEMBERS = 'list_members';

/** How many people an answer or a change names at the most, and how many make up a page. */
export const MAX_NAMED = 100;

/**
 * How the people in a room changed since it was told last: `joined` and `left` name them, `members` counts those who
 * are there now.
 *
 * A person is named by the user's id, or when anonymous by a name that holds in this room only and says nothing of the
 * client. In a room of more than `MAX_NAMED` people both lists are left out, and the list that a client had holds no
 * more; when the room is down to `MAX_NAMED` again, `joined` names everybody.
 */
export interface PresenceChange {
  room: string;
  joined?: string[];
  left?: string[];
  members: number;
}

/** How many people are in a room, and who: a user counts once, whatever they have open, and so does an anonymous client. */
export interface Presence {
  members: number;
  /** In the order they came; at most `MAX_NAMED` of them. */
  users: string[];
}

/** What `list_members` is asked with. */
export interface ListMembersRequest {
  /** The room's name. */
  room: string;
  /** From 1, which it is when left out. */
  page?: number;
}

/** A page of the people in a room, in the order they came; one beyond the last is empty. */
export interface MembersPage extends Presence {
  room: string;
  page: number;
  per_page: number;
  pages: number;
}

/** Whether an event is about who is in the room. */
export function isPresenceEvent(event: string): event is typeof PRESENCE_EVENT {
  return event === PRESENCE_EVENT;
}

/** Whether everybody who is there is named. */
export function isComplete({ members, users }: Presence): boolean {
  return members === users.length;
}

/** Who is in a room after a change; without names where it gives none. */
export function presenceAfter(before: Presence | undefined, { joined, left, members }: PresenceChange): Presence {
  if (!joined) return { members, users: [] };
  const users = new Set(before && isComplete(before) ? before.users : []);
  left?.forEach((user) => users.delete(user));
  joined.forEach((user) => users.add(user));
  return { members, users: [...users] };
}
