import { randomUUID } from 'node:crypto';
import { isClientId } from '@switchyard/contract';

/** An authenticated person or program. */
export interface User {
  id: string;
  name?: string;
  /** When what proved it ends, Unix time in milliseconds: it holds strictly before. Undefined when it never does. */
  expires_at?: number;
}

/** Who makes a call or joins a room. */
export interface Caller {
  /** What limits, cohorts and idempotency are keyed by: `user:…`, `client:…`, or `connection:…` for neither. */
  readonly key: string;
  /** The name of the wire it came over. */
  readonly wire: string;
  /** Whether it is known for one request only, so that without a user or a `client_id` nothing can be counted for it. */
  readonly isForOneRequest?: boolean;
  readonly user?: User;
  readonly client_id?: string;
}

/** The caller behind a connection; a malformed `client_id` counts as none. */
export function identify(wire: string, user: User | undefined, clientId: unknown): Caller {
  const client_id = isClientId(clientId) ? clientId : undefined;
  const key = user ? `user:${user.id}` : client_id ? `client:${client_id}` : `connection:${randomUUID()}`;
  return { key, wire, ...(user && { user }), ...(client_id && { client_id }) };
}

/** What decides which wire this caller is told to use; undefined for one who cannot be known again. */
export function targetingKey({ key, user, client_id }: Caller): string | undefined {
  return user || client_id !== undefined ? key : undefined;
}

/** Who owns what this caller creates: the user, or nobody when anonymous. */
export function ownerOf(caller: Caller): string | undefined {
  return caller.user?.id;
}

/** Whether something of this owner is open to the caller: one's own is, and what belongs to nobody is open to all. */
export function isOpenTo(caller: Caller, owner: string | undefined): boolean {
  return owner === undefined || owner === caller.user?.id;
}
