import { parsePosition } from '@switchyard/contract';
import type { JoinRequest } from '../../service/join.request.js';
import { parseOptions } from '../../validation/join.options.js';

/** Whether a client asks for positions, as ours do. */
export function takesPositions(query: URLSearchParams): boolean {
  return query.get('switchyard') === '1';
}

/** Reads the position and the options from the query of a client that asked for positions. @throws Fault `input.invalid` */
export function requestIn(query: URLSearchParams): JoinRequest {
  const since = parsePosition(query.get('since') ?? '');
  return { options: parseOptions(query.get('options')), ...(since && { since }) };
}
