import { randomUUID } from 'node:crypto';
import { isClientId } from '@switchyard/contract';

/** An authenticated person or program. */
export interface User {
  id: string;
  name?: string;
  /** The organisation that the user belongs to; rules of a canary may name it, so that its people move together. */
  tenant?: string;
  /** When the credential expires, Unix time in milliseconds; undefined when it never does. */
  expires_at?: number;
}

/** The user or anonymous client that makes a call or joins a room. */
export interface Caller {
  /** The key for limits, stages and repeated calls: `user:…`, else `client:…`, else `connection:…`. */
  readonly key: string;
  /** The name of the wire that the caller uses. */
  readonly wire: string;
  /** Whether the caller exists for one request only; without a user and a `client_id` its calls cannot be counted. */
  readonly isForOneRequest?: boolean;
  /** Whether the caller's connection only compares the new wire with the old one, which shows its client the events. */
  readonly isShadow?: boolean;
  readonly user?: User;
  readonly client_id?: string;
}

/** The caller of a connection; a malformed `client_id` is ignored. */
export function identify(wire: string, user: User | undefined, clientId: unknown): Caller {
  const client_id = isClientId(clientId) ? clientId : undefined;
  const key = user ? `user:${user.id}` : client_id ? `client:${client_id}` : `connection:${randomUUID()}`;
  return { key, wire, ...(user && { user }), ...(client_id && { client_id }) };
}

/** The key that a stage assigns this caller's wire by; undefined when the caller cannot be recognised later. */
export function targetingKey({ key, user, client_id }: Pick<Caller, 'key' | 'user' | 'client_id'>): string | undefined {
  return user || client_id !== undefined ? key : undefined;
}

/** The owner of what this caller creates: the user's id, or undefined for an anonymous caller. */
export function ownerOf(caller: Caller): string | undefined {
  return caller.user?.id;
}

/** Whether the caller may see what this owner owns; everybody may see what has no owner. */
export function isOpenTo(caller: Caller, owner: string | undefined): boolean {
  return owner === undefined || owner === caller.user?.id;
}
