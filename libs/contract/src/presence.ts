/** Events of the framework's own about who is in a room, in services with `presence`; they have no offset. */
export const PRESENCE_EVENTS = ['member_joined', 'member_left'] as const;
export type PresenceEvent = (typeof PRESENCE_EVENTS)[number];

/** Who came or went, and how many people are in the room now. */
export interface PresenceChange {
  room: string;
  /** The user's id, or for somebody anonymous a name that holds in this room only and says nothing of the client. */
  user: string;
  members: number;
}

/** How many people are in a room, and who: a user counts once, whatever they have open, and so does an anonymous client. */
export interface Presence {
  members: number;
  /** At most 100 of them. */
  users: string[];
}

/** Whether an event is about who is in the room. */
export function isPresenceEvent(event: string): event is PresenceEvent {
  return (PRESENCE_EVENTS as readonly string[]).includes(event);
}
