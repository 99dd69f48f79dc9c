import { parsePosition, type PollRequest } from '@switchyard/contract';
import type { JoinRequest } from '../service/join.request.js';
import { parseOptions, positionIn } from '../validation/join.options.js';
import { invalidField } from '../validation/payload.validation.js';

/** How many rooms one request may name. */
const MAX_ROOMS = 200;

/** Reads the position and the options from the query of a request for one room. @throws Fault `input.invalid` */
export function readRoom(since: string | undefined, options: string | undefined): JoinRequest {
  const request = { options: parseOptions(options) };
  if (since === undefined) return request;
  const position = parsePosition(since);
  if (!position) throw invalidField('since', 'must be epoch:offset');
  return { ...request, since: position };
}

/** Reads the rooms that the body of a request names. @throws Fault `input.invalid` */
export function readRooms(body: unknown): PollRequest['rooms'] {
  const rooms = (body as { rooms?: unknown } | undefined)?.rooms;
  if (!Array.isArray(rooms) || rooms.length > MAX_ROOMS)
    throw invalidField('rooms', `must be a list of at most ${MAX_ROOMS}`);
  return rooms.map((room: unknown) => {
    const { service, key, since, options } = (room ?? {}) as Record<string, unknown>;
    if (typeof service !== 'string' || typeof key !== 'string')
      throw invalidField('rooms', 'each needs a service and a key');
    const position = positionIn(since, 'rooms.since');
    if (options !== undefined && typeof options !== 'object') throw invalidField('rooms.options', 'must be an object');
    return { service, key, ...(position && { since: position }), ...(options && { options }) };
  });
}
