import { createHash } from 'node:crypto';
import type { Caller } from '../caller/caller.js';
import type { Person } from '../store/presence.store.js';

const ID_LENGTH = 22;
const NAME_LENGTH = 8;

/**
 * Who a caller is in a room: a user is one person on all devices, an anonymous client is one for all its connections.
 *
 * Others see a user's id. Of an anonymous client they see a digest that differs from room to room: its id would let
 * others act as this client.
 */
export function personIn(room: string, { key, user }: Caller): Person {
  const digest = createHash('sha256')
    .update(JSON.stringify([room, key]))
    .digest('base64url');
  const id = digest.slice(0, ID_LENGTH);
  return { id, user: user?.id ?? `guest-${id.slice(0, NAME_LENGTH)}` };
}
