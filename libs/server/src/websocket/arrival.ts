import type { ArrivalContext, LegacyAddress, LegacyFrame, LegacyUser, RequestId } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { UpgradeRequest } from '../http/upgrade.router.js';

/** An upgrade request with what the codec's functions see of it. */
export interface Arrival extends UpgradeRequest {
  /** The path's parameters, and the query without the token. */
  readonly address: LegacyAddress;
  /** The frame with which the client has authenticated, where it did so in a message. */
  readonly frame?: LegacyFrame;
}

/** The user of a caller as a codec sees it. */
export function userOf({ user }: Pick<Caller, 'user'>): { user?: LegacyUser } {
  return user ? { user: { id: user.id, ...(user.name !== undefined && { name: user.name }) } } : {};
}

/** The codec's context of a connection that is in no room; of an unknown client without `caller`. */
export function arrivalContext(
  { params, query }: LegacyAddress,
  caller: Pick<Caller, 'user'> = {},
  request_id?: RequestId,
): ArrivalContext {
  const context = { params, query, now: new Date().toISOString(), ...userOf(caller) };
  return request_id === undefined ? context : { ...context, request_id };
}
