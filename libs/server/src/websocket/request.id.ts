import { Fault, MAX_REQUEST_ID, type RequestId } from '@switchyard/contract';

/**
 * The id of a request, if it may be repeated in the answer: a codec passes on what its client wrote.
 *
 * @throws Fault `input.invalid` for one that is too long, or no text, number or null
 */
export function checkRequestId(id: RequestId | undefined): RequestId | undefined {
  const isKnown = id === undefined || id === null || typeof id === 'number';
  if (isKnown || (typeof id === 'string' && id.length <= MAX_REQUEST_ID)) return id;
  throw new Fault('input.invalid', { fields: ['id'], expected: `a number, or at most ${MAX_REQUEST_ID} characters` });
}
