import type { Presence, PresenceChange } from '@switchyard/contract';

/** Who is in a room after somebody came or went. */
export function presenceAfter(before: Presence | undefined, event: string, change: PresenceChange): Presence {
  const { user, members } = change;
  const others = before?.users.filter((other) => other !== user) ?? [];
  return { members, users: event === 'member_joined' ? [...others, user] : others };
}

/** Whether two answers say the same; a poll gets one each time. */
export function isSamePresence(a: Presence | undefined, b: Presence): boolean {
  return a?.members === b.members && a.users.join('\n') === b.users.join('\n');
}
